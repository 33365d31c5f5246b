//! Enters: what a test made. Leaves: what an independent program says about it.
//! Never: code of the program under test; these helpers stand outside it.
#![allow(dead_code, reason = "helpers that every subject may use; not every one is used yet")]

pub mod broken;
pub mod office;
pub mod pdf;
pub mod postfix;
pub mod tools;
