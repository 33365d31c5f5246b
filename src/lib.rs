//! despatch turns a case file into letters that the right people, and only they,
//! can open, and sends nothing that a second person has not approved.
//!
//! Everything but the commands is in the crates under `crates/`.

/// The commands.
pub mod cli;
