//! Enters: an event and what the rules found out. Leaves: the part of a letter's data that is about the event.
//! Never: decides what a letter says, or gives a closed word without its words for people.

use super::facts::{Facts, article, date};
use chrono::NaiveDate;
use despatch_core::words::time_words;
use despatch_process::case::{
    AppointmentConfirmed, Event, Interpreter, Met, OpinionMethod, Report, ResponseDecided, SecondOpinion,
};
use despatch_process::policy::standing::Replies;
use despatch_process::policy::{Booked, Dates};
use serde_json::{Map, Value, json};

/// The event's own fields, with what every event has: dates, appointment, answers, doctor, interpreter.
pub(super) fn event(facts: &Facts<'_>) -> Value {
    let event = &facts.case.event;
    let mut data = always(facts);
    data.insert("name".to_owned(), json!(event.name()));
    let own = match own(facts, event) {
        Value::Object(own) => own,
        _ => Map::new(),
    };
    data.extend(own);
    Value::Object(data)
}

/// What is there whatever the event; null where it is not known.
fn always(facts: &Facts<'_>) -> Map<String, Value> {
    let outcome = &facts.plan.outcome;
    let Dates {
        referred_on,
        refer_by,
        assess_by,
        serve_by,
        latest_service,
        respond_by,
        report_by,
        rebook_by,
        served_on,
        removal_on,
    } = &outcome.dates;
    let answers = &outcome.answers;
    let details = details(&facts.case.event);
    let data = json!({
        "referred_on": may_date(*referred_on),
        "refer_by": may_date(*refer_by),
        "assess_by": may_date(*assess_by),
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

/// The language that an interpreter is needed for; null where none is.
fn language<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    let person = &facts.case.person;
    person.interpreter_needed.then_some(person.language.as_deref()).flatten()
}

/// The appointment's details, where the event holds them.
fn details(event: &Event) -> Option<&AppointmentConfirmed> {
    match event {
        Event::AppointmentConfirmed(details) => Some(details),
        Event::RepresentativeChanged(changed) => changed.appointment.as_deref(),
        _ => None,
    }
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
    json!({
        "language": interpreter.language,
        "article": article(&interpreter.language),
        "mode": interpreter.mode,
        "mode_words": interpreter.mode.words(),
        "dialect": interpreter.dialect,
        "requested_gender": interpreter.requested_gender,
    })
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

/// The fields of the event itself.
fn own(facts: &Facts<'_>, event: &Event) -> Value {
    let outcome = &facts.plan.outcome;
    match event {
        Event::ExternalReportReceived(event) => json!({
            "received_on": date(event.received_on),
            "second_opinion_requested": outcome.second_opinion_requested,
            "reason": outcome.reason,
            "report": report(&event.report),
            "level_in_force": event.level_in_force,
        }),
        Event::ReferralReceived(event) => json!({
            "received_on": date(event.received_on), "opinion_requested": event.opinion_requested,
        }),
        Event::NoDoctorAvailable(event) => json!({ "established_on": date(event.established_on) }),
        Event::AppointmentConfirmed(event) => json!({
            "transferred_on": may_date(event.transferred_on),
            "rebooks": may_date(event.rebooks),
            "joining_instructions": event.joining_instructions,
            "on_the_day_contact": event.on_the_day_contact,
        }),
        Event::LetterServed(event) => json!({
            "served_on": date(event.served_on), "explained": event.explained, "refused": event.refused,
        }),
        Event::ServiceFailed(event) => json!({
            "reported_on": date(event.reported_on), "failure_reason": event.reason,
        }),
        Event::GuidanceGiven(event) => json!({
            "asked_on": date(event.asked_on), "about": event.about, "about_words": event.about.words(),
            "question": event.question, "answer": event.answer,
        }),
        Event::ResponseReceived(event) => json!({
            "received_on": date(event.received_on), "from": event.from, "from_words": event.from.words(),
            "attend": event.attend, "records": event.records, "signed": event.signed,
            "own_instruction": event.own_instruction,
        }),
        Event::NoResponse(event) => json!({
            "place_confirmed_on": date(event.place_confirmed_on), "inbox_checked_on": date(event.inbox_checked_on),
        }),
        Event::RecordsReceived(event) => json!({ "received_on": date(event.received_on) }),
        Event::AssessmentOutcome(event) => json!({
            "date": date(event.date), "reported_on": date(event.reported_on),
            "outcome": event.outcome, "outcome_words": event.outcome.words(), "rebooking": event.rebooking,
        }),
        Event::ConcernsRaised(event) => json!({
            "raised_on": date(event.raised_on), "concerns": event.concerns,
        }),
        Event::ResponseDecided(event) => response(facts, event),
        _ => of_custody(facts, event),
    }
}

/// The events that change where the person is, who represents them, or that end the process.
fn of_custody(facts: &Facts<'_>, event: &Event) -> Value {
    match event {
        Event::SecondOpinionReceived(event) => json!({
            "received_on": date(event.received_on), "method": event.method, "method_words": event.method.words(),
            "assessed_on": may_date(event.assessed_on), "limitations_stated": event.limitations_stated,
        }),
        Event::Transferred(event) => json!({
            "on": date(event.on),
            "from": facts.from.map(|place| json!({ "id": place.id, "name": place.name, "kind": place.kind.short() })),
        }),
        Event::ReleaseDecided(event) => json!({ "decided_on": date(event.decided_on) }),
        Event::RemovalSet(event) => json!({
            "set_on": date(event.set_on), "removal_on": date(event.removal_on),
        }),
        Event::LeftDetention(event) => json!({
            "on": date(event.on), "how": event.how, "how_words": event.how.words(),
        }),
        Event::RemovalFailed(event) => json!({
            "failed_on": date(event.failed_on), "cause": event.cause, "cause_words": event.cause.words(),
            "detention_maintained": event.detention_maintained, "removal_set_for": may_date(event.removal_set_for),
        }),
        Event::RepresentativeChanged(event) => json!({ "on": date(event.on) }),
        Event::Died(event) => json!({ "on": date(event.on) }),
        // The others are in `own`.
        _ => Value::Null,
    }
}

fn response(facts: &Facts<'_>, event: &ResponseDecided) -> Value {
    let standards = &facts.pack.standards.list;
    let title = |id: &despatch_core::words::StandardId| {
        standards.iter().find(|standard| standard.id == *id).map(|standard| standard.title.as_str())
    };
    let findings: Vec<Value> = event
        .standards
        .iter()
        .map(|finding| {
            json!({
                "id": finding.id, "title": title(&finding.id), "met": finding.met,
                "met_words": Met::words(finding.met), "reasons": finding.reasons,
            })
        })
        .collect();
    json!({
        "dcpr_completed_on": date(event.dcpr_completed_on),
        "removal_on": may_date(event.removal_on),
        "report": report(&event.report),
        "second_opinion": event.second_opinion.as_ref().map(second_opinion),
        "no_second_opinion_because": event.no_second_opinion_because,
        "standards": findings,
        "agreement": event.agreement,
        "differences": event.differences,
        "circumstances": event.circumstances,
        "level": event.level,
        "level_words": event.level.words(),
        "level_reasons": event.level_reasons,
        "outcome": event.outcome,
        "outcome_words": event.outcome.words(),
        "outcome_reasons": event.outcome_reasons,
        "decision_maker": { "name": event.decision_maker.name, "grade": event.decision_maker.grade },
        "authorised_by": {
            "name": event.authorised_by.name, "grade": event.authorised_by.grade,
            "on": date(event.authorised_by.on),
        },
    })
}

fn second_opinion(opinion: &SecondOpinion) -> Value {
    json!({
        "doctor_name": opinion.doctor_name,
        "report_date": date(opinion.report_date),
        "method": opinion.method,
        "method_words": OpinionMethod::words(opinion.method),
        "assessed_on": may_date(opinion.assessed_on),
        "limitations": opinion.limitations,
        "agrees_condition": opinion.agrees_condition,
        "agrees_condition_words": opinion.agrees_condition.words(),
        "agrees_harm": opinion.agrees_harm,
        "agrees_harm_words": opinion.agrees_harm.words(),
    })
}

fn report(report: &Report) -> Value {
    json!({
        "author": report.author,
        "profession": report.profession,
        "author_regulated": report.author_regulated,
        "regulator": report.regulator,
        "registration": report.registration,
        "register_checked": report.register_checked,
        "assessed_on": date(report.assessed_on),
        "report_date": date(report.report_date),
        "method": report.method,
        "method_words": report.method.words(),
        "limitations_stated": report.limitations_stated,
    })
}
