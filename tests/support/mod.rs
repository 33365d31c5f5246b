//! Enters: what a test made. Leaves: what an independent program says about it.
//! Never: uses code of the program under test, except in `directory`, which records test messages as opened through the
//! ledger, in `office`, which records authorities, and in `visitor`, which asks the pages.
#![allow(dead_code, reason = "helpers that every subject may use; not every one is used yet")]

pub mod directory;
pub mod office;
pub mod service;
pub mod visitor;

pub use despatch_testing::{broken, folder, pdf, postfix, tools};
