//! Enters: sealed despatches and what people decide about them. Leaves: what may be sent, and the record.
//! Never: holds a personal value of the detained person in clear, or sends anything.

mod audit;
mod authorities;
mod backup;
mod chain;
mod checkpoints;
mod connection;
mod despatch;
mod despatch_row;
mod directory;
mod durable;
mod engine;
mod entry_holds;
mod files;
mod guarded;
mod identities;
mod incidents;
mod keys;
mod ledger;
mod mentions;
mod notes;
mod pack_texts;
mod packs;
mod queries;
mod queue;
mod receipts;
mod retention;
mod review;
mod sending;
mod statement;
mod templates;
mod unsent;
mod verify;

pub use authorities::authority_subject;
pub use backup::Found;
pub use chain::{BrokenChain, Event};
pub use checkpoints::{Checkpoint, read_checkpoints};
pub use despatch::{
    Approval, Bound, Despatch, DespatchId, Hold, Recipient, SealedCase, SealedDespatch, State, Urgent,
};
pub use directory::{Heard, Placed, Put, TrialLetter, TrialMessage, subject};
pub use durable::{Durable, DurableError, DurableHandle};
pub use engine::Engine;
pub use files::{Files, Lease, write_durably};
pub use incidents::{Act, Frozen, Incident, IncidentId, Step, Unfrozen};
pub use keys::{Drill, Rotated};
pub use ledger::{Ledger, LedgerError};
pub use notes::{NoteId, Tick};
pub use packs::{Adopted, Terms};
pub use queries::{
    Claim, ClaimState, Erasure, Foreseen, Kept, KnownCases, LatestFile, LitigationHold, OnRecord, OutboxPage,
    Page, Record, Restored, SealedFile, Selection, SettledCase,
};
pub use queue::{Claimed, Queued};
pub use receipts::Receipt;
pub use retention::{Removal, retention_subject};
pub use review::{Checks, Decision, MESSAGE_BYTES_MAX, recheck};
pub use sending::{Approved, Attempt, Parcel, Verdict};
pub use statement::{Statement, all as statements};
pub use verify::{Audit, Wrong};
