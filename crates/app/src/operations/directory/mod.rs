//! Enters: what staff ask and say about recipients. Leaves: the directory as it is, or a change to it with its author
//! on record. Never: reveals a private key, or accepts an address on one person's word.

mod change;
mod exchange;
mod onboard;
mod test_message;

pub use change::{
    AddEntry, AuthorityRecorded, ChangeEntry, EntriesPut, EntryExpired, EntryPut, ExpireEntry,
    RecordAuthority, ReplaceKeys, Said, add, change, expire, record_authority, replace_keys,
};
pub use exchange::{FILE_BYTES_MAX, ImportEntries, export, import};
pub use onboard::{Onboarding, Step, onboard};
pub use test_message::{
    ConfirmOpened, TestMessageOpened, TestMessageSent, confirm_opened, passphrase, send_test_message,
};

use super::{Actor, Failure, OpenOffice, one_line};
use crate::office::Office;
use chrono::NaiveDate;
use despatch_core::address::EmailAddress;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, EntryId, PlaceId, Role, StaffId, count, date_words};
use despatch_directory::directory::{Directory, HoldReason};
use despatch_directory::entry::{Entry, Way};
use despatch_directory::import::LINE_MAX;
use despatch_ledger::{Confirmation, DespatchId, Event, Hold, State, subject};
use serde::{Deserialize, Serialize};

/// How many entries one warning names.
const NAMED: usize = 5;

/// A reason why messages to an entry are held.
#[derive(Debug, Serialize)]
pub struct HoldView {
    pub code: &'static str,
    pub words: String,
}

/// An entry with what holds messages to it.
#[derive(Debug, Serialize)]
pub struct EntryView {
    pub entry: Entry,
    pub fingerprints: Vec<String>,
    pub holds: Vec<HoldView>,
    /// The last day on which it may be written to, if that is near.
    pub ends_soon: Option<NaiveDate>,
}

impl EntryView {
    fn of(directory: &Directory, entry: &Entry, today: NaiveDate) -> Self {
        Self {
            entry: entry.clone(),
            fingerprints: entry.fingerprints(),
            holds: holds(directory, entry, today),
            ends_soon: directory.ends_soon(entry, today),
        }
    }
}

/// What holds messages to an entry.
fn holds(directory: &Directory, entry: &Entry, today: NaiveDate) -> Vec<HoldView> {
    let view = |hold: HoldReason| HoldView { code: hold.code(), words: hold.to_string() };
    directory.holds(entry, today).into_iter().map(view).collect()
}

/// A query for the entries of a role, of a place, or all.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListEntries {
    pub role: Option<Role>,
    pub place: Option<PlaceId>,
}

/// Returns every recipient that matches.
///
/// # Errors
/// None.
pub fn list(open: &mut OpenOffice, _: &Actor, request: ListEntries) -> Result<Vec<EntryView>, Failure> {
    let directory = &open.office.directory;
    let wanted = |entry: &&Entry| {
        request.role.is_none_or(|role| role == entry.role)
            && request.place.as_ref().is_none_or(|place| entry.places.contains(place))
    };
    let entries = directory.entries().iter().filter(wanted);
    Ok(entries.map(|entry| EntryView::of(directory, entry, open.now().today)).collect())
}

/// A record that somebody saw a representative's authority for a case.
#[derive(Debug, Serialize)]
pub struct AuthorityView {
    pub case_id: CaseId,
    pub dated: Option<NaiveDate>,
    pub by: StaffId,
    pub on: NaiveDate,
}

/// One complete entry.
#[derive(Debug, Serialize)]
pub struct EntryShown {
    #[serde(flatten)]
    pub view: EntryView,
    pub events: Vec<Event>,
    pub authorities: Vec<AuthorityView>,
}

/// Returns one entry with its history.
///
/// # Errors
/// The directory has no such entry, or the ledger cannot be read.
pub fn show(open: &mut OpenOffice, actor: &Actor, id: EntryId) -> Result<EntryShown, Failure> {
    let view = EntryView::of(&open.office.directory, known_entry(&open.office, &id)?, open.now().today);
    let events = open.ledger.events(Some(&subject(&id)))?;
    let hidden = open.ledger.hidden_from(actor.reader())?;
    let authorities = open.ledger.authorities_of(&id)?.into_iter();
    let authorities = authorities
        .filter(|(case_id, _)| !hidden.contains(case_id))
        .map(|(case_id, seen)| AuthorityView { case_id, dated: seen.dated, by: seen.by, on: seen.on })
        .collect();
    Ok(EntryShown { view, events, authorities })
}

/// Finds an entry of the directory.
pub(super) fn known_entry<'a>(office: &'a Office, id: &EntryId) -> Result<&'a Entry, Fault> {
    office.directory.get(id).ok_or_else(|| {
        let cure = "look it up with `despatch directory list`";
        Fault::new(subject(id), "entry.unknown", "the directory has no such entry", cure)
    })
}

/// A request to record that somebody confirmed an entry with the recipient, by means other than email.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VerifyEntry {
    pub entry: EntryId,
    pub email: EmailAddress,
    pub fingerprints: Vec<String>,
    pub way: Way,
    pub how: String,
    pub until: Option<NaiveDate>,
}

/// A verified entry.
#[derive(Debug, Serialize)]
pub struct EntryVerified {
    #[serde(flatten)]
    pub entry: Entry,
    /// Despatches that only the directory holds.
    #[serde(skip)]
    pub waiting: Vec<DespatchId>,
    #[serde(skip)]
    pub holds: Vec<HoldView>,
}

/// Verifies an entry.
///
/// # Errors
/// What was confirmed differs from the entry, or the same person entered it.
pub fn verify(open: &mut OpenOffice, actor: &Actor, request: VerifyEntry) -> Result<EntryVerified, Failure> {
    let by = actor.staff()?;
    let VerifyEntry { entry, email, fingerprints, way, how, until } = request;
    let heard = Confirmation { email, fingerprints, way, how: one_line(&how, "how", LINE_MAX)?, until };
    let rules = &open.office.config.addresses;
    let entry = open.ledger.verify_entry(&entry, &heard, rules, by, open.now())?;
    let waiting = waiting_for(open, actor, &entry.id)?.ours;
    let holds = holds(&open.office.directory, &entry, open.now().today);
    Ok(EntryVerified { entry, waiting, holds })
}

/// What is held for an entry.
#[derive(Debug, Default)]
pub struct Waiting {
    /// Held only by the directory: regenerated once the entry is in order.
    pub ours: Vec<DespatchId>,
    /// Held also by something else, which the directory cannot lift.
    pub others: Vec<DespatchId>,
}

/// Returns what the directory holds for an entry, of the cases that the actor may see.
///
/// # Errors
/// The ledger cannot be read.
pub fn waiting_for(open: &mut OpenOffice, actor: &Actor, id: &EntryId) -> Result<Waiting, Failure> {
    // For what the directory says, or said when the message was made.
    let of_directory = |hold: &Hold| HoldReason::is_code(&hold.code) || hold.code == "recipient_changed";
    let mut waiting = Waiting::default();
    let hidden = open.ledger.hidden_from(actor.reader())?;
    let unsent = open.ledger.unsent_for_entry(id)?;
    for one in unsent.into_iter().filter(|one| one.state == State::Held && !hidden.contains(&one.case_id)) {
        if one.holds.iter().all(of_directory) {
            waiting.ours.push(one.id);
        } else if one.holds.iter().any(of_directory) {
            waiting.others.push(one.id);
        }
    }
    Ok(waiting)
}

/// The entries to which nothing can be sent, and the bodies that are missing for a place.
#[derive(Debug, Serialize)]
pub struct DirectoryChecked {
    /// The number of entries.
    pub entries: usize,
    pub held: Vec<EntryView>,
    /// The bodies that are missing for a place.
    pub missing: Vec<String>,
    /// Every reason, entry by entry, including entries that end soon.
    #[serde(skip)]
    pub reasons: Vec<(EntryId, String)>,
}

/// Returns what would hold a despatch, entry by entry.
///
/// # Errors
/// None.
pub fn check(open: &mut OpenOffice, _: &Actor) -> Result<DirectoryChecked, Failure> {
    let directory = &open.office.directory;
    let (mut held, mut reasons) = (Vec::new(), Vec::new());
    for entry in directory.entries() {
        let view = EntryView::of(directory, entry, open.now().today);
        reasons.extend(view.holds.iter().map(|hold| (entry.id.clone(), hold.words.clone())));
        reasons.extend(view.ends_soon.map(|last| {
            (entry.id.clone(), format!("it holds until {} only; have it verified again", date_words(last)))
        }));
        if !view.holds.is_empty() {
            held.push(view);
        }
    }
    let missing = open.office.bodies_missing();
    Ok(DirectoryChecked { entries: directory.entries().len(), held, missing, reasons })
}

/// What in the directory will hold a despatch, for a check of the office: a count, with the first few by name.
pub fn not_ready(directory: &Directory, today: NaiveDate) -> Vec<String> {
    let entries = directory.entries().iter();
    let ending = entries.filter_map(|entry| Some((entry, directory.ends_soon(entry, today)?)));
    let mut warnings: Vec<String> = ending
        .map(|(entry, last)| {
            format!("Entry {} holds until {} only: have it verified again.", entry.id, date_words(last))
        })
        .collect();
    let is_held = |entry: &&Entry| !directory.holds(entry, today).is_empty();
    let held: Vec<&str> = directory.entries().iter().filter(is_held).map(|entry| entry.id.as_str()).collect();
    if !held.is_empty() {
        let first = held.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        let more = if held.len() > NAMED { " and others" } else { "" };
        warnings.push(format!(
            "What is meant for {} of the directory is held ({first}{more}): `despatch directory check` says why.",
            count(held.len(), "entry"),
        ));
    }
    warnings
}
