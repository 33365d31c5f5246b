//! Enters: what people enter about recipients. Leaves: whom the office may write to, with which keys, and why not.
//! Never: touches a file, a clock, a network or the ledger.

/// Who may be written to, and why a despatch to somebody must wait.
pub mod directory;
/// Mail domains, and which can be mistaken for which.
pub mod domain;
/// The entries of the directory.
pub mod entry;
/// Why a despatch waits for its recipient.
mod hold_reason;
/// Entries read from TOML and CSV, every fault at once.
pub mod import;
/// Which domains of a large directory a new one could be taken for.
pub mod lookalikes;
/// How a recipient can open what they get.
pub mod opening;
/// What an office asks of the addresses that it writes to.
pub mod rules;
