//! Enters: a question about the record. Leaves: the rows that answer it, read as values.
//! Never: writes, or reads rows that are no part of the answer where an index can tell.

/// The events of a case, and the cases there are.
pub(crate) mod case_events;
/// What the rules and the guards are given of a case.
pub(crate) mod case_record;
/// Case files that were taken from the inbox.
pub(crate) mod claims;
/// Despatches by what they are of, where they go and how they stand.
pub(crate) mod despatches;
/// The directory.
pub(crate) mod directory;
/// By what history an event is planned.
pub(crate) mod history;
/// Texts of templates and packs, by their hashes.
pub(crate) mod kept_texts;
/// Whom the open cases are about.
pub(crate) mod known_cases;
/// What goes next, and what came back and may not go again.
pub(crate) mod next_to_send;
/// A page of the outbox.
pub(crate) mod outbox_page;
/// What staff decided about packs.
pub(crate) mod packs;
/// What may not be removed, what is asked to be, and what was.
pub(crate) mod removals;
/// Whether the ledger comes from a backup.
pub(crate) mod restored;
/// Copies for healthcare teams that wait.
pub(crate) mod safety_copies;
/// The sealed files that a ledger names.
pub(crate) mod sealed_files;
/// What is at its end, and since when.
pub(crate) mod settled;
/// What was sent and, as far as anybody knows, not opened.
pub(crate) mod unacknowledged;
/// What one person alone let go.
pub(crate) mod unreviewed;

pub use case_events::OnRecord;
pub use case_record::Record;
pub use claims::{Claim, ClaimState, Foreseen, LatestFile};
pub use kept_texts::Kept;
pub use known_cases::KnownCases;
pub use outbox_page::{OutboxPage, Page, Selection};
pub use removals::{Erasure, LitigationHold};
pub use restored::Restored;
pub use sealed_files::SealedFile;
pub use settled::SettledCase;
