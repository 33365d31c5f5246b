//! Enters: who recorded what did not happen. Leaves: that event withdrawn, with the reason.
//! Never: withdraws anything before its case file was shown.

use crate::components::{CharacterCount, Field, Input, SummaryList, fact};
use crate::frame::{Banner, Head, Link};
use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_app::operations::withdraw::{WithdrawEvent, WithdrawnPreview, preview, withdraw};
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
    let WithdrawnPreview { case_id, summary, on, stops, sent } = preview(visit.open, &actor, number)?;
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
    };
    let errors = wrong.iter().map(|wrong| Link::of(*wrong, "#reason")).collect();
    visit.page(
        "withdraw/ask",
        Head::of("Withdraw this event?").back("Back", "/withdraw").errors(errors),
        &page,
    )
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
    let sent = match withdrawn.already_sent.len() {
        0 => String::new(),
        _ => " Tell whoever got the messages that were sent.".to_owned(),
    };
    visit.say(Banner::done(format!(
        "The event of case file {case_file} of {} counts no more.{sent}",
        withdrawn.case_id
    )));
    Ok(Response::redirect("/start"))
}
