//! Enters: what happened to a case file that was taken from the inbox. Leaves: the closed list of it.
//! Never: a value of the detained person.

use super::{Erased, Purged, events};
use chrono::NaiveDate;
use despatch_core::words::{CaseId, EventId, PackId, Sha256, StaffId};
use despatch_process::{History, NotMade, Recorded};
use serde::{Deserialize, Serialize};

events! {
    /// What happened to a case file.
    pub enum SubmissionEvent {
        /// It was taken into the folder `token` under `inbox/claimed`.
        "claimed" Claimed { token: String, file_sha256: Sha256 },
        /// The same bytes are queued already, as this one.
        "duplicate" Duplicate { of: i64 },
        /// It went back, with the codes of its faults.
        "rejected" Rejected { faults: Vec<String> },
        /// Its messages are in the outbox.
        "queued" Queued(Box<Queued>),
        /// Somebody copied a note of it, counted from 1, into the casework system.
        "note_recorded" NoteRecorded { note: usize },
        /// Its sealed case file went when its period was over.
        "purged" Purged(Purged),
        /// Its sealed case file went with all that there is of its case.
        "erased" Erased(Erased),
    }
}

/// What a case file put on record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queued {
    pub case_id: CaseId,
    pub event_id: EventId,
    pub prepared_by: StaffId,
    pub issued_on: NaiveDate,
    /// How many messages were made.
    pub despatches: usize,
    pub not_made: Vec<NotMade>,
    pub pack: PackId,
    pub recorded: Recorded,
    pub notes: Vec<String>,
    /// The history by which it was planned.
    pub history: History,
    /// Of the sealed case file.
    pub original_sha256: Sha256,
    /// The review key to which that is sealed, by its fingerprint.
    pub review_key: String,
    /// The file of the same event whose place it takes.
    pub supersedes: Option<i64>,
}
