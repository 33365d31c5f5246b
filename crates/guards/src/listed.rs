//! Enters: what the case file lists a document as, and its pages. Leaves: whether the two agree, and whether any page
//! says that it is between a lawyer and a client.
//! Never: decides who may receive it (`matrix` does).

use super::matrix::{Tables, kind_label};
use super::text::{Word, holds, words_of};
use super::{Check, Guard, Outcome};
use despatch_documents::inspect::PageText;
use despatch_process::case::AttachmentKind;
use std::collections::BTreeSet;

/// The lines at the top of a document that may say what it is.
const HEADING_LINES: usize = 3;

/// A longer line is no heading.
const HEADING_WORDS: usize = 8;

/// How many words before a phrase may make it a possibility: "may be legally privileged" is the footer of an email.
const MAY_WITHIN: usize = 6;

/// What a document says about itself: its kind on its first page, and privilege on any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaysOfItself {
    /// The kinds that its heading names.
    kinds: BTreeSet<AttachmentKind>,
    /// The page on which it says that it is between a lawyer and a client.
    privileged: Option<usize>,
}

impl SaysOfItself {
    /// Reads the pages with text.
    pub fn of(pages: &[PageText], tables: &Tables) -> Self {
        let texts = pages.iter().map(|page| page.text.as_str()).zip(1..);
        let mut texts = texts.filter(|(text, _)| !text.trim().is_empty());
        let Some((first, number)) = texts.next() else { return Self::default() };
        let words = words_of([first]);
        let is_privileged = tables.privileged.iter().any(|phrase| holds(&words, phrase));
        let privileged = if is_privileged {
            Some(number)
        } else {
            texts.find(|(text, _)| is_privileged_behind(text, tables)).map(|(_, number)| number)
        };
        Self { kinds: tables.kinds_named_by(&words_of(heading(first))), privileged }
    }

    /// Checks whether the document with this number is privileged; `None` if it does not say so.
    pub fn privilege(&self, number: usize) -> Option<Check> {
        let page = self.privileged?;
        let words = format!("document {number} says on page {page} that it is between a lawyer and a client");
        Some(Check::new(Guard::Matrix, Outcome::Confirm, words))
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

fn heading(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim().is_empty()).take(HEADING_LINES)
}

/// Whether a page behind the first one begins a document between a lawyer and a client, or says that it is one.
fn is_privileged_behind(text: &str, tables: &Tables) -> bool {
    let top: Vec<&str> = heading(text).filter(|line| words_of([*line]).len() <= HEADING_WORDS).collect();
    let top = words_of(top);
    let whole = words_of([text]);
    tables.privileged.iter().any(|phrase| says(&top, phrase))
        || tables.privileged_behind.iter().any(|phrase| says(&whole, phrase))
}

/// Whether words hold a phrase as a fact, not as what may be.
fn says(words: &[Word], phrase: &[String]) -> bool {
    let is_here = |window: &[Word]| window.iter().map(|word| &word.plain).eq(phrase);
    let is_fact = |at: usize| {
        let before = words.get(at.saturating_sub(MAY_WITHIN)..at).unwrap_or_default();
        !before.iter().any(|word| matches!(word.plain.as_str(), "may" | "not"))
    };
    let windows = words.windows(phrase.len().max(1)).enumerate();
    windows.filter(|(_, window)| is_here(window)).any(|(at, _)| is_fact(at))
}
