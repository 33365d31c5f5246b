//! Enters: a message and whoever looks at it. Leaves: the forms of what they can decide about it now.
//! Never: decides: the ledger has the last word.

use crate::components::{Button, Checkboxes, Choice, Field, Hidden, Input, Textarea};
use crate::frame::Link;
use crate::naming::title;
use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_guards::Outcome;
use despatch_ledger::{Despatch, State};
use serde::Serialize;

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
        .filter(|check| check.holds() && check.guard.may_be_overridden())
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
