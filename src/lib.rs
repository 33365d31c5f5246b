//! despatch turns a case file into letters that the right people, and only they,
//! can open, and sends nothing that a second person has not approved.
//!
//! This is the command line. The operations that the commands call are in `despatch_app::operations`, and what those
//! build on in the other crates under `crates/`.

/// Whoever gave a command: their terminal, their files and their keys.
pub mod caller;
/// The commands, one file each.
pub mod commands;
/// What every command works with: the office, the actor, the exit code.
pub mod context;
/// The options of every command, and how a command ended.
pub mod global;
/// Ctrl-C, where a command stops between two steps.
pub mod interrupts;
/// Why a command failed, and how it ended.
pub mod outcome;
/// Files and folders that commands write.
pub mod output;
/// Where passphrases come from.
pub mod passphrases;
/// The service that has an office, and its door for staff.
pub mod service;
/// Serving an office until it is ended.
pub mod serving;
/// What commands ask of an office before they write a file.
pub mod queries;
/// Results as text for people, or as JSON.
pub mod printing;
