//! despatch turns a case file into letters that the right people, and only they,
//! can open, and sends nothing that a second person has not approved.
//!
//! This is the program that people give commands to. What the commands call is in the crates under `crates/`:
//! `despatch_app::operations` first.

/// The commands, a file each.
pub mod commands;
/// What every command works with: the office, who gives the command, how it ended.
pub mod context;
/// Files and folders that commands lay down.
pub mod output;
/// Where passphrases come from.
pub mod passphrases;
/// Results for people, or as JSON.
pub mod printing;
