//! Enters: what happened to a submission. Leaves: the closed list of its events.
//! Never: a value of the detained person.

use super::{Erased, Purged, events};
use crate::despatch::Verdict;
use chrono::NaiveDate;
use despatch_core::words::{CaseId, EventId, PackId, Sha256, StaffId};
use despatch_process::detention::Signer;
use despatch_process::{History, NotMade, Recorded};
use serde::{Deserialize, Serialize};

events! {
    /// The events of a submission.
    pub enum SubmissionEvent {
        /// It was claimed into the folder `token` under `claimed/`.
        "claimed" Claimed { token: String, file_sha256: Sha256 },
        /// The same bytes are queued already, as this submission.
        "duplicate" Duplicate { of: i64 },
        /// It was returned, with the codes of its faults; and to whom, where that is known: the member of staff whose file
        /// it was, or whom it names as its preparer.
        "rejected" Rejected {
            faults: Vec<String>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            preparer: Option<StaffId>,
        },
        /// A notice of that, of a fixed text, is being sent to its preparer.
        "preparer_notice" PreparerNotice { to: StaffId, message_id: String, message: Sha256 },
        "preparer_notice_delivery" PreparerNoticeDelivery { verdict: Verdict },
        /// Its messages are in the outbox.
        "queued" Queued(Box<Queued>),
        /// Somebody opened its sealed case file, to begin another one of the case from it.
        "viewed" Viewed,
        /// Somebody copied one of its notes, counted from 1, into the casework system.
        "note_recorded" NoteRecorded { note: usize },
        /// The actor authorised what it records, by their own account, as whom they signed on that day.
        "authorised" Authorised(Signer),
        /// What it records did not happen: it counts no more.
        "withdrawn" Withdrawn { reason: String },
        /// Its sealed case file was removed when its retention period ended.
        "purged" Purged(Purged),
        /// Its sealed case file was removed with the rest of its case.
        "erased" Erased(Erased),
    }
}

/// What is recorded of a queued case file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queued {
    pub case_id: CaseId,
    pub event_id: EventId,
    pub prepared_by: StaffId,
    pub issued_on: NaiveDate,
    /// The number of despatches.
    pub despatches: usize,
    pub not_made: Vec<NotMade>,
    pub pack: PackId,
    pub recorded: Recorded,
    pub notes: Vec<String>,
    /// The history by which it was planned.
    pub history: History,
    /// The hash of the sealed case file.
    pub original_sha256: Sha256,
    /// The fingerprint of the review key to which it is sealed.
    pub review_key: String,
    /// The submission of the same event that it replaces.
    pub supersedes: Option<i64>,
}
