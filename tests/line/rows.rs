//! Which messages an event makes, to whom, and what each holds.

use super::{
    MANIFEST, REPORT, STATEMENT, despatches_of, drop_and_process, manifest_of, opened, tidy_office, words,
};
use crate::support::office::{DemoOffice, appointment, paper, report_received};
use crate::support::pdf::flowing_text;
use despatch_core::words::Sha256;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const RECORD: &[u8] = paper!("The made-up appointment record.");

/// What a despatch is, in short: row, kind, role, whether a copy, and what it encloses besides the cover note.
type Row = (&'static str, &'static str, &'static str, bool, &'static [&'static str]);

/// The rows of a report's receipt, for a person in an immigration removal centre.
const REPORT_ROWS: [Row; 3] = [
    ("1", "referral", "dmrt", false, &["the report"]),
    ("1", "referral", "casework_manager", true, &["the report"]),
    ("2", "report-to-healthcare", "healthcare", false, &["the report"]),
];
const APPOINTMENT_ROWS: [Row; 6] = [
    ("5", "assessment-date", "caseworker", false, &[]),
    (
        "8",
        "doctor-bundle",
        "doctor",
        false,
        &["the report", "the statement", "the record", "the appointment"],
    ),
    ("9", "interpreter-booking", "interpreter_booking", false, &[]),
    ("10", "room-booking", "det", false, &[]),
    // The sheet, the letter twice, the record of service.
    ("12", "service-pack", "det", false, &["a letter", "a letter", "a letter", "a letter"]),
    ("14", "invitation", "representative", false, &["a letter"]),
];

/// With two pieces of supporting information beside the report.
fn with_supporting_information(mut case: Value) -> Value {
    let list = case["attachments"].as_array_mut().expect("a list");
    for (file, bytes) in [("statement.pdf", STATEMENT), ("record.pdf", RECORD)] {
        list.push(json!({
            "file": file, "kind": "supporting_information", "title": file, "relevance": "It bears on the person's health",
            "size": bytes.len(), "sha256": Sha256::of(bytes).to_string(),
        }));
    }
    case
}

/// What a document is, by its bytes.
fn what(name: &str, bytes: &[u8]) -> &'static str {
    match bytes {
        REPORT => "the report",
        STATEMENT => "the statement",
        RECORD => "the record",
        _ if name == "01-cover-note.pdf" => "the cover note",
        _ if name.ends_with("-appointment.ics") => "the appointment",
        _ if bytes.starts_with(b"%PDF-1.7") => "a letter",
        _ => "something else",
    }
}

/// Drops the case and compares everything that it makes with the rows.
fn makes(office: &DemoOffice, case: &Value, rows: &[Row]) -> Vec<BTreeMap<String, Vec<u8>>> {
    let id = words(&case["case_id"]);
    let files: [(&str, &[u8]); 3] =
        [("report.pdf", REPORT), ("statement.pdf", STATEMENT), ("record.pdf", RECORD)];
    let listed = case["attachments"].as_array().expect("a list").len();
    let finding = drop_and_process(office, id, case, &files[..listed]);
    assert_eq!(finding["outcome"], "queued", "{finding}");
    let despatches = despatches_of(office, id);
    let mut all = Vec::new();
    let made: Vec<String> = despatches
        .iter()
        .map(|despatch| {
            let documents = opened(office, despatch);
            assert_eq!(manifest_of(&documents)["row"], despatch["planned"]["row"]);
            let held: Vec<&str> = documents
                .iter()
                .filter(|(name, _)| *name != MANIFEST)
                .map(|(name, bytes)| what(name, bytes))
                .collect();
            assert_eq!(held.first(), Some(&"the cover note"), "it comes first");
            let planned = &despatch["planned"];
            let text = format!(
                "{} {} {} {} {:?}",
                words(&planned["row"]),
                words(&planned["kind"]),
                words(&planned["role"]),
                planned["copy"],
                &held[1..]
            );
            all.push(documents);
            text
        })
        .collect();
    let expected: Vec<String> = rows
        .iter()
        .map(|(row, kind, role, copy, encloses)| format!("{row} {kind} {role} {copy} {encloses:?}"))
        .collect();
    assert_eq!(made, expected, "of {id}");
    all
}

#[test]
fn a_report_is_referred_with_a_copy_to_the_manager_and_goes_to_healthcare_alone_with_its_cover_note() {
    let office = tidy_office();
    makes(&office, &report_received(1, REPORT), &REPORT_ROWS);
    // Supporting information that came with the report is for the doctor, later: none of these gets it.
    makes(&office, &with_supporting_information(report_received(2, REPORT)), &REPORT_ROWS);
}

#[test]
fn an_appointment_makes_six_messages_and_only_the_doctors_holds_what_was_dropped() {
    let office = tidy_office();
    let made = makes(&office, &with_supporting_information(appointment(1, REPORT)), &APPOINTMENT_ROWS);
    let letter = |made: &BTreeMap<String, Vec<u8>>, name: &str| flowing_text(&made[name]);
    assert_eq!(letter(&made[4], "03-document.pdf"), letter(&made[5], "02-document.pdf"), "one text for both");
    assert_eq!(
        letter(&made[4], "03-document.pdf"),
        letter(&made[4], "04-document.pdf"),
        "to keep and to return"
    );
    let mut report_only = APPOINTMENT_ROWS;
    report_only[1].4 = &["the report", "the appointment"];
    makes(&office, &appointment(2, REPORT), &report_only);
}

#[test]
fn without_a_representative_nobody_is_written_to_in_their_place() {
    let office = tidy_office();
    let mut case = with_supporting_information(appointment(1, REPORT));
    case.as_object_mut().expect("an object").remove("representative");
    makes(&office, &case, &APPOINTMENT_ROWS[..5]);
    let mut null = with_supporting_information(appointment(2, REPORT));
    null["representative"] = Value::Null;
    makes(&office, &null, &APPOINTMENT_ROWS[..5]);
}

/// What the doctor's calendar takes in: when, by the case's reference, and no word about the person.
fn calendar_names_the_case_and_nobody(file: &[u8], case: &Value) {
    let text = String::from_utf8(file.to_vec()).expect("UTF-8").replace("\r\n ", "");
    for line in ["BEGIN:VCALENDAR", "DTSTART:20261201T143000Z", "END:VEVENT"] {
        assert!(text.contains(&format!("{line}\r\n")), "{line}: {text}");
    }
    assert!(text.contains(words(&case["case_id"])), "{text}");
    let person = words(&case["person"]["name"]).split(' ').filter(|word| word.len() > 3);
    for secret in person.chain([words(&case["home_office_reference"]), "Brook House"]) {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[test]
fn the_documents_are_in_the_order_of_the_case_and_each_recipient_is_the_right_one() {
    let office = tidy_office();
    let case = with_supporting_information(appointment(1, REPORT));
    let made = makes(&office, &case, &APPOINTMENT_ROWS);
    let manifest = manifest_of(&made[1]);
    let titles: Vec<&str> =
        manifest["documents"].as_array().expect("a list").iter().map(|one| words(&one["title"])).collect();
    assert_eq!(
        titles,
        [
            "Cover note",
            "External medical report",
            "statement.pdf",
            "record.pdf",
            "Appointment for your calendar"
        ]
    );
    calendar_names_the_case_and_nobody(&made[1]["05-appointment.ics"], &case);
    let note = flowing_text(&made[1]["01-cover-note.pdf"]);
    assert!(note.contains("05: Appointment for your calendar"), "{note}");
    makes(&office, &report_received(2, REPORT), &REPORT_ROWS);
    let to = |case: &str| -> Vec<String> {
        despatches_of(&office, case).iter().map(|one| words(&one["recipient"]["entry"]).to_owned()).collect()
    };
    assert_eq!(
        to("TEST-00001"),
        [
            "caseworker-marisol",
            "dr-rathore-quill",
            "interpreter-bookings",
            "det-brook-house",
            "det-brook-house",
            "harbour-lane-law"
        ]
    );
    assert_eq!(to("TEST-00002"), ["dmrt-inbox", "manager-ayesha", "healthcare-brook-house"]);
}
