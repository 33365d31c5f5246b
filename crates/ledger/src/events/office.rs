//! Enters: what happened to the office as a whole: incidents, keys, backups. Leaves: the closed lists of these events.
//! Never: a private key.

use super::events;
use crate::despatch::Verdict;
use crate::ids::DespatchId;
use chrono::{DateTime, Utc};
use despatch_core::words::{CaseId, EntryId, Sha256, StaffId};
use despatch_process::detention::LondonTime;
use despatch_settings::NoticeKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

events! {
    /// The events of an incident.
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
    /// The events of the office's review key.
    pub enum ReviewKeyEvent {
        /// The pipeline sealed to it before any other was recorded.
        "review_key_first" First { key: String },
        "review_key_rotated" Rotated { from: String, to: String, reason: String },
        /// Somebody tested whether the recovery key opens what it should.
        "recovery_drill" RecoveryDrill { key: String, opened: bool, tried: Vec<TriedFile> },
    }
}

/// The end of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tail {
    /// The number of its last event.
    pub seq: i64,
    /// The hash of that event, which binds all earlier ones.
    pub hash: Sha256,
}

/// A step towards a limit of a detention or a stay, or its end: one of the alarms of which staff are told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitStep {
    pub case_id: CaseId,
    /// What must be done by then, in the pack's words.
    pub what: String,
    pub until: LondonTime,
    /// The moment of the alarm; at the end, that of the limit.
    pub step: LondonTime,
}

impl LimitStep {
    /// Returns whether it is the end of the limit.
    pub(crate) fn is_lapsed(&self) -> bool {
        self.step >= self.until
    }
}

/// A file on which a recovery key was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriedFile {
    pub file: String,
    pub sha256: Sha256,
    pub opened: bool,
}

events! {
    /// The events of the office as a whole.
    pub enum OfficeEvent {
        "backed_up" BackedUp { sha256: Sha256, files: usize, sealed_to: Vec<String> },
        /// It was restored from this backup, which knows nothing after `taken` and ends with `fork`.
        "restored" Restored {
            backup: Sha256,
            taken: String,
            open: Vec<DespatchId>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            fork: Option<Tail>,
        },
        /// Everything that may have been sent since the backup is settled.
        "reconciled" Reconciled { reason: String },
        /// Somebody says that a clock which seemed to have jumped is right.
        "clock_confirmed" ClockConfirmed,
        /// A notice of a fixed text is being sent to a member of staff, of how much waits for them.
        "staff_notice" StaffNotice {
            to: StaffId,
            about: BTreeMap<NoticeKind, Vec<DespatchId>>,
            /// The limits of detention that it counts.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            limits: Vec<LimitStep>,
            message_id: String,
            message: Sha256,
        },
        "staff_notice_delivery" StaffNoticeDelivery { message_id: String, verdict: Verdict },
        /// Somebody tried to sign in to the pages under names that have no account.
        "unknown_sign_ins" UnknownSignIns,
        "signing_key_made" SigningKeyMade { fingerprint: String, before: Option<String> },
    }
}
