//! Enters: who telephones recipients. Leaves: whom to ring, and a note of each call.
//! Never: shows a passphrase, or a value of the detained person.

use crate::components::{Cell, Choice, Field, Input, Part, Radios, Table};
use crate::frame::{Banner, Head, Link};
use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_app::operations::calls::{ListCalls, calls};
use despatch_app::operations::casework::seen;
use despatch_app::operations::telephone::{NOTE_MAX, RecordCall, record};
use despatch_core::words::capital;
use despatch_core::words::weekday_words;
use despatch_ledger::{CallOutcome, DespatchId};
use despatch_web::Response;
use serde::Serialize;

/// What the page of today's calls shows.
#[derive(Serialize)]
struct CallsPage {
    day: String,
    table: Table,
    any: bool,
    fields: Vec<Field>,
}

/// Lists whom to telephone today, and asks for any other message.
///
/// # Errors
/// The ledger cannot be read.
pub fn list(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    find_form(visit, None)
}

fn find_form(visit: &mut Visit<'_>, wrong: Option<&str>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let today = calls(visit.open, &actor, ListCalls { on: None })?;
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for call in &today.calls {
        for message in &call.messages {
            let id = message.despatch.to_string();
            let number = call.telephone.clone().unwrap_or_else(|| "no number in the directory".to_owned());
            rows.push(vec![
                call.recipient.clone().into(),
                number.into(),
                message.case_id.to_string().into(),
                Part::link(format!("Note a call about {id}"), format!("/calls/{id}")).into(),
            ]);
        }
    }
    let head = ["Whom", "Number", "Case", "Note"].map(Cell::from).to_vec();
    let id = Input::new("id", "The number of another message, such as 17-3")
        .verbatim()
        .class("govuk-input--width-10")
        .error(wrong);
    let page = CallsPage {
        day: weekday_words(today.on),
        any: !rows.is_empty(),
        table: Table::new("To be telephoned", head, rows),
        fields: vec![Field::Input(id)],
    };
    let errors = wrong.iter().map(|wrong| Link::of(*wrong, "#id")).collect();
    visit.page("calls/list", Head::of("Calls").errors(errors), &page)
}

/// Leads to the note of a call about the message that was typed.
///
/// # Errors
/// The ledger cannot be read.
pub fn find(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    match visit.request.field("id").parse::<DespatchId>() {
        Ok(id) => Ok(Response::redirect(format!("/calls/{id}"))),
        Err(_) => find_form(visit, Some("Write the number of a message, such as 17-3")),
    }
}

/// The form of a note.
#[derive(Serialize)]
struct CallPage {
    action: String,
    about: String,
    fields: Vec<Field>,
}

/// Asks how a call ended.
///
/// # Errors
/// There is no such message.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    form(visit, "", Vec::new())
}

fn form(visit: &mut Visit<'_>, note: &str, wrong: Vec<Link>) -> Result<Response, Failure> {
    let id: DespatchId = visit.step_as("id")?;
    let actor = visit.actor()?;
    let despatch = seen(&mut visit.open.ledger, &actor, id)?;
    let error = |at: &str| wrong.iter().find(|one| one.href == at).map(|one| one.text.clone());
    let outcomes = CallOutcome::ALL.into_iter();
    let outcomes = outcomes.map(|outcome| Choice::new(outcome.code(), capital(outcome.label()))).collect();
    let radios = Radios::new("outcome", "How did the call end?", outcomes)
        .value(visit.request.field("outcome"))
        .error(error("#outcome"));
    let line = Input::new("note", "A few words (optional)")
        .hint(format!(
            "At most {NOTE_MAX} characters, and nothing about the detained person: the record keeps it in clear."
        ))
        .value(note)
        .error(error("#note"));
    let page = CallPage {
        action: format!("/calls/{id}"),
        about: format!("{id} of {}, to {}", despatch.case_id, despatch.recipient.name),
        fields: vec![Field::Radios(radios), Field::Input(line)],
    };
    visit.page("calls/call", Head::of("Note a call").back("Calls", "/calls").errors(wrong), &page)
}

/// Records a call.
///
/// # Errors
/// There is no such message; the ledger fails.
pub fn note(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let id: DespatchId = visit.step_as("id")?;
    let typed = visit.request.field("note").to_owned();
    let Ok(outcome) = visit.request.field("outcome").parse::<CallOutcome>() else {
        return form(visit, &typed, vec![Link::of("Say how the call ended", "#outcome")]);
    };
    let actor = visit.actor()?;
    let request = RecordCall { id, outcome, note: Some(typed.clone()) };
    match record(visit.open, &actor, request) {
        Ok(despatch) => {
            visit.say(Banner::done(format!("The call about {} is on record.", despatch.id)));
            Ok(Response::redirect("/calls"))
        }
        Err(Failure::Request(fault)) => {
            let words = format!("{}: {}", capital(&fault.cause), fault.cure);
            form(visit, &typed, vec![Link::of(words, "#note")])
        }
        Err(other) => Err(other),
    }
}
