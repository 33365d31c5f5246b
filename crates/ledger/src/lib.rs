//! Enters: sealed despatches and what people decide about them. Leaves: what may be sent, and the record.
//! Never: holds a personal value of the detained person in clear, or sends anything.

mod access;
mod apply;
mod audit;
mod authorised;
mod authorities;
mod backup;
mod batch_state;
mod batches;
mod call_outcome;
mod casework;
mod checkpoints;
mod checks;
mod config_files;
mod connection;
mod cross_references;
mod despatch;
mod directory;
mod dropped;
mod durable;
mod engine;
mod entry_holds;
mod error;
mod event_log;
mod events;
mod files;
mod four_eyes;
mod ids;
mod incidents;
mod kept_texts;
mod keys;
mod ledger;
mod marks;
mod notes;
mod notices;
mod overrides;
mod packs;
mod person_holds;
mod pseudonyms;
mod queries;
mod queue;
mod receipts;
mod retention;
mod review;
mod row;
mod rows;
mod sampling;
mod sending;
mod signed;
mod signed_batches;
mod signing;
mod staff_notices;
mod statement;
mod statements;
mod submission;
mod telephone;
mod test_messages;
mod transact;
mod unsent;
mod user_account;
mod users;
mod views;
mod withdrawals;

pub use audit::{Against, Audit, Fork, SignedApprovals, Wrong};
pub use authorised::RecordedOf;
pub use authorities::authority_subject;
pub use backup::Found;
pub use batch_state::BatchState;
pub use batches::{BatchDecision, BatchToBegin, StoppedPart};
pub use call_outcome::CallOutcome;
pub use checkpoints::{Checkpoint, read_checkpoints};
pub use checks::{AsOf, Checks, limit_hold, recheck};
pub use config_files::Proposal;
pub use despatch::{
    Approval, Despatch, Hold, MessageBinding, Receipt, Recipient, SealedCase, SealedDespatch, Signed, State,
    Urgent, Verdict,
};
pub use directory::{Confirmation, Placed, Put, subject};
pub use durable::{Durable, DurableError, DurableHandle};
pub use engine::Engine;
pub use error::LedgerError;
pub use event_log::BrokenChain;
pub use events::{
    AuthorityEvent, BatchEvent, CaseworkEvent, ConfigEvent, ConfigPath, CoverEvent, CoverKind, DespatchEvent,
    DropEvent, EntryEvent, Erased, Event, ExportEvent, HoldCause, InboxEvent, IncidentEvent, LedgerEvent,
    LimitStep, ListedRow, OfficeEvent, PackEvent, Purged, Queued as Filing, Regenerated, RemovedFile,
    RetentionEvent, ReviewKeyEvent, SearchEvent, SearchedBy, SignInWay, Subject, SubmissionEvent, Tail,
    TriedFile, UserEvent, VERSION, Viewing,
};
pub use files::{Files, Lease, is_unread, write_durably};
pub use ids::{DespatchId, IncidentId, NoteId};
pub use incidents::{Act, Frozen, Incident, Step, Unfrozen};
pub use kept_texts::Kept;
pub use keys::{Drill, Rotated};
pub use ledger::Ledger;
pub use notes::Tick;
pub use notices::Notice;
pub use packs::{Adopted, Terms};
pub use queries::{
    BatchOnRecord, BatchTally, CaseDecision, Cover, Deeds, Foreseen, KnownCases, LatestFile, LiveSubmission,
    Looked, Marks, Named, OnRecord, OpenNote, OpenNotes, OutboxPage, Owner, Page, QueuePage, QueuePart,
    QueueSelection, Record, RecordPage, RecordSelection, RejectedOnRecord, Restored, Restriction, RowFate,
    RowOnRecord, RunningCase, SealedFile, Selection, SettledCase, Waiting, Whose,
};
pub use queue::{Queued, Submitted};
pub use retention::{Removal, WhyRemoved, retention_subject};
pub use review::{Approving, Decision};
pub use sampling::{Sample, SampledApprovals};
pub use sending::{Approved, Attempt, Parcel};
pub use signing::Signing;
pub use staff_notices::{Near, StaffNotice};
pub use statement::Statement;
pub use statements::all as statements;
pub use submission::SubmissionState;
pub use test_messages::{SealedTestMessage, TestMessageParcel};
pub use user_account::{UserAccount, UserRole};
pub use users::user_subject;
pub use views::may_be_unseen;
pub use withdrawals::Withdrawn;
