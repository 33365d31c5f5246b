//! Enters: what the case file lists a document as, and its first page. Leaves: whether the two agree.
//! Never: decides who may receive it (`matrix` does).

use super::matrix::{Tables, kind_label};
use super::text::{holds, words_of};
use super::{Check, Guard, Outcome};
use despatch_documents::inspect::PageText;
use despatch_process::case::AttachmentKind;
use std::collections::BTreeSet;

/// The lines at the top of a document that may say what it is.
const HEADING_LINES: usize = 3;

/// What a document says about itself on its first page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaysOfItself {
    /// The kinds that its heading names.
    kinds: BTreeSet<AttachmentKind>,
    /// Whether it is between a lawyer and a client.
    privileged: bool,
}

impl SaysOfItself {
    /// Reads the first page with text.
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

    /// Checks whether the document with this number is privileged; `None` if it does not say so.
    pub fn privilege(&self, number: usize) -> Option<Check> {
        let words = format!("document {number} says that it is between a lawyer and a client");
        self.privileged.then(|| Check::new(Guard::Matrix, Outcome::Confirm, words))
    }

    /// Checks the document with this number, which the case file lists as this kind; `None` if there is no objection.
    pub fn check(&self, number: usize, listed: AttachmentKind) -> Option<Check> {
        let confirm = |why: String| Some(Check::new(Guard::Matrix, Outcome::Confirm, why));
        if self.kinds.is_empty() || self.kinds.contains(&listed) {
            return None;
        }
        let named: Vec<&str> = self.kinds.iter().map(|kind| kind_label(*kind)).collect();
        let (listed, named) = (kind_label(listed), named.join(" or "));
        confirm(format!("document {number} is listed as {listed}, and its heading is that of {named}"))
    }
}
