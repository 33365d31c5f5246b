//! despatch turns a case file into letters that the right people, and only they,
//! can open, and sends nothing that a second person has not approved.
//!
//! This is the command line. The operations that the commands call are in `despatch_app::operations`, and what those
//! build on in the other crates under `crates/`.

/// The commands, one file each.
pub mod commands;
/// What every command works with: the office, the actor, the exit code.
pub mod context;
/// Files and folders that commands write.
pub mod output;
/// Where passphrases come from.
pub mod passphrases;
/// Results as text for people, or as JSON.
pub mod printing;
/// Signatures by a key of whoever runs the command.
pub mod signature;
