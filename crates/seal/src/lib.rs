//! Enters: keys, passphrases, plain documents. Leaves: sealed bytes, what is inside them, and signatures.
//! Never: touches a file, a clock, a network or the ledger, or shows a private key.

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
/// Sealing and opening in pieces, for what is too large for memory.
pub mod stream;
