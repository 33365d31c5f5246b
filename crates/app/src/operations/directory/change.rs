//! Enters: details of a recipient. Leaves: the changed entry, unverified, and the despatches held for verification.
//! Never: takes a private key, or keeps a verification of other details.

use super::{HoldView, holds, known_entry};
use crate::operations::casework::{may_see, only_seen};
use crate::operations::{Actor, Failure, OpenOffice, one_line, reason};
use chrono::NaiveDate;
use despatch_core::address::EmailAddress;
use despatch_core::fault::{Fault, Refusal};
use despatch_core::words::{CaseId, EntryId, PlaceId, Role, StaffId};
use despatch_directory::entry::{Change, Entry};
use despatch_directory::import::{LINE_MAX, slips};
use despatch_directory::opening::OpeningMethod;
use despatch_ledger::{DespatchId, Placed, Put, subject};
use despatch_seal::keys::PublicKey;
use despatch_settings::Staff;
use serde::{Deserialize, Serialize};

/// Details of a recipient; what is not given is left unchanged.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Said {
    pub name: Option<String>,
    pub organisation: Option<String>,
    pub email: Option<EmailAddress>,
    pub telephone: Option<String>,
    pub group: Option<bool>,
    pub places: Vec<PlaceId>,
    pub cases: Vec<CaseId>,
    pub method: Option<OpeningMethod>,
}

impl Said {
    /// Applies the given details to an entry; the rest is unchanged.
    fn change(self, entry: &mut Entry) -> Result<(), Failure> {
        if let Some(name) = self.name {
            entry.name = one_line(&name, "name", LINE_MAX)?;
        }
        if let Some(organisation) = self.organisation {
            entry.organisation = one_line(&organisation, "organisation", LINE_MAX)?;
        }
        if let Some(telephone) = self.telephone {
            entry.telephone = Some(one_line(&telephone, "telephone", LINE_MAX)?);
        }
        if let Some(email) = self.email {
            entry.email = email;
        }
        entry.group = self.group.unwrap_or(entry.group);
        if !self.places.is_empty() {
            entry.places = self.places;
        }
        if !self.cases.is_empty() {
            entry.cases = self.cases;
        }
        if let Some(method) = self.method {
            entry.method = Some(method);
            if !method.needs_keys() {
                entry.keys.clear();
            }
        }
        Ok(())
    }
}

/// The outcome for entries that were put into the directory.
#[derive(Debug, Serialize)]
pub struct EntriesPut {
    pub entries: Vec<EntryPut>,
    /// Fingerprints of the keys that were replaced, and of the new ones.
    #[serde(skip)]
    pub replaced: Option<(Vec<String>, Vec<String>)>,
}

/// The outcome for one entry.
#[derive(Debug, Serialize)]
pub struct EntryPut {
    pub entry: EntryId,
    /// `added`, `changed` or `as before`.
    pub came: &'static str,
    /// Despatches that now wait for its verification.
    pub held: Vec<DespatchId>,
    /// What holds messages to it.
    #[serde(skip)]
    pub holds: Vec<HoldView>,
}

impl EntriesPut {
    /// The number of entries with this outcome.
    pub fn number(&self, came: &str) -> usize {
        self.entries.iter().filter(|one| one.came == came).count()
    }
}

/// Puts entries into the directory, or returns all their faults.
pub(super) fn put(open: &mut OpenOffice, entries: Vec<Entry>, by: &Staff) -> Result<EntriesPut, Failure> {
    let rules = &open.office.config.addresses;
    let placed = open.ledger.put_entries(entries, rules, by, open.now())??;
    let directory = open.ledger.directory(rules)?;
    let mut held = Vec::new();
    for one in &placed {
        held.push(only_seen(&mut open.ledger, &by.id, one.held.clone())?);
    }
    let view = |(one, held): (Placed, Vec<DespatchId>)| EntryPut {
        came: match one.put {
            Put::Added => "added",
            Put::Changed => "changed",
            Put::Same => "as before",
        },
        held,
        holds: directory
            .get(&one.id)
            .map_or_else(Vec::new, |entry| holds(&directory, entry, open.now().today)),
        entry: one.id,
    };
    Ok(EntriesPut { entries: placed.into_iter().zip(held).map(view).collect(), replaced: None })
}

/// Puts one entry into the directory, unless its fields contradict each other.
fn put_one(open: &mut OpenOffice, entry: Entry, by: &Staff) -> Result<EntriesPut, Failure> {
    let at = subject(&entry.id);
    let faults: Vec<Fault> =
        slips(&entry).into_iter().map(|slip| Fault::new(&at, slip.code, slip.cause, slip.cure)).collect();
    if !faults.is_empty() {
        return Err(faults.into());
    }
    put(open, vec![entry], by)
}

/// A request to add an entry; another person verifies it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddEntry {
    pub entry: EntryId,
    pub role: Role,
    pub said: Said,
    /// Public keys as given by their owner.
    pub keys: Vec<String>,
    pub expires: Option<NaiveDate>,
}

/// Adds an entry.
///
/// # Errors
/// The directory already has the entry; a required detail is missing; its fields contradict each other.
pub fn add(open: &mut OpenOffice, actor: &Actor, request: AddEntry) -> Result<EntriesPut, Failure> {
    let by = actor.staff()?;
    let AddEntry { entry: id, role, said, keys, expires } = request;
    if open.office.directory.get(&id).is_some() {
        let cure = "choose another id, or use `despatch directory change`";
        return Err(
            Fault::new(subject(&id), "entry.exists", "the directory has this entry already", cure).into()
        );
    }
    let keys = read_keys(&keys)?;
    let needed = |value: &Option<String>, option| value.clone().ok_or_else(|| missing(option));
    let (name, organisation) = (needed(&said.name, "name")?, needed(&said.organisation, "organisation")?);
    let email = said.email.clone().ok_or_else(|| missing("email"))?;
    let changed = Change::new(by.id.clone(), open.now().today);
    let method = said.method.or(OpeningMethod::for_keys(!keys.is_empty()));
    let mut entry = Entry::entered(id, role, name, organisation, email, changed);
    Said { method: None, ..said }.change(&mut entry)?;
    put_one(open, Entry { method, keys, expires, ..entry }, by)
}

/// A request to change an entry; another person verifies it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChangeEntry {
    pub entry: EntryId,
    pub said: Said,
}

/// Changes an entry.
///
/// # Errors
/// The directory has no such entry, or the changed fields contradict each other.
pub fn change(open: &mut OpenOffice, actor: &Actor, request: ChangeEntry) -> Result<EntriesPut, Failure> {
    let by = actor.staff()?;
    let mut entry = known_entry(&open.office, &request.entry)?.clone();
    request.said.change(&mut entry)?;
    entry.changed = Change::new(by.id.clone(), open.now().today);
    put_one(open, entry, by)
}

/// A request to replace the keys of an entry; another person verifies it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReplaceKeys {
    pub entry: EntryId,
    pub keys: Vec<String>,
}

/// Replaces the keys of an entry.
///
/// # Errors
/// The directory has no such entry; a text is not a key, or none is given.
pub fn replace_keys(
    open: &mut OpenOffice,
    actor: &Actor,
    request: ReplaceKeys,
) -> Result<EntriesPut, Failure> {
    let by = actor.staff()?;
    let mut entry = known_entry(&open.office, &request.entry)?.clone();
    let before = entry.fingerprints();
    entry.keys = read_keys(&request.keys)?;
    if entry.keys.is_empty() {
        return Err(missing("key"));
    }
    entry.method = OpeningMethod::for_keys(true);
    entry.changed = Change::new(by.id.clone(), open.now().today);
    let now = entry.fingerprints();
    let replaced = (!before.is_empty() && before != now).then_some((before, now));
    Ok(EntriesPut { replaced, ..put_one(open, entry, by)? })
}

/// A request to record that somebody saw a representative's authority.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordAuthority {
    pub entry: EntryId,
    pub case: CaseId,
    /// The date on the authority.
    pub dated: NaiveDate,
}

/// A recorded authority.
#[derive(Debug, Serialize)]
pub struct AuthorityRecorded {
    pub entry: EntryId,
    pub case_id: CaseId,
    pub dated: NaiveDate,
    pub by: StaffId,
}

/// Records that somebody saw a representative's authority.
///
/// # Errors
/// The case is restricted to others; the entry is not a representative's, or the date is in the future.
pub fn record_authority(
    open: &mut OpenOffice,
    actor: &Actor,
    request: RecordAuthority,
) -> Result<AuthorityRecorded, Failure> {
    let by = actor.staff()?;
    let RecordAuthority { entry, case, dated } = request;
    may_see(&mut open.ledger, actor, &case)?;
    open.ledger.record_authority(&entry, &case, dated, by, open.now())?;
    Ok(AuthorityRecorded { entry, case_id: case, dated, by: by.id.clone() })
}

/// A request to end an entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExpireEntry {
    pub entry: EntryId,
    /// The last day on which it is valid; without one it ends now.
    pub on: Option<NaiveDate>,
    pub reason: String,
}

/// An entry that ends.
#[derive(Debug, Serialize)]
pub struct EntryExpired {
    #[serde(flatten)]
    pub entry: Entry,
    #[serde(skip)]
    pub last: NaiveDate,
    #[serde(skip)]
    pub held: Vec<DespatchId>,
}

/// Ends an entry, and holds what was to be sent to it.
///
/// # Errors
/// The directory has no such entry, or no reason is given.
pub fn expire(open: &mut OpenOffice, actor: &Actor, request: ExpireEntry) -> Result<EntryExpired, Failure> {
    let by = actor.staff()?;
    let (why, now) = (reason(&request.reason)?, open.now());
    let last = request.on.unwrap_or_else(|| now.today.pred_opt().unwrap_or(now.today));
    let rules = &open.office.config.addresses;
    let (entry, held) = open.ledger.expire_entry(&request.entry, last, &why, rules, by, now)?;
    let held = only_seen(&mut open.ledger, &by.id, held)?;
    Ok(EntryExpired { entry, last, held })
}

fn read_keys(texts: &[String]) -> Result<Vec<PublicKey>, Fault> {
    let read = |text: &String| {
        text.parse().map_err(|refusal: Refusal| Fault::new("--key", "key", refusal.cause, refusal.cure))
    };
    texts.iter().map(read).collect()
}

fn missing(option: &str) -> Failure {
    Failure::request(option, "option.missing", "it is missing", "give it")
}
