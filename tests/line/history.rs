//! Events of one case that follow each other, and the places of a week, through the real program.

use super::{REPORT, drop_and_process, opened, said_lines, tidy_office, words};
use crate::support::office::{DemoOffice, REVIEWER, appointment, event};
use crate::support::pdf::flowing_text;
use serde_json::{Value, json};

const ATTACHED: &[(&str, &[u8])] = &[("report.pdf", REPORT)];

fn referral(n: usize) -> Value {
    event(
        n,
        &format!("referral-{n}"),
        json!({ "type": "referral_received", "received_on": "2026-11-23", "opinion_requested": true }),
    )
}

/// Drops referrals all at once and processes them: the number of each case file and whether it was granted a place.
fn refer(office: &DemoOffice, numbers: std::ops::Range<usize>) -> Vec<(i64, bool)> {
    for n in numbers {
        office.drop_case(&format!("referral-{n}"), &referral(n).to_string(), &[]);
    }
    let said = office.run(&["--json", "run", "--once"]).expect(0);
    let mut found: Vec<(i64, bool)> = said_lines(&said)
        .iter()
        .filter(|line| line["outcome"] == "queued")
        .map(|line| {
            let kinds: Vec<&str> = line["despatches"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|one| words(&one["planned"]["kind"]))
                .collect();
            let refused = kinds.contains(&"no-capacity");
            assert_eq!(refused, kinds == ["no-capacity"], "{kinds:?}");
            (line["submission"].as_i64().expect("a number"), !refused)
        })
        .collect();
    found.sort_unstable();
    found
}

#[test]
fn the_eleventh_request_of_a_week_gets_the_notice_in_the_order_of_receipt_however_many_come_at_once() {
    let office = tidy_office();
    let found = refer(&office, 1..15);
    assert_eq!(found.len(), 14);
    let granted: Vec<bool> = found.iter().map(|(_, granted)| *granted).collect();
    assert_eq!(granted, [[true; 10].as_slice(), &[false; 4]].concat(), "in the order of their numbers");
}

#[test]
fn a_restart_forgets_no_place_and_the_next_week_has_its_own() {
    let office = tidy_office();
    assert!(refer(&office, 1..8).iter().all(|(_, granted)| *granted));
    let second = refer(&office, 8..13);
    let granted: Vec<bool> = second.iter().map(|(_, granted)| *granted).collect();
    assert_eq!(granted, [true, true, true, false, false]);
    // Monday 30 November 2026.
    let mut later = referral(20);
    later["event"]["received_on"] = json!("2026-11-30");
    office.drop_case("next-week", &later.to_string(), &[]);
    let said = office.on("2026-11-30", &["--json", "run", "--once"]).expect(0);
    assert!(said.stdout.contains("date-request") && !said.stdout.contains("no-capacity"), "{}", said.stdout);
}

fn states_of(office: &DemoOffice, case: &str) -> Vec<String> {
    let of_case = office.despatches().into_iter().filter(|one| one["case_id"] == case);
    of_case
        .map(|one| {
            format!(
                "{} {} {}",
                words(&one["planned"]["row"]),
                words(&one["planned"]["kind"]),
                words(&one["state"])
            )
        })
        .collect()
}

pub(super) fn send(office: &DemoOffice, case: &str, kinds: &[&str]) {
    for one in office.despatches().iter().filter(|one| one["case_id"] == case) {
        if kinds.contains(&words(&one["planned"]["kind"])) && one["state"] == "awaiting_review" {
            office.run_as(REVIEWER, &["outbox", "approve", words(&one["id"])]).expect(0);
        }
    }
    office.run(&["send", "--once"]).expect(0);
}

#[test]
fn a_transfer_holds_what_is_unsent_and_cancels_what_was_sent() {
    let office = tidy_office();
    drop_and_process(&office, "booked", &appointment(1, REPORT), ATTACHED);
    send(&office, "TEST-00001", &["doctor-bundle", "service-pack"]);
    let mut moved =
        event(1, "moved", json!({ "type": "transferred", "on": "2026-11-23", "from": "brook-house" }));
    moved["detention"]["place"] = json!("yarls-wood");
    let finding = drop_and_process(&office, "moved", &moved, &[]);
    assert_eq!(finding["outcome"], "queued", "{finding}");
    assert_eq!(
        states_of(&office, "TEST-00001"),
        [
            "5 assessment-date held",
            "8 doctor-bundle sent",
            "9 interpreter-booking held",
            "10 room-booking held",
            "12 service-pack sent",
            "14 invitation held",
            "G10 cancellation awaiting_review",
            "G10 appointment-off awaiting_review",
            "G10 doctor-cancellation awaiting_review",
            "G10 transfer-notice awaiting_review",
        ]
    );
    let held = office.despatch_for("TEST-00001", "representative");
    let words_of_hold = held["holds"].to_string();
    assert!(words_of_hold.contains("transferred") && words_of_hold.contains("overtaken"), "{words_of_hold}");
    let off =
        office.despatches().into_iter().find(|one| one["planned"]["kind"] == "appointment-off").unwrap();
    assert_eq!(off["recipient"]["entry"], "det-brook-house", "the former place is told");
}

#[test]
fn a_rebooking_keeps_the_answer_and_a_new_appointment_takes_the_place_of_the_old() {
    let office = tidy_office();
    let case = "TEST-00001";
    drop_and_process(&office, "booked", &appointment(1, REPORT), ATTACHED);
    send(&office, case, &["doctor-bundle", "service-pack", "invitation"]);
    let served = event(
        1,
        "served",
        json!({ "type": "letter_served", "served_on": "2026-11-23", "explained": true, "refused": false }),
    );
    assert_eq!(drop_and_process(&office, "served", &served, &[])["outcome"], "queued");
    let agreed = event(
        1,
        "agreed",
        json!({
            "type": "response_received", "received_on": "2026-11-23", "from": "individual", "attend": "yes",
            "records": "not_given", "signed": true, "own_instruction": false,
        }),
    );
    assert_eq!(drop_and_process(&office, "agreed", &agreed, &[])["outcome"], "queued");
    let cancelled = event(
        1,
        "cancelled",
        json!({
            "type": "assessment_outcome", "date": "2026-12-01", "reported_on": "2026-11-23",
            "outcome": "interpreter_unavailable", "rebooking": "possible",
        }),
    );
    let finding = drop_and_process(&office, "cancelled", &cancelled, &[]);
    assert_eq!(finding["outcome"], "queued", "{finding}");
    let mut again = appointment(1, REPORT);
    again["event_id"] = json!("again");
    again["event"]["rebooks"] = json!("2026-12-01");
    again["event"]["date"] = json!("2026-12-03");
    let finding = drop_and_process(&office, "again", &again, ATTACHED);
    assert_eq!(finding["outcome"], "queued", "{finding}");
    let rebooked: Vec<Value> =
        office.despatches().into_iter().filter(|one| one["planned"]["kind"] == "rebooking").collect();
    assert_eq!(rebooked.len(), 2, "the place, for the person, and the representative");
    let letter = flowing_text(&opened(&office, &rebooked[0])["02-document.pdf"]);
    assert!(letter.contains("Thursday 3 December 2026"), "{letter}");
    assert!(
        !states_of(&office, case).iter().any(|state| state.starts_with("12 ") && state.ends_with("review"))
    );
}

#[test]
fn an_event_that_contradicts_the_record_is_held_back_and_goes_only_with_a_reason() {
    let office = tidy_office();
    let opinion = json!({
        "type": "no_response", "place_confirmed_on": "2026-11-23", "inbox_checked_on": "2026-11-23",
        "no_other_records": true,
    });
    let mut silent = event(1, "silent", opinion);
    let finding = drop_and_process(&office, "silent", &silent, &[]);
    assert_eq!(finding["outcome"], "rejected", "{finding}");
    assert_eq!(finding["faults"][0]["code"], "history.no_invitation", "{finding}");
    assert!(words(&finding["faults"][0]["cure"]).contains("despite_history"), "{finding}");
    silent["despite_history"] = json!("The invitation went on paper, before this office used despatch");
    let finding = drop_and_process(&office, "silent-2", &silent, &[]);
    // With nothing on record nobody can be told of an appointment: what it lacks is named.
    let told = finding["outcome"] == "queued" || finding["faults"].to_string().contains("kind.needs");
    assert!(told, "{finding}");
}

/// An event of the first case with one attachment of this kind.
fn with_attachment(event_id: &str, kind: &str, file: &str, what: Value) -> Value {
    let mut case = event(1, event_id, what);
    let sha256 = despatch_core::words::Sha256::of(REPORT).to_string();
    case["attachments"] = json!([
        { "file": file, "kind": kind, "title": "A document", "size": REPORT.len(), "sha256": sha256 }
    ]);
    case
}

fn answer(attend: &str, records: &str) -> Value {
    json!({
        "type": "response_received", "received_on": "2026-11-23", "from": "individual", "attend": attend,
        "records": records, "signed": true, "own_instruction": false,
    })
}

#[test]
fn no_records_go_once_consent_is_withdrawn() {
    let office = tidy_office();
    let case = "TEST-00001";
    let next = |name: &str, case: &Value, attached: &[(&str, &[u8])]| {
        let finding = drop_and_process(&office, name, case, attached);
        assert_eq!(finding["outcome"], "queued", "{finding}");
    };
    next("booked", &appointment(1, REPORT), ATTACHED);
    send(&office, case, &["doctor-bundle", "service-pack", "invitation"]);
    let consent = with_attachment("agreed", "signed_consent", "consent.pdf", answer("yes", "yes"));
    next("agreed", &consent, &[("consent.pdf", REPORT)]);
    send(&office, case, &["records-request"]);
    let received = json!({ "type": "records_received", "received_on": "2026-11-23" });
    let records = with_attachment("records", "healthcare_records", "records.pdf", received);
    next("records", &records, &[("records.pdf", REPORT)]);
    let kind = |kind: &str| {
        let found = office.despatches().into_iter().find(|one| one["planned"]["kind"] == kind);
        found.unwrap_or_else(|| panic!("no {kind}"))
    };
    let id = words(&kind("records-to-doctor")["id"]).to_owned();
    office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(0);
    next("withdrawn", &event(1, "withdrawn", answer("not_given", "no")), &[]);
    assert_eq!(kind("records-to-doctor")["state"], "superseded");
    let said = office.run(&["send", "--once"]).expect(0);
    assert!(said.stdout.contains("Nothing is approved and due."), "{said:?}");
    // Who asked for the records, and who was to get them, is told; a move holds neither note.
    let mut moved =
        event(1, "moved", json!({ "type": "transferred", "on": "2026-11-23", "from": "brook-house" }));
    moved["detention"]["place"] = json!("yarls-wood");
    next("moved", &moved, &[]);
    let notes: Vec<String> =
        states_of(&office, case).into_iter().filter(|state| state.starts_with("G5")).collect();
    assert_eq!(notes, ["G5 records-withdrawn awaiting_review", "G5 records-withdrawn awaiting_review"]);
}
