//! Enters: what the tests of several crates need to check. Leaves: what independent programs say about it; fictional
//! cases, papers and folders. Never: is part of the program; crates name it only among their `[dev-dependencies]`.

pub mod broken;
pub mod cases;
pub mod folder;
pub mod pdf;
pub mod postfix;
pub mod swap;
pub mod tools;
