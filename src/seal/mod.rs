//! Enters: the directory's text, keys, plain documents. Leaves: whom to write to, and sealed bytes.
//! Never: touches a file, a clock, a network or the ledger, or shows a private key.

/// An address that can be written to, in one spelling.
pub mod address;
/// Who may be written to, and why a despatch to somebody must wait.
pub mod directory;
/// The directory's TOML, every fault at once.
mod import;
/// The entries of the directory.
pub mod entry;
/// Public and private keys.
pub mod keys;
/// A private key locked with a passphrase.
pub mod lock;
/// What is inside a sealed despatch, and the list of its sealed parts.
pub mod manifest;
/// Sealing to keys and opening again, whole or not at all.
pub mod sealing;
pub mod stream;
