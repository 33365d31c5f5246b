//! Enters: a passphrase, and perhaps a new one. Leaves: it changed, or the session's owner proved once more.
//! Never: shows or keeps a passphrase in a page.

use crate::components::{Button, Field, Hidden, PasswordInput};
use crate::drafts;
use crate::frame::{Banner, Head, Link};
use crate::visit::{Visit, typed};
use age::secrecy::ExposeSecret;
use despatch_app::operations::{Failure, users};
use despatch_core::fault::Fault;
use despatch_core::words::capital;
use despatch_ledger::UserRole;
use despatch_web::Response;
use serde::Serialize;
use std::time::Instant;

/// The form for a new passphrase.
#[derive(Serialize)]
struct Change {
    must_change: bool,
    fields: Vec<Field>,
}

/// The form that asks for the passphrase once more.
#[derive(Serialize)]
struct Again {
    fields: Vec<Field>,
}

/// Shows the form for a new passphrase.
///
/// # Errors
/// Nobody is signed in.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    form(visit, Vec::new())
}

fn form(visit: &mut Visit<'_>, errors: Vec<Link>) -> Result<Response, Failure> {
    let must_change = visit.person()?.user.must_change;
    let field = |name: &str, label: &str, hint: &str| {
        let found = errors.iter().find(|error| error.href.strip_prefix('#') == Some(name));
        let input = PasswordInput::new(name, label).error(found.map(|error| error.text.clone()));
        Field::PasswordInput(if hint.is_empty() { input } else { input.hint(hint) })
    };
    let fields = vec![
        field("old", "Your passphrase now", ""),
        field(
            "new",
            "A new passphrase",
            "At least 12 characters. Several words that have nothing to do with each other are easy to remember and hard to guess.",
        ),
        field("again", "The new passphrase again", ""),
        Field::Buttons(vec![Button::new("Change the passphrase")]),
    ];
    let head = Head::of("Change your passphrase").errors(errors);
    visit.page("passphrase/change", head, &Change { must_change, fields })
}

/// Changes the passphrase, and ends the person's other sessions.
///
/// # Errors
/// The ledger fails.
pub fn change(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let request = visit.request;
    let [old, new, again] = ["old", "new", "again"].map(|field| typed(request, field));
    if new.expose_secret() != again.expose_secret() {
        return form(visit, vec![Link::of("The new passphrase and its repetition differ", "#again")]);
    }
    let staff = visit.staff()?.clone();
    match users::change_passphrase(visit.open, &staff, &old, &new) {
        Ok(()) => {
            visit.pages.sessions().end_others(&staff, visit.request.session.as_ref());
            drafts::key::lock_again(visit, &new)?;
            let session = visit.session()?;
            if session.draft_key().is_none() && visit.has_role(UserRole::Preparer) {
                session.keep_passphrase(new);
            }
            visit.say(Banner::done("Your passphrase was changed"));
            Ok(Response::redirect("/"))
        }
        Err(Failure::Request(fault)) => form(visit, vec![error_of(&fault, "#new")]),
        Err(Failure::Faults(faults)) => {
            form(visit, faults.iter().map(|fault| error_of(fault, "#old")).collect())
        }
        Err(other) => Err(other),
    }
}

fn error_of(fault: &Fault, field: &str) -> Link {
    Link::of(format!("{}: {}", capital(&fault.cause), fault.cure), field)
}

/// Asks for the passphrase once more.
///
/// # Errors
/// Nobody is signed in.
pub fn again(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let next = visit.request.parameter("next").to_owned();
    ask(visit, next, Vec::new())
}

fn ask(visit: &mut Visit<'_>, next: String, errors: Vec<Link>) -> Result<Response, Failure> {
    let error = errors.first().map(|error| error.text.clone());
    let fields = vec![
        Field::Hidden(Hidden { name: "next".to_owned(), value: next }),
        Field::PasswordInput(PasswordInput::new("passphrase", "Passphrase").error(error)),
        Field::Buttons(vec![Button::new("Go on")]),
    ];
    let head = Head::of("Type your passphrase again").errors(errors);
    visit.page("passphrase/again", head, &Again { fields })
}

/// Checks the passphrase, and goes on where the person was.
///
/// # Errors
/// The ledger fails.
pub fn prove(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (staff, passphrase) = (visit.staff()?.clone(), typed(visit.request, "passphrase"));
    let next = visit.request.field("next").to_owned();
    match users::check_passphrase(visit.open, &staff, &passphrase) {
        Ok(()) => {
            visit.session()?.proved(Instant::now());
            let ours = next.starts_with("/review");
            Ok(Response::redirect(if ours { next } else { "/".to_owned() }))
        }
        Err(Failure::Faults(faults)) => {
            let errors = faults.iter().map(|fault| Link::of(capital(&fault.cause), "#passphrase")).collect();
            ask(visit, next, errors)
        }
        Err(other) => Err(other),
    }
}

/// Leads to the page that asks for the passphrase once more, if that is due.
pub(crate) fn due(visit: &Visit<'_>, next: &str) -> Option<Response> {
    visit.must_prove().then(|| Response::redirect(format!("/passphrase/again?next={next}")))
}
