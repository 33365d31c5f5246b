//! Enters: cases on record. Leaves: proof of what `case` tells of them, and of the ticks of their notes.
//! Never: reads the database: the record is asked through the program.

use super::*;
use crate::support::office::{REVIEWER, report_received};
use despatch_testing::swap::Swap;

fn flowing(said: &str) -> String {
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shown(office: &DemoOffice, id: &str) -> Value {
    office.run(&["--json", "case", id]).expect(0).json()
}

#[test]
fn a_case_is_told_whole_event_by_event() {
    let (office, _) = office_with_appointment();
    let mut report = report_received(1, REPORT);
    report["event_id"] = "test-report".into();
    report["event"]["level_in_force"] = "2".into();
    let mut later = appointment(1, REPORT);
    later["case_id"] = "TEST-00002".into();
    report["case_id"] = "TEST-00002".into();
    later["event_id"] = "test-later".into();
    office.drop_case("report", &lines(&report), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    office.drop_case("later", &lines(&later), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    let said = office.run(&["case", "TEST-00002"]).expect(0).stdout;
    let text = flowing(&said);
    for words in [
        "TEST-00002 2 events on record",
        "external medical report received on 23 November 2026; a second opinion is asked for",
        "appointment confirmed for Tuesday 1 December 2026 at 2:30pm, with dr-rathore-quill",
        "pack hoso-2022-09-12",
        "row 1, referral, to Detained Medical Reports Team inbox: awaiting review",
        "place Brook House (immigration removal centre)",
        "route with a second opinion by an assessment",
        "ahead: number 1, Tuesday 1 December 2026 at 2:30pm, Brook House",
        "answers none yet",
        "pending the assessment on 1 December 2026, then the second opinion report; then the response",
        "level in force level 2; while the second opinion is pending it stays in force",
        "serve the letter in person",
        "[ ] The assessment is set for Tuesday 1 December 2026",
    ] {
        assert!(text.contains(words), "{words} is not told:\n{said}");
    }
    for personal in ["Selamawit", "Quartermaine", "X0000001", "interview room"] {
        assert!(!said.contains(personal), "{personal} is told:\n{said}");
    }
    assert!(said.lines().all(|line| line.chars().count() <= 120), "{said}");
    let json = shown(&office, "TEST-00002");
    let numbers: Vec<i64> =
        json["events"].as_array().unwrap().iter().map(|one| one["case_file"].as_i64().unwrap()).collect();
    assert!(numbers.len() == 2 && numbers.is_sorted(), "{numbers:?}");
    assert_eq!(json["standing"]["second_opinion_pending"], true);
    assert_eq!(json["standing"]["level_in_force"], "2");
    assert_eq!(json["events"][0]["despatches"][0]["state"], "awaiting_review");
}

#[test]
fn what_was_corrected_stays_in_the_history_and_counts_no_more() {
    let (office, text) = office_with_appointment();
    let desk = Desk::with(&text.swapped("14:30", "15:45"));
    office.run(&["correct", desk.path(), "--changed", "The time."]).expect(0);
    office.run(&["run", "--once"]);
    let said = flowing(&office.run(&["case", "TEST-00001"]).expect(0).stdout);
    assert!(said.contains("this file no longer counts: it was corrected by case file 12"), "{said}");
    assert!(said.contains("ahead: number 1, Tuesday 1 December 2026 at 3:45pm"), "{said}");
    let counts: Vec<bool> = shown(&office, "TEST-00001")["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["counts"].as_bool().unwrap())
        .collect();
    assert_eq!(counts, [false, true]);
}

#[test]
fn a_note_is_ticked_once_by_a_member_of_staff() {
    let (office, _) = office_with_appointment();
    let note = shown(&office, "TEST-00001")["notes"][0].clone();
    let id = note["id"].as_str().unwrap();
    assert!(note["recorded"].is_null(), "{note}");
    let tick = |words: &[&str]| office.run(&[words, &["case", "TEST-00001", "--recorded", id]].concat());
    let said = tick(&[]).expect(1);
    assert!(said.stderr.contains("--as"), "nobody says who ticks: {said:?}");
    let said = tick(&["--as", REVIEWER]).expect(0).stdout;
    assert!(said.contains(&format!("[x] recorded by {REVIEWER} on 23 November 2026")), "{said}");
    let said = tick(&["--as", PREPARER]).expect(1);
    assert!(said.stderr.contains(&format!("{REVIEWER} has recorded it already")), "{said:?}");
    let ticked = shown(&office, "TEST-00001")["notes"][0]["recorded"].take();
    assert_eq!(ticked, serde_json::json!({ "by": REVIEWER, "on": "2026-11-23" }));
    let said = office.run(&["case", "TEST-00001"]).stdout;
    assert!(said.contains("[x] recorded by beatrix-lund") && !said.contains("[ ]"), "{said}");
    assert!(office.run(&["check"]).expect(0).stdout.contains("whole and in order"), "the chain holds");
}

#[test]
fn an_unknown_case_or_note_is_a_clear_fault() {
    let (office, _) = office_with_appointment();
    let codes = |words: &[&str]| {
        let said = office.run(&[&["--json", "--as", REVIEWER], words].concat()).expect(1).json();
        faults(&said).remove(0).1
    };
    assert_eq!(codes(&["case", "NOPE-1"]), "case.unknown");
    assert_eq!(codes(&["case", "TEST-00001", "--recorded", "8.9"]), "note.unknown");
    // A note of another case is not this one's.
    assert_eq!(codes(&["case", "TEST-00001", "--recorded", "2.1"]), "note.unknown");
    for odd in ["8", "8.", ".1", "8.0", "08.1", "8-1"] {
        office.run_as(REVIEWER, &["case", "TEST-00001", "--recorded", odd]).expect(2);
    }
}
