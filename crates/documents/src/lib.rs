//! Enters: bytes of PDFs, and what a worker found in them. Leaves: that as values.
//! Never: parses a PDF, or knows a case.

/// Whether a PDF says that it is locked.
pub mod encrypted;
/// What one look at somebody else's PDF finds.
pub mod inspect;
/// One version of the templates of a kind, by its content.
pub mod template_version;
