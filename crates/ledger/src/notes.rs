//! Enters: who copied which note into the casework system. Leaves: the ticks of a case's notes, read from the record.
//! Never: stores a tick anywhere but in the event log, or ticks a note twice (G15).

use crate::error::{LedgerError, refuse};
use crate::event_log;
use crate::events::{Event, LedgerEvent, Subject, SubmissionEvent};
use crate::ids::NoteId;
use crate::ledger::Ledger;
use crate::queries::OnRecord;
use crate::queries::submissions::counts_still;
use chrono::NaiveDate;
use despatch_core::clock::Moment;
use despatch_settings::Staff;
use serde::Serialize;
use std::collections::BTreeMap;

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
            return refuse(format_args!("note {id}"), "note.unknown", "the case has no such note", cure);
        }
        self.transact(by.id.as_str(), now.at, async |tx| {
            let known = ticks(&event_log::read(tx.connection(), Some(&subject(id.submission))).await?);
            if let Some(tick) = known.get(&id.note) {
                let cause = format!("{} has recorded it already", tick.by);
                return refuse(
                    format_args!("note {id}"),
                    "note.recorded",
                    cause,
                    "look at the case with `despatch case`",
                );
            }
            if !counts_still(tx.connection(), id.submission).await? {
                let cause = "a correction has taken its place";
                return refuse(
                    format_args!("note {id}"),
                    "note.unknown",
                    cause,
                    "look at the case again with `despatch case`",
                );
            }
            let recorded = SubmissionEvent::NoteRecorded { note: id.note };
            tx.record(LedgerEvent::Submission(id.submission, recorded)).await
        })
    }
}

fn subject(submission: i64) -> String {
    Subject::Submission(submission).to_string()
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
