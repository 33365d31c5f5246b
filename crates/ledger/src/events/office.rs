//! Enters: what happened to the office as a whole: incidents, keys, backups. Leaves: the closed list of it.
//! Never: a private key.

use super::events;
use crate::despatch::DespatchId;
use chrono::{DateTime, Utc};
use despatch_core::words::{CaseId, EntryId, Sha256};
use serde::{Deserialize, Serialize};

events! {
    /// What happened to an incident.
    pub enum IncidentEvent {
        "incident_opened" Opened {
            despatch: Option<DespatchId>,
            case_id: CaseId,
            entry: Option<EntryId>,
            text: String,
            aware_at: DateTime<Utc>,
        },
        "incident_reported" Reported { text: String },
        "incident_deleted" Deleted { text: String },
        "incident_letter" LetterMade { text: String },
        "incident_closed" Closed { text: String },
    }
}

events! {
    /// What happened to the office's key for its copies.
    pub enum ReviewKeyEvent {
        /// The line sealed to it before any other was on record.
        "review_key_first" First { key: String },
        "review_key_rotated" Rotated { from: String, to: String, reason: String },
        /// Somebody tried whether the recovery key opens what it should.
        "recovery_drill" RecoveryDrill { key: String, opened: bool, tried: Vec<TriedFile> },
    }
}

/// What a recovery key was tried on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriedFile {
    pub file: String,
    pub sha256: Sha256,
    pub opened: bool,
}

events! {
    /// What happened to the office as a whole.
    pub enum OfficeEvent {
        "backed_up" BackedUp { sha256: Sha256, files: usize, sealed_to: Vec<String> },
        /// It was restored from this backup, which knows nothing after `taken`.
        "restored" Restored { backup: Sha256, taken: String, open: Vec<DespatchId> },
        /// All that may have been sent since the backup is settled.
        "reconciled" Reconciled { reason: String },
        "signing_key_made" SigningKeyMade { fingerprint: String, before: Option<String> },
    }
}
