//! Enters: the passphrase of whoever is signed in. Leaves: the key of their drafts, for this session.
//! Never: opens anybody else's.

use crate::components::{Field, PasswordInput};
use crate::frame::{Banner, Head, Link};
use crate::visit::{Visit, typed};
use age::secrecy::SecretString;
use despatch_app::operations::Failure;
use despatch_app::operations::drafts::{self, DraftKey};
use despatch_core::words::capital;
use despatch_web::Response;
use serde::Serialize;

/// The page that asks for the passphrase of the drafts.
#[derive(Serialize)]
struct Locked {
    fields: Vec<Field>,
    /// Whether there are drafts that the passphrase must open.
    locked: bool,
}

/// Returns the key of the person's drafts: the session has it, or the passphrase of the sign-in opens it; `None` where
/// that is another one than the drafts are locked with.
///
/// # Errors
/// Nobody is signed in; the disk fails.
pub fn of(visit: &Visit<'_>) -> Result<Option<DraftKey>, Failure> {
    let session = visit.session()?;
    if let Some(key) = session.draft_key() {
        return Ok(Some(key));
    }
    let Some(passphrase) = session.take_passphrase() else { return Ok(None) };
    match unlocked(visit, &passphrase) {
        Ok(key) => Ok(Some(key)),
        Err(Failure::Faults(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

fn unlocked(visit: &Visit<'_>, passphrase: &SecretString) -> Result<DraftKey, Failure> {
    let key = drafts::unlock(visit.open, &visit.actor()?, passphrase)?;
    visit.session()?.keep_draft_key(Some(key.clone()));
    Ok(key)
}

/// Locks the person's drafts with their new passphrase; what another one locks stays as it is.
///
/// # Errors
/// Nobody is signed in; the disk fails.
pub fn lock_again(visit: &Visit<'_>, new: &SecretString) -> Result<(), Failure> {
    let actor = visit.actor()?;
    if !drafts::is_locked(visit.open, &actor)? {
        return Ok(());
    }
    match of(visit)? {
        Some(key) => drafts::lock_again(visit.open, &actor, &key, new),
        None => Ok(()),
    }
}

/// Leads to the page that asks for the passphrase.
pub fn ask() -> Response {
    Response::redirect("/drafts/unlock")
}

/// Asks for the passphrase of the drafts.
///
/// # Errors
/// The person is not on the staff list; the disk fails.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    form(visit, None)
}

fn form(visit: &mut Visit<'_>, wrong: Option<String>) -> Result<Response, Failure> {
    let locked = drafts::is_locked(visit.open, &visit.actor()?)?;
    let errors = wrong.iter().map(|wrong| Link::of(wrong, "#passphrase")).collect();
    let mut field = PasswordInput::new("passphrase", "Passphrase of your drafts").error(wrong);
    "current-password".clone_into(&mut field.autocomplete);
    let page = Locked { fields: vec![Field::PasswordInput(field)], locked };
    visit.page("drafts/unlock", Head::of("Open your drafts").back("Back", "/start").errors(errors), &page)
}

/// Opens the drafts for this session.
///
/// # Errors
/// The disk fails.
pub fn open(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let passphrase = typed(visit.request, "passphrase");
    match unlocked(visit, &passphrase) {
        Ok(_) => Ok(Response::redirect("/drafts")),
        Err(Failure::Faults(faults)) => {
            let why = faults.first().map(|fault| format!("{}: {}", capital(&fault.cause), fault.cure));
            form(visit, why)
        }
        Err(other) => Err(other),
    }
}

/// Removes all drafts of the person: those of a forgotten passphrase open to nobody.
///
/// # Errors
/// The disk fails.
pub fn forget(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    drafts::remove_all(visit.open, &visit.actor()?)?;
    visit.session()?.keep_draft_key(None);
    visit.say(Banner::done("Your drafts were removed. New ones are sealed under your present passphrase."));
    Ok(Response::redirect("/drafts"))
}
