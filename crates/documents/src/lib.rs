//! Enters: bytes of PDFs, and what a worker found in them. Leaves: the findings as values.
//! Never: parses a PDF, or knows a case.

/// Whether a PDF says that it is locked.
pub mod encrypted;
/// The findings of an inspection of a foreign PDF.
pub mod inspect;
/// One version of a kind's templates, identified by content.
pub mod template_version;
