//! Enters: whoever prepares case files. Leaves: a list of their drafts, and one of them removed once that was asked.
//! Never: lists anybody else's.

use super::key;
use crate::components::{Cell, Part, Table};
use crate::frame::{Banner, Head};
use crate::start::plain;
use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_app::operations::drafts::{self, DraftId, KEPT_DAYS, ListedDraft};
use despatch_core::words::{date_words, moment_words};
use despatch_web::Response;
use serde::Serialize;

/// What the list of drafts shows.
#[derive(Serialize)]
struct Drafts {
    table: Table,
    any: bool,
    days: i64,
}

/// Lists the person's drafts.
///
/// # Errors
/// The person is not on the staff list; the disk fails.
pub fn list(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let Some(key) = key::of(visit)? else { return Ok(key::ask()) };
    let listed = drafts::list(visit.open, &visit.actor()?, Some(&key))?;
    let row = |one: &ListedDraft| -> Vec<Cell> {
        let (what, case) = match &one.about {
            Some(about) => (
                plain(about.event).to_owned(),
                about.case_id.as_ref().map_or_else(|| "no number yet".to_owned(), ToString::to_string),
            ),
            None => ("A draft that cannot be opened".to_owned(), String::new()),
        };
        vec![
            Part::link(what, format!("/drafts/{}", one.id)).about(case.clone()).into(),
            case.into(),
            moment_words(one.changed).into(),
            date_words(one.kept_until).into(),
            Part::link("Remove", format!("/drafts/{}/remove", one.id)).about("this draft").into(),
        ]
    };
    let head = ["What happened", "Case", "Last changed", "Kept until", "Remove"].map(Cell::from).to_vec();
    let table = Table::new("Your drafts", head, listed.iter().map(row).collect()).headed();
    let page = Drafts { table, any: !listed.is_empty(), days: KEPT_DAYS };
    visit.page("drafts/list", Head::of("Your drafts"), &page)
}

/// What the page that asks before a draft is removed shows.
#[derive(Serialize)]
struct Remove {
    action: String,
}

/// Asks before a draft is removed.
///
/// # Errors
/// Its id is none.
pub fn ask_remove(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let id: DraftId = visit.step_as("id")?;
    let page = Remove { action: format!("/drafts/{id}/remove") };
    visit.page("drafts/remove", Head::of("Remove this draft?").back("Your drafts", "/drafts"), &page)
}

/// Removes a draft.
///
/// # Errors
/// There is no such draft; the disk fails.
pub fn remove(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let id: DraftId = visit.step_as("id")?;
    drafts::remove(visit.open, &visit.actor()?, &id)?;
    visit.say(Banner::done("The draft was removed."));
    Ok(Response::redirect("/drafts"))
}
