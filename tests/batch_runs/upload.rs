//! Enters: a sheet that somebody uploads in a browser. Leaves: proof that its columns are mapped, its faults shown, and its
//! rows dropped once, as by command. Never: a row of a sheet in which another is at fault.

use super::{in_state, standing};
use crate::support::office::{DemoOffice, PREPARER, PROGRAM, TODAY};
use crate::support::visitor::Visitor;
use despatch_core::clock::Clock;
use serde_json::json;
use std::path::Path;

fn visitor(office: &DemoOffice, name: &str) -> Visitor {
    let clock = Clock::Fixed(TODAY.parse().expect("a day"));
    Visitor::signed_in(&office.dir, Path::new(PROGRAM), clock, name)
}

/// A sheet of releases of people who are on record: the demo's own, by the numbers of their cases.
fn sheet(rows: &[[&str; 6]]) -> String {
    let head = "Case;Surname and name;Born;HO reference;Released on;Odd column\n";
    let line = |row: &[&str; 6]| row.join(";") + "\n";
    head.to_owned() + &rows.iter().map(line).collect::<String>()
}

#[test]
fn lines_of_cases_are_uploaded_looked_at_and_dropped_once() {
    let office = super::sampling::office();
    let file = super::sampling::lines(&office, 3);
    let bytes = std::fs::read(&file).expect("a file");
    let files = [("sheet", "rooms.ndjson", bytes.as_slice()), ("attachments", "report.pdf", super::REPORT)];
    let mut preparer = visitor(&office, PREPARER);
    assert_eq!(preparer.get("/batches/new/look").status, 404, "nothing was given yet");
    let empty = preparer.give("/batches/new", &[("name", "rooms")], &[]).with_status(422);
    assert!(empty.contains("choose a file"), "{empty}");
    let to = preparer.give("/batches/new", &[("name", "rooms")], &files).leads_to();
    assert_eq!(to, "/batches/new/look");
    let page = preparer.get(&to).ok();
    assert!(page.contains("3 rows: nothing is wrong") && page.contains("as the batch rooms"), "{page}");
    assert!(office.events("batch ").is_empty(), "looking drops nothing");
    let proof = preparer.post("/batches/new/proof", &[]);
    assert!(proof.status == 200 && proof.body.starts_with(b"%PDF"), "{}", proof.status);
    assert_eq!(proof.download.as_deref(), Some("proof-rooms.pdf"));
    assert_eq!(preparer.post("/batches/new/run", &[]).leads_to(), "/batches/rooms");
    assert_eq!(preparer.get("/batches/new/look").status, 404, "the sheet is forgotten");
    office.run(&["run", "--once"]);
    assert_eq!(standing(&office, "rooms")["rows"], json!({ "queued": 3 }));
    // Given again, nothing goes again.
    preparer.give("/batches/new", &[("name", "rooms")], &files).leads_to();
    preparer.post("/batches/new/run", &[]).leads_to();
    assert!(preparer.get("/batches/rooms").ok().contains("3 rows had gone before"));
    office.run(&["run", "--once"]);
    assert_eq!(in_state(&office, "rooms", "awaiting_review").len(), 3);
}

#[test]
fn columns_are_mapped_by_hand_and_every_fault_is_shown_with_a_copy_to_mend() {
    let office = DemoOffice::new();
    let rows = [["DEMO-0901", "Somebody Else", "not a day", "X", "soon", "x"]];
    let text = sheet(&rows);
    let mut preparer = visitor(&office, PREPARER);
    let give = [("event", "left_detention"), ("name", "releases")];
    let to = preparer.give("/batches/new", &give, &[("sheet", "releases.csv", text.as_bytes())]).leads_to();
    assert_eq!(to, "/batches/new/columns");
    let page = preparer.get(&to).ok();
    assert!(
        page.contains("semicolon") && page.contains("Odd column") && page.contains("Begins: x"),
        "{page}"
    );
    let leave_out: Vec<(String, &str)> = (0..6).map(|place| (format!("column-{place}"), "-")).collect();
    let leave_out: Vec<(&str, &str)> =
        leave_out.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    assert_eq!(preparer.post(&to, &leave_out).leads_to(), "/batches/new/look");
    let page = preparer.get("/batches/new/look").ok();
    assert!(page.contains("to mend") && page.contains("No row was taken"), "{page}");
    assert!(!page.contains("action=\"/batches/new/run\""), "{page}");
    // Whoever asks for it all the same is led back to what is wrong.
    assert_eq!(preparer.post("/batches/new/run", &[]).leads_to(), "/batches/new/look");
    assert!(office.events("batch ").is_empty());
}

#[test]
fn the_empty_workbook_of_an_event_is_the_one_of_the_command() {
    let office = DemoOffice::new();
    let mut preparer = visitor(&office, PREPARER);
    let answer = preparer.get("/batches/new/template?of=transferred");
    assert!(answer.status == 200 && answer.body.starts_with(b"PK"), "{}", answer.status);
    assert_eq!(answer.download.as_deref(), Some("transferred.xlsx"));
    assert_eq!(preparer.get("/batches/new/template?of=nothing").status, 404);
    let to = office.dir.with_file_name("by-command.xlsx");
    let words = ["--to", to.to_str().expect("UTF-8")];
    office.run_as(PREPARER, &[&["batch", "template", "transferred"][..], &words].concat()).expect(0);
    assert_eq!(std::fs::read(&to).expect("a file").len(), answer.body.len());
}
