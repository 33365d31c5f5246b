//! Enters: an event, and what is known before its first question. Leaves: a case file in the making, which a form asks
//! for and which a draft keeps. Never: holds the bytes of an attachment, or a rule of its own.

use super::answers::Answers;
use super::attached::{Found, found};
use super::desk::{Desk, OnFile};
use super::of_file;
use super::questions::{ASIDE_AT, ASIDE_FIELDS, Questions};
use super::walk::{Asked, Walk};
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, StaffId};
use despatch_process::case::{self, EventName, MAX_ATTACHMENTS};
use despatch_process::fields::Sort;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The pointer of the list of attachments.
pub const ATTACHMENTS: &str = "/attachments";

/// A case file in the making.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Form {
    event: EventName,
    pub(super) answers: Answers,
    /// Pointers that somebody answered or left out.
    seen: BTreeSet<String>,
    /// Whether it corrects an earlier file or contradicts the record.
    aside: bool,
}

/// What a form is asked from.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// What the office offers.
    pub desk: &'a Desk,
    /// What is on record of the case.
    pub on_file: &'a OnFile,
}

impl Form {
    /// Begins an event of a case with what is on record of it.
    pub fn begin(event: EventName, prepared_by: &StaffId, case: &CaseId, known: Known<'_>) -> Form {
        let mut form =
            Form { event, answers: Answers::new(event, prepared_by), seen: BTreeSet::new(), aside: false };
        form.answers.set("/case_id", json!(case));
        form.complete(known);
        let offers = known.on_file.offers.iter();
        let mut offers: Vec<(&String, &String)> =
            offers.filter(|(at, _)| case::field_at(event, at).is_some()).collect();
        // An object before what is in it.
        offers.sort();
        for (at, value) in offers {
            let inside = at.rsplit_once('/').is_some_and(|(above, _)| {
                above.is_empty() || form.answers.get(above).is_some_and(Value::is_object)
            });
            let object = case::field_at(event, at).is_some_and(|field| matches!(field.sort, Sort::Object(_)));
            if object {
                form.answers.set(at, json!({}));
            } else if inside {
                form.answers.set(at, Value::String(value.clone()));
            }
        }
        form.complete(known);
        form
    }

    /// Takes a case file, however faulty, as long as it is JSON and has an event. What no form asks for is left out.
    pub fn of_file(bytes: &[u8], prepared_by: &StaffId, known: Known<'_>) -> Option<Form> {
        let file: Value = serde_json::from_slice(bytes).ok()?;
        let event = EventName::of_word(file.pointer("/event/type")?.as_str()?)?;
        let mut answers = Answers::new(event, prepared_by);
        of_file::copy(&file, event, &mut answers);
        let aside = ASIDE_FIELDS.iter().any(|name| answers.get(&format!("/{name}")).is_some());
        let mut form = Form { event, answers, seen: BTreeSet::new(), aside };
        form.complete(known);
        form.seen = form.asked(known).into_iter().map(|asked| asked.at).collect();
        Some(form)
    }

    /// Takes over what another case file says of the case; what it says of its own event is left out.
    pub fn propose(&mut self, file: &[u8], known: Known<'_>) {
        let Ok(mut file) = serde_json::from_slice::<Value>(file) else { return };
        if let Some(fields) = file.as_object_mut() {
            let own = ["event", "event_id", "attachments"];
            own.iter().chain(&ASIDE_FIELDS).for_each(|name| drop(fields.remove(*name)));
        }
        of_file::copy(&file, self.event, &mut self.answers);
        self.complete(known);
    }

    /// What happened.
    pub fn event(&self) -> EventName {
        self.event
    }

    /// The answers so far.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// The case, as far as its id is one.
    pub fn case_id(&self) -> Option<CaseId> {
        self.answers.word("/case_id")?.parse().ok()
    }

    /// The file as it would be written.
    pub fn bytes(&self) -> Vec<u8> {
        self.answers.bytes()
    }

    /// The name of the file, without its extension.
    pub fn file_name(&self) -> String {
        let id = self.answers.word("/event_id").unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if !id.is_empty() && id.chars().all(plain) { id } else { "case".to_owned() }
    }

    /// What can be found to be wrong in the file alone.
    pub fn faults(&self) -> Vec<Fault> {
        self.answers.faults()
    }

    /// Makes the file one of a person who goes on with it.
    pub fn prepared_by(&mut self, by: &StaffId) {
        self.answers.set("/prepared_by", json!(by));
    }

    /// Makes it the correction of a file.
    pub fn replaces(&mut self, sha256: &str) {
        self.aside = true;
        self.answers.set("/replaces", json!(sha256));
    }

    /// Whether somebody answered this question, or left it out.
    pub fn is_seen(&self, at: &str) -> bool {
        self.seen.contains(at)
    }

    pub(super) fn see(&mut self, at: &str) {
        self.seen.insert(at.to_owned());
    }

    pub(super) fn set_aside(&mut self, aside: bool) {
        self.aside = aside;
        if !aside {
            ASIDE_FIELDS.iter().for_each(|name| drop(self.answers.remove(&format!("/{name}"))));
        }
    }

    /// Whether what a yes-or-no question asks for is there.
    pub fn is_open(&self, at: &str) -> bool {
        if at == ASIDE_AT { self.aside } else { self.answers.get(at).is_some_and(Value::is_object) }
    }

    pub(super) fn questions<'a>(&'a self, known: Known<'a>) -> Questions<'a> {
        Questions { event: self.event, answers: &self.answers, desk: known.desk, on_file: known.on_file }
    }

    /// Returns every field that is asked for, in order. What is there is among them even where nobody would ask for it.
    pub fn asked(&self, known: Known<'_>) -> Vec<Asked> {
        let is_open = |at: &str| self.is_open(at);
        let is_there = |at: &str| self.answers.get(at).is_some();
        Walk { questions: self.questions(known), is_open: &is_open, is_there: &is_there }.all()
    }

    /// Adds the objects and lists that must be there, so that what is missing in them is told field by field.
    pub(super) fn complete(&mut self, known: Known<'_>) {
        loop {
            let asked = self.asked(known);
            let lacking = asked.iter().find(|one| {
                (one.is_object() || matches!(one.field.sort, Sort::List(_)))
                    && self.answers.get(&one.at).is_none()
            });
            let Some(one) = lacking else { return };
            let empty = if one.is_object() { json!({}) } else { json!([]) };
            self.answers.set(&one.at, empty);
        }
    }

    /// Adds an entry to a list that has room. Attachments are added by [`Form::attach`].
    pub fn add(&mut self, at: &str, known: Known<'_>) {
        let list = self.asked(known).into_iter().find(|one| one.at == at);
        let count = self.answers.count(at);
        if let Some(list) = list
            && matches!(list.field.sort, Sort::List(_))
            && at != ATTACHMENTS
            && count < list.field.most
        {
            self.answers.set(&format!("{at}/{count}"), json!({}));
            self.complete(known);
        }
    }

    /// Takes an entry out of a list. Returns the name of the file, if it was an attachment.
    pub fn take_out(&mut self, at: &str, index: usize) -> Option<String> {
        if index >= self.answers.count(at) {
            return None;
        }
        let removed = self.answers.remove(&format!("{at}/{index}"));
        let below = format!("{at}/");
        self.seen.retain(|seen| !seen.starts_with(&below));
        let removed = removed.filter(|_| at == ATTACHMENTS)?;
        Some(removed.get("file")?.as_str()?.to_owned())
    }

    /// Lists a file as an attachment; returns what the case file states of it.
    ///
    /// # Errors
    /// It is not a PDF or too large, or there are as many as a case may have; the text is one sentence.
    pub fn attach(&mut self, given: &str, bytes: &[u8], known: Known<'_>) -> Result<Found, String> {
        let count = self.answers.count(ATTACHMENTS);
        if count >= MAX_ATTACHMENTS {
            return Err(format!("a case has {MAX_ATTACHMENTS} attachments at most"));
        }
        let taken = self.files().into_iter().map(|name| name.to_ascii_lowercase()).collect();
        let found = found(given, bytes, &taken)?;
        let entry = json!({ "file": found.name, "size": found.size, "sha256": found.sha256 });
        self.answers.set(&format!("{ATTACHMENTS}/{count}"), entry);
        self.complete(known);
        Ok(found)
    }

    /// The names of the attachments, in order.
    pub fn files(&self) -> Vec<String> {
        let entries = 0..self.answers.count(ATTACHMENTS);
        entries.filter_map(|index| self.answers.word(&format!("{ATTACHMENTS}/{index}/file"))).collect()
    }
}
