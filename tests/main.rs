//! The one test binary. Each module is a subject; a test asserts what a user would notice.
mod catalogue;
mod mail;
mod render;
mod case;
mod policy;
mod tidy;

mod checkers;
mod support;

mod message;
mod ics;
mod seal;
mod smtp;
mod template;
mod line;
mod travel;
mod wrong_person;
mod canary;
mod office;
mod new;
mod cases;
mod cli;

mod crash;
mod volume;
