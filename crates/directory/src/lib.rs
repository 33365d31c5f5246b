//! Enters: what people enter about recipients. Leaves: whom the office may write to, with which keys, and why not.
//! Never: touches a file, a clock, a network or the ledger.

/// Who may be written to, and why a despatch must wait.
pub mod directory;
/// Mail domains, and which can be mistaken for which.
pub mod domain;
/// The entries of the directory.
pub mod entry;
/// Why a despatch is held for its recipient.
mod hold_reason;
/// Entries read from TOML and CSV, with every fault at once.
pub mod import;
/// What makes a reader take one name for another.
mod likeness;
/// Which domains of a large directory a new one could be mistaken for.
pub mod lookalikes;
/// How a recipient can open messages.
pub mod opening;
/// The office's rules for addresses.
pub mod rules;
