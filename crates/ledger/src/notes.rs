//! Enters: who copied which note into the casework system. Leaves: the ticks of a case's notes, read from the record.
//! Never: stores a tick anywhere but in the event log, or ticks a note twice (G15).

use super::event_log;
use super::events::{Event, LedgerEvent, Subject, SubmissionEvent};
use super::ledger::{Ledger, LedgerError};
use crate::queries::OnRecord;
use crate::queries::submissions::counts_still;
use chrono::NaiveDate;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_settings::Staff;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The id of a note, as people type it: its submission and its own number, counted from 1 (`17.2`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NoteId {
    pub submission: i64,
    pub note: usize,
}

impl fmt::Display for NoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.submission, self.note)
    }
}

impl TryFrom<String> for NoteId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<NoteId> for String {
    fn from(id: NoteId) -> String {
        id.to_string()
    }
}

impl FromStr for NoteId {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |part: &str| {
            let plain = !part.starts_with('0') && part.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| part.parse::<u32>().ok()).flatten()
        };
        text.split_once('.')
            .and_then(|(submission, note)| {
                Some(NoteId { submission: number(submission)?.into(), note: number(note)? as usize })
            })
            .ok_or("a note's number, such as 17.2")
    }
}

/// Who copied a note, and on which day in Europe/London.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tick {
    pub by: String,
    pub on: NaiveDate,
}

impl Ledger {
    /// Returns the ticks of a submission's notes, by the note's number, counted from 1.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn ticks(&mut self, submission: i64) -> Result<BTreeMap<usize, Tick>, LedgerError> {
        Ok(ticks(&self.events(Some(&subject(submission)))?))
    }

    /// Records that a note of these events was copied into the casework system.
    ///
    /// # Errors
    /// The events have no such note, it is ticked already, or a correction has replaced its submission.
    pub fn tick(
        &mut self,
        events: &[OnRecord],
        id: NoteId,
        by: &Staff,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let of_submission = events.iter().find(|event| event.submission == id.submission);
        if !of_submission.is_some_and(|event| (1..=event.notes.len()).contains(&id.note)) {
            let cure = "use a number that `despatch case` shows beside a note";
            return refuse(id, "note.unknown", "the case has no such note".to_owned(), cure);
        }
        self.transact(by.id.as_str(), now.at, async |tx| {
            let known = ticks(&event_log::read(tx.connection(), Some(&subject(id.submission))).await?);
            if let Some(tick) = known.get(&id.note) {
                let cause = format!("{} has recorded it already", tick.by);
                return refuse(id, "note.recorded", cause, "look at the case with `despatch case`");
            }
            if !counts_still(tx.connection(), id.submission).await? {
                let cause = "a correction has taken its place".to_owned();
                return refuse(id, "note.unknown", cause, "look at the case again with `despatch case`");
            }
            let recorded = SubmissionEvent::NoteRecorded { note: id.note };
            tx.record(LedgerEvent::Submission(id.submission, recorded)).await
        })
    }
}

fn subject(submission: i64) -> String {
    Subject::Submission(submission).to_string()
}

fn refuse<T>(id: NoteId, code: &'static str, cause: String, cure: &str) -> Result<T, LedgerError> {
    Err(LedgerError::Refused(Fault::new(format!("note {id}"), code, cause, cure)))
}

/// Returns the first tick of each note.
fn ticks(events: &[Event]) -> BTreeMap<usize, Tick> {
    let mut ticks = BTreeMap::new();
    for event in events {
        if let LedgerEvent::Submission(_, SubmissionEvent::NoteRecorded { note }) = &event.happened {
            ticks.entry(*note).or_insert_with(|| Tick { by: event.actor.clone(), on: event.day() });
        }
    }
    ticks
}
