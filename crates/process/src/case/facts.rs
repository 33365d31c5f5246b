//! Enters: the tree of a case file. Leaves: the faults of facts that contradict each other.
//! Never: repeats a fault of one field (that is `read`): a fact that can't be read is passed over.

mod attachments;
mod event;

use super::closed::EventName;
use super::codes::{self, Code, Faults};
use super::json::Node;
use super::text;
use chrono::NaiveDate;
use std::collections::HashMap;

/// Looks at facts by their pointers, and takes what is wrong between them.
struct Facts<'t, 'f> {
    root: &'t Node,
    faults: &'f mut Faults,
}

/// Adds a fault for each contradiction that needs no rule of the guidance to be seen.
pub(super) fn check(root: &Node, faults: &mut Faults) {
    if !matches!(root, Node::Object(_)) {
        return;
    }
    let mut facts = Facts { root, faults };
    facts.event();
    facts.correction();
    facts.person();
    facts.clear();
    facts.attachments();
}

impl<'t> Facts<'t, '_> {
    /// What stands at a pointer and isn't null.
    fn at(&self, pointer: &str) -> Option<&'t Node> {
        pointer.split('/').skip(1).try_fold(self.root, Node::field)
    }

    fn text(&self, pointer: &str) -> Option<&'t str> {
        text_of(self.at(pointer)?)
    }

    fn date(&self, pointer: &str) -> Option<NaiveDate> {
        self.text(pointer).and_then(text::date)
    }

    fn flag(&self, pointer: &str) -> Option<bool> {
        match self.at(pointer)? {
            Node::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// A word of a closed list.
    fn word<T: Copy>(&self, pointer: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(pointer)?;
        words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value)
    }

    fn event_name(&self) -> Option<EventName> {
        self.word("/event/type", EventName::WORDS)
    }

    fn fault(&mut self, at: &str, code: Code, cause: &str, cure: &str) {
        self.faults.add(at, code, cause, cure);
    }

    /// Adds a fault at `at` where the first date is after the second, and both can be read.
    fn order(&mut self, first: &str, second: &str, at: &str, cause: &str) {
        if let (Some(first), Some(second)) = (self.date(first), self.date(second))
            && first > second
        {
            self.fault(at, codes::FACT_ORDER, cause, "correct one of the two dates");
        }
    }

    fn correction(&mut self) {
        if self.at("/correction").is_some() && self.at("/replaces").is_none() {
            let cause = "this says what a correction changes, and the file replaces none";
            let cure = "add replaces with the SHA-256 of the file that this one corrects, or remove this";
            self.fault("/correction", codes::FACT_CORRECTION, cause, cure);
        }
    }

    fn person(&mut self) {
        let (birth, since) = (self.date("/person/date_of_birth"), self.date("/detention/since"));
        if since.is_some() && birth >= since {
            let cause = "the date of birth is not before the first day of detention";
            self.fault("/person/date_of_birth", codes::FACT_BIRTH, cause, "correct one of the two dates");
        }
        if self.flag("/person/interpreter_needed") == Some(true) && self.at("/person/language").is_none() {
            let cause = "an interpreter is needed, and the language is not given";
            self.fault("/person/language", codes::FACT_LANGUAGE, cause, "add the language");
        }
    }

    /// Subjects, clear parts and the ledger show these; none may tell who the person is.
    fn clear(&mut self) {
        const CLEAR: [&str; 8] = [
            "/case_id",
            "/event_id",
            "/event/doctor/reference",
            "/event/appointment/doctor/reference",
            "/caseworker/reference",
            "/manager/reference",
            "/decision_maker/reference",
            "/representative/reference",
        ];
        let name = self.text("/person/name").unwrap_or_default();
        let home_office = self.text("/home_office_reference").filter(|text| !text.is_empty());
        for at in CLEAR {
            let Some(public) = self.text(at) else {
                continue;
            };
            if text::holds_name(public, name) {
                let cause =
                    "this holds a part of the person's name, and it is shown in clear in emails and logs";
                self.fault(
                    at,
                    codes::CLEAR_IDENTITY,
                    cause,
                    "write one without the name; an optional reference may be left out",
                );
            }
            if home_office.is_some_and(|secret| public.contains(secret)) {
                let cause =
                    "this holds the Home Office reference, and it is shown in clear in emails and logs";
                self.fault(
                    at,
                    codes::CLEAR_IDENTITY,
                    cause,
                    "write another; an optional reference may be left out",
                );
            }
        }
    }
}

/// The number under which the key was first seen, if it was.
fn earlier<K: std::hash::Hash + Eq>(seen: &mut HashMap<K, usize>, key: K, number: usize) -> Option<usize> {
    let first = *seen.entry(key).or_insert(number);
    (first != number).then_some(first)
}

fn text_of(node: &Node) -> Option<&str> {
    match node {
        Node::Text(text) => Some(text),
        _ => None,
    }
}
