//! Enters: a name and a passphrase, or the word of the office's own proxy. Leaves: a session, or one and the same refusal.
//! Never: tells which of the two was wrong, or keeps the session that a browser had before.

use crate::components::{Button, Field, Input, PasswordInput};
use crate::frame::{Head, Link};
use crate::visit::{Visit, typed};
use age::secrecy::SecretString;
use despatch_app::operations::{Failure, users};
use despatch_core::words::StaffId;
use despatch_core::words::capital;
use despatch_ledger::UserRole;
use despatch_web::{Response, SessionChange};
use serde::Serialize;
use std::time::Instant;

/// The sign-in page.
#[derive(Serialize)]
struct SignIn {
    fields: Vec<Field>,
    /// Whom a fictional office knows, and the passphrase of them all.
    demo_names: Vec<String>,
    demo_passphrase: &'static str,
}

/// Shows the form; whom a trusted proxy vouches for needs none.
///
/// # Errors
/// The ledger fails.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    if visit.person().is_ok() {
        return Ok(Response::redirect("/"));
    }
    match visit.request.vouched.clone() {
        Some(account) => {
            let user = users::sign_in_by_proxy(visit.open, &account)?;
            begin(visit, user.staff, None)
        }
        None => form(visit, String::new(), Vec::new()),
    }
}

fn form(visit: &mut Visit<'_>, name: String, errors: Vec<Link>) -> Result<Response, Failure> {
    let config = &visit.open.office.config;
    let demo_names = match config.demo {
        true => config.staff.iter().map(|staff| staff.id.to_string()).collect(),
        false => Vec::new(),
    };
    let error = errors.first().map(|error| error.text.clone());
    let fields = vec![
        Field::Input(
            Input::new("name", "Your name in this office")
                .value(name)
                .error(error)
                .verbatim()
                .autocomplete("username"),
        ),
        Field::PasswordInput(PasswordInput::new("passphrase", "Passphrase")),
        Field::Buttons(vec![Button::new("Sign in")]),
    ];
    let page = SignIn { fields, demo_names, demo_passphrase: users::DEMO_PASSPHRASE };
    visit.page("sign_in/sign_in", Head::of("Sign in").errors(errors), &page)
}

/// Lets somebody in.
///
/// # Errors
/// The ledger fails.
pub fn sign_in(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (name, passphrase) = (visit.request.field("name").to_owned(), typed(visit.request, "passphrase"));
    match users::sign_in(visit.open, &name, &passphrase) {
        // A preparer's opens their drafts; nobody else's is kept.
        Ok(user) => {
            let kept = user.roles.contains(&UserRole::Preparer).then_some(passphrase);
            begin(visit, user.staff, kept)
        }
        Err(Failure::Faults(faults)) => {
            let why =
                faults.first().map_or("This is no name and passphrase of ours", |fault| fault.cause.as_str());
            let errors = vec![Link::of(capital(why), "#name")];
            form(visit, name, errors)
        }
        Err(Failure::Request(fault)) => form(visit, name, vec![Link::of(capital(&fault.cause), "#name")]),
        Err(other) => Err(other),
    }
}

fn begin(
    visit: &mut Visit<'_>,
    staff: StaffId,
    passphrase: Option<SecretString>,
) -> Result<Response, Failure> {
    // What the browser had is over: a secret that somebody else gave it must not become this person's.
    if let Some(token) = &visit.request.session {
        visit.pages.sessions().end(token);
    }
    let (token, _) = visit.pages.sessions().begin(staff, passphrase, Instant::now())?;
    Ok(Response::redirect("/").with_session(SessionChange::Set(token)))
}

/// Ends the session.
///
/// # Errors
/// The ledger fails.
pub fn sign_out(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let staff = visit.staff()?.clone();
    users::sign_out(visit.open, &staff)?;
    if let Some(token) = &visit.request.session {
        visit.pages.sessions().end(token);
    }
    Ok(Response::redirect("/sign-in").with_session(SessionChange::Clear))
}
