//! Enters: sealed despatches and what people decide about them. Leaves: what may be sent, and the record.
//! Never: holds a personal value of the detained person in clear, or sends anything.

mod backup;
mod chain;
mod despatch;
mod durable;
mod files;
mod keys;
mod ledger;
mod notes;
mod packs;
mod queue;
mod record;
mod retention;
mod review;
mod sending;
mod templates;
mod unsent;

pub use backup::{Found, Restored, SealedFile};
pub use chain::{BrokenChain, Event};
pub use despatch::{
    Approval, Bound, Despatch, DespatchId, Hold, Recipient, SealedCase, SealedDespatch, State,
};
pub use durable::{Durable, DurableError, DurableHandle};
pub use files::{Files, Lease, write_durably};
pub use keys::{Drill, Rotated};
pub use ledger::{Claim, ClaimState, Ledger, LedgerError};
pub use notes::{NoteId, Tick};
pub use packs::{Adopted, Terms};
pub use queue::{Claimed, Foreseen, LatestFile, Queued};
pub use record::{OnRecord, Record};
pub use retention::{Erasure, LitigationHold, Removal, SettledCase};
pub use review::{Checks, Decision, MESSAGE_BYTES_MAX, recheck};
pub use sending::{Approved, Attempt, Verdict};
pub use templates::Kept;
