//! F9: a reviewer's stop is lifted by nobody whom it stopped, and what was approved before it is approved anew.

use crate::support::directory::VERIFIER;
use crate::support::office::{DemoOffice, PREPARER, REVIEWER, Said, appointment, has_nothing, paper};
use despatch_testing::swap::Swap;
use serde_json::{Value, json};

const REPORT: &[u8] = paper!("A made-up report.");
/// Another member of staff, who prepared nothing here.
const CLERK: &str = "wenna-okonjo";

fn shown(office: &DemoOffice, id: &str) -> Value {
    office.run(&["--json", "outbox", "show", id]).expect(0).json()
}

fn state(office: &DemoOffice, id: &str) -> String {
    shown(office, id)["despatch"]["state"].as_str().unwrap().to_owned()
}

fn code(said: Said) -> String {
    said.expect(1).json()["faults"][0]["code"].as_str().unwrap().to_owned()
}

fn release(office: &DemoOffice, who: &str, id: &str) -> Said {
    office.run_as(who, &["--json", "outbox", "release", id, "--reason", "it is right"])
}

/// What [`PREPARER`] prepared, [`REVIEWER`] approved and [`VERIFIER`] holds.
fn held() -> (DemoOffice, String) {
    let office = DemoOffice::new();
    let id = office.despatch_for("DEMO-0902", "det")["id"].as_str().unwrap().to_owned();
    office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(0);
    office.run_as(VERIFIER, &["outbox", "hold", &id, "--reason", "another person's"]).expect(0);
    (office, id)
}

/// These may approve.
fn reviewers(office: &DemoOffice, who: &[&str]) {
    for one in who {
        let line = format!("id = \"{one}\"");
        office.edit("despatch.toml", |text| text.swapped(&line, &format!("{line}\nreviewer = true")));
    }
}

#[test]
fn f9_a_preparer_does_not_lift_a_reviewers_hold_and_what_was_approved_before_it_is_approved_anew() {
    let (office, id) = held();
    assert_eq!(code(release(&office, PREPARER, &id)), "approve.not_reviewer");
    assert_eq!(code(release(&office, CLERK, &id)), "approve.not_reviewer");
    assert_eq!(code(release(&office, REVIEWER, &id)), "release.overruled");
    reviewers(&office, &[PREPARER, CLERK]);
    assert_eq!(code(release(&office, PREPARER, &id)), "release.overruled", "a reviewer who prepared it");
    office.run(&["send", "--once"]).expect(0);
    assert_eq!(state(&office, &id), "held");
    assert!(shown(&office, &id)["despatch"]["approval"].is_null(), "the approval is void");
    release(&office, CLERK, &id).expect(0);
    assert_eq!(state(&office, &id), "awaiting_review");
    office.run(&["send", "--once"]).expect(0);
    assert!(has_nothing(&office.dir.join("sent")), "nobody has approved it since");
    office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(0);
    office.run(&["send", "--once"]).expect(0);
    assert_eq!(state(&office, &id), "sent");
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn f9_who_holds_it_lifts_that_and_has_nothing_approved_by_it() {
    let (office, id) = held();
    release(&office, VERIFIER, &id).expect(0);
    assert_eq!(state(&office, &id), "awaiting_review");
    office.run_as(PREPARER, &["outbox", "hold", &id, "--reason", "a moment"]).expect(0);
    release(&office, PREPARER, &id).expect(0);
    assert_eq!(state(&office, &id), "awaiting_review");
}

/// Whose word a later hold stops, though their approval was void by then.
#[test]
fn f9_an_earlier_approval_stops_its_giver_after_a_hold_of_somebody_else_between() {
    let office = DemoOffice::new();
    let id = office.despatch_for("DEMO-0902", "det")["id"].as_str().unwrap().to_owned();
    office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(0);
    office.run_as(PREPARER, &["outbox", "hold", &id, "--reason", "a moment"]).expect(0);
    release(&office, PREPARER, &id).expect(0);
    office.run_as(VERIFIER, &["outbox", "hold", &id, "--reason", "another person's"]).expect(0);
    assert_eq!(code(release(&office, REVIEWER, &id)), "release.overruled");
    reviewers(&office, &[CLERK]);
    release(&office, CLERK, &id).expect(0);
    office.run_as(VERIFIER, &["outbox", "hold", &id, "--reason", "still another's"]).expect(0);
    assert_eq!(code(release(&office, CLERK, &id)), "release.overruled", "whose lifting it overrules");
}

/// A release that regenerates the message clears every hold.
#[test]
fn f9_no_regeneration_takes_a_reviewers_hold_along() {
    let (office, id) = held();
    let message = office.message_path(&shown(&office, &id)["despatch"]);
    std::fs::remove_file(message).unwrap();
    for who in [PREPARER, REVIEWER] {
        release(&office, who, &id).expect(1);
        assert_eq!(state(&office, &id), "held", "{who}");
    }
    reviewers(&office, &[CLERK]);
    release(&office, CLERK, &id).expect(0);
    assert_eq!(
        (state(&office, &id), shown(&office, &id)["despatch"]["message"]["revision"].clone()),
        ("awaiting_review".to_owned(), json!(2))
    );
}

#[test]
fn f9_a_correction_takes_the_hold_of_its_predecessor_over() {
    let office = DemoOffice::new();
    let correct = |name: &str, before: Option<&Value>, room: &str| {
        let mut case = appointment(1, REPORT);
        case["event"]["location"] = room.into();
        if let Some(before) = before {
            let replaces = despatch_core::words::Sha256::of(before.to_string().as_bytes());
            case["replaces"] = replaces.to_string().into();
        }
        office.drop_case(name, &case.to_string(), &[("report.pdf", REPORT)]);
        office.run(&["run", "--once"]).expect(1);
        let id = office.despatch_for("TEST-00001", "det")["id"].as_str().unwrap().to_owned();
        (case, id)
    };
    let (first, id) = correct("first", None, "room 1");
    office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(0);
    office.run_as(VERIFIER, &["outbox", "hold", &id, "--reason", "another person's"]).expect(0);
    let (second, again) = correct("second", Some(&first), "room 2");
    let told = shown(&office, &again)["despatch"]["warnings"].to_string();
    assert!(
        told.contains(&format!("{id}, of the file that this one replaces, was held by {VERIFIER}")),
        "{told}"
    );
    let (_, last) = correct("third", Some(&second), "room 3");
    assert_eq!(state(&office, &last), "held");
    assert_eq!(code(release(&office, PREPARER, &last)), "approve.not_reviewer");
    assert_eq!(code(release(&office, REVIEWER, &last)), "release.overruled", "who approved the first one");
    let refused = office.run_as(REVIEWER, &["--json", "outbox", "approve", &last]);
    assert_eq!(code(refused), "approve.state");
    release(&office, VERIFIER, &last).expect(0);
    assert_eq!(state(&office, &last), "awaiting_review");
    assert_ne!(office.despatch_for("TEST-00001", "doctor")["state"], "held", "nobody held that one");
    office.run(&["audit", "verify"]).expect(0);
}

/// Freezing an entry stops what was approved for it, whether or not the sender came by meanwhile.
#[test]
fn f9_what_was_approved_before_a_freeze_is_approved_anew() {
    for sender_came_by in [true, false] {
        let office = DemoOffice::new();
        let id = office.despatch_for("DEMO-0902", "det")["id"].as_str().unwrap().to_owned();
        let entry =
            office.despatch_for("DEMO-0902", "det")["recipient"]["entry"].as_str().unwrap().to_owned();
        office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(0);
        office
            .run_as(VERIFIER, &["incident", "DEMO-0902", "--entry", &entry, "--what", "another person's"])
            .expect(0);
        if sender_came_by {
            office.run(&["send", "--once"]).expect(1);
        }
        for who in [PREPARER, CLERK] {
            office.run_as(who, &["incident", "unfreeze", &entry, "--reason", "it is right"]).expect(0);
        }
        office.run(&["send", "--once"]).expect(0);
        assert_eq!(state(&office, &id), "held", "{sender_came_by}");
        release(&office, PREPARER, &id).expect(0);
        assert_eq!(state(&office, &id), "awaiting_review", "{sender_came_by}");
        assert!(has_nothing(&office.dir.join("sent")));
        office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(0);
        office.run(&["audit", "verify"]).expect(0);
    }
}
