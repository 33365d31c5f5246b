//! Enters: a case file that was rejected, or one whose message came back. Leaves: a draft with its answers and its files,
//! to be mended. Never: opens either without that being on record.

use super::{Background, Draft, DraftKey, Origin, begin, list, load, put_file, save};
use crate::intake::LocalCase;
use crate::office::Unlock;
use crate::operations::casework::seen;
use crate::operations::inbox::open_rejected;
use crate::operations::last_file::open_file;
use crate::operations::new_case::form::Form;
use crate::operations::{Actor, Failure, OpenOffice};
use despatch_core::fault::Fault;
use despatch_core::words::CaseId;
use despatch_ledger::DespatchId;
use despatch_process::case::EventName;
use serde_json::Value;

/// Begins a draft with a rejected case file of the actor's, or returns the one that began with it. Each view is recorded.
///
/// # Errors
/// There is no such file, or somebody else prepared it; it is not a case file that a form can show; the disk fails.
pub fn mend_rejected(
    open: &mut OpenOffice,
    actor: &Actor,
    key: &DraftKey,
    which: &str,
) -> Result<Draft, Failure> {
    let origin = Origin::Rejected(which.to_owned());
    if let Some(draft) = begun(open, actor, key, &origin)? {
        return Ok(draft);
    }
    let file = open_rejected(open, actor, which)?;
    of_file(open, actor, key, (&file, origin), None)
}

/// Begins a draft with the case file of a message, as its correction, or returns the one that began with it. Each view
/// is recorded.
///
/// # Errors
/// There is no such message; its case file was removed; the review key cannot be unlocked; the disk fails.
pub fn mend_returned(
    open: &mut OpenOffice,
    actor: &Actor,
    key: &DraftKey,
    id: DespatchId,
    unlock: &Unlock,
) -> Result<Draft, Failure> {
    let origin = Origin::Returned(id.submission);
    if let Some(draft) = begun(open, actor, key, &origin)? {
        return Ok(draft);
    }
    let despatch = seen(&mut open.ledger, actor, id)?;
    let latest = open.ledger.latest_file(&despatch.event_id)?;
    if latest.as_ref().is_none_or(|latest| latest.submission != id.submission) {
        let cause = "another case file has replaced the one of this message";
        let cure = "correct that one: the case says which it is";
        return Err(Fault::new(id.to_string(), "correct.replaced", cause, cure).into());
    }
    let file = open_file(open, actor, id.submission, unlock)?;
    of_file(open, actor, key, (&file, origin), latest.map(|latest| latest.sha256.to_string()))
}

fn begun(
    open: &OpenOffice,
    actor: &Actor,
    key: &DraftKey,
    origin: &Origin,
) -> Result<Option<Draft>, Failure> {
    let drafts = list(open, actor, Some(key))?;
    let same = drafts.iter().find(|one| one.about.as_ref().is_some_and(|about| about.origin == *origin));
    same.map(|one| load(open, actor, key, &one.id)).transpose()
}

/// Begins a draft with a case file; `replaces` is the hash of the one that it corrects.
fn of_file(
    open: &mut OpenOffice,
    actor: &Actor,
    key: &DraftKey,
    (file, origin): (&LocalCase, Origin),
    replaces: Option<String>,
) -> Result<Draft, Failure> {
    let by = actor.staff()?.id.clone();
    let bytes = file.bytes()?;
    let said: Value = serde_json::from_slice(bytes).map_err(|_| no_form(file))?;
    let word = |at: &str| said.pointer(at).and_then(Value::as_str);
    let event = word("/event/type").and_then(EventName::of_word).ok_or_else(|| no_form(file))?;
    let case: Option<CaseId> = word("/case_id").and_then(|id| id.parse().ok());
    let background = Background::of(open, actor, case.as_ref(), event)?;
    let mut form = Form::of_file(bytes, &by, background.known()).ok_or_else(|| no_form(file))?;
    if let Some(replaces) = replaces {
        form.replaces(&replaces);
    }
    let listed = form.files();
    let mut draft = begin(open, actor, key, form, origin)?;
    draft.kept.checked = true;
    for (name, bytes) in file.files().into_iter().filter(|(name, _)| listed.contains(name)) {
        put_file(open, actor, key, &mut draft, (&name, &bytes))?;
    }
    save(open, actor, key, &mut draft)?;
    Ok(draft)
}

/// The fault of a file that is no JSON, or has no event that is known.
fn no_form(file: &LocalCase) -> Failure {
    let cause = "it cannot be read as a case file, so no form can show it";
    let cure = "start the case again, or mend the file itself and drop it";
    Fault::new(file.shown.as_str(), "drafts.no_form", cause, cure).into()
}
