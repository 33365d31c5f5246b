//! Enters: a case. Leaves: its person, in the form in which texts are compared with them.
//! Never: looks at a document.

use super::names::name_words;
use super::text::{is_of_hard_script, plain_words};
use chrono::NaiveDate;
use despatch_process::case::Case;

/// The least letters and digits of a reference that says by itself whose it is; a shorter one needs its label, for it
/// may be a room or a paragraph (F5).
const REFERENCE_TELLING: usize = 6;

/// The person of a case, in the form in which text is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The words of the name.
    pub name: Vec<String>,
    pub born: NaiveDate,
    /// The Home Office reference without separators.
    pub reference: String,
    /// Our own reference of the case, which others may call the Home Office's.
    pub(super) our_reference: String,
    pub(super) hard: bool,
}

impl Subject {
    /// Returns the person of `case`.
    pub fn of(case: &Case) -> Self {
        let person = &case.person;
        Self {
            name: name_words(&person.name),
            born: person.date_of_birth,
            reference: plain_words(case.home_office_reference.as_str()).concat(),
            our_reference: plain_words(case.case_id.as_str()).concat(),
            hard: person.name.chars().any(is_of_hard_script),
        }
    }

    /// Whether the reference is too short, or too like any number, to be found without its label.
    pub(super) fn has_a_weak_reference(&self) -> bool {
        let letters = self.reference.bytes().any(|b| b.is_ascii_alphabetic());
        self.reference.len() < REFERENCE_TELLING || !letters
    }
}
