//! Enters: what happened to a despatch. Leaves: the closed list of it.
//! Never: a value of the detained person.

use super::{Erased, Purged, events};
use crate::despatch::{Approval, Despatch, Hold, MessageBinding, Overtaken, Recipient, State};
use chrono::{DateTime, Utc};
use despatch_core::words::PackId;
use despatch_guards::{Check, Guard};
use despatch_process::Planned;
use serde::{Deserialize, Serialize};

events! {
    /// What happened to a despatch.
    pub enum DespatchEvent {
        /// It was put into the outbox so.
        "made" Made(Box<Despatch>),
        /// These are the things that stand in its way from now on.
        "held" Held { holds: Vec<Hold>, cause: HoldCause },
        "approved" Approved { approval: Approval },
        "returned" Returned { reason: String },
        "cancelled" Cancelled { reason: String },
        /// Back to review, or to the approval that still binds the same bytes.
        "released" Released { reason: String, state: State },
        /// Its message was made anew in the place of one that could not be sent.
        "regenerated" Regenerated(Box<Regenerated>),
        /// What this case file made takes its place.
        "superseded" Superseded { by: i64 },
        /// An event of its case came in while a sender had it in hand.
        "overtaken" Overtaken(Overtaken),
        /// Somebody let pass what this guard stopped.
        "override" Overridden { guard: Guard, evidence: Vec<String>, reason: String },
        /// One person alone let a safety message go.
        "urgent_release" ReleasedUrgently { reason: String, approval: Approval },
        /// A second person has looked at that.
        "urgent_reviewed" UrgentReviewed { reason: String },
        /// A sender took it in hand.
        "claimed" Claimed,
        /// A sender that stopped had completed nothing of it.
        "unclaimed" Unclaimed,
        /// From here to the relay's answer it may arrive.
        "dot_pending" DotPending,
        "sent" Sent { reply: String, attempts: u32 },
        "deferred" Deferred { reply: String, attempts: u32, next_attempt: DateTime<Utc> },
        "refused" Refused { reply: String, attempts: u32 },
        "in_doubt" InDoubt { reply: String, attempts: u32 },
        /// Its recipient could open it.
        "received" Received { how: String },
        /// Its recipient could not open it.
        "unopened" Unopened { how: String },
        /// Somebody looked at its documents.
        "viewed" Viewed,
        /// Somebody looked at the words that open it.
        "words_viewed" WordsViewed,
        /// After a restoration: it had gone.
        "found_sent" FoundSent { reason: String },
        /// After a restoration: it had not gone.
        "found_unsent" FoundUnsent { reason: String, state: State },
        "purged" Purged(Purged),
        "erased" Erased(Erased),
    }
}

/// On whose word, or by what, a despatch is held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldCause {
    /// A person stopped it.
    Person { reason: String },
    /// It was looked at again before it was to be approved or sent.
    Recheck,
    /// Its recipient's entry of the directory changed.
    EntryChanged,
    /// What holds its recipient's entry is another thing now.
    EntryRechecked,
    /// Its policy pack was withdrawn.
    PackWithdrawn,
    /// An event of its case came in since.
    Overtaken,
    /// A case came in since whose reference a document of it holds.
    CrossReference { check: Check },
}

/// A message that was made anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regenerated {
    pub reason: String,
    pub pack: PackId,
    pub planned: Planned,
    pub recipient: Recipient,
    pub message: Option<MessageBinding>,
    pub checks: Vec<Check>,
    /// What the new message warns of, beside what the first one did.
    pub warnings: Vec<String>,
}
