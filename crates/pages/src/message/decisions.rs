//! Enters: what a person decided about one message, and why. Leaves: it done or refused, and the next one of the same case.
//! Never: decides without the hash of what was shown, or takes a reason that is empty.

use super::shown;
use crate::components::{Button, Checkboxes, Choice, Field, Hidden, Input, Textarea};
use crate::frame::{Banner, Head, Link};
use crate::passphrase::due;
use crate::review::title;
use crate::sign_in::capitalised;
use crate::visit::Visit;
use despatch_app::operations::decisions::{
    self, Approve, DecisionOutcome, Release, ReleaseUrgently, ReviewUrgent, Stop,
};
use despatch_app::operations::receipts::{self, Acknowledgement, RecordReceipt};
use despatch_app::operations::{Failure, Unlocks, reading, review_queue};
use despatch_core::fault::Fault;
use despatch_guards::{Guard, Outcome};
use despatch_ledger::{Despatch, DespatchId, State};
use despatch_web::Response;
use serde::Serialize;
use std::collections::BTreeMap;

/// What this person can decide about a message now.
#[derive(Serialize)]
pub(super) struct Decide {
    /// Why this person cannot approve it; empty if they can.
    why_not: String,
    /// Whether anything can be decided.
    shown: bool,
    approve: Vec<Field>,
    /// The ways to stop it or let it go on, with one reason.
    reasons: Vec<Field>,
    receipts: Vec<Field>,
    has_words: bool,
}

impl Decide {
    /// What can be decided now, with what was wrong with a decision before beside its field.
    pub(super) fn of(
        visit: &Visit<'_>,
        despatch: &Despatch,
        opened: bool,
        errors: &[Link],
    ) -> Result<Self, Failure> {
        let reviewer = visit.has_role(despatch_ledger::UserRole::Reviewer);
        let why_not = why_not(visit, despatch, opened)?;
        let can_approve = reviewer && why_not.is_empty() && despatch.state == State::AwaitingReview;
        let receipts = if despatch.state == State::Sent { receipt_fields(despatch) } else { Vec::new() };
        let reasons = if reviewer { reason_fields(despatch, errors) } else { Vec::new() };
        let has_words = reviewer && despatch.message.as_ref().is_some_and(|bound| bound.copy.is_some());
        Ok(Self {
            shown: can_approve || !reasons.is_empty() || !receipts.is_empty() || has_words,
            approve: if can_approve { approve_fields(visit, despatch, errors) } else { Vec::new() },
            why_not: if despatch.state == State::AwaitingReview { why_not } else { String::new() },
            reasons,
            receipts,
            has_words,
        })
    }
}

/// Why this person cannot approve a message now; the ledger has the last word.
fn why_not(visit: &Visit<'_>, despatch: &Despatch, opened: bool) -> Result<String, Failure> {
    let staff = visit.staff()?;
    let config = &visit.open.office.config;
    if despatch.message.is_none() {
        return Ok("There is no message yet: mend what holds it, and release it.".to_owned());
    }
    if despatch.prepared_by == *staff && !despatch.needs_two() {
        return Ok("You prepared it: another reviewer approves it.".to_owned());
    }
    if despatch.first_approval.as_ref().is_some_and(|first| first.by == *staff) {
        return Ok("You have approved it: another reviewer has to as well.".to_owned());
    }
    if config.signed_approval.required {
        let id = despatch.id;
        return Ok(format!(
            "This office signs approvals: give `despatch outbox approve {id}` with your own key."
        ));
    }
    if !opened && despatch_ledger::may_be_unseen(despatch, &config.unseen).is_none() {
        return Ok("Open the documents first: you approve what you have seen.".to_owned());
    }
    Ok(String::new())
}

fn hidden(name: &str, value: impl Into<String>) -> Field {
    Field::Hidden(Hidden { name: name.to_owned(), value: value.into() })
}

/// What is wrong with the field to which an error leads.
fn wrong(errors: &[Link], href: &str) -> Option<String> {
    errors.iter().find(|error| error.href == href).map(|error| error.text.clone())
}

fn approve_fields(visit: &Visit<'_>, despatch: &Despatch, errors: &[Link]) -> Vec<Field> {
    let sha256 = despatch.message.as_ref().map_or_else(String::new, |bound| bound.sha256.to_string());
    let mut fields = vec![hidden("message", sha256)];
    let asks: Vec<Choice> = despatch
        .checks
        .iter()
        .filter(|check| check.outcome == Outcome::Confirm)
        .map(|check| {
            let words = format!("I have checked: {}", check.guard.label());
            Choice::new(check.guard.code(), words).hint(check.evidence.clone())
        })
        .collect();
    if !asks.is_empty() {
        fields.push(Field::Checkboxes(
            Checkboxes::new("confirm", "The program could not tell. Look, and confirm each", asks)
                .error(wrong(errors, "#confirm"))
                .size("s"),
        ));
    }
    let recipient = &despatch.recipient;
    let second = if despatch.needs_two() && despatch.first_approval.is_none() {
        " (another reviewer approves it too before it goes)"
    } else {
        ""
    };
    let words = format!(
        "Approve: send “{}” to {}, {}{second}",
        title(visit, despatch),
        recipient.name,
        recipient.organisation
    );
    fields.push(Field::Buttons(vec![Button::new(words).shortcut('a')]));
    fields
}

/// The decisions that need a reason: one field, and a button for each that this state allows.
fn reason_fields(despatch: &Despatch, errors: &[Link]) -> Vec<Field> {
    let id = despatch.id;
    let to = |way: &str| format!("/review/{id}/{way}");
    let button = |words: String, way: &str| Button::new(words).secondary().attribute("formaction", to(way));
    let may = |next| despatch.state.may_become(next);
    let mut buttons = Vec::new();
    if may(State::Returned) {
        buttons.push(button(format!("Return it to {}", despatch.prepared_by), "return").shortcut('r'));
    }
    if may(State::Held) {
        buttons.push(button("Hold it until somebody releases it".to_owned(), "hold").shortcut('h'));
    }
    let held = matches!(despatch.state, State::Held | State::Refused | State::InDoubt | State::Deferred);
    if held {
        buttons.push(button("Release it".to_owned(), "release").shortcut('l'));
    }
    if despatch.planned.safety && matches!(despatch.state, State::AwaitingReview | State::Held) {
        buttons.push(button(
            format!("Let it go at once to {}, on my word alone", despatch.recipient.name),
            "urgent",
        ));
    }
    if despatch.urgent.as_ref().is_some_and(|urgent| urgent.reviewed_by.is_none()) {
        buttons.push(button("I have looked at what was let go".to_owned(), "reviewed"));
    }
    if may(State::Cancelled) {
        buttons.push(
            Button::new("Cancel it for good: it is never sent")
                .warning()
                .attribute("formaction", to("cancel"))
                .shortcut('c'),
        );
    }
    if buttons.is_empty() {
        return Vec::new();
    }
    let mut fields = vec![Field::Textarea(
        Textarea::new("reason", "Why")
            .error(wrong(errors, "#reason"))
            .hint("It stays on record. No name, and nothing about health.")
            .rows(2),
    )];
    let stops: Vec<Choice> = despatch
        .checks
        .iter()
        .filter(|check| check.holds() && may_be_overridden(check.guard))
        .map(|check| {
            let words = format!("Let this pass: {}", check.guard.label());
            Choice::new(check.guard.code(), words).hint(check.evidence.clone())
        })
        .collect();
    if held && !stops.is_empty() {
        let question = "What stops it and is right all the same; another person approves it then";
        fields.push(Field::Checkboxes(Checkboxes::new("override", question, stops).size("s")));
    }
    fields.push(Field::Buttons(buttons));
    fields
}

/// Nobody overrides these (ledger, `overrides`).
fn may_be_overridden(guard: Guard) -> bool {
    !matches!(guard, Guard::Matrix | Guard::Size | Guard::Virus | Guard::Address)
}

fn receipt_fields(despatch: &Despatch) -> Vec<Field> {
    let id = despatch.id;
    let unopened = format!("/review/{id}/unopened");
    let name = &despatch.recipient.name;
    vec![
        Field::Input(
            Input::new("how", format!("What {name} told you")).hint("For example: by telephone, opened"),
        ),
        Field::Buttons(vec![
            Button::new(format!("{name} has opened it")).secondary(),
            Button::new(format!("{name} cannot open it")).secondary().attribute("formaction", unopened),
        ]),
    ]
}

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
    if let Some(next) = &next {
        banner.link = Some(Link::of("Back to everything that waits", "/review"));
        banner.text.push_str(&format!(". Next of the same case: {next}"));
    }
    visit.say(banner);
    Ok(Response::redirect(next.map_or_else(|| "/review".to_owned(), |next| format!("/review/{next}"))))
}

/// Shows the message again, with what is wrong.
fn again(visit: &mut Visit<'_>, id: DespatchId, faults: &[Fault]) -> Result<Response, Failure> {
    let stale = faults.iter().any(|fault| fault.code == "approve.other_message");
    let field = |fault: &Fault| match fault.code {
        code if code.starts_with("reason") => "#reason",
        code if code.starts_with("approve.confirm") || code.starts_with("guard") => "#confirm",
        _ => "#decide",
    };
    let errors = faults
        .iter()
        .map(|fault| Link::of(format!("{}: {}", capitalised(&fault.cause), fault.cure), field(fault)))
        .collect();
    let response = shown(visit, id, errors)?;
    Ok(if stale { response.with_status(409) } else { response })
}

/// The next message of the same case that this person can look at.
fn next(visit: &mut Visit<'_>, id: DespatchId) -> Result<Option<DespatchId>, Failure> {
    let staff = visit.staff()?.clone();
    let case_id = visit.open.ledger.despatch(id)?.case_id;
    let waiting = review_queue::of_case(visit.open, &case_id)?;
    Ok(waiting.iter().find(|one| one.id != id && one.prepared_by != staff).map(|one| one.id))
}

/// What became of decisions, in words.
pub fn told(outcomes: &[DecisionOutcome], done: &str) -> Banner {
    let words: Vec<String> = outcomes
        .iter()
        .map(|DecisionOutcome { id, outcome }| match outcome {
            Ok(one) if one.state == State::AwaitingReview && one.first_approval.is_some() => {
                format!("{id} to {}: approved by you; another reviewer approves it too", one.recipient.name)
            }
            Ok(one) => format!("{id} to {}: {done}", one.recipient.name),
            Err(failure) => format!("{id}: not done ({failure})"),
        })
        .collect();
    let all = outcomes.iter().all(|one| one.outcome.is_ok());
    let text = words.join("; ");
    if all { Banner::done(text) } else { Banner::important(text) }
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
