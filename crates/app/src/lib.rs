//! Enters: one office, what is dropped into it and what people decide. Leaves: its despatches, made, approved and sent.
//! Never: parses a command line or prints.

/// The inbox: look, claim, reject.
pub mod intake;
/// What is to be kept, and what is to go: backups, retention, erasure.
pub mod keeping;
/// One installation: its settings, staff, directory, pack, templates and review key.
pub mod office;
/// What commands, pages and an API call: requests in, values out.
pub mod operations;
/// The line: intake, case, policy, render, seal, outbox.
pub mod pipeline;
/// Approved messages to the relay, or to a folder.
pub mod send;
