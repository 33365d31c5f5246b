//! Enters: what happened in the retention and export of a case. Leaves: the closed lists of these events.
//! Never: a file name that a caseworker chose.

use super::events;
use chrono::NaiveDate;
use despatch_core::words::{EntryId, Sha256};
use serde::{Deserialize, Serialize};

events! {
    /// The decisions about the retention of a case.
    pub enum RetentionEvent {
        "litigation_held" LitigationHeld { reason: String },
        "litigation_lifted" LitigationLifted { reason: String, set_by: String },
        "erasure_asked" ErasureAsked { reason: String },
        /// Everything that could identify the case was removed.
        "erased" Erased(Erased),
    }
}

events! {
    /// What staff recorded of a representative's authority for a case.
    pub enum AuthorityEvent {
        "authority_recorded" Recorded { entry: EntryId, dated: NaiveDate },
    }
}

events! {
    /// The events of a case's exported record.
    pub enum ExportEvent {
        "exported" Exported { reason: String },
    }
}

events! {
    /// The events of the rejected case files.
    pub enum InboxEvent {
        "purged" Purged(Purged),
    }
}

events! {
    /// The events of a case file before it is taken from the inbox.
    pub enum DropEvent {
        /// The actor dropped it through the service, which knows whose account it was.
        "dropped" Dropped,
    }
}

/// A sealed file whose removal is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemovedFile {
    /// Relative to the office.
    pub file: String,
    /// `None` if it was already gone.
    pub sha256: Option<Sha256>,
}

/// What was removed because its retention period ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purged {
    /// What it was: `messages`, `case_files`, `rejected`.
    pub kind: String,
    /// The day on which its period began.
    pub since: NaiveDate,
    /// The length of the period.
    pub days: i64,
    pub files: Vec<RemovedFile>,
    /// The hashes of the files in `rejected/`, which are not sealed.
    #[serde(rename = "sha256")]
    pub rejected: Vec<Option<Sha256>>,
}

/// What was removed because two people erased its case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erased {
    pub asked_by: String,
    pub reason: String,
    pub files: Vec<RemovedFile>,
    /// The hashes of the files in `rejected/`, which are not sealed.
    pub rejected: Vec<Option<Sha256>>,
}
