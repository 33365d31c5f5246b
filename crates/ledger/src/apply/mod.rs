//! Enters: the current state and one more event. Leaves: the state after it. This is the only definition of what an
//! event does: the ledger writes its rows by it, and the audit checks them by it. Never: reads a row, or the clock.

mod batches;
mod casework;
mod despatches;
mod packs;
mod signing;
mod submissions;
mod users;

pub(crate) use batches::{Batch, BatchRowKey, Listed};
pub(crate) use casework::{CoverKey, Covered, Owned, Restricted};

use crate::despatch::{Despatch, State as DespatchState};
use crate::events::{
    Erased, Event, InboxEvent, LedgerEvent, OfficeEvent, Purged, RemovedFile, RetentionEvent,
};
use crate::ids::DespatchId;
use crate::submission::Submission;
use crate::user_account::UserAccount;
use chrono::{DateTime, NaiveDate, Utc};
use despatch_core::fault::Fault;
use despatch_core::words::{BatchName, CaseId, EntryId, PackId, StaffId};
use despatch_directory::entry::Entry;
use despatch_process::PackRecord;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of one kind by key, and the keys that have changed.
#[derive(Debug, Clone)]
pub(crate) struct Table<K, V> {
    rows: BTreeMap<K, V>,
    changed: BTreeSet<K>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), changed: BTreeSet::new() }
    }
}

impl<K: Ord + Clone, V> Table<K, V> {
    /// Returns a row.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(key)
    }

    /// Iterates over every row, in key order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter()
    }

    /// Loads a row as recorded, without marking it as changed.
    pub(crate) fn load(&mut self, key: K, row: V) {
        self.rows.insert(key, row);
    }

    /// Returns a row for editing and marks it as changed.
    fn edit(&mut self, key: &K) -> Option<&mut V> {
        let row = self.rows.get_mut(key)?;
        self.changed.insert(key.clone());
        Some(row)
    }

    fn put(&mut self, key: K, row: V) {
        self.changed.insert(key.clone());
        self.rows.insert(key, row);
    }

    fn remove(&mut self, key: &K) {
        self.rows.remove(key);
        self.changed.insert(key.clone());
    }

    /// Takes the keys changed since the last call; the key of a removed row is among them.
    pub(crate) fn take_changed(&mut self) -> BTreeSet<K> {
        std::mem::take(&mut self.changed)
    }
}

impl<K: Ord + Clone, V: Default> Table<K, V> {
    fn edit_or_default(&mut self, key: &K) -> &mut V {
        self.changed.insert(key.clone());
        self.rows.entry(key.clone()).or_default()
    }
}

/// A decision about a case, and its date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decided {
    pub(crate) by: String,
    pub(crate) reason: String,
    pub(crate) since: NaiveDate,
}

/// Records that the ledger was restored from a backup which knows nothing after `taken`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Restoration {
    pub(crate) by: String,
    pub(crate) since: DateTime<Utc>,
    pub(crate) taken: String,
}

/// Everything that follows from the events, or as much of it as one transaction needs.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) submissions: Table<i64, Submission>,
    pub(crate) despatches: Table<DespatchId, Despatch>,
    pub(crate) entries: Table<EntryId, Entry>,
    /// The number of changes to the directory.
    pub(crate) directory_changes: i64,
    pub(crate) packs: Table<PackId, PackRecord>,
    pub(crate) litigation_holds: Table<CaseId, Decided>,
    pub(crate) erasures: Table<CaseId, Decided>,
    /// Sealed files whose removal is recorded.
    pub(crate) removed: Table<String, ()>,
    /// At most one row.
    pub(crate) restoration: Table<(), Restoration>,
    /// Despatches that may have been sent since the backup and are not settled yet.
    pub(crate) unreconciled: Table<DespatchId, ()>,
    /// Who owns a case, for those that somebody owns.
    pub(crate) owners: Table<CaseId, Owned>,
    pub(crate) restrictions: Table<CaseId, Restricted>,
    /// Absences, and who approves out of hours.
    pub(crate) cover: Table<CoverKey, Covered>,
    /// The accounts for the pages, without what proves a passphrase.
    pub(crate) users: Table<StaffId, UserAccount>,
    pub(crate) batches: Table<BatchName, Batch>,
    pub(crate) batch_rows: Table<BatchRowKey, Listed>,
}

/// Applies an event to `state`.
///
/// # Errors
/// The event is impossible in this state; `state` may then be partly changed.
pub(crate) fn apply(state: &mut State, event: &Event) -> Result<(), Fault> {
    match &event.happened {
        LedgerEvent::Submission(number, happened) => submissions::apply(state, *number, happened, event)?,
        LedgerEvent::Despatch(id, happened) => despatches::apply(state, *id, happened, event)?,
        LedgerEvent::Entry(id, happened) => {
            if let Some(entry) = happened.entry() {
                if entry.id != *id {
                    return Err(cannot(event, "it tells of another entry"));
                }
                state.entries.put(id.clone(), entry.clone());
                state.directory_changes += 1;
            }
        }
        LedgerEvent::Pack(id, happened) => packs::apply(state, id, happened, event)?,
        LedgerEvent::Retention(case, happened) => retention(state, case, happened, event),
        LedgerEvent::Office(happened) => office(state, happened, event),
        LedgerEvent::Rejected(InboxEvent::Purged(Purged { files, .. })) => remove(state, files),
        LedgerEvent::Casework(case, happened) => casework::of_case(state, case, happened, event)?,
        LedgerEvent::Cover(who, happened) => casework::of_cover(state, who, happened, event),
        LedgerEvent::User(staff, happened) => users::apply(state, staff, happened, event)?,
        LedgerEvent::Batch(name, happened) => batches::apply(state, name, happened, event)?,
        // These have no rows: they are read from the events themselves.
        LedgerEvent::Authority(..)
        | LedgerEvent::Record(..)
        | LedgerEvent::Incident(..)
        | LedgerEvent::Dropped(..)
        | LedgerEvent::Config(..)
        | LedgerEvent::Search(_)
        | LedgerEvent::ReviewKey(_) => {}
    }
    Ok(())
}

fn retention(state: &mut State, case: &CaseId, happened: &RetentionEvent, event: &Event) {
    let decided =
        |reason: &str| Decided { by: event.actor.clone(), reason: reason.to_owned(), since: event.day() };
    match happened {
        RetentionEvent::LitigationHeld { reason } => {
            state.litigation_holds.put(case.clone(), decided(reason));
        }
        RetentionEvent::LitigationLifted { .. } => state.litigation_holds.remove(case),
        RetentionEvent::ErasureAsked { reason } => state.erasures.put(case.clone(), decided(reason)),
        RetentionEvent::Erased(Erased { files, .. }) => {
            state.erasures.remove(case);
            remove(state, files);
        }
    }
}

fn office(state: &mut State, happened: &OfficeEvent, event: &Event) {
    match happened {
        OfficeEvent::Restored { taken, open, .. } => {
            let (by, taken) = (event.actor.clone(), taken.clone());
            state.restoration.put((), Restoration { by, since: event.at, taken });
            open.iter().for_each(|id| state.unreconciled.put(*id, ()));
        }
        OfficeEvent::Reconciled { .. } => state.restoration.remove(&()),
        OfficeEvent::BackedUp { .. }
        | OfficeEvent::SigningKeyMade { .. }
        | OfficeEvent::ClockConfirmed
        | OfficeEvent::StaffNotice { .. }
        | OfficeEvent::StaffNoticeDelivery { .. }
        | OfficeEvent::UnknownSignIns => {}
    }
}

/// Records sealed files as removed.
fn remove(state: &mut State, files: &[RemovedFile]) {
    files.iter().for_each(|one| state.removed.put(one.file.clone(), ()));
}

/// Returns the member of staff who did it.
fn staff(event: &Event) -> Result<StaffId, Fault> {
    event.actor.parse().map_err(|_| cannot(event, "a member of staff does this"))
}

/// The fault of an impossible event.
fn cannot(event: &Event, cause: impl Into<String>) -> Fault {
    Fault::new(event.subject(), "event.impossible", cause, "look at it with `despatch audit verify`")
}

/// The fault of a transition that the table of states lacks.
pub(crate) fn not_from(despatch: &Despatch, next: DespatchState) -> Fault {
    let cause = format!("it is {}, which cannot become {}", despatch.state.label(), next.label());
    Fault::new(despatch.id.to_string(), "despatch.state", cause, "look at it with `despatch outbox show`")
}
