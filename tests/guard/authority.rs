//! A representative's authority: who recorded it, and what happens where nobody did.

use crate::support::office::{
    DemoOffice, PREPARER, REVIEWER, Said, TODAY, appointment, drop_into, event, paper,
};

fn code(said: Said) -> String {
    said.expect(1).json()["faults"][0]["code"].as_str().expect("a code").to_owned()
}

#[test]
fn a_letter_to_a_representative_whose_authority_nobody_recorded_asks_for_a_look_at_it_once() {
    let office = DemoOffice::new();
    let report = paper!("The made-up report.");
    drop_into(
        &office.dir.join("inbox"),
        "first",
        &appointment(1, report).to_string(),
        &[("report.pdf", report)],
    );
    office.run(&["run", "--once"]);
    let letter = office.despatch_for("TEST-00001", "representative");
    let id = letter["id"].as_str().unwrap();
    let said = office.run_as(REVIEWER, &["--json", "outbox", "approve", id]).expect(1);
    assert_eq!(said.json()["faults"][0]["code"], "approve.confirm");
    office.run_as(REVIEWER, &["outbox", "approve", id, "--confirm", "authority"]).expect(0);
    office.run(&["send", "--once"]).expect(0);
    let outcome = serde_json::json!({
        "type": "assessment_outcome", "date": "2026-12-01", "reported_on": TODAY,
        "outcome": "technical", "rebooking": "possible",
    });
    let next = event(1, "test-outcome-1", outcome);
    drop_into(&office.dir.join("inbox"), "next", &next.to_string(), &[]);
    office.run(&["run", "--once"]);
    let mut all = office.despatches();
    all.retain(|one| one["event_id"] == "test-outcome-1" && one["planned"]["role"] == "representative");
    let checks = all[0]["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["guard"] == "authority").expect("the check");
    assert_eq!(check["outcome"], "passed", "{check}");
    assert!(check["evidence"].as_str().unwrap().starts_with(REVIEWER), "{check}");
}

#[test]
fn an_authority_is_a_representatives_and_of_a_day_that_has_come() {
    let office = DemoOffice::new();
    let record = |entry: &str, dated: &str| {
        let words = ["--json", "directory", "authority", entry, "--case", "TEST-00001", "--dated", dated];
        office.run_as(PREPARER, &words)
    };
    assert_eq!(code(record("dr-rathore-quill", "2026-11-01")), "authority.role");
    assert_eq!(code(record("harbour-lane-law", "2026-12-01")), "authority.future");
    assert_eq!(code(record("nobody-at-all", "2026-11-01")), "entry.unknown");
    record("harbour-lane-law", "2026-11-01").expect(0);
    let shown = office.entry("harbour-lane-law");
    let listed = shown["authorities"].as_array().unwrap();
    let recorded = listed.iter().find(|one| one["case_id"] == "TEST-00001").expect("it is listed");
    assert_eq!((&recorded["dated"], &recorded["by"]), (&"2026-11-01".into(), &PREPARER.into()));
}
