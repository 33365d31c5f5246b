//! Enters: the directory's text, keys, plain documents. Leaves: whom to write to, and sealed bytes.
//! Never: touches a file, a clock, a network or the ledger, or shows a private key.

/// An address that can be written to, in one spelling.
pub mod address;
/// Who may be written to, and why a despatch to somebody must wait.
pub mod directory;
/// Mail domains, and which can be mistaken for which.
pub mod domain;
/// Entries read from TOML and CSV, every fault at once.
pub mod import;
/// Why a despatch waits for its recipient.
mod hold_reason;
/// Which domains of a large directory a new one could be taken for.
pub mod lookalikes;
/// What an office asks of the addresses that it writes to.
pub mod rules;
/// The entries of the directory.
pub mod entry;
/// Public and private keys.
pub mod keys;
/// The outer list of sealed parts, which is signed.
pub mod list;
/// A private key locked with a passphrase.
pub mod lock;
/// What is inside a sealed despatch, and the list of its sealed parts.
pub mod manifest;
/// Passphrases of words, for recipients who can have no key.
pub mod passphrase;
/// Sealing to keys and opening again, whole or not at all.
pub mod sealing;
/// Signatures that stock ssh-keygen checks.
pub mod signing;
pub mod stream;
