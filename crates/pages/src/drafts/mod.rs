//! Enters: whoever prepares a case file. Leaves: their drafts, the form of each, its plan, and the case dropped.
//! Never: shows a draft to anybody but its author.

mod draw;
/// The form of a draft.
pub mod form;
/// The key of a person's drafts.
pub mod key;

use crate::components::{Action, Cell, Part, Row, SummaryList, Table, fact};
use crate::frame::{Banner, Head, Link};
use crate::sign_in::capitalised;
use crate::start::plain;
use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_app::operations::drafts::{self, Background, Draft, DraftId, DraftKey, KEPT_DAYS, ListedDraft};
use despatch_app::operations::drop_case::DropOutcome;
use despatch_app::operations::foreseen::{ForeseenWords, Said};
use despatch_app::operations::foresight::{Foreseeable, Foresight};
use despatch_core::words::{date_words, moment_words};
use despatch_web::Response;
use serde::Serialize;

/// A draft of the person's, with what its form is asked from.
pub(crate) struct Opened {
    key: DraftKey,
    draft: Draft,
    background: Background,
}

/// Opens the draft of the address; `None` where the passphrase of the drafts is to be asked for.
fn opened(visit: &mut Visit<'_>) -> Result<Option<Opened>, Failure> {
    let id: DraftId = visit.step_as("id")?;
    let Some(key) = key::of(visit)? else { return Ok(None) };
    let actor = visit.actor()?;
    let draft = drafts::load(visit.open, &actor, &key, &id)?;
    let background = Background::of_form(visit.open, &actor, &draft.kept.form)?;
    Ok(Some(Opened { key, draft, background }))
}

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
    let table = Table::new("Your drafts", head, listed.iter().map(row).collect());
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

/// What a case file would produce.
#[derive(Serialize)]
struct PlanPage {
    heading: String,
    action: String,
    change: Link,
    file: SummaryList,
    messages: Vec<SummaryList>,
    rest: SummaryList,
    holds: usize,
}

/// Shows what would be made of a draft, for whom and by when.
///
/// # Errors
/// There is no such draft; the ledger or the disk fails.
pub fn plan(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let Some(Opened { key, draft, background }) = opened(visit)? else { return Ok(key::ask()) };
    let actor = visit.actor()?;
    match drafts::plan(visit.open, &actor, &key, &draft) {
        Ok(Foresight::New(foreseen)) => show_plan(visit, &draft, &foreseen),
        Ok(Foresight::Known { duplicate_of, .. }) => {
            visit.say(Banner::important(known(duplicate_of)));
            Ok(Response::redirect("/drafts"))
        }
        Err(Failure::Faults(faults)) => {
            Ok(form::whole(visit, &draft, &background, &faults)?.with_status(200))
        }
        Err(other) => Err(other),
    }
}

fn known(duplicate_of: i64) -> String {
    format!("The same file is case file {duplicate_of} already, so it was not dropped again.")
}

fn show_plan(visit: &mut Visit<'_>, draft: &Draft, foreseen: &Foreseeable) -> Result<Response, Failure> {
    let words = ForeseenWords::of(foreseen);
    let row = |(label, text): &Said| -> Row { fact(capitalised(label), text.as_str()) };
    let rows = |said: &[Said]| said.iter().map(row).collect::<Vec<Row>>();
    let mut file = vec![
        fact("Case", foreseen.case_id.to_string()),
        fact("What happened", capitalised(foreseen.event.label())),
    ];
    file.extend(rows(&words.file));
    let messages = words.messages.iter().zip(1..).map(|((title, said), number): (_, usize)| {
        SummaryList::new(rows(said)).in_card(format!("Message {number}: {title}"), Vec::<Action>::new())
    });
    let page = PlanPage {
        heading: match words.messages.len() {
            0 => "This makes no message".to_owned(),
            1 => "This makes 1 message".to_owned(),
            number => format!("This makes {number} messages"),
        },
        action: format!("/drafts/{}/drop", draft.id),
        change: form::to_form(draft),
        file: SummaryList::new(file),
        messages: messages.collect(),
        rest: SummaryList::new(rows(&words.rest)),
        holds: foreseen.made.iter().filter(|made| !made.holds.is_empty()).count(),
    };
    let head = Head::of(page.heading.clone()).back("Change the answers", format!("/drafts/{}", draft.id));
    visit.page("drafts/plan", head, &page)
}

/// Drops the case of a draft.
///
/// # Errors
/// There is no such draft; the inbox cannot be written to; the ledger fails.
pub fn drop_case(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let Some(Opened { key, draft, background }) = opened(visit)? else { return Ok(key::ask()) };
    let actor = visit.actor()?;
    let said = match drafts::drop_draft(visit.open, &actor, &key, &draft) {
        Ok(DropOutcome::Dropped(dropped)) => Banner::done(format!(
            "Case {} was dropped. Its messages are made within a minute; then somebody else reviews them, and you see \
             in My work what comes back.",
            dropped.foreseen.case_id
        )),
        Ok(DropOutcome::Known { duplicate_of }) => Banner::important(known(duplicate_of)),
        Err(Failure::Faults(faults)) => return form::whole(visit, &draft, &background, &faults),
        Err(other) => return Err(other),
    };
    visit.say(said);
    Ok(Response::redirect("/drafts"))
}
