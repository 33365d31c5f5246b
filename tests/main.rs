//! The one test binary. Each module is a subject; a test asserts what a user would notice.

mod message;
mod seal;
mod smtp;
