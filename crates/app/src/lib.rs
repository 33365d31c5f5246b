//! Enters: an office, what is dropped into it and what people decide. Leaves: its despatches, made, approved and sent.
//! Never: parses a command line or prints.

/// The inbox: scan, claim, reject.
pub mod intake;
/// Backing up an office, and restoring one.
pub mod backup;
mod failure;
mod hashing;
/// New private files.
pub mod new_file;
/// One installation: its settings, staff, directory, pack, templates and keys.
pub mod office;
/// The operations that commands, pages and an API call: requests in, values out.
pub mod operations;
/// The pipeline: intake, case, policy, render, seal, outbox.
pub mod pipeline;
/// Removing files when their retention period or their case ends.
pub mod retention;
mod sign_in;
/// Sending approved messages to the relay or to a folder.
pub mod send;
