//! Enters: what a test made. Leaves: what an independent program says about it.
//! Never: code of the program under test, but for `directory`, which takes test messages for opened through its ledger;
//! these helpers stand outside it.
#![allow(dead_code, reason = "helpers that every subject may use; not every one is used yet")]

pub mod directory;
pub mod office;

pub use despatch_testing::{broken, folder, pdf, postfix, tools};
