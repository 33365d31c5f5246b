//! The same case again: the same bytes, other bytes for the same event, and a correction.

use super::{REPORT, despatches_of, drop_and_process, files_below, tidy_office, words};
use crate::support::office::{DemoOffice, REVIEWER, appointment};
use despatch_core::words::Sha256;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

const ATTACHED: &[(&str, &[u8])] = &[("report.pdf", REPORT)];

fn states(office: &DemoOffice) -> Vec<(String, String)> {
    let all = office.despatches();
    all.iter().map(|one| (words(&one["id"]).to_owned(), words(&one["state"]).to_owned())).collect()
}

fn messages(office: &DemoOffice) -> BTreeMap<PathBuf, Vec<u8>> {
    files_below(&office.dir.join("outbox/despatches"))
}

fn replacing(earlier: &Value, mut later: Value) -> Value {
    later["replaces"] = json!(Sha256::of(earlier.to_string().as_bytes()).to_string());
    later
}

/// The same appointment at another time of day.
fn corrected(case: &Value) -> Value {
    let mut case = case.clone();
    case["event"]["time"] = json!("15:45");
    case
}

fn nothing_but_rejects(office: &DemoOffice) {
    let left = files_below(&office.dir.join("inbox"));
    assert!(left.keys().all(|path| path.starts_with("rejected")), "left in the inbox: {left:?}");
}

#[test]
fn the_same_bytes_dropped_again_make_nothing_whatever_the_file_is_called() {
    let office = tidy_office();
    let case = appointment(1, REPORT);
    let first = drop_and_process(&office, "one", &case, ATTACHED);
    assert_eq!(first["outcome"], "queued");
    let (before, made) = (states(&office), messages(&office));
    for name in ["one", "another-name"] {
        let again = drop_and_process(&office, name, &case, ATTACHED);
        assert_eq!(again["outcome"], "duplicate", "{again}");
        assert_eq!(again["of"], first["submission"]);
        assert_eq!((states(&office), messages(&office)), (before.clone(), made.clone()));
        nothing_but_rejects(&office);
    }
}

#[test]
fn the_same_bytes_twice_in_one_run_are_queued_once() {
    let office = tidy_office();
    let case = appointment(1, REPORT).to_string();
    for name in ["one", "two", "three"] {
        office.drop_case(name, &case, ATTACHED);
    }
    let said = super::process(&office, 0);
    let summary = said.last().expect("a summary");
    assert_eq!((&summary["queued"], &summary["duplicates"]), (&json!(1), &json!(2)), "{summary}");
    assert_eq!(despatches_of(&office, "TEST-00001").len(), 6);
    nothing_but_rejects(&office);
}

#[test]
fn other_bytes_for_the_same_event_are_a_conflict_that_says_how_to_correct() {
    let office = tidy_office();
    let case = appointment(1, REPORT);
    drop_and_process(&office, "one", &case, ATTACHED);
    let (before, made) = (states(&office), messages(&office));
    let other = corrected(&case);
    let finding = drop_and_process(&office, "other", &other, ATTACHED);
    assert_eq!(finding["outcome"], "rejected", "{finding}");
    assert_eq!(finding["faults"][0]["code"], "event.conflict", "{finding}");
    assert_eq!((states(&office), messages(&office)), (before, made));
    let rejected = office.dir.join("inbox/rejected");
    assert_eq!(fs::read_to_string(rejected.join("other.json")).expect("the case"), other.to_string());
    assert_eq!(fs::read(rejected.join("other/report.pdf")).expect("its attachment"), REPORT);
    let faults = fs::read_to_string(rejected.join("other.json.faults.txt")).expect("its faults");
    let hash = Sha256::of(case.to_string().as_bytes()).to_string();
    assert!(faults.contains("/event_id") && faults.contains(&hash), "{faults}");
}

#[test]
fn a_correction_takes_the_place_of_what_is_unsent_and_says_so() {
    let office = tidy_office();
    let case = appointment(1, REPORT);
    drop_and_process(&office, "one", &case, ATTACHED);
    let sent = office.despatch_for("TEST-00001", "det");
    let approved = office.despatch_for("TEST-00001", "doctor");
    office.run_as(REVIEWER, &["outbox", "approve", words(&sent["id"])]).expect(0);
    office.run(&["send", "--once"]);
    assert_eq!(office.despatch_for("TEST-00001", "det")["state"], "sent");
    office.run_as(REVIEWER, &["outbox", "approve", words(&approved["id"])]).expect(0);

    let correction = replacing(&case, corrected(&case));
    office.drop_case("mended", &correction.to_string(), ATTACHED);
    let said = office.run(&["run", "--once"]).expect(0);
    assert!(said.stdout.contains("5 earlier ones superseded"), "{}", said.stdout);

    let all = office.despatches();
    let of = |claim: &str| -> Vec<&str> {
        all.iter()
            .filter(|one| words(&one["id"]).starts_with(claim))
            .map(|one| words(&one["state"]))
            .collect()
    };
    let earlier = words(&sent["id"]).split_once('-').expect("an id").0.to_owned();
    assert_eq!(
        of(&format!("{earlier}-")),
        ["superseded", "superseded", "superseded", "superseded", "sent", "superseded"]
    );
    let later = all.iter().filter(|one| one["case_id"] == "TEST-00001" && one["state"] == "awaiting_review");
    assert_eq!(later.count(), 6, "the correction goes to all, those included who have the first letter");
    let refused = office.run_as(REVIEWER, &["outbox", "approve", words(&approved["id"])]).expect(1);
    assert!(refused.stderr.contains("superseded"), "{}", refused.stderr);
    let history = office.run(&["outbox", "show", words(&approved["id"])]).expect(0).stdout;
    assert!(history.contains("superseded"), "{history}");
}

#[test]
fn a_correction_of_what_is_not_the_latest_is_refused() {
    let office = tidy_office();
    let case = appointment(1, REPORT);
    let unknown = drop_and_process(&office, "unknown", &replacing(&case, corrected(&case)), ATTACHED);
    assert_eq!(unknown["faults"][0]["code"], "replaces.unknown", "{unknown}");
    drop_and_process(&office, "one", &case, ATTACHED);
    let second = replacing(&case, corrected(&case));
    assert_eq!(drop_and_process(&office, "two", &second, ATTACHED)["outcome"], "queued");
    let mut third = replacing(&case, corrected(&case));
    third["event"]["time"] = json!("16:15");
    let outdated = drop_and_process(&office, "three", &third, ATTACHED);
    assert_eq!(outdated["faults"][0]["code"], "replaces.outdated", "{outdated}");
    assert_eq!(drop_and_process(&office, "four", &replacing(&second, third), ATTACHED)["outcome"], "queued");
    assert_eq!(despatches_of(&office, "TEST-00001").len(), 6);
}

#[test]
fn a_returned_case_is_mended_with_a_new_file_that_names_the_old_one() {
    let office = tidy_office();
    let case = appointment(1, REPORT);
    drop_and_process(&office, "one", &case, ATTACHED);
    let before: Vec<String> =
        despatches_of(&office, "TEST-00001").iter().map(|one| words(&one["id"]).to_owned()).collect();
    let mut back = vec!["outbox", "return"];
    back.extend(before.iter().map(String::as_str));
    back.extend(["--reason", "wrong time"]);
    office.run_as(REVIEWER, &back).expect(0);

    let without = drop_and_process(&office, "forgot", &corrected(&case), ATTACHED);
    assert_eq!(without["faults"][0]["code"], "event.conflict", "{without}");
    let mended = drop_and_process(&office, "mended", &replacing(&case, corrected(&case)), ATTACHED);
    assert_eq!((&mended["outcome"], &mended["superseded"]), (&json!("queued"), &json!(6)), "{mended}");
    let now = despatches_of(&office, "TEST-00001");
    assert_eq!(now.len(), 6);
    assert!(
        now.iter()
            .all(|one| one["state"] == "awaiting_review" && !before.contains(&words(&one["id"]).to_owned()))
    );
}

#[test]
fn a_correction_of_another_case_is_refused_before_anything_of_it_is_made() {
    let office = tidy_office();
    let case = appointment(1, REPORT);
    drop_and_process(&office, "one", &case, ATTACHED);
    let (before, made) = (states(&office), messages(&office));
    let mut other = replacing(&case, corrected(&case));
    other["case_id"] = json!("TEST-00002");
    // A second fault, to see that both are told at once.
    other["prepared_by"] = json!("nobody-here");
    let finding = drop_and_process(&office, "other", &other, ATTACHED);
    assert_eq!(finding["outcome"], "rejected", "{finding}");
    let faults = finding["faults"].as_array().expect("faults");
    let fault = faults.iter().find(|fault| fault["code"] == "replaces.other_case");
    assert!(fault.is_some_and(|fault| words(&fault["cause"]).contains("TEST-00001")), "{finding}");
    assert!(faults.len() > 1, "{finding}");
    assert_eq!((states(&office), messages(&office)), (before, made));
}
