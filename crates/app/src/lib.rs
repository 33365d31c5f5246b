//! Enters: one office, what is dropped into it and what people decide. Leaves: its despatches, made, approved and sent.
//! Never: parses a command line or prints.

/// The inbox: look, claim, reject.
pub mod intake;
/// A sealed copy of an office, and an office made again from one.
pub mod backup;
mod hashing;
/// One installation: its settings, staff, directory, pack, templates and review key.
pub mod office;
/// What commands, pages and an API call: requests in, values out.
pub mod operations;
/// The line: intake, case, policy, render, seal, outbox.
pub mod pipeline;
/// What may go, by its period or with its case.
pub mod retention;
/// Approved messages to the relay, or to a folder.
pub mod send;
