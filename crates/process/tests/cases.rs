//! Made-up cases for the tests to spoil.

use super::day;
use despatch_core::words::{EntryId, Sha256};
use despatch_process::case::*;

pub fn entry(id: &str) -> EntryId {
    id.parse().expect("an entry")
}

pub fn contact(id: &str) -> Contact {
    Contact { entry: entry(id), reference: None }
}

pub fn attachment(file: &str, kind: AttachmentKind) -> Attachment {
    Attachment {
        file: file.parse().expect("a file name"),
        kind,
        title: "A document".to_owned(),
        relevance: (kind == AttachmentKind::SupportingInformation).then(|| "Marker-Relevance".to_owned()),
        size: 1,
        sha256: Sha256::of(b"a"),
    }
}

pub fn case(event: Event) -> Case {
    Case {
        case_id: "EMR-2026-0142".parse().expect("an id"),
        home_office_reference: "M1234567".parse().expect("a reference"),
        event_id: "e-1".parse().expect("an id"),
        event,
        prepared_by: "staff-one".parse().expect("an id"),
        replaces: None,
        correction: None,
        despite_history: None,
        person: Person {
            name: "Marker-Name".to_owned(),
            latin_name: None,
            date_of_birth: day("5 May 1990"),
            nationality: "Marker-Nationality".to_owned(),
            language: Some("Marker-Language".to_owned()),
            interpreter_needed: true,
            large_print: None,
        },
        detention: Detention {
            place: "brook-house".parse().expect("a place"),
            since: day("1 October 2026"),
            powers: Some(Powers::Immigration),
        },
        caseworker: contact("the-caseworker"),
        manager: Some(Manager { entry: entry("the-manager"), grade: Grade::HEO, reference: None }),
        decision_maker: None,
        representative: Some(Representative {
            entry: entry("the-representative"),
            authority_date: day("2 November 2026"),
            reference: None,
        }),
        attachments: vec![
            attachment("statement.pdf", AttachmentKind::SupportingInformation),
            attachment("report.pdf", AttachmentKind::ExternalMedicalReport),
        ],
    }
}

/// A report received on Friday 20 November 2026 (at Brook House).
pub fn report_received() -> Case {
    let mut case = case(Event::ExternalReportReceived(ExternalReportReceived {
        received_on: day("Friday 20 November 2026"),
        report: Report {
            author: "Marker-Author".to_owned(),
            profession: "Marker-Profession".to_owned(),
            author_regulated: true,
            regulator: None,
            registration: None,
            register_checked: None,
            assessed_on: day("2 November 2026"),
            report_date: day("16 November 2026"),
            method: Method::InPerson,
            limitations_stated: None,
        },
        release_decided_on: None,
        removal_set_for: None,
        level_in_force: None,
    }));
    case.attachments.remove(0);
    case
}

/// Referred on Monday 23 November 2026, appointment on Wednesday 2 December 2026 (at Brook House).
pub fn appointment_confirmed() -> Case {
    case(Event::AppointmentConfirmed(AppointmentConfirmed {
        referred_on: day("Monday 23 November 2026"),
        transferred_on: None,
        rebooks: None,
        serve_by: None,
        date: day("Wednesday 2 December 2026"),
        time: chrono::NaiveTime::from_hms_opt(14, 30, 0).expect("a time"),
        location: "Marker-Location".to_owned(),
        doctor: contact("the-doctor"),
        interpreter: Some(Interpreter {
            language: "marker-language".to_owned(),
            mode: InterpreterMode::Video,
            dialect: None,
            requested_gender: None,
        }),
        joining_instructions: Some("Marker-Joining".to_owned()),
        on_the_day_contact: Some("Marker-Contact".to_owned()),
    }))
}

/// Free text, read as a case file's is.
pub fn prose(text: &str) -> Prose {
    let file = include_str!("../../../tests/cases/valid/guidance-given.json");
    let mut file: serde_json::Value = serde_json::from_str(file).expect("JSON");
    file["event"]["answer"] = text.into();
    match parse(file.to_string().as_bytes()).expect("a case").event {
        Event::GuidanceGiven(event) => event.answer,
        _ => panic!("the other event"),
    }
}

/// The report of a case of the first event.
pub fn received(case: &mut Case) -> &mut ExternalReportReceived {
    match &mut case.event {
        Event::ExternalReportReceived(event) => event,
        _ => panic!("the other event"),
    }
}

/// The appointment of a case of the second event.
pub fn appointment(case: &mut Case) -> &mut AppointmentConfirmed {
    match &mut case.event {
        Event::AppointmentConfirmed(event) => event,
        _ => panic!("the other event"),
    }
}
