//! Enters: what a person decided about one message, and why. Leaves: it done or refused, and the next one of the same case.
//! Never: decides without the hash of what was shown, or takes a reason that is empty.

use super::page::shown;
use crate::authorise::given;
use crate::decided::told;
use crate::frame::{Banner, Head, Link};
use crate::passphrase::due;
use crate::visit::Visit;
use despatch_app::operations::decisions::{
    self, Approve, DecisionOutcome, Release, ReleaseUrgently, ReviewUrgent, Stop,
};
use despatch_app::operations::receipts::{self, Acknowledgement, RecordReceipt};
use despatch_app::operations::{Failure, Unlocks, batch, reading, review_queue};
use despatch_core::fault::Fault;
use despatch_core::words::capital;
use despatch_guards::Guard;
use despatch_ledger::DespatchId;
use despatch_web::Response;
use serde::Serialize;
use std::collections::BTreeMap;

/// The codes of what is refused because the page was out of date.
const STALE: [&str; 3] = ["approve.other_message", "authorise.unknown", "authorise.nothing"];

/// Approves exactly the message that was shown.
///
/// # Errors
/// The ledger fails.
pub fn approve(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let id: DespatchId = visit.step_as("id")?;
    if let Some(asked) = due(visit, &format!("/review/{id}")) {
        return Ok(asked);
    }
    let (actor, request) = (visit.actor()?, visit.request);
    let message = request.field("message").to_owned();
    let confirm = guards(visit, "confirm")?;
    let asked = Approve { ids: vec![id], message: Some(message), confirm, signatures: BTreeMap::new() };
    let outcomes = decisions::approve(visit.open, &actor, asked)?;
    after(visit, id, outcomes, "approved: it goes out now")
}

/// The checks that a form names.
fn guards(visit: &Visit<'_>, field: &str) -> Result<Vec<Guard>, Failure> {
    let named: Result<Vec<Guard>, _> = visit.request.fields(field).map(str::parse).collect();
    named.map_err(|_| {
        let cause = "there is no such check";
        Fault::new("the form", "page.form", cause, "open the page again, and send what it shows").into()
    })
}

/// Says what became of a decision and goes on, or shows the message with why it was refused.
fn after(
    visit: &mut Visit<'_>,
    id: DespatchId,
    outcomes: Vec<DecisionOutcome>,
    done: &str,
) -> Result<Response, Failure> {
    let refused: Vec<Fault> = outcomes
        .iter()
        .filter_map(|one| match &one.outcome {
            Err(Failure::Faults(faults)) => Some(faults.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    if !refused.is_empty() {
        return again(visit, id, &refused);
    }
    for outcome in &outcomes {
        if let Err(Failure::TryAgain(why)) = &outcome.outcome {
            return Err(Failure::TryAgain(why.clone()));
        }
        if let Err(Failure::Internal(why)) = &outcome.outcome {
            return Err(Failure::Internal(why.clone()));
        }
    }
    let mut banner = told(&outcomes, done);
    let next = next(visit, id)?;
    if let Some((next, of)) = &next {
        banner.link = Some(Link::of("Back to everything that waits", "/review"));
        banner.text.push_str(&format!(". Next of {of}: {next}"));
    }
    visit.say(banner);
    Ok(Response::redirect(next.map_or_else(|| "/review".to_owned(), |(next, _)| format!("/review/{next}"))))
}

/// Shows the message again, with what is wrong.
fn again(visit: &mut Visit<'_>, id: DespatchId, faults: &[Fault]) -> Result<Response, Failure> {
    let stale = faults.iter().any(|fault| STALE.contains(&fault.code));
    let field = |fault: &Fault| match fault.code {
        code if code.starts_with("reason") => "#reason",
        code if code.starts_with("authori") => "",
        code if code.starts_with("approve.confirm") || code.starts_with("guard") => "#confirm",
        _ => "#decide",
    };
    let errors = faults
        .iter()
        .map(|fault| Link::of(format!("{}: {}", capital(&fault.cause), fault.cure), field(fault)))
        .collect();
    let response = shown(visit, id, errors)?;
    Ok(if stale { response.with_status(409) } else { response })
}

/// The next message of the same case that this person can look at, or else of the same batch; and what it is of.
fn next(visit: &mut Visit<'_>, id: DespatchId) -> Result<Option<(DespatchId, String)>, Failure> {
    let (actor, staff) = (visit.actor()?, visit.staff()?.clone());
    let despatch = visit.open.ledger.despatch(id)?;
    let waiting = review_queue::of_case(visit.open, &despatch.case_id)?;
    if let Some(next) = waiting.iter().find(|one| one.id != id && one.prepared_by != staff) {
        return Ok(Some((next.id, "the same case".to_owned())));
    }
    let next = batch::list::next_after(visit.open, &actor, &despatch)?;
    Ok(next.map(|(next, batch)| (next, format!("the batch {batch}"))))
}

fn stop(visit: &mut Visit<'_>, stop: Stop, done: &str) -> Result<Response, Failure> {
    let (id, reason): (DespatchId, String) = (visit.step_as("id")?, visit.request.field("reason").to_owned());
    let actor = visit.actor()?;
    let asked = decisions::Decide { ids: vec![id], stop, reason };
    match decisions::stop(visit.open, &actor, asked) {
        Ok(outcomes) => after(visit, id, outcomes, done),
        Err(Failure::Request(fault)) => again(visit, id, &[fault]),
        Err(other) => Err(other),
    }
}

/// Returns a message to whoever prepared its case.
///
/// # Errors
/// The ledger fails.
pub fn give_back(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    stop(visit, Stop::Return, "returned to whoever prepared it")
}

/// Holds a message.
///
/// # Errors
/// The ledger fails.
pub fn hold(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    stop(visit, Stop::Hold, "held")
}

/// Cancels a message for good.
///
/// # Errors
/// The ledger fails.
pub fn cancel(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    stop(visit, Stop::Cancel, "cancelled: it is never sent")
}

/// Lifts a hold, or has a message sent again.
///
/// # Errors
/// The ledger fails.
pub fn release(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (id, reason): (DespatchId, String) = (visit.step_as("id")?, visit.request.field("reason").to_owned());
    if let Some(asked) = due(visit, &format!("/review/{id}")) {
        return Ok(asked);
    }
    let (actor, unlock) = (visit.actor()?, visit.unlock());
    let asked = Release { ids: vec![id], reason, overridden: guards(visit, "override")? };
    let unlocks = Unlocks { review: &unlock, signing: &unlock };
    match decisions::release(visit.open, &actor, asked, unlocks) {
        Ok(outcomes) => after(visit, id, outcomes, "released"),
        Err(Failure::Request(fault)) => again(visit, id, &[fault]),
        Err(other) => Err(other),
    }
}

/// Lets a healthcare team's copy go at once, on one person's word.
///
/// # Errors
/// The ledger fails.
pub fn release_urgently(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (id, reason): (DespatchId, String) = (visit.step_as("id")?, visit.request.field("reason").to_owned());
    if let Some(asked) = due(visit, &format!("/review/{id}")) {
        return Ok(asked);
    }
    let actor = visit.actor()?;
    let confirm = guards(visit, "confirm")?;
    let asked = ReleaseUrgently { ids: vec![id], reason, confirm, signatures: BTreeMap::new() };
    match decisions::release_urgently(visit.open, &actor, asked) {
        Ok(outcomes) => after(visit, id, outcomes, "let go at once; somebody reviews it afterwards"),
        Err(Failure::Request(fault)) => again(visit, id, &[fault]),
        Err(other) => Err(other),
    }
}

/// Records that a second person looked at what one alone let go.
///
/// # Errors
/// The ledger fails.
pub fn reviewed(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (id, reason): (DespatchId, String) = (visit.step_as("id")?, visit.request.field("reason").to_owned());
    let actor = visit.actor()?;
    match decisions::review_urgent(visit.open, &actor, ReviewUrgent { ids: vec![id], reason }) {
        Ok(outcomes) => after(visit, id, outcomes, "reviewed"),
        Err(Failure::Request(fault)) => again(visit, id, &[fault]),
        Err(other) => Err(other),
    }
}

fn receipt(visit: &mut Visit<'_>, said: Acknowledgement, done: &str) -> Result<Response, Failure> {
    let (id, actor): (DespatchId, _) = (visit.step_as("id")?, visit.actor()?);
    match receipts::record(visit.open, &actor, RecordReceipt { id, said }) {
        Ok(despatch) => {
            visit.say(Banner::done(format!("{id}: {} {done}", despatch.recipient.name)));
            Ok(Response::redirect(format!("/review/{id}")))
        }
        Err(Failure::Request(fault)) => again(visit, id, &[Fault { code: "reason.how", ..fault }]),
        Err(Failure::Faults(faults)) => again(visit, id, &faults),
        Err(other) => Err(other),
    }
}

/// Records that the recipient has opened it.
///
/// # Errors
/// The ledger fails.
pub fn received(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let how = visit.request.field("how");
    let how = if how.is_empty() { "told the office" } else { how };
    receipt(visit, Acknowledgement::Opened(how.to_owned()), "has opened it")
}

/// Records that the recipient cannot open it.
///
/// # Errors
/// The ledger fails.
pub fn unopened(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let words = visit.request.field("how").to_owned();
    receipt(
        visit,
        Acknowledgement::CannotOpen(words),
        "cannot open it: telephone them, the clock of the case runs on",
    )
}

/// The words that open a message.
#[derive(Serialize)]
struct Words {
    id: String,
    words: String,
    recipient: String,
}

/// Shows the words that open a message, to be told on the telephone. Each view is on record.
///
/// # Errors
/// The message has none, or no key is open.
pub fn words(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (id, actor): (DespatchId, _) = (visit.step_as("id")?, visit.actor()?);
    let unlock = visit.unlock();
    let told = reading::passphrase(visit.open, &actor, id, &unlock)?;
    let page =
        Words { id: id.to_string(), words: told.passphrase.expose().to_owned(), recipient: told.recipient };
    let head =
        Head::of(format!("The words that open {id}")).back("Back to the message", format!("/review/{id}"));
    visit.page("message/words", head, &page)
}

/// Authorises the step behind a message, and comes back to the message.
///
/// # Errors
/// The person may not see the case, or the ledger fails.
pub fn authorise(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let id: DespatchId = visit.step_as("id")?;
    if let Some(asked) = due(visit, &format!("/review/{id}")) {
        return Ok(asked);
    }
    match given(visit, id.submission) {
        Ok(_) => Ok(Response::redirect(format!("/review/{id}"))),
        Err(Failure::Faults(faults)) if faults.iter().all(ours) => again(visit, id, &faults),
        Err(other) => Err(other),
    }
}

/// Whether a fault is one that the page of the message can tell.
fn ours(fault: &Fault) -> bool {
    fault.code.starts_with("authority") || fault.code.starts_with("authorise")
}
