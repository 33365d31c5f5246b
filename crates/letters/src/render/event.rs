//! Enters: an event and the outcome of the rules. Leaves: the part of a letter's data that is about the event.
//! Never: decides what a letter says, or gives a code without its label.

use super::facts::{Facts, article};
use chrono::NaiveDate;
use despatch_core::words::{Role, time_words};
use despatch_process::case::{AppointmentConfirmed, Interpreter};
use despatch_process::case_state::Replies;
use despatch_process::events::Known;
use despatch_process::fields::{Record, date_value as date};
use despatch_process::{Booked, Dates};
use serde_json::{Map, Value, json};

/// Returns the event's own fields, and those of every event: dates, appointment, answers, doctor, interpreter.
pub(super) fn event(facts: &Facts<'_>) -> Map<String, Value> {
    let event = &facts.case.event;
    let standards = facts.pack.second_opinion().map_or(&[][..], |rules| &rules.standards.list);
    let known = Known { outcome: &facts.plan.outcome, standards, from: facts.from };
    let mut data = always(facts);
    data.insert("name".to_owned(), json!(event.name()));
    let mut given = event.given(&known, data);
    if !may_know_removal(facts) {
        given.insert("removal_on".to_owned(), Value::Null);
    }
    given
}

/// Returns whether the recipient may be told the day of a removal (docs/readings.md, "Removal").
pub(super) fn may_know_removal(facts: &Facts<'_>) -> bool {
    use Role::{CaseworkManager, Caseworker, Dmrt, SeniorCaseworker};
    let decides = matches!(facts.planned.role, Dmrt | Caseworker | CaseworkManager | SeniorCaseworker);
    decides || facts.pack.second_opinion().is_some_and(|rules| rules.tells_removal_date)
}

/// Returns the fields of every event; those not known are null.
fn always(facts: &Facts<'_>) -> Map<String, Value> {
    let outcome = &facts.plan.outcome;
    let Dates {
        referred_on,
        refer_by,
        assess_by,
        earliest,
        serve_by,
        latest_service,
        respond_by,
        report_by,
        rebook_by,
        served_on,
        removal_on,
    } = &outcome.dates;
    let answers = &outcome.answers;
    let details = facts.case.event.appointment();
    let data = json!({
        "referred_on": may_date(*referred_on),
        "refer_by": may_date(*refer_by),
        "assess_by": may_date(*assess_by),
        "earliest": may_date(*earliest),
        "serve_by": may_date(*serve_by),
        "latest_service": may_date(*latest_service),
        "respond_by": may_date(*respond_by),
        "report_by": may_date(*report_by),
        "rebook_by": may_date(*rebook_by),
        "served_on": may_date(*served_on),
        "removal_on": may_date(*removal_on),
        "appointment": outcome.appointment.as_ref().map(|booked| appointment(facts, booked, details)),
        "cancelled": outcome.cancelled.as_ref().map(|booked| appointment(facts, booked, None)),
        "answers": {
            "individual": replies(answers.individual),
            "representative": replies(answers.representative),
            "attend": answers.attend().map(yes_no),
            "records": answers.records().map(yes_no),
        },
        "papers_only": outcome.papers_only,
        "doctor": facts.doctor,
        "interpreter": details.and_then(|details| details.interpreter.as_ref()).map(interpreter),
        "language": language(facts),
    });
    match data {
        Value::Object(data) => data,
        _ => Map::new(),
    }
}

/// Returns the language for which an interpreter is needed; null if none is.
fn language<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    let person = &facts.case.person;
    person.interpreter_needed.then_some(person.language.as_deref()).flatten()
}

fn appointment(facts: &Facts<'_>, booked: &Booked, details: Option<&AppointmentConfirmed>) -> Value {
    json!({
        "number": booked.number,
        "date": date(booked.fact.date),
        "time": time_words(booked.fact.time),
        "place": facts.places.get(&booked.place).map(|place| &place.name),
        "place_id": booked.place,
        "state": booked.state,
        "location": details.map(|details| &details.location),
    })
}

fn interpreter(interpreter: &Interpreter) -> Value {
    let mut data = interpreter.given();
    data.insert("article".to_owned(), json!(article(&interpreter.language)));
    data.into()
}

fn replies(replies: Option<Replies>) -> Value {
    replies.map_or(Value::Null, |replies| json!({ "attend": replies.attend, "records": replies.records }))
}

fn yes_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

fn may_date(day: Option<NaiveDate>) -> Value {
    day.map_or(Value::Null, date)
}
