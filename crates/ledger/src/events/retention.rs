//! Enters: what happened to the keeping and giving out of a case. Leaves: the closed list of it.
//! Never: the name of a file that a caseworker chose.

use super::events;
use chrono::NaiveDate;
use despatch_core::words::{EntryId, Sha256};
use serde::{Deserialize, Serialize};

events! {
    /// What people decided about how long a case is kept.
    pub enum RetentionEvent {
        "litigation_held" LitigationHeld { reason: String },
        "litigation_lifted" LitigationLifted { reason: String, set_by: String },
        "erasure_asked" ErasureAsked { reason: String },
        /// All that could still identify the case is gone.
        "erased" Erased(Erased),
    }
}

events! {
    /// What staff saw of a representative's authority for a case.
    pub enum AuthorityEvent {
        "authority_recorded" Recorded { entry: EntryId, dated: NaiveDate },
    }
}

events! {
    /// The record of a case was given out.
    pub enum ExportEvent {
        "exported" Exported { reason: String },
    }
}

events! {
    /// What happened to what lay among the rejected case files.
    pub enum InboxEvent {
        "purged" Purged(Purged),
    }
}

/// A sealed file whose removal is on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemovedFile {
    /// Relative to the office.
    pub file: String,
    /// `None` where it was gone already.
    pub sha256: Option<Sha256>,
}

/// What went because its period was over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purged {
    /// What it was: `messages`, `case_files`, `rejected`.
    pub kind: String,
    /// The day from which its period counted.
    pub since: NaiveDate,
    /// The period.
    pub days: i64,
    pub files: Vec<RemovedFile>,
    /// The hashes of what lay in clear in `rejected/`.
    #[serde(rename = "sha256")]
    pub rejected: Vec<Option<Sha256>>,
}

/// What went because two people erased its case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erased {
    pub asked_by: String,
    pub reason: String,
    pub files: Vec<RemovedFile>,
    /// The hashes of what lay in clear in `rejected/`.
    pub rejected: Vec<Option<Sha256>>,
}
