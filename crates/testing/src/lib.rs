//! Enters: what the tests of several crates want to know. Leaves: what independent programs say of it; made-up cases,
//! papers and folders. Never: is part of the program; a crate names it among its `[dev-dependencies]` alone.

pub mod broken;
pub mod cases;
pub mod folder;
pub mod pdf;
pub mod postfix;
pub mod tools;
