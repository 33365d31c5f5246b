//! The one test binary. Each module is a subject; a test asserts what a user would notice.
mod case;
mod policy;
mod tidy;

mod checkers;
mod support;
