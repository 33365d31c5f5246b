//! Enters: who recorded what did not happen. Leaves: that event withdrawn, with the reason.
//! Never: withdraws anything before its case file was shown.

use crate::components::{Cell, CharacterCount, Field, Input, Part, SummaryList, Table, fact};
use crate::forms::case_path;
use crate::frame::{Banner, Head, Link};
use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_app::operations::withdraw::{
    EventWithdrawn, Stopped, WithdrawEvent, WithdrawnPreview, preview, withdraw,
};
use despatch_core::words::capital;
use despatch_core::words::date_words;
use despatch_ledger::DespatchId;
use despatch_web::Response;
use serde::Serialize;

/// The longest reason.
const REASON_MAX: u32 = 400;

/// The page that asks which case file is meant.
#[derive(Serialize)]
struct Which {
    fields: Vec<Field>,
}

/// Asks which case file says what did not happen.
///
/// # Errors
/// A template is broken.
pub fn which(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    ask_which(visit, None)
}

fn ask_which(visit: &mut Visit<'_>, wrong: Option<&str>) -> Result<Response, Failure> {
    let number = Input::new("number", "The number of the case file")
        .hint("The page of the case shows it beside each event.")
        .verbatim()
        .class("govuk-input--width-5")
        .error(wrong);
    let errors = wrong.iter().map(|wrong| Link::of(*wrong, "#number")).collect();
    let page = Which { fields: vec![Field::Input(number)] };
    visit.page("withdraw/which", Head::of("Withdraw an event").back("Back", "/start").errors(errors), &page)
}

/// Leads to the case file that was typed.
///
/// # Errors
/// A template is broken.
pub fn find(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    match visit.request.field("number").parse::<i64>() {
        Ok(number) => Ok(Response::redirect(format!("/withdraw/{number}"))),
        Err(_) => ask_which(visit, Some("Write the number of a case file, such as 17")),
    }
}

/// The page that asks for the reason.
#[derive(Serialize)]
struct Ask {
    action: String,
    about: SummaryList,
    fields: Vec<Field>,
    sent: bool,
    /// What the event took the place of, and what it held.
    replaced: Table,
    any_replaced: bool,
    held: Table,
    any_held: bool,
}

/// Shows what would be withdrawn, and asks why.
///
/// # Errors
/// There is no such event, or it counts no more.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    form(visit, None)
}

fn form(visit: &mut Visit<'_>, wrong: Option<&str>) -> Result<Response, Failure> {
    let number: i64 = visit.step_as("number")?;
    let actor = visit.actor()?;
    let WithdrawnPreview { case_id, summary, on, stops, sent, others } = preview(visit.open, &actor, number)?;
    let listed = |ids: &[DespatchId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let mut facts = vec![
        fact("Case", case_id.to_string()),
        fact("Recorded", capital(&summary)),
        fact("On", date_words(on)),
    ];
    if !stops.is_empty() {
        facts.push(fact("Stops for good", listed(&stops)));
    }
    if !sent.is_empty() {
        facts.push(fact("Sent already", listed(&sent)));
    }
    let reason = CharacterCount::new("reason", "Why did this not happen?")
        .hint(
            "It stays on record. If it happened and something of it is wrong, correct the case file instead.",
        )
        .most(REASON_MAX)
        .error(wrong);
    let page = Ask {
        action: format!("/withdraw/{number}"),
        about: SummaryList::new(facts),
        fields: vec![Field::CharacterCount(reason)],
        sent: !sent.is_empty(),
        any_replaced: !others.replaced.is_empty(),
        replaced: stopped("What it took the place of", "To have it made anew", &others.replaced, anew),
        any_held: !others.held.is_empty(),
        held: stopped("What it held", "To let it go on", &others.held, go_on),
    };
    let errors = wrong.iter().map(|wrong| Link::of(*wrong, "#reason")).collect();
    visit.page(
        "withdraw/ask",
        Head::of("Withdraw this event?").back("Back", "/withdraw").errors(errors),
        &page,
    )
}

/// Messages of other events that this one stopped.
fn stopped(caption: &str, then: &str, messages: &[Stopped], way_on: fn(&Stopped) -> Part) -> Table {
    let row = |one: &Stopped| {
        let id = one.despatch.to_string();
        vec![
            Cell::from(Part::link(id.clone(), format!("/review/{id}"))),
            one.title.as_str().into(),
            vec![Part::text(one.to.as_str()), Part::line(), Part::quiet(one.role.label())].into(),
            way_on(one).about(id).into(),
        ]
    };
    let head = ["Message", "What it is", "To", then].map(Cell::from).to_vec();
    Table::new(caption, head, messages.iter().map(row).collect()).headed()
}

fn anew(one: &Stopped) -> Part {
    Part::link(format!("Correct case file {}", one.case_file), format!("/mend/{}", one.despatch))
}

fn go_on(one: &Stopped) -> Part {
    Part::link("Release it", format!("/review/{}", one.despatch))
}

/// Withdraws the event.
///
/// # Errors
/// There is no such event, or it counts no more; a sender has one of its messages in hand.
pub fn take_back(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let case_file: i64 = visit.step_as("number")?;
    let reason = visit.request.field("reason").to_owned();
    if reason.is_empty() || reason.chars().count() > REASON_MAX as usize {
        return form(visit, Some("Say why in a few words"));
    }
    let actor = visit.actor()?;
    let withdrawn = withdraw(visit.open, &actor, &WithdrawEvent { case_file, reason })?;
    let EventWithdrawn { withdrawn, others } = withdrawn;
    let sent = match withdrawn.already_sent.len() {
        0 => String::new(),
        _ => " Tell whoever got the messages that were sent.".to_owned(),
    };
    let listed = |messages: &[Stopped]| messages.iter().map(Stopped::text).collect::<Vec<_>>().join("; ");
    let replaced = match others.replaced.as_slice() {
        [] => String::new(),
        some => {
            format!(" Not brought back, and to be made anew by correcting its case file: {}.", listed(some))
        }
    };
    let held = match others.held.as_slice() {
        [] => String::new(),
        some => format!(" Still held, until a reviewer releases it: {}.", listed(some)),
    };
    visit.say(Banner::done(format!(
        "The event of case file {case_file} of {} counts no more.{sent}{replaced}{held}",
        withdrawn.case_id
    )));
    Ok(Response::redirect(case_path(&withdrawn.case_id)))
}
