//! Enters: keys, passphrases, plain documents. Leaves: sealed bytes, their contents, and signatures.
//! Never: touches a file, a clock, a network or the ledger, or shows a private key.

/// What a reviewer signs to approve a message.
pub mod approval;
/// Whose signatures approve.
pub mod approvers;
/// Public and private keys.
pub mod keys;
/// The signed outer list of sealed parts.
pub mod list;
/// Private keys locked with a passphrase.
pub mod lock;
/// The contents of a sealed despatch, and the hashes of its sealed parts.
pub mod manifest;
/// Passphrases of words, for recipients who cannot have a key.
pub mod passphrase;
/// Sealing to keys and opening, all or nothing.
pub mod sealing;
/// Signatures that stock ssh-keygen checks.
pub mod signing;
/// Whether a passphrase in another process opens a file in this one.
pub mod trial;
/// Streaming sealing and opening, for what is too large for memory.
pub mod stream;
