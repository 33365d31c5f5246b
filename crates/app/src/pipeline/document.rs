//! Enters: one document of a message, rendered here or borrowed from the case. Leaves: the same, before sealing.
//! Never: copies the bytes of an attachment that goes as it came.

use despatch_core::private::Secret;
use despatch_guards::attachment::Cleaning;
use despatch_letters::render::facts::Listed;
use despatch_letters::render::job::Letter;
use std::sync::Arc;

/// One document before sealing.
pub(super) struct Plain<'a> {
    pub(super) listed: Listed,
    pub(super) bytes: Bytes<'a>,
    /// Its index among the case's attachments; `None` for a document made here.
    pub(super) attachment: Option<usize>,
}

impl Plain<'_> {
    /// What was left out of it before it is sent.
    pub(super) fn cleaning(&self) -> Option<&Cleaning> {
        match &self.bytes {
            Bytes::Cleaned(cleaned) => Some(&cleaned.cleaning),
            Bytes::Made(_) | Bytes::Lent(_) => None,
        }
    }

    /// The letter, if the document was made here.
    pub(super) fn letter(&self) -> Option<&Letter> {
        match &self.bytes {
            Bytes::Made(letter) => Some(letter),
            Bytes::Lent(_) | Bytes::Cleaned(_) => None,
        }
    }

    /// The warning for the reviewer if the pages could not be counted.
    pub(super) fn uncounted(&self) -> Option<String> {
        let Listed { number, file, pages, .. } = &self.listed;
        let uncounted = pages.is_none() && file.ends_with("-document.pdf");
        uncounted.then(|| {
            format!("The pages of document {number} could not be counted: open it before you approve.")
        })
    }
}

/// A document's bytes: rendered here, or borrowed from the incoming case.
pub(super) enum Bytes<'a> {
    Made(Arc<Letter>),
    Lent(&'a [u8]),
    /// A file from which something was left out.
    Cleaned(Arc<Cleaned>),
}

/// An attachment as it is sent, and what was left out of it.
pub(super) struct Cleaned {
    pub(super) bytes: Secret,
    pub(super) cleaning: Cleaning,
}

impl Bytes<'_> {
    pub(super) fn as_slice(&self) -> &[u8] {
        match self {
            Bytes::Made(letter) => &letter.pdf,
            Bytes::Lent(bytes) => bytes,
            Bytes::Cleaned(cleaned) => &cleaned.bytes,
        }
    }
}
