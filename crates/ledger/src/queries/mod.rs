//! Enters: a question about the record. Leaves: the rows that answer it, read as values.
//! Never: writes, or reads other rows where an index can avoid it.

/// Batches, their rows and what became of them.
pub(crate) mod batches;
/// The events of a case, and all cases.
pub(crate) mod case_events;
/// Who owns, sees and covers what, and open notes.
pub(crate) mod casework;
/// The record of a case for the rules and the guards.
pub(crate) mod case_record;
/// How many events and despatches there are, by day, person and age.
pub(crate) mod counts;
/// The cases that a search finds.
pub(crate) mod find;
/// A page of the record.
pub(crate) mod record_page;
/// The queue of a team or of one person.
pub(crate) mod work;
/// Case files taken from the inbox.
pub(crate) mod submissions;
/// Despatches by case, recipient, state and what a person has still to see to.
pub(crate) mod despatches;
/// The directory.
pub(crate) mod directory;
/// The places of a week.
pub(crate) mod due;
/// What somebody may not see.
pub(crate) mod hidden;
/// The history by which an event is planned.
pub(crate) mod history;
/// The pseudonyms of the open cases.
pub(crate) mod known_cases;
/// The next despatch to send, and those that came back and may not be sent again.
pub(crate) mod next_to_send;
/// A page of the outbox.
pub(crate) mod outbox_page;
/// The decisions about packs.
pub(crate) mod packs;
/// Litigation holds, requested erasures, and removed files.
pub(crate) mod removals;
/// Whether the ledger comes from a backup.
pub(crate) mod restored;
/// What waits for a reviewer, nearest deadline first.
pub(crate) mod review_queue;
/// The cases in which something may run or wait.
pub(crate) mod running;
/// The sealed files that a ledger names.
pub(crate) mod sealed_files;
/// Settled despatches and cases, and since when.
pub(crate) mod settled;

pub use batches::{BatchOnRecord, BatchTally, RowFate, RowOnRecord};
pub use case_events::OnRecord;
pub use case_record::Record;
pub use casework::{Cover, OpenNote, OpenNotes, Owner, Restriction};
pub use counts::Deeds;
pub use find::Marks;
pub use known_cases::KnownCases;
pub use outbox_page::{OutboxPage, Page, Selection};
pub use record_page::{RecordPage, RecordSelection};
pub use removals::CaseDecision;
pub use restored::Restored;
pub use review_queue::{QueuePage, QueuePart, QueueSelection, Waiting};
pub use running::{Looked, RunningCase};
pub use sealed_files::SealedFile;
pub use settled::SettledCase;
pub use submissions::{Foreseen, LatestFile, LiveSubmission, Named, RejectedOnRecord};
pub use work::Whose;
