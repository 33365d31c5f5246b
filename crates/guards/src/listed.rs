//! Enters: what the case file lists a document as, and what its first page says. Leaves: whether the two agree.
//! Never: decides who may receive it (that is `matrix`).

use super::matrix::{Tables, kind_words};
use super::text::{holds, words_of};
use super::{Check, Guard, Outcome};
use despatch_documents::inspect::PageText;
use despatch_process::case::AttachmentKind;
use std::collections::BTreeSet;

/// Lines at the top of a document in which it says what it is.
const HEADING_LINES: usize = 3;

/// What a document says of itself on its first page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaysOfItself {
    /// The kinds that its heading names.
    kinds: BTreeSet<AttachmentKind>,
    /// It is between a lawyer and a client.
    privileged: bool,
}

impl SaysOfItself {
    /// What these pages begin with.
    pub fn of(pages: &[PageText], tables: &Tables) -> Self {
        let Some(first) = pages.iter().find(|page| !page.text.trim().is_empty()) else {
            return Self::default();
        };
        let lines = first.text.lines().filter(|line| !line.trim().is_empty()).take(HEADING_LINES);
        let heading = words_of(lines);
        let whole = words_of([first.text.as_str()]);
        Self {
            kinds: tables.kinds_named_by(&heading),
            privileged: tables.privileged.iter().any(|phrase| holds(&whole, phrase)),
        }
    }

    /// The check of the document with this number, which the case file lists as of this kind; none where nothing speaks
    /// against it.
    pub fn check(&self, number: usize, listed: AttachmentKind) -> Option<Check> {
        let confirm = |why: String| Some(Check::new(Guard::Matrix, Outcome::Confirm, why));
        if self.privileged {
            return confirm(format!("document {number} says that it is between a lawyer and a client"));
        }
        if self.kinds.is_empty() || self.kinds.contains(&listed) {
            return None;
        }
        let named: Vec<&str> = self.kinds.iter().map(|kind| kind_words(*kind)).collect();
        let (listed, named) = (kind_words(listed), named.join(" or "));
        confirm(format!("document {number} is listed as {listed}, and its heading is that of {named}"))
    }
}
