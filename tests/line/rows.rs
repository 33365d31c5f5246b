//! Which messages an event makes, to whom, and what each holds.

use super::{
    MANIFEST, REPORT, STATEMENT, despatches_of, drop_and_process, manifest_of, opened, tidy_office, words,
};
use crate::support::office::{DemoOffice, appointment, report_received};
use despatch::words::Sha256;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const RECORD: &[u8] = b"%PDF-1.7\nThe made-up appointment record.\n%%EOF\n";

/// What a despatch is, in short: row, kind, role, whether a copy, and what it encloses besides the cover note.
type Row = (&'static str, &'static str, &'static str, bool, &'static [&'static str]);

/// domain.md, section A, for a person in an immigration removal centre.
const REPORT_ROWS: [Row; 3] = [
    ("1", "referral", "dmrt", false, &["the report"]),
    ("1", "referral", "casework_manager", true, &["the report"]),
    ("2", "report-to-healthcare", "healthcare", false, &["the report"]),
];
const APPOINTMENT_ROWS: [Row; 4] = [
    ("5", "assessment-date", "caseworker", false, &[]),
    ("8", "doctor-bundle", "doctor", false, &["the report", "the statement", "the record"]),
    ("12", "invitation", "det", false, &["the invitation"]),
    ("14", "invitation", "representative", false, &["the invitation"]),
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
        _ if bytes.starts_with(b"%PDF-1.7") => "the invitation",
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
fn an_appointment_makes_four_messages_and_only_the_doctors_holds_what_was_dropped() {
    let office = tidy_office();
    let made = makes(&office, &with_supporting_information(appointment(1, REPORT)), &APPOINTMENT_ROWS);
    assert_eq!(made[2]["02-document.pdf"], made[3]["02-document.pdf"], "one letter for both");
    let mut report_only = APPOINTMENT_ROWS;
    report_only[1].4 = &["the report"];
    makes(&office, &appointment(2, REPORT), &report_only);
}

#[test]
fn without_a_representative_nobody_is_written_to_in_their_place() {
    let office = tidy_office();
    let mut case = with_supporting_information(appointment(1, REPORT));
    case.as_object_mut().expect("an object").remove("representative");
    makes(&office, &case, &APPOINTMENT_ROWS[..3]);
    let mut null = with_supporting_information(appointment(2, REPORT));
    null["representative"] = Value::Null;
    makes(&office, &null, &APPOINTMENT_ROWS[..3]);
}

#[test]
fn the_documents_are_in_the_order_of_the_case_and_each_recipient_is_the_right_one() {
    let office = tidy_office();
    let case = with_supporting_information(appointment(1, REPORT));
    let made = makes(&office, &case, &APPOINTMENT_ROWS);
    let manifest = manifest_of(&made[1]);
    let titles: Vec<&str> =
        manifest["documents"].as_array().expect("a list").iter().map(|one| words(&one["title"])).collect();
    assert_eq!(titles, ["Cover note", "External medical report", "statement.pdf", "record.pdf"]);
    makes(&office, &report_received(2, REPORT), &REPORT_ROWS);
    let to = |case: &str| -> Vec<String> {
        despatches_of(&office, case).iter().map(|one| words(&one["recipient"]["entry"]).to_owned()).collect()
    };
    assert_eq!(
        to("TEST-00001"),
        ["caseworker-marisol", "dr-rathore-quill", "det-brook-house", "harbour-lane-law"]
    );
    assert_eq!(to("TEST-00002"), ["dmrt-inbox", "manager-ayesha", "healthcare-brook-house"]);
}
