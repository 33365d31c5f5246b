//! Enters: the passphrase of the review key, where an office lets it be typed in a page. Leaves: the key open for one
//! session, in memory that is never swapped, or closed. Never: writes it anywhere, or opens it where the office does not
//! say so.

use crate::components::{Button, Field, PasswordInput};
use crate::frame::{Banner, Head, Link};
use crate::visit::{Visit, typed};
use despatch_app::operations::Failure;
use despatch_app::operations::unlock::open_in_page;
use despatch_core::words::capital;
use despatch_settings::PageUnlock;
use despatch_web::Response;
use serde::Serialize;

/// What the page of the review key shows.
#[derive(Serialize)]
struct Key {
    open: bool,
    where_open: &'static str,
    /// Whether the office lets it be unlocked in a page.
    in_page: bool,
    fingerprint: String,
    command: String,
    fields: Vec<Field>,
}

/// Shows whether the key is open, and how to open it.
///
/// # Errors
/// Nobody is signed in.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    form(visit, Vec::new())
}

fn form(visit: &mut Visit<'_>, errors: Vec<Link>) -> Result<Response, Failure> {
    let person = visit.person()?;
    let office = &visit.open.office;
    let page = Key {
        open: visit.has_review_key(),
        where_open: match person.session.review_key().is_some() {
            true => "It is open in this session: in the memory of the office's service.",
            false => "It is open in your helper, in your own account.",
        },
        in_page: allows(visit),
        fingerprint: office.review_key.fingerprint(),
        command: format!("despatch --office {} unlock", office.root().display()),
        fields: vec![
            Field::PasswordInput(
                PasswordInput::new("passphrase", "Passphrase of the review key")
                    .error(errors.first().map(|error| error.text.clone())),
            ),
            Field::Buttons(vec![Button::new("Open the review key in this session")]),
        ],
    };
    visit.page("key/key", Head::of("Review key").errors(errors), &page)
}

/// Whether the office lets the key be unlocked in a page: then it is in the service while a session has it open.
fn allows(visit: &Visit<'_>) -> bool {
    let config = &visit.open.office.config;
    config.demo || config.pages.unlock == PageUnlock::Page
}

/// Opens the key for this session.
///
/// # Errors
/// The office does not let it be opened in a page, or its memory could be written to a disk.
pub fn open(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (actor, passphrase) = (visit.actor()?, typed(visit.request, "passphrase"));
    match open_in_page(visit.open, &actor, passphrase) {
        Ok(key) => {
            visit.session()?.keep_review_key(Some(key));
            visit.say(Banner::done(
                "The review key is open in this session. Close it when you have finished.",
            ));
            Ok(Response::redirect("/review"))
        }
        // What is not the passphrase's is no error of the form.
        Err(Failure::Faults(faults)) if faults.iter().all(|fault| fault.code == "review_key") => {
            let errors = faults.iter().map(|fault| Link::of(capital(&fault.cause), "#passphrase")).collect();
            form(visit, errors)
        }
        Err(other) => Err(other),
    }
}

/// Closes the key, in this session and in the person's helper.
///
/// # Errors
/// Nobody is signed in.
pub fn close(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    visit.session()?.keep_review_key(None);
    let staff = visit.staff()?.clone();
    visit.pages.helpers().close(&staff);
    visit.say(Banner::done("The review key is closed."));
    Ok(Response::redirect("/"))
}
