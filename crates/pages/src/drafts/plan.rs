//! Enters: a draft. Leaves: what would be made of it, for whom and by when; and its case dropped.
//! Never: drops what nobody was shown.

use super::form::{to_form, whole};
use super::key;
use super::opened::{Opened, opened};
use super::stale;
use crate::components::{Action, Row, SummaryList, fact};
use crate::frame::{Banner, Head, Link};
use crate::start::plain;
use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_app::operations::drafts::{self, Draft};
use despatch_app::operations::drop_case::DropOutcome;
use despatch_app::operations::foreseen::{ForeseenWords, Said};
use despatch_app::operations::foresight::{Foreseeable, Foresight};
use despatch_core::words::capital;
use despatch_web::Response;
use serde::Serialize;

/// What a case file would produce.
#[derive(Serialize)]
struct PlanPage {
    heading: String,
    action: String,
    version: u64,
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
        Err(Failure::Faults(faults)) => Ok(whole(visit, &draft, &background, &faults)?.with_status(200)),
        Err(other) => Err(other),
    }
}

fn known(duplicate_of: i64) -> String {
    format!("The same file is case file {duplicate_of} already, so it was not dropped again.")
}

fn show_plan(visit: &mut Visit<'_>, draft: &Draft, foreseen: &Foreseeable) -> Result<Response, Failure> {
    let words = ForeseenWords::of(foreseen);
    let row = |(label, text): &Said| -> Row { fact(capital(label), text.as_str()) };
    let rows = |said: &[Said]| said.iter().map(row).collect::<Vec<Row>>();
    let mut file =
        vec![fact("Case", foreseen.case_id.to_string()), fact("What happened", plain(foreseen.event))];
    file.extend(rows(&words.file));
    let messages = words.messages.iter().zip(1..).map(|((title, said), number): (_, usize)| {
        // The row is for whoever compares it with the guidance: it stands below.
        let (row, title) = title.split_once(": ").unwrap_or(("", title));
        let mut facts = rows(said);
        facts.push(fact("Rule", format!("{} of {}", capital(row), foreseen.plan.pack)));
        SummaryList::new(facts).in_card(format!("Message {number}: {title}"), Vec::<Action>::new())
    });
    let page = PlanPage {
        heading: match words.messages.len() {
            0 => "This makes no message".to_owned(),
            1 => "This makes 1 message".to_owned(),
            number => format!("This makes {number} messages"),
        },
        action: format!("/drafts/{}/drop", draft.id),
        version: draft.kept.version,
        change: to_form(draft),
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
    if !stale::is_current(visit, &draft) {
        let words =
            "The draft was changed in another window since you saw what it makes. This is what it makes now.";
        visit.say(Banner::important(words));
        return Ok(Response::redirect(format!("/drafts/{}/plan", draft.id)));
    }
    let said = match drafts::drop_draft(visit.open, &actor, &key, &draft) {
        Ok(DropOutcome::Dropped(dropped)) => Banner::done(format!(
            "Case {} was dropped. Its messages are made within a minute; then somebody else reviews them, and you see \
             in My work what comes back.",
            dropped.foreseen.case_id
        )),
        Ok(DropOutcome::Known { duplicate_of }) => Banner::important(known(duplicate_of)),
        Err(Failure::Faults(faults)) => return whole(visit, &draft, &background, &faults),
        Err(other) => return Err(other),
    };
    visit.say(said);
    Ok(Response::redirect("/drafts"))
}
