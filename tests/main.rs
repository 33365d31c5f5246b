//! The one test binary. Each module is a subject; a test asserts what a user would notice.
mod catalogue;
mod render;
mod tidy;

mod checkers;
mod support;

mod opening;
mod interop;
mod template;
mod trust;
mod reports;
mod guard;
mod line;
mod travel;
mod proof;
mod wrong_person;
mod canary;
mod trying;
mod office;
mod new;
mod drafting;
mod making;
mod directory;
mod methods;
mod cases;
mod casework;
mod detentions;
mod batches;
mod batch_runs;
mod operations;
mod cli;
mod keys_and_retention;
mod users;
mod browser;
mod pages;

mod crash;
mod volume;
