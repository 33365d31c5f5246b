//! Enters: the answers and the files of whoever prepares a case file. Leaves: them as a draft, sealed to a key that the
//! person's own passphrase opens, until the case is dropped. Never: keeps anything of it in clear, shows a draft to
//! anybody else, or puts it on record: nothing is made of it.

mod key;
mod mend;
mod store;
mod upload;
mod way;

pub use key::{DraftKey, is_locked, lock_again, unlock};
pub use mend::{mend_rejected, mend_returned};
pub use store::DraftId;
pub use way::{Way, set_way, way};

use super::casework::may_see;
use super::drop_case::{DropOutcome, drop_case};
use super::foresight::{Foresight, foresee};
use super::new_case::attached::Found;
use super::new_case::desk::{Desk, OnFile};
use super::new_case::form::{ATTACHMENTS, Form, Known};
use super::new_case::on_file;
use super::{Actor, Failure, OpenOffice};
use crate::intake::{AttachedFile, LocalCase};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use despatch_core::words::{CaseId, StaffId};
use despatch_process::case::EventName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use store::{Shelf, lying, unwritten};

/// Days after its last change on which a purge removes a draft.
pub const KEPT_DAYS: i64 = 30;

/// How a draft began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// With the event and the case.
    New,
    /// With this rejected case file.
    Rejected(String),
    /// With the case file of this number, which it corrects.
    Returned(i64),
}

/// A draft, opened.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its id.
    pub id: DraftId,
    /// When it was last changed.
    pub changed: DateTime<Utc>,
    /// What is kept of it.
    pub kept: Kept,
}

/// What a draft keeps.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    /// The answers.
    pub form: Form,
    /// How it began.
    pub origin: Origin,
    /// Whether somebody wanted to go on, so that it is shown what is wrong.
    pub checked: bool,
    /// How often it was kept: a page that shows an earlier version is out of date.
    #[serde(default)]
    pub version: u64,
    /// Where each attachment lies, by its name in the case file.
    files: BTreeMap<String, String>,
}

/// A draft in a list.
#[derive(Debug, Clone, Serialize)]
pub struct ListedDraft {
    /// Its id.
    pub id: DraftId,
    /// When it was last changed.
    pub changed: DateTime<Utc>,
    /// The last day on which it is kept unless it is changed.
    pub kept_until: NaiveDate,
    /// What it is about; `None` without the key.
    pub about: Option<About>,
}

/// What a draft is about.
#[derive(Debug, Clone, Serialize)]
pub struct About {
    /// What happened.
    pub event: EventName,
    /// The case, if its id is one.
    pub case_id: Option<CaseId>,
    /// How it began.
    pub origin: Origin,
}

/// What the form of a draft is asked from.
pub struct Background {
    /// What the office offers.
    pub desk: Desk,
    /// What is on record of the case.
    pub on_file: OnFile,
}

impl Background {
    /// Collects it for an event of a case.
    ///
    /// # Errors
    /// The actor is not on the staff list; the ledger cannot be read.
    pub fn of(
        open: &mut OpenOffice,
        actor: &Actor,
        case: Option<&CaseId>,
        event: EventName,
    ) -> Result<Background, Failure> {
        let desk = Desk::of(&open.office, open.now().today);
        let on_file = match case {
            // Of a case that is restricted to others nothing is offered, and the number can still be mended.
            Some(case) if may_see(&mut open.ledger, actor, case).is_ok() => {
                on_file(open, actor, case, event)?
            }
            _ => OnFile::default(),
        };
        Ok(Background { desk, on_file })
    }

    /// Collects it for a form.
    ///
    /// # Errors
    /// As for [`Background::of`].
    pub fn of_form(open: &mut OpenOffice, actor: &Actor, form: &Form) -> Result<Background, Failure> {
        Background::of(open, actor, form.case_id().as_ref(), form.event())
    }

    /// As a form takes it.
    pub fn known(&self) -> Known<'_> {
        Known { desk: &self.desk, on_file: &self.on_file }
    }
}

/// Lists the actor's drafts, the last changed first; without the key, what they are about is not told.
///
/// # Errors
/// The actor is not on the staff list; the disk fails.
pub fn list(open: &OpenOffice, actor: &Actor, key: Option<&DraftKey>) -> Result<Vec<ListedDraft>, Failure> {
    let shelf = Shelf::of(open, actor)?;
    let about = |id: &DraftId| -> Result<Option<About>, Failure> {
        let Some(key) = key else { return Ok(None) };
        let Some(kept) = read(&shelf, key, id)? else { return Ok(None) };
        Ok(Some(About { event: kept.form.event(), case_id: kept.form.case_id(), origin: kept.origin }))
    };
    let listed = shelf.all()?.into_iter().map(|(id, changed)| {
        Ok(ListedDraft { about: about(&id)?, id, changed, kept_until: kept_until(changed) })
    });
    listed.collect()
}

/// Begins a draft.
///
/// # Errors
/// The actor is not on the staff list; the disk fails.
pub fn begin(
    open: &OpenOffice,
    actor: &Actor,
    key: &DraftKey,
    form: Form,
    origin: Origin,
) -> Result<Draft, Failure> {
    let shelf = Shelf::of(open, actor)?;
    let id = shelf.new_draft().map_err(unwritten)?;
    let kept = Kept { form, origin, checked: false, version: 0, files: BTreeMap::new() };
    let mut draft = Draft { id, changed: open.now().at, kept };
    save(open, actor, key, &mut draft)?;
    Ok(draft)
}

/// Opens a draft of the actor's.
///
/// # Errors
/// There is none with this id; the key does not open it; the disk fails.
pub fn load(open: &OpenOffice, actor: &Actor, key: &DraftKey, id: &DraftId) -> Result<Draft, Failure> {
    let shelf = Shelf::of(open, actor)?;
    let changed = shelf.all()?.into_iter().find(|(of, _)| of == id).map(|(_, changed)| changed);
    let kept = read(&shelf, key, id)?;
    let (Some(changed), Some(kept)) = (changed, kept) else { return Err(unknown(id)) };
    Ok(Draft { id: id.clone(), changed, kept })
}

/// Keeps the answers of a draft, as a version of their own.
///
/// # Errors
/// Another window has kept a version since this one was opened; the actor is not on the staff list; the disk fails.
pub fn save(open: &OpenOffice, actor: &Actor, key: &DraftKey, draft: &mut Draft) -> Result<(), Failure> {
    let shelf = Shelf::of(open, actor)?;
    if read(&shelf, key, &draft.id)?.is_some_and(|lying| lying.version != draft.kept.version) {
        let cause = "the draft was changed in another window at the same moment";
        return Err(Fault::new(draft.id.as_str(), "drafts.changed", cause, "open it again").into());
    }
    draft.kept.version += 1;
    let text =
        Secret::new(serde_json::to_vec(&draft.kept).map_err(|error| Failure::Internal(error.to_string()))?);
    shelf.write(&draft.id, &key.seal(&text)?).map_err(unwritten)
}

/// Adds a file to a draft, once a worker has looked into it. Returns what a guard will say of it.
///
/// # Errors
/// It cannot be an attachment; the disk fails.
pub fn attach(
    open: &mut OpenOffice,
    actor: &Actor,
    key: &DraftKey,
    draft: &mut Draft,
    (given, bytes): (&str, &[u8]),
) -> Result<(Found, Vec<String>), Failure> {
    let background = Background::of_form(open, actor, &draft.kept.form)?;
    let refused = |why: String| {
        Failure::from(Fault::new(ATTACHMENTS, "attachment.refused", why, "choose another file"))
    };
    let mut form = draft.kept.form.clone();
    let found = form.attach(given, bytes, background.known()).map_err(refused)?;
    let warnings = upload::inspected(open, bytes)?;
    draft.kept.form = form;
    put_file(open, actor, key, draft, (&found.name, bytes))?;
    save(open, actor, key, draft)?;
    Ok((found, warnings))
}

fn put_file(
    open: &OpenOffice,
    actor: &Actor,
    key: &DraftKey,
    draft: &mut Draft,
    (name, bytes): (&str, &[u8]),
) -> Result<(), Failure> {
    let number = Shelf::of(open, actor)?.add(&draft.id, &key.seal(bytes)?).map_err(unwritten)?;
    draft.kept.files.insert(name.to_owned(), number);
    Ok(())
}

/// Takes an attachment out of a draft.
///
/// # Errors
/// The disk fails.
pub fn detach(
    open: &OpenOffice,
    actor: &Actor,
    key: &DraftKey,
    draft: &mut Draft,
    index: usize,
) -> Result<(), Failure> {
    let name = draft.kept.form.take_out(ATTACHMENTS, index);
    let number = name.and_then(|name| draft.kept.files.remove(&name));
    save(open, actor, key, draft)?;
    if let Some(number) = number {
        Shelf::of(open, actor)?.remove_attachment(&draft.id, &number).map_err(unwritten)?;
    }
    Ok(())
}

/// Removes a draft of the actor's, opened or not.
///
/// # Errors
/// There is none with this id; the disk fails.
pub fn remove(open: &OpenOffice, actor: &Actor, id: &DraftId) -> Result<(), Failure> {
    let shelf = Shelf::of(open, actor)?;
    if !shelf.all()?.iter().any(|(of, _)| of == id) {
        return Err(unknown(id));
    }
    Ok(shelf.remove(id)?)
}

/// Removes all drafts of the actor's with their key: they begin anew, with whatever passphrase they have now.
///
/// # Errors
/// The actor is not on the staff list; the disk fails.
pub fn remove_all(open: &OpenOffice, actor: &Actor) -> Result<(), Failure> {
    Ok(Shelf::of(open, actor)?.clear()?)
}

/// The case file that a draft would become, with its attachments, as the actor's own.
///
/// # Errors
/// An attachment cannot be read or opened.
pub fn case_of(
    open: &OpenOffice,
    actor: &Actor,
    key: &DraftKey,
    draft: &Draft,
) -> Result<LocalCase, Failure> {
    let staff = actor.staff()?;
    let mut form = draft.kept.form.clone();
    form.prepared_by(&staff.id);
    let shelf = Shelf::of(open, actor)?;
    let mut attachments = Vec::new();
    for (file, number) in form.files().into_iter().filter_map(|file| {
        let number = draft.kept.files.get(&file)?;
        Some((file, number))
    }) {
        let sealed = shelf.read_attachment(&draft.id, number)?;
        let bytes = key.open(&sealed).map_err(|why| damaged(&draft.id, why.label()))?;
        attachments.push(AttachedFile { file, bytes });
    }
    let mut case = LocalCase::in_memory(&form.file_name(), form.bytes(), attachments);
    // In a demo office one account is everybody's.
    if !open.office.config.demo {
        case.owner = open.office.account_of_staff(&staff.id).unwrap_or(u32::MAX);
    }
    Ok(case)
}

/// Plans a draft as `run` would plan its case file today.
///
/// # Errors
/// Every fault of it, or the ledger cannot be read.
pub fn plan(
    open: &mut OpenOffice,
    actor: &Actor,
    key: &DraftKey,
    draft: &Draft,
) -> Result<Foresight, Failure> {
    let case = case_of(open, actor, key, draft)?;
    foresee(open, actor, case)
}

/// Drops the case of a draft, with the actor as its preparer for certain; then the draft is removed.
///
/// # Errors
/// As for [`drop_case`]; the draft stays.
pub fn drop_draft(
    open: &mut OpenOffice,
    actor: &Actor,
    key: &DraftKey,
    draft: &Draft,
) -> Result<DropOutcome, Failure> {
    let case = case_of(open, actor, key, draft)?;
    let dropped = drop_case(open, actor, case)?;
    remove(open, actor, &draft.id)?;
    Ok(dropped)
}

/// A draft that has not been changed for [`KEPT_DAYS`].
#[derive(Debug, Clone, Serialize)]
pub struct Stale {
    /// Whose it is.
    pub person: StaffId,
    /// Its id.
    pub id: DraftId,
    /// The day of its last change.
    pub since: NaiveDate,
}

/// The drafts that a purge removes on a day.
///
/// # Errors
/// The disk fails.
pub fn stale(office: &Path, today: NaiveDate) -> io::Result<Vec<Stale>> {
    let old = lying(office)?.into_iter().filter(|one| kept_until(one.changed) < today);
    Ok(old.map(|one| Stale { person: one.person, id: one.id, since: one.changed.date_naive() }).collect())
}

/// Removes them; returns how many there were.
///
/// # Errors
/// The disk fails.
pub fn remove_stale(office: &Path, today: NaiveDate) -> io::Result<usize> {
    let old: Vec<_> = lying(office)?.into_iter().filter(|one| kept_until(one.changed) < today).collect();
    old.iter().try_for_each(|one| store::remove(office, one))?;
    Ok(old.len())
}

fn kept_until(changed: DateTime<Utc>) -> NaiveDate {
    changed.date_naive().checked_add_signed(Duration::days(KEPT_DAYS)).unwrap_or(NaiveDate::MAX)
}

fn read(shelf: &Shelf, key: &DraftKey, id: &DraftId) -> Result<Option<Kept>, Failure> {
    let Some(sealed) = shelf.read(id)? else { return Ok(None) };
    let text = key.open(&sealed).map_err(|why| damaged(id, why.label()))?;
    let kept = serde_json::from_slice(&text);
    kept.map(Some).map_err(|_| damaged(id, "it is not a draft of this version"))
}

fn unknown(id: &DraftId) -> Failure {
    let cure = "look at your drafts; one that was dropped or removed is gone";
    Fault::new(id.as_str(), "drafts.unknown", "you have no such draft", cure).into()
}

fn damaged(id: &DraftId, why: &str) -> Failure {
    Fault::new(id.as_str(), "drafts.damaged", why, "remove the draft, and begin again").into()
}
