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

use std::fmt;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Why a value was refused, in words that hold nothing of the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong, one sentence without a full stop.
    pub cause: &'static str,
    /// How to mend it, one sentence without a full stop.
    pub cure: &'static str,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.cause, self.cure)
    }
}

impl std::error::Error for Refusal {}

/// Whether `text` is one visible line of at most `most` characters: no control, no line break, and none of
/// the invisible characters (zero-width, bidirectional, private use) that make text read as what it isn't.
pub fn is_plain_line(text: &str, most: usize) -> bool {
    use GeneralCategory as G;
    let unseen = |c: char| {
        matches!(
            c.general_category(),
            G::Control
                | G::Format
                | G::Surrogate
                | G::PrivateUse
                | G::Unassigned
                | G::LineSeparator
                | G::ParagraphSeparator
        )
    };
    !text.trim().is_empty()
        && text.trim() == text
        && text.chars().count() <= most
        && !text.chars().any(unseen)
}
