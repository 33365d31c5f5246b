//! What an event held is held no longer once another undoes it; and what waits for nothing any more is closed in one step.

use super::history::send;
use super::{REPORT, drop_and_process, tidy_office, words};
use crate::support::office::{DemoOffice, REVIEWER, appointment, event, report_received};
use serde_json::{Value, json};

const ATTACHED: &[(&str, &[u8])] = &[("report.pdf", REPORT)];
const CASE: &str = "TEST-00001";

fn happens(office: &DemoOffice, id: &str, what: Value) {
    let finding = drop_and_process(office, id, &event(1, id, what), &[]);
    assert_eq!(finding["outcome"], "queued", "{finding}");
}

/// The latest of this kind, whatever became of it.
fn of_kind(office: &DemoOffice, kind: &str) -> Value {
    let all = office.despatches();
    let mut found = all.into_iter().filter(|one| one["case_id"] == CASE && one["planned"]["kind"] == kind);
    found.next_back().unwrap_or_else(|| panic!("no {kind}"))
}

#[test]
fn what_a_release_held_is_reviewed_again_once_the_release_is_withdrawn() {
    let office = tidy_office();
    drop_and_process(&office, "report", &report_received(1, REPORT), ATTACHED);
    let referral = of_kind(&office, "referral");
    let id = words(&referral["id"]);
    office.run_as(REVIEWER, &["outbox", "approve", id]).expect(0);
    happens(&office, "released", json!({ "type": "release_decided", "decided_on": "2026-11-23" }));
    assert_eq!(of_kind(&office, "referral")["holds"][0]["code"], "overtaken");
    let notice = of_kind(&office, "release-or-removal");
    happens(&office, "withdrawn", json!({ "type": "release_withdrawn", "withdrawn_on": "2026-11-23" }));
    let again = of_kind(&office, "referral");
    assert_eq!((&again["state"], &again["holds"]), (&json!("awaiting_review"), &json!([])), "approved anew");
    assert!(words(&again["reason"]).contains("(decision to release withdrawn)"), "{again}");
    assert_eq!(of_kind(&office, "release-or-removal")["state"], "superseded");
    assert_eq!(notice["state"], "awaiting_review");
    office.run(&["audit", "verify"]).expect(0);
}

/// A file that is corrected afterwards is not held for a release that was withdrawn meanwhile.
#[test]
fn what_is_corrected_after_the_withdrawal_is_not_held() {
    let office = tidy_office();
    let report = report_received(1, REPORT);
    drop_and_process(&office, "report", &report, ATTACHED);
    happens(&office, "released", json!({ "type": "release_decided", "decided_on": "2026-11-23" }));
    happens(&office, "withdrawn", json!({ "type": "release_withdrawn", "withdrawn_on": "2026-11-23" }));
    let mut mended = report;
    mended["replaces"] = of_kind(&office, "referral")["case_file"].clone();
    mended["event"]["report"]["profession"] = json!("clinical psychologist");
    let finding = drop_and_process(&office, "mended", &mended, ATTACHED);
    assert_eq!(finding["outcome"], "queued", "{finding}");
    let anew = of_kind(&office, "referral");
    assert_eq!((&anew["state"], &anew["holds"]), (&json!("awaiting_review"), &json!([])));
}

#[test]
fn what_serves_an_appointment_that_was_called_off_does_not_come_back() {
    let office = tidy_office();
    drop_and_process(&office, "booked", &appointment(1, REPORT), ATTACHED);
    send(&office, CASE, &["doctor-bundle"]);
    happens(&office, "released", json!({ "type": "release_decided", "decided_on": "2026-11-23" }));
    send(&office, CASE, &["doctor-cancellation"]);
    happens(&office, "withdrawn", json!({ "type": "release_withdrawn", "withdrawn_on": "2026-11-23" }));
    for kind in ["service-pack", "invitation", "interpreter-booking", "room-booking", "assessment-date"] {
        assert_eq!(of_kind(&office, kind)["state"], "superseded", "{kind}");
    }
    assert_eq!(of_kind(&office, "re-referral")["state"], "awaiting_review");
}

#[test]
fn what_is_moot_is_named_and_closed_in_one_step() {
    let office = tidy_office();
    drop_and_process(&office, "booked", &appointment(1, REPORT), ATTACHED);
    drop_and_process(&office, "report", &report_received(2, REPORT), ATTACHED);
    let late = words(&of_kind(&office, "service-pack")["id"]).to_owned();
    let open = office.despatch_for("TEST-00002", "dmrt");
    let open = words(&open["id"]);
    office.run_as(REVIEWER, &["outbox", "hold", &late, open, "--reason", "somebody rings first"]).expect(0);
    const THEN: &str = "2026-12-02";
    for (from, is) in
        [(&["outbox", "list"] as &[&str], "made sense until"), (&["deadlines"], "made sense until")]
    {
        let said = office.on(THEN, from).expect(0).stdout;
        assert!(said.contains("`despatch outbox close`") && said.contains(is), "{said}");
    }
    let close = |ids: &[&str]| office.on(THEN, &[&["--as", REVIEWER, "outbox", "close"], ids].concat());
    let not = close(&[open]).expect(1);
    assert!(not.stderr.contains("it is not held, or may still go"), "{not:?}");
    let closed = close(&[]).expect(0);
    assert!(closed.stdout.contains(&late) && !closed.stdout.contains(open), "{closed:?}");
    let state = |id: &str| office.run(&["--json", "outbox", "show", id]).expect(0).json()["despatch"].clone();
    assert_eq!(state(&late)["state"], "cancelled");
    assert!(words(&state(&late)["reason"]).starts_with("moot: it made sense until"), "{}", state(&late));
    assert_eq!(state(open)["state"], "held");
    assert!(close(&[]).expect(0).stdout.is_empty());
}
