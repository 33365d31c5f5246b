//! Many cases from one sheet, through the real program. Leaves: proof that each row goes once, whatever interrupts it, and
//! that a batch is held, reviewed and reported as a whole. Never: a real person.

use crate::support::office::{DemoOffice, PREPARER, REVIEWER, Said, paper, report_received};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

mod kill;
mod large;
mod proof;
mod sampling;
mod upload;

const REPORT: &[u8] = paper!("A made-up report.");
const OTHER_REVIEWER: &str = "tomasz-achebe";

/// Writes a folder of case files, with the report that they list beside them.
fn folder_of(office: &DemoOffice, numbers: impl IntoIterator<Item = usize>) -> PathBuf {
    let folder = office.dir.with_file_name("sheet");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("report.pdf"), REPORT).expect("a report");
    for n in numbers {
        let case = report_received(n, REPORT).to_string();
        fs::write(folder.join(format!("case-{n:03}.json")), case).expect("a case file");
    }
    folder
}

/// Runs a folder as a batch.
fn run(office: &DemoOffice, folder: &std::path::Path, name: &str) -> Said {
    office.run_as(PREPARER, &["--json", "batch", folder.to_str().expect("UTF-8"), "--name", name])
}

/// How a batch stands; the list of batches has the same numbers.
fn standing(office: &DemoOffice, name: &str) -> Value {
    let stands = office.run_as(REVIEWER, &["--json", "batch", "show", name]).expect(0).json();
    let list = office.run_as(REVIEWER, &["--json", "batch", "list"]).expect(0).json();
    let all = list["batches"].as_array().expect("batches");
    let listed = all.iter().find(|one| one["name"] == name).expect("it is listed");
    for numbers in ["rows", "messages"] {
        assert_eq!(listed[numbers], stands[numbers]);
    }
    stands
}

/// The ids of the messages of a batch in a state.
fn in_state(office: &DemoOffice, name: &str, state: &str) -> Vec<String> {
    let report = office.dir.with_file_name(format!("{name}-{}.json", office.events("").len()));
    let to = report.to_str().expect("UTF-8");
    office.run_as(REVIEWER, &["batch", "show", name, "--report", to]).expect(0);
    let told: Value = serde_json::from_slice(&fs::read(&report).expect("a report")).expect("JSON");
    fs::remove_file(&report).expect("it is there");
    let rows = told["rows"].as_array().expect("rows").iter();
    let messages = rows.flat_map(|row| row["messages"].as_array().expect("messages").clone());
    let of_state = messages.filter(|one| one["state"] == state);
    of_state.map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn each_row_goes_once_however_often_the_command_is_given() {
    let office = DemoOffice::new();
    let before = office.despatches().len();
    let folder = folder_of(&office, 1..=4);
    let first = run(&office, &folder, "spring").expect(0).json();
    assert_eq!(
        (&first["dropped"], &first["known"], &first["stopped"]),
        (&json!(4), &json!(0), &json!(false))
    );
    let again = run(&office, &folder, "spring").expect(0).json();
    assert_eq!((&again["dropped"], &again["known"]), (&json!(0), &json!(4)), "they lie in the inbox");
    office.run(&["run", "--once"]);
    let third = run(&office, &folder, "spring").expect(0).json();
    assert_eq!((&third["dropped"], &third["known"]), (&json!(0), &json!(4)), "they are queued");
    office.run(&["run", "--once"]);
    assert_eq!(office.despatches().len() - before, 12, "three messages a row");
    let stands = standing(&office, "spring");
    assert_eq!(stands["rows"], json!({ "queued": 4 }));
    assert_eq!(stands["by"], PREPARER);
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn every_row_at_fault_is_told_at_once_and_nothing_is_dropped() {
    let office = DemoOffice::new();
    let folder = folder_of(&office, 1..=3);
    for n in [2, 3] {
        let mut case = report_received(n, REPORT);
        case["detention"]["place"] = "nowhere-house".into();
        fs::write(folder.join(format!("case-{n:03}.json")), case.to_string()).expect("a case file");
    }
    let said = run(&office, &folder, "spring").expect(1).json();
    let faults = said["faults"].as_array().expect("faults");
    let at: Vec<(&Value, &Value)> = faults.iter().map(|one| (&one["row"], &one["column"])).collect();
    assert_eq!(at, [(&json!(2), &json!("detention.place")), (&json!(3), &json!("detention.place"))]);
    assert!(office.events("batch ").is_empty() && office.events("dropped ").is_empty(), "nothing was begun");

    // Mended and given back.
    folder_of(&office, 1..=3);
    run(&office, &folder, "spring").expect(0);
    office.run(&["run", "--once"]);
    assert_eq!(standing(&office, "spring")["rows"], json!({ "queued": 3 }));
}

#[test]
fn a_mended_sheet_under_the_same_name_sends_what_was_mended_alone() {
    let office = DemoOffice::new();
    let folder = folder_of(&office, 1..=2);
    run(&office, &folder, "spring").expect(0);
    office.run(&["run", "--once"]);
    folder_of(&office, 3..=3);
    let more = run(&office, &folder, "spring").expect(0).json();
    assert_eq!((&more["dropped"], &more["known"]), (&json!(1), &json!(2)));
    office.run(&["run", "--once"]);
    assert_eq!(standing(&office, "spring")["rows"], json!({ "queued": 3 }));
    let said = office.run_as(REVIEWER, &["batch", folder.to_str().unwrap(), "--name", "spring"]).expect(1);
    assert!(format!("{said:?}").contains("who is not the one named here"), "{said:?}");
}

#[test]
fn a_held_batch_drops_no_row_and_holds_what_is_made_of_it_later() {
    let office = DemoOffice::new();
    let folder = folder_of(&office, 1..=2);
    run(&office, &folder, "spring").expect(0);
    office.run(&["run", "--once"]);
    assert_eq!(in_state(&office, "spring", "awaiting_review").len(), 6);
    folder_of(&office, 3..=3);
    run(&office, &folder, "spring").expect(0);
    assert_eq!(standing(&office, "spring")["rows"], json!({ "waiting": 1, "queued": 2 }));

    let reason = ["--reason", "the wrong month"];
    office.run_as(PREPARER, &[&["batch", "hold", "spring"][..], &["--reason", " "]].concat()).expect(2);
    let held =
        office.run_as(PREPARER, &[&["--json", "batch", "hold", "spring"][..], &reason].concat()).expect(0);
    assert_eq!(held.json()["messages"], 6);
    office.run(&["run", "--once"]);
    assert_eq!(in_state(&office, "spring", "held").len(), 9, "what was made since is held too");
    folder_of(&office, 4..=4);
    let said = run(&office, &folder, "spring").expect(1);
    assert!(said.stdout.contains("batch.state"), "{said:?}");
    let again =
        office.run_as(PREPARER, &[&["--json", "batch", "hold", "spring"][..], &reason].concat()).expect(0);
    assert_eq!(again.json()["messages"], 0, "it is held already");

    // Whoever held it lets on what they held; what was held with the batch, a reviewer who did not prepare it.
    let let_on = ["--json", "batch", "release", "spring", "--reason", "the right month"];
    let said = office.run_as(REVIEWER, &let_on).expect(0);
    assert_eq!((&said.json()["messages"], &said.json()["batch"]["state"]), (&json!(9), &json!("open")));
    assert_eq!(in_state(&office, "spring", "awaiting_review").len(), 9);
    run(&office, &folder, "spring").expect(0);
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn a_cancelled_batch_sends_nothing_more_and_keeps_what_has_gone() {
    let office = DemoOffice::new();
    let folder = folder_of(&office, 1..=2);
    run(&office, &folder, "spring").expect(0);
    office.run(&["run", "--once"]);
    let first = in_state(&office, "spring", "awaiting_review").remove(0);
    office.run_as(REVIEWER, &["outbox", "open", &first, "--to", "-"]).expect(0);
    office.run_as(REVIEWER, &["outbox", "approve", &first]).expect(0);
    office.run(&["send", "--once"]).expect(0);
    folder_of(&office, 3..=3);
    run(&office, &folder, "spring").expect(0);

    let cancel = ["--json", "batch", "cancel", "spring", "--reason", "withdrawn by the team"];
    assert_eq!(office.run_as(REVIEWER, &cancel).expect(0).json()["messages"], 5);
    office.run(&["run", "--once"]);
    assert_eq!(in_state(&office, "spring", "cancelled").len(), 8);
    assert_eq!(in_state(&office, "spring", "sent"), [first]);
    let said = run(&office, &folder, "spring").expect(1);
    assert!(format!("{said:?}").contains("another name"), "{said:?}");
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn nobody_approves_the_rows_that_they_prepared() {
    let office = DemoOffice::new();
    // A reviewer prepares a batch.
    let folder = folder_of(&office, 1..=1);
    let mut case = report_received(1, REPORT);
    case["prepared_by"] = REVIEWER.into();
    fs::write(folder.join("case-001.json"), case.to_string()).expect("a case file");
    office.run_as(REVIEWER, &["batch", folder.to_str().unwrap(), "--name", "own"]).expect(0);
    office.run(&["run", "--once"]);
    assert_eq!(standing(&office, "own")["next"], Value::Null, "none of it waits for its preparer");
    let id = in_state(&office, "own", "awaiting_review").remove(0);
    office.run_as(REVIEWER, &["outbox", "open", &id, "--to", "-"]).expect(0);
    let said = office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(1);
    assert!(said.stderr.contains("prepared this case"), "{said:?}");
    let theirs = office.run_as(OTHER_REVIEWER, &["--json", "batch", "show", "own"]).expect(0).json();
    assert_eq!(theirs["next"], json!(id), "it is the next one for somebody else");
}

#[test]
fn the_report_says_what_became_of_each_row_in_three_forms() {
    let office = DemoOffice::new();
    let folder = folder_of(&office, 1..=2);
    run(&office, &folder, "spring").expect(0);
    office.run(&["run", "--once"]);
    let path = |ending: &str| office.dir.with_file_name(format!("report.{ending}"));
    for ending in ["json", "csv", "pdf", "txt"] {
        let to = path(ending);
        let said = office.run_as(REVIEWER, &["batch", "show", "spring", "--report", to.to_str().unwrap()]);
        said.expect(if ending == "txt" { 2 } else { 0 });
    }
    let csv = fs::read_to_string(path("csv")).expect("a sheet");
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 7, "a heading, and a line for each message: {csv}");
    assert!(lines[0].starts_with("row,row is,case,"), "{csv}");
    assert!(lines[1].starts_with("1,queued,TEST-00001,") && lines[6].starts_with("2,queued,TEST-00002,"));
    let text =
        crate::support::tools::run(crate::support::tools::command("pdftotext").arg(path("pdf")).arg("-"));
    let text = String::from_utf8_lossy(&text.expect("a PDF")).into_owned();
    for words in
        ["Report of the batch spring", "What became of the messages", "Awaiting review", "TEST-00002"]
    {
        assert!(text.contains(words), "no {words:?} in {text}");
    }
    for (form, words) in [(json!("json"), "Selamawit"), (json!("csv"), "Quartermaine")] {
        let bytes = fs::read_to_string(path(form.as_str().unwrap())).expect("text");
        assert!(!bytes.contains(words), "a report names nobody");
    }
}

#[test]
fn a_restricted_case_shows_in_no_number_of_its_batch() {
    let office = DemoOffice::new();
    let folder = folder_of(&office, 1..=2);
    run(&office, &folder, "spring").expect(0);
    office.run(&["run", "--once"]);
    let to = ["--to", PREPARER, "--to", REVIEWER, "--reason", "a colleague's relative"];
    office.run_as(PREPARER, &[&["case", "restrict", "TEST-00002"][..], &to].concat()).expect(0);
    let other = office.run_as(OTHER_REVIEWER, &["--json", "batch", "show", "spring"]).expect(0);
    assert_eq!(
        (&other.json()["rows"], &other.json()["messages"]),
        (&json!({ "queued": 1 }), &json!({ "awaiting_review": 3 }))
    );
    assert!(!other.stdout.contains("TEST-00002"), "{other:?}");
    // Held as a whole it is all the same, and they are told nothing of it.
    let hold = ["--json", "batch", "hold", "spring", "--reason", "why"];
    assert_eq!(office.run_as(OTHER_REVIEWER, &hold).expect(0).json()["messages"], 3);
    assert_eq!(in_state(&office, "spring", "held").len(), 6);
}
