//! Enters: what happened to a despatch. Leaves: the closed list of its events.
//! Never: a value of the detained person.

use super::{Erased, Purged, events};
use crate::call_outcome::CallOutcome;
use crate::despatch::{Approval, Despatch, Hold, MessageBinding, Overtaken, Recipient, State};
use chrono::{DateTime, Utc};
use despatch_core::words::{PackId, Sha256};
use despatch_guards::{Check, Guard};
use despatch_process::Planned;
use serde::{Deserialize, Serialize};

events! {
    /// The events of a despatch.
    pub enum DespatchEvent {
        /// It was put into the outbox in this form.
        "made" Made(Box<Despatch>),
        /// These holds replace the previous ones.
        "held" Held { holds: Vec<Hold>, cause: HoldCause },
        "approved" Approved { approval: Approval },
        /// The first of two people approved it: nothing proves who prepared it, or the office asks for two.
        "first_approved" FirstApproved { approval: Approval },
        /// A reviewer may sign this text, once and until it says.
        "approval_asked" ApprovalAsked { text: String },
        "returned" Returned { reason: String },
        "cancelled" Cancelled { reason: String },
        /// It went back to review, or to the approval that still binds the same bytes.
        "released" Released { reason: String, state: State },
        /// Its message was regenerated because the previous one could not be sent.
        "regenerated" Regenerated(Box<Regenerated>),
        /// A despatch of this submission replaces it.
        "superseded" Superseded { by: i64 },
        /// An event of its case arrived while a sender had it.
        "overtaken" Overtaken(Overtaken),
        /// Somebody overrode this guard.
        "override" Overridden { guard: Guard, evidence: Vec<String>, reason: String },
        /// One person released a safety message alone.
        "urgent_release" ReleasedUrgently { reason: String, approval: Approval },
        /// A second person reviewed an urgent release.
        "urgent_reviewed" UrgentReviewed { reason: String },
        /// A sender claimed it.
        "claimed" Claimed,
        /// The sender stopped before completing the message.
        "unclaimed" Unclaimed,
        /// Until the relay answers, it may be delivered.
        "dot_pending" DotPending,
        "sent" Sent { reply: String, attempts: u32 },
        "deferred" Deferred { reply: String, attempts: u32, next_attempt: DateTime<Utc> },
        "refused" Refused { reply: String, attempts: u32 },
        "in_doubt" InDoubt { reply: String, attempts: u32 },
        /// The recipient could open it.
        "received" Received { how: String },
        /// The recipient could not open it.
        "unopened" Unopened { how: String },
        /// Somebody telephoned about it.
        "telephoned" Telephoned {
            outcome: CallOutcome,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            note: Option<String>,
        },
        /// Somebody viewed its documents; `None` where the record does not say which.
        "viewed" Viewed(Option<Viewing>),
        /// Somebody viewed its passphrase.
        "passphrase_viewed" PassphraseViewed,
        /// After a restoration: it had been sent.
        "found_sent" FoundSent { reason: String },
        /// After a restoration: it had not been sent.
        "found_unsent" FoundUnsent { reason: String, state: State },
        "purged" Purged(Purged),
        "erased" Erased(Erased),
    }
}

/// Why a despatch is held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldCause {
    /// A person held it.
    Person { reason: String },
    /// A person held the batch that it is of; it may be held for other reasons already.
    Batch { reason: String },
    /// It failed a recheck before approval or sending.
    Recheck,
    /// The directory entry of its recipient changed.
    EntryChanged,
    /// The reasons that hold the recipient's entry changed.
    EntryRechecked,
    /// Its policy pack was withdrawn.
    PackWithdrawn,
    /// A later event of its case arrived.
    Overtaken,
    /// A later case arrived whose reference is in one of its documents.
    CrossReference { check: Check },
}

/// A regenerated message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regenerated {
    pub reason: String,
    pub pack: PackId,
    pub planned: Planned,
    pub recipient: Recipient,
    pub message: Option<MessageBinding>,
    pub checks: Vec<Check>,
    /// Warnings in addition to those of the first message.
    pub warnings: Vec<String>,
}

/// What somebody was shown when they opened a despatch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Viewing {
    /// The message: another version of it is another view.
    pub message: Sha256,
    /// The number of files that it gave out: always all.
    pub files: usize,
}
