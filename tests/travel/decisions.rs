//! What a person may decide in each state (docs/outbox.md), and that nothing is decided without a reason.

use super::relay::SlowRelay;
use super::*;
use crate::support::office::TODAY;
use crate::support::tools::{command, run};
use despatch_core::words::Sha256;
use std::process::Stdio;

/// The table of docs/outbox.md: for each command the states from which it may be given.
const ALLOWED: [(&str, &[&str]); 5] = [
    ("approve", &["awaiting_review"]),
    ("return", &["awaiting_review", "held", "approved", "deferred", "refused"]),
    ("hold", &["awaiting_review", "approved", "deferred", "refused"]),
    ("release", &["held", "deferred", "refused", "in_doubt"]),
    ("cancel", &["awaiting_review", "held", "approved", "deferred", "refused", "in_doubt"]),
];

/// The state after each command that may be given; a release keeps the approval where there is one, and after a
/// person's hold there is none.
fn leads_to(what: &str, before: &str) -> &'static str {
    match (what, before) {
        ("release", "held") => "awaiting_review",
        ("approve" | "release", _) => "approved",
        ("return", _) => "returned",
        ("hold", _) => "held",
        _ => "cancelled",
    }
}

/// States in which the sender alone acts.
const SENDING: [&str; 2] = ["claimed", "dot_pending"];

/// An office with one despatch in each state, by state; the last one is where the sender was killed.
fn one_in_each_state(last_mode: &str, last_state: &str) -> (DemoOffice, Vec<(String, String)>) {
    let office = DemoOffice::new();
    let first = appointment(1, REPORT);
    process(&office, "first", &first);
    let superseded = id_of(&office, "TEST-00001", "det");
    let mut second = appointment(1, REPORT);
    second["replaces"] = Sha256::of(first.to_string().as_bytes()).to_string().into();
    second["event"]["location"] = "another room".into();
    process(&office, "second", &second);

    let mut free: Vec<String> = office
        .despatches()
        .iter()
        .filter(|one| one["state"] == "awaiting_review")
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    let mut found = vec![("superseded".to_owned(), superseded)];
    let mut keep = |state: &str, id: &str| found.push((state.to_owned(), id.to_owned()));
    keep("awaiting_review", &free.pop().unwrap());
    for (what, state) in [("hold", "held"), ("return", "returned"), ("cancel", "cancelled")] {
        let id = free.pop().unwrap();
        if state == "held" {
            approve(&office, &id);
        }
        decide(&office, what, &id).expect(0);
        keep(state, &id);
    }
    let approved = free.pop().unwrap();
    // In the order of the outbox, which is the order in which they are sent.
    let sending: Vec<String> = free.drain(..5).collect();
    sending.iter().for_each(|id| approve(&office, id));
    let mut relay = SlowRelay::start(&["accept", "busy", "gone", "dotclose", last_mode]);
    relay.serve(&office);
    let mut sender = office.command(TODAY, &["send", "--once"]).stdout(Stdio::null()).spawn().unwrap();
    relay.until("STALLED");
    sender.kill().unwrap();
    sender.wait().unwrap();
    approve(&office, &approved);
    keep("approved", &approved);
    for (id, state) in sending.iter().zip(["sent", "deferred", "refused", "in_doubt", last_state]) {
        keep(state, id);
    }
    for (expected, id) in &found {
        assert_eq!(state(&office, id), *expected, "{id} is in the state that the table needs");
    }
    (office, found)
}

/// Gives each command to each despatch, each time in a fresh copy of the office.
fn holds_to_the_table(office: &DemoOffice, found: &[(String, String)], only: &[&str]) {
    let saved = office.dir.with_file_name("saved");
    run(command("cp").arg("-a").arg(office.dir.join("outbox")).arg(&saved)).expect("a copy");
    let mut wrong = Vec::new();
    for (before, id) in found.iter().filter(|(state, _)| only.is_empty() || only.contains(&state.as_str())) {
        for (what, from) in ALLOWED {
            let said = match what {
                "approve" => office.run_as(REVIEWER, &["outbox", "approve", id]),
                _ => decide(office, what, id),
            };
            let after = state(office, id);
            let fits = if from.contains(&before.as_str()) {
                said.code == 0 && after == leads_to(what, before) && said.stdout.contains(id.as_str())
            } else {
                let states = before
                    .replace('_', " ")
                    .replace("claimed", "being sent")
                    .replace("dot pending", "being sent");
                said.code == 1 && after == *before && said.stderr.contains(&format!("it is {states}"))
            };
            if !fits {
                wrong
                    .push(format!("{what} when {before}: code {}, then {after}: {}", said.code, said.stderr));
            }
            run(command("rm").arg("-r").arg(office.dir.join("outbox"))).expect("our own folder");
            run(command("cp").arg("-a").arg(&saved).arg(office.dir.join("outbox"))).expect("a copy");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_command_is_allowed_in_the_states_that_the_page_says_and_in_no_other() {
    let (office, found) = one_in_each_state("stalldot", "dot_pending");
    assert_eq!(found.len(), 11);
    holds_to_the_table(&office, &found, &[]);
}

#[test]
fn what_the_sender_has_in_hand_is_left_to_it() {
    let (office, found) = one_in_each_state("stalldata", "claimed");
    holds_to_the_table(&office, &found, &SENDING);
}

#[test]
fn no_decision_is_taken_without_a_reason() {
    let office = DemoOffice::new();
    let id = id_of(&office, "DEMO-0902", "det");
    for what in ["return", "hold", "release", "cancel"] {
        for reason in ["", " ", "\t\n"] {
            let said = office.run_as(REVIEWER, &["outbox", what, &id, "--reason", reason]).expect(2);
            assert!(said.stderr.contains("a reason is missing"), "{said:?}");
        }
        let said = office.run_as(REVIEWER, &["outbox", what, &id]).expect(2);
        assert!(said.stderr.contains("--reason"), "{said:?}");
        let nobody = office.run(&["outbox", what, &id, "--reason", "why"]).expect(1);
        assert!(nobody.stderr.contains("is not on the staff list"), "{nobody:?}");
    }
    assert_eq!(state(&office, &id), "awaiting_review");
    assert_eq!(shown(&office, &id)["events"].as_array().unwrap().len(), 1, "nothing went on record");
    decide(&office, "hold", &id).expect(0);
    assert!(hold_label(&office, &id).contains("held by beatrix-lund: the test asks for it"));
    assert!(events(&office, &id, "held")[0].to_string().contains("the test asks for it"));
}

#[test]
fn what_was_held_goes_on_with_the_same_bytes_and_what_was_stopped_goes_nowhere() {
    let office = DemoOffice::new();
    let ids: Vec<String> =
        ["det", "doctor", "caseworker"].iter().map(|role| id_of(&office, "DEMO-0903", role)).collect();
    ids.iter().for_each(|id| approve(&office, id));
    let before = despatch(&office, &ids[0]);
    decide(&office, "hold", &ids[0]).expect(0);
    decide(&office, "return", &ids[1]).expect(0);
    decide(&office, "cancel", &ids[2]).expect(0);
    send(&office).expect(0);
    assert_eq!(sent_files(&office), [""; 0]);
    decide(&office, "release", &ids[0]).expect(0);
    let after = despatch(&office, &ids[0]);
    assert_eq!((&after["approval"], &after["message"]), (&Value::Null, &before["message"]));
    send(&office).expect(0);
    assert_eq!(sent_files(&office), [""; 0], "a hold voids the approval before it");
    approve(&office, &ids[0]);
    send(&office).expect(0);
    assert_eq!(sent_files(&office), [format!("{}.eml", ids[0])]);
    assert!(
        std::fs::read(office.dir.join("sent").join(format!("{}.eml", ids[0]))).unwrap()
            == office.message(&before)
    );
}

#[test]
fn an_id_that_is_none_or_unknown_is_told() {
    let office = DemoOffice::new();
    for (id, code, words) in [
        ("99-1", 1, "there is no despatch of this id"),
        ("1-99", 1, "there is no despatch of this id"),
        ("17", 2, "a despatch id, such as 17-3"),
        ("0-1", 2, "a despatch id, such as 17-3"),
        ("1-1;2-1", 2, "a despatch id, such as 17-3"),
        ("../1-1", 2, "a despatch id, such as 17-3"),
    ] {
        for what in ["show", "open", "approve"] {
            let said = office.run_as(REVIEWER, &["outbox", what, id]).expect(code);
            assert!(said.stderr.contains(words), "{what} {id}: {said:?}");
        }
    }
}
