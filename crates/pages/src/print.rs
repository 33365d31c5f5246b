//! Enters: who prints letters that are served in person. Leaves: the letters of approved messages as one PDF.
//! Never: prints anything that nobody approved.

use crate::components::{Checkboxes, Choice, Field};
use crate::frame::{Head, Link};
use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_app::operations::print::{LET_GO, PrintLetters, SERVING, may_print, print, to_print};
use despatch_core::words::{CaseId, date_words};
use despatch_ledger::{Despatch, DespatchId};
use despatch_web::{Content, Response};
use serde::Serialize;

/// The name under which a browser saves the letters: nothing of whom they are about.
const FILE: &str = "letters-for-service.pdf";
/// How many messages of each role are shown.
const SHOWN: u32 = 20;

/// What the page shows.
#[derive(Serialize)]
struct PrintPage {
    fields: Vec<Field>,
    any: bool,
    key_open: bool,
    case: String,
}

/// Lists approved messages whose letters are served in person, the latest first.
///
/// # Errors
/// The ledger cannot be read.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    form(visit, None)
}

fn form(visit: &mut Visit<'_>, wrong: Option<&str>) -> Result<Response, Failure> {
    let case: Option<CaseId> = visit.request.parameter("case").parse().ok();
    let found = latest(visit, case.as_ref())?;
    let choice = |one: &Despatch| {
        let sent = one
            .sent_on
            .map_or_else(|| one.state.label().to_owned(), |on| format!("sent on {}", date_words(on)));
        Choice::new(one.id.to_string(), format!("{} of {}, to {}", one.id, one.case_id, one.recipient.name))
            .hint(format!("{}, {sent}", one.planned.purpose.label()))
    };
    let choices: Vec<Choice> = found.iter().map(choice).collect();
    let any = !choices.is_empty();
    let boxes = Checkboxes::new("ids", "Which letters do you want to print?", choices)
        .hint("Each is opened, and that is on record. The cover notes are left out.")
        .error(wrong);
    let page = PrintPage {
        fields: vec![Field::Checkboxes(boxes)],
        any,
        key_open: visit.can_open(),
        case: case.map_or_else(String::new, |case| case.to_string()),
    };
    let errors = wrong.iter().map(|wrong| Link::of(*wrong, "#ids")).collect();
    visit.page("print/print", Head::of("Print for service").errors(errors), &page)
}

/// The latest messages that may be printed, of a case or of all. The outbox counts its pages from the oldest.
fn latest(visit: &mut Visit<'_>, case: Option<&CaseId>) -> Result<Vec<Despatch>, Failure> {
    let actor = visit.actor()?;
    let mut found = Vec::new();
    let of = SERVING.into_iter().flat_map(|role| LET_GO.map(|states| (role, states)));
    for of in of {
        let first = to_print(visit.open, &actor, of, case.cloned(), (1, SHOWN))?;
        let pages = u32::try_from(first.total.div_ceil(u64::from(SHOWN))).unwrap_or(u32::MAX);
        found.extend(first.despatches);
        for page in [pages.saturating_sub(1), pages].into_iter().filter(|page| *page > 1) {
            found.extend(to_print(visit.open, &actor, of, case.cloned(), (page, SHOWN))?.despatches);
        }
    }
    found.retain(may_print);
    found.sort_by_key(|one| std::cmp::Reverse((one.id.submission, one.id.position)));
    found.dedup_by_key(|one| one.id);
    found.truncate(SHOWN as usize);
    Ok(found)
}

/// Gives out the letters of the chosen messages.
///
/// # Errors
/// One of them is not approved or cannot be opened; the review key is not open.
pub fn give(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let ids: Vec<DespatchId> = visit.request.fields("ids").filter_map(|id| id.parse().ok()).collect();
    if ids.is_empty() {
        return form(visit, Some("Choose the letters to print"));
    }
    let (actor, unlock) = (visit.actor()?, visit.unlock());
    let printed = print(visit.open, &actor, &PrintLetters { ids }, &unlock)?;
    Ok(Response::download(Content::Pdf, printed.pdf.to_vec(), FILE))
}
