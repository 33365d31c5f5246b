//! Enters: the tables of an event's fields, what is answered so far, and what the office offers. Leaves: which questions
//! are due, their words and their choices, for a terminal and for a page. Never: has a rule of its own.

use super::answers::Answers;
use super::desk::{Desk, OnFile, Options, options};
use despatch_core::fault::Fault;
use despatch_core::words::Role;
use despatch_process::case::{self, AttachmentKind, EventName};
use despatch_process::fields::text::is_foreign;
use despatch_process::fields::{Field, Names, Sort, When, ask, whole};
use serde_json::Value;
use std::collections::BTreeSet;

/// The pointer of a question that fills no field: only after a yes are the fields of [`ASIDE_FIELDS`] asked for.
pub const ASIDE_AT: &str = "/?";
/// That question.
pub const ASIDE: Field =
    ask("Does this file correct an earlier one of the same event, or contradict what is on record?");
/// What is asked for after a yes to it.
pub const ASIDE_FIELDS: [&str; 3] = ["replaces", "correction", "despite_history"];

/// Whether a field is asked for only after a yes to [`ASIDE`].
pub fn is_aside(base: &str, field: &Field) -> bool {
    base.is_empty() && ASIDE_FIELDS.contains(&field.name)
}

/// Whether this is the kind of an attachment; the parser decides which kinds an event may have.
pub fn is_kind(at: &str) -> bool {
    at.starts_with("/attachments/") && at.ends_with("/kind")
}

/// Returns what a field's pattern refers to.
pub fn names(sort: Sort) -> Names {
    match sort {
        Sort::Pattern(pattern) => pattern.names,
        _ => Names::Nothing,
    }
}

/// The questions of one event, as far as they depend on what is answered already and on what the office knows.
#[derive(Clone, Copy)]
pub struct Questions<'a> {
    /// What happened.
    pub event: EventName,
    /// The answers so far.
    pub answers: &'a Answers,
    /// What the office offers.
    pub desk: &'a Desk,
    /// What is on record of the case.
    pub on_file: &'a OnFile,
}

impl Questions<'_> {
    /// Whether a field of the object at `base` is to be asked for: `Some(true)` if it must be answered.
    pub fn due(&self, base: &str, field: &Field) -> Option<bool> {
        let idle = field.asked.is_some_and(|when| !self.says(base, when));
        let barred = field.barred.is_some_and(|need| self.says(base, need.when));
        let needed = !field.optional || field.needed.is_some_and(|need| self.says(base, need.when));
        (!idle && !barred).then_some(needed)
    }

    fn says(&self, base: &str, when: When) -> bool {
        match when {
            When::Is(at, words) => {
                self.answers.word(&whole(base, at)).is_some_and(|word| words.contains(&word.as_str()))
            }
            When::There(at) => self.answers.get(&whole(base, at)).is_some(),
            When::Foreign(at) => self.answers.word(&whole(base, at)).is_some_and(|text| is_foreign(&text)),
            When::Absent(at) => self.answers.get(&whole(base, at)).is_none(),
        }
    }

    /// Returns the question of a field. A directory entry is asked for by its role in the case.
    pub fn question(&self, at: &str, field: &Field) -> &'static str {
        match self.around(at) {
            Some(person) if field.name == "entry" && !person.note.is_empty() => person.note,
            Some(person) if field.name == "entry" => person.ask,
            _ => field.ask,
        }
    }

    /// Returns the role in the case of the entry that a field names.
    pub fn role(&self, at: &str, field: &Field) -> Option<Role> {
        field.role.or_else(|| self.around(at)?.role)
    }

    /// Returns the field of the object that contains a pointer.
    fn around(&self, at: &str) -> Option<&'static Field> {
        case::field_at(self.event, at.rsplit_once('/')?.0)
    }

    /// Returns the choices for a field; empty if it has none.
    pub fn options(&self, at: &str, field: &Field) -> Options {
        let standards = || self.on_file.standards.as_ref().unwrap_or(&self.desk.standards).clone();
        match field.sort {
            Sort::Choice(words) if is_kind(at) => self.kinds(at, words),
            Sort::Choice(words) => options(words),
            Sort::Pattern(pattern) => match pattern.names {
                Names::Entry => {
                    self.role(at, field).map_or_else(Options::new, |role| self.desk.of_role(role))
                }
                Names::Place => self.desk.places.clone(),
                Names::Standard => standards(),
                Names::Nothing | Names::Event | Names::Attachment | Names::Moment | Names::Stage => {
                    Options::new()
                }
            },
            _ => Options::new(),
        }
    }

    /// Returns the kinds that an attachment of this event may have, by trying each with the parser.
    fn kinds(&self, at: &str, words: &[(&str, &str)]) -> Options {
        let whole = |faults: Vec<Fault>| -> BTreeSet<String> {
            faults.into_iter().filter(|fault| fault.at == "/attachments").map(|fault| fault.cause).collect()
        };
        let before = whole(self.answers.faults());
        let may = |kind: &str| {
            let mut trial = self.answers.clone();
            trial.set(at, Value::String(kind.to_owned()));
            let faults = trial.faults();
            !faults.iter().any(|fault| fault.at == at) && whole(faults).is_subset(&before)
        };
        options(words).into_iter().filter(|(word, _)| may(word)).collect()
    }

    /// Returns the title that an attachment has by its kind.
    pub fn title(&self, at: &str) -> Option<String> {
        let word = self.answers.word(&at.replace("/title", "/kind"))?;
        let kind = AttachmentKind::WORDS.iter().find(|(known, _)| *known == word);
        kind.map(|(_, kind)| kind.label().to_owned())
    }

    /// Returns the first id made of case, event and number that is neither on record nor `taken`.
    pub fn free_event_id(&self, taken: &dyn Fn(&str) -> bool) -> Option<String> {
        let plain = |text: &str| text.to_lowercase().replace(['/', '_'], "-");
        let case = plain(&self.answers.word("/case_id")?);
        let event = plain(&self.answers.word("/event/type")?);
        let used = |id: &String| self.on_file.event_ids.contains(id) || taken(id);
        (1..=u32::MAX).map(|number| format!("{case}-{event}-{number}")).find(|id| !used(id))
    }
}
