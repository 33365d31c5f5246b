//! Enters: a case, its plan, and how the people in it are called. Leaves: the data that a template is given.
//! Never: puts a value of the case into a template's source.

use crate::case::{AppointmentConfirmed, Case, Event, Report};
use crate::catalogue::Kind;
use crate::policy::pack::LetterMarking;
use crate::policy::{Outcome, Pack, Place, Plan, Planned};
use crate::words::{date_words, time_words, weekday_words};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};

/// One team as its letters show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Letterhead {
    #[serde(rename = "team")]
    pub name: String,
    pub telephone: String,
    pub fax: Option<String>,
    pub email: String,
    pub address: Vec<String>,
}

/// Somebody as the directory calls them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Party {
    pub name: String,
    pub organisation: String,
}

/// One document as the cover note lists it; the cover note itself is number 1 and is not listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    pub number: usize,
    pub title: String,
    /// The file's name before sealing.
    pub file: String,
    pub relevance: Option<String>,
}

/// Everything that the letters of one despatch may say.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub case: &'a Case,
    pub plan: &'a Plan,
    pub planned: &'a Planned,
    pub kind: &'a Kind,
    pub pack: &'a Pack,
    pub place: &'a Place,
    pub sender: &'a Letterhead,
    pub recipient: &'a Party,
    pub representative: Option<&'a Party>,
    pub doctor: Option<&'a Party>,
    pub demo: bool,
}

impl Facts<'_> {
    /// The data of the cover note, which says what comes with it.
    pub fn cover_note(&self, documents: &[Listed]) -> Value {
        let mut data = self.common();
        data["recipient"] = json!({
            "role": self.planned.role,
            "role_words": self.planned.role.words(),
            "name": self.recipient.name,
            "organisation": self.recipient.organisation,
            "reference": self.case.reference_of(self.planned.role),
        });
        data["documents"] = json!(documents);
        data["row"] = json!(self.planned.row);
        data["copy"] = json!(self.planned.copy);
        data["deadline"] = self.planned.deadline.as_ref().map_or(Value::Null, |deadline| {
            json!({
                "due": date(deadline.due), "what": deadline.what,
                "source": deadline.source, "arithmetic": deadline.arithmetic,
            })
        });
        data
    }

    /// The data of the letter: the same whoever receives it, so the person and the representative read one text.
    pub fn letter(&self) -> Value {
        self.common()
    }

    fn common(&self) -> Value {
        let Self { case, plan, kind, place, .. } = self;
        let marking = match self.pack.marking.letters {
            LetterMarking::EveryPage => self.pack.marking.text.as_str(),
            LetterMarking::Nowhere => "",
        };
        json!({
            "marking": marking,
            "demo": self.demo,
            "pack": { "id": self.pack.id, "title": self.pack.title },
            "issued_on": date(plan.issued_on),
            "kind": { "name": kind.name, "title": kind.title },
            "case": { "id": case.case_id, "home_office_reference": case.home_office_reference },
            "person": {
                "name": case.person.name,
                "nationality": case.person.nationality,
                "date_of_birth": date(case.person.date_of_birth),
                "language": case.person.language,
                "interpreter_needed": case.person.interpreter_needed,
            },
            "place": { "id": place.id, "name": place.name, "kind": place.kind.short() },
            "detained_since": date(case.detention.since),
            "sender": self.sender,
            "representative": case.representative.as_ref().zip(self.representative).map(|(one, party)| json!({
                "name": party.name, "organisation": party.organisation, "authority_date": date(one.authority_date),
            })),
            "manager": case.manager.as_ref().map(|manager| json!({ "grade": manager.grade })),
            "warnings": plan.warnings,
            "event": self.event(),
        })
    }

    fn event(&self) -> Value {
        match (&self.case.event, &self.plan.outcome) {
            (
                Event::ExternalReportReceived(event),
                Outcome::ExternalReportReceived { second_opinion_requested, reason, refer_by },
            ) => json!({
                "name": "external_report_received",
                "received_on": date(event.received_on),
                "second_opinion_requested": second_opinion_requested,
                "reason": reason,
                "refer_by": date(*refer_by),
                "report": report(&event.report),
            }),
            (Event::AppointmentConfirmed(event), Outcome::AppointmentConfirmed { window, report_by }) => {
                let mut data = appointment(event);
                data["serve_by"] = date(window.serve_by);
                data["latest_service"] = date(window.latest_service);
                data["respond_by"] = date(window.respond_by);
                data["report_by"] = date(*report_by);
                data["doctor"] = json!(self.doctor);
                data
            }
            // A plan is made of its case's own event; a template that asks for more than nothing then says so.
            _ => Value::Null,
        }
    }
}

fn appointment(event: &AppointmentConfirmed) -> Value {
    json!({
        "name": "appointment_confirmed",
        "referred_on": date(event.referred_on),
        "appointment": { "date": date(event.date), "time": time_words(event.time), "location": event.location },
        "interpreter": event.interpreter.as_ref().map(|interpreter| json!({
            "language": interpreter.language,
            "article": article(&interpreter.language),
            "mode": interpreter.mode,
            "mode_words": interpreter.mode.words(),
            "dialect": interpreter.dialect,
            "requested_gender": interpreter.requested_gender,
        })),
        "joining_instructions": event.joining_instructions,
    })
}

fn report(report: &Report) -> Value {
    json!({
        "author": report.author,
        "profession": report.profession,
        "author_regulated": report.author_regulated,
        "regulator": report.regulator,
        "registration": report.registration,
        "assessed_on": date(report.assessed_on),
        "report_date": date(report.report_date),
        "method": report.method,
        "method_words": report.method.words(),
        "register_checked": report.register_checked,
        "limitations_stated": report.limitations_stated,
    })
}

fn date(date: NaiveDate) -> Value {
    json!({ "iso": date.to_string(), "words": date_words(date), "weekday": weekday_words(date) })
}

/// "A" or "An" before the name of a language. By sound: "a Ukrainian", "a Uyghur", "a Ewe".
pub fn article(language: &str) -> &'static str {
    /// Names that are written with a vowel and spoken with a consonant first.
    const SPOKEN_WITH_A_CONSONANT: [&str; 4] = ["ukrainian", "uyghur", "uighur", "ewe"];
    let name = language.to_lowercase();
    let vowel = name.starts_with(['a', 'e', 'i', 'o', 'u', 'á', 'é', 'í', 'ó', 'ú']);
    let consonant = SPOKEN_WITH_A_CONSONANT.iter().any(|word| name.starts_with(word));
    if vowel && !consonant { "An" } else { "A" }
}
