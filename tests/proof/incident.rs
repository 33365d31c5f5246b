//! A message that went to the wrong person: the entry is frozen, the clock runs, the letter is ready, the record kept.

use super::audit::{ask, verify};
use super::*;
use crate::support::office::{PREPARER, REVIEWER, TODAY};
use crate::support::pdf::flowing_text;

const SECOND: &str = "wenna-okonjo";

/// An office that has sent one letter of a case to a detention team, and that letter's id.
fn sent() -> (DemoOffice, String) {
    let office = DemoOffice::new();
    let id = words(&office.despatch_for("DEMO-0902", "det")["id"]).to_owned();
    office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(0);
    office.run(&["send", "--once"]).expect(0);
    (office, id)
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn an_incident_freezes_the_entry_and_two_people_unfreeze_it() {
    let (office, id) = sent();
    let opened =
        office.run_as(PREPARER, &["--json", "incident", &id, "--what", "sent to the wrong team"]).expect(0);
    let opened = opened.json();
    assert_eq!((&opened["number"], &opened["entry"]), (&1.into(), &"det-yarls-wood".into()), "{opened}");
    // Anything else for that entry is held at approval, also a copy for a healthcare team.
    let mut case = crate::support::office::appointment(1, b"made up");
    case["detention"]["place"] = "yarls-wood".into();
    office.drop_case("next", &case.to_string(), &[("report.pdf", b"made up")]);
    office.run(&["run", "--once"]);
    let next = office.despatch_for("TEST-00001", "det");
    let next_id = words(&next["id"]);
    assert_eq!(next["recipient"]["entry"], "det-yarls-wood", "{next}");
    let refused = office.run_as(REVIEWER, &["outbox", "approve", next_id]).expect(1);
    assert!(flat(&refused.stderr).contains("det-yarls-wood is frozen since incident 1"), "{refused:?}");
    assert_eq!(office.despatch_for("TEST-00001", "det")["holds"][0]["code"], "frozen");
    let release = ["outbox", "release", next_id, "--reason", "try"];
    office.run_as(REVIEWER, &release).expect(1);

    let unfreeze = ["incident", "unfreeze", "det-yarls-wood", "--reason", "the address is right after all"];
    assert!(office.run_as(PREPARER, &unfreeze).expect(0).stdout.contains("stays frozen until a second"));
    assert!(office.run_as(PREPARER, &unfreeze).expect(1).stderr.contains("two different people must"));
    office.run_as(REVIEWER, &release).expect(1);
    assert!(office.run_as(SECOND, &unfreeze).expect(0).stdout.contains("no longer frozen"));
    office.run_as(SECOND, &unfreeze).expect(1);
    office.run_as(REVIEWER, &release).expect(0);
    office.run_as(REVIEWER, &["outbox", "approve", next_id]).expect(0);
    assert_eq!(verify(&office.dir, &[]), (0, Vec::new()), "all of it follows from the events");
}

#[test]
fn what_was_approved_before_does_not_go_to_a_frozen_entry() {
    let (office, id) = sent();
    let room = || {
        office
            .despatches()
            .into_iter()
            .find(|one| one["case_id"] == "DEMO-0902" && one["planned"]["kind"] == "room-booking")
            .unwrap()
    };
    let other = words(&office.despatch_for("DEMO-0902", "representative")["id"]).to_owned();
    assert_eq!(room()["recipient"]["entry"], "det-yarls-wood");
    office.run_as(REVIEWER, &["outbox", "approve", words(&room()["id"]), &other]).expect(0);
    office.run_as(PREPARER, &["incident", &id, "--what", "sent to the wrong team"]).expect(0);
    office.run(&["send", "--once"]).expect(1);
    assert_eq!((&room()["state"], &room()["holds"][0]["code"]), (&"held".into(), &"frozen".into()));
    assert_eq!(office.despatch_for("DEMO-0902", "representative")["state"], "sent", "another entry is free");
    let frozen = office.run(&["--json", "incident", "list"]).expect(0).json();
    let frozen: Vec<&String> = frozen["frozen"].as_object().unwrap().keys().collect();
    assert_eq!(frozen, ["det-yarls-wood"]);
}

#[test]
fn a_case_of_which_one_message_has_gone_names_it_by_itself() {
    let (office, id) = sent();
    assert_eq!(office.run_as(PREPARER, &["incident", "DEMO-0901", "--what", "x"]).expect(1).stdout, "");
    let opened = office
        .run_as(PREPARER, &["--json", "incident", "DEMO-0902", "--what", "wrong team"])
        .expect(0)
        .json();
    assert_eq!(opened["despatch"], id.as_str());
    let other = words(&office.despatch_for("DEMO-0902", "representative")["id"]).to_owned();
    office.run_as(REVIEWER, &["outbox", "approve", &other]).expect(0);
    office.run(&["send", "--once"]).expect(0);
    let which = office.run_as(PREPARER, &["incident", "DEMO-0902", "--what", "wrong team"]).expect(1);
    assert!(
        which.stderr.contains("name the one that went wrong") && which.stderr.contains(&other),
        "{which:?}"
    );
    for wrong in [&["incident"][..], &["incident", &id], &["incident", &id, "--what", " "]] {
        office.run_as(PREPARER, wrong).expect(2);
    }
    office.run_as(PREPARER, &["incident", &id, "--what", "x", "--aware", "2026-11-24T09:00:00Z"]).expect(2);
    office.run(&["incident", &id, "--what", "x"]).expect(1);
}

#[test]
fn the_72_hours_run_in_every_place_until_it_is_reported() {
    let (office, id) = sent();
    let aware = ["incident", &id, "--what", "wrong team", "--aware", "2026-11-22T09:30:00Z"];
    office.run_as(PREPARER, &aware).expect(0);
    let told =
        "tell the Information Commissioner, or record why not, by 25 November 2026, 9:30am: 45 hours left";
    for words in [&["deadlines"][..], &["send", "--once"], &["run", "--once"], &["check"]] {
        let said = office.run(words);
        assert!(flat(&said.stdout).contains(told), "{words:?}: {said:?}");
    }
    let of_case = office.run(&["case", "DEMO-0902"]).expect(0).stdout;
    assert!(flat(&of_case).contains(told), "as deadlines has it: {of_case}");
    assert!(!office.run(&["case", "DEMO-0901"]).expect(0).stdout.contains("Commissioner"));
    let late = office.on("2026-11-26", &["deadlines"]).expect(0);
    assert!(flat(&late.stdout).contains("by 25 November 2026, 9:30am: 26 hours ago"), "{late:?}");
    let only = office.run(&["deadlines", "--case", "DEMO-0901"]).expect(0);
    assert!(!only.stdout.contains("Commissioner"), "of another case: {only:?}");

    let reported = ["incident", "reported", "1", "--text", "reported by telephone, reference IC-1"];
    office.run_as(PREPARER, &reported).expect(0);
    for words in [&["deadlines"][..], &["send", "--once"], &["check"]] {
        assert!(!office.run(words).stdout.contains("Commissioner"), "{words:?}");
    }
}

#[test]
fn who_did_what_is_kept_and_a_reviewer_closes() {
    let (office, id) = sent();
    office.run_as(PREPARER, &["incident", &id, "--what", "wrong team"]).expect(0);
    office.run_as(PREPARER, &["incident", "deleted", "1", "--text", "confirmed by reply today"]).expect(0);
    let refused = office.run_as(PREPARER, &["incident", "close", "1", "--text", "done"]).expect(1);
    assert!(refused.stderr.contains("a reviewer closes an incident"), "{refused:?}");
    office
        .run_as(REVIEWER, &["incident", "close", "1", "--text", "no risk to anybody: sealed and unopened"])
        .expect(0);
    office.run_as(REVIEWER, &["incident", "reported", "1", "--text", "late"]).expect(1);
    office.run(&["incident", "show", "2"]).expect(1);
    let shown = flat(&office.run(&["incident", "show", "1"]).expect(0).stdout);
    for words in [
        "what wrong team",
        "deletion confirmed 23 November 2026, midday by imran-castellan: confirmed by reply today",
        "closed 23 November 2026, midday by beatrix-lund: no risk to anybody",
    ] {
        assert!(shown.contains(words), "{words} is not in {shown}");
    }
    assert!(!office.run(&["deadlines"]).expect(0).stdout.contains("Commissioner"), "closed is closed");
    let events = ask(
        &office,
        "SELECT group_concat(what || ' ' || actor, ', ') FROM event WHERE subject = 'incident 1'",
    );
    assert_eq!(
        events,
        "incident_opened imran-castellan, incident_deleted imran-castellan, incident_closed beatrix-lund"
    );
}

#[test]
fn the_letter_that_asks_for_deletion_is_accessible_and_names_nobody() {
    let (office, id) = sent();
    office.run_as(PREPARER, &["incident", &id, "--what", "wrong team"]).expect(0);
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("letter");
    office.run_as(PREPARER, &["incident", "letter", "1", "--to", to.to_str().unwrap()]).expect(0);
    let path = to.join("deletion-request-1.pdf");
    let text = flowing_text(&fs::read(&path).unwrap());
    for words in [
        "Request to delete an email",
        "DEMO-0902",
        "23 November 2026",
        "that all of it is deleted, and on which day",
    ] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    let case = crate::support::office::DemoOffice::new().despatch_for("DEMO-0902", "det");
    let together = text.replace(' ', "");
    assert!(!text.contains(TODAY) && together.contains(words(&case["recipient"]["address"])), "{text}");
    let received = fs::read(office.dir.join("outbox/received/2.tar.age")).unwrap();
    let archive = crate::support::tools::age_decrypt(&office.key("review"), &received).unwrap();
    let person = String::from_utf8_lossy(&archive)
        .split("\"name\": \"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    assert!(person.len() > 3 && !text.contains(&person), "{person} is in {text}");
    let found = crate::support::pdf::outloud(&fs::read(&path).unwrap());
    // A Message-ID looks like an address, and nobody writes to one.
    let linked = found.warnings.iter().all(|warning| warning.rule == "LNK-010");
    assert!(found.errors.is_empty() && linked, "{found:?}");
    let shown = office.run(&["incident", "show", "1"]).expect(0);
    assert!(shown.stdout.contains("letter made"), "{shown:?}");
}

#[test]
fn the_letter_is_about_a_message_that_has_gone_or_is_not_made() {
    let (office, id) = sent();
    let open = |words: &[&str]| {
        let words = [&["--json", "incident"], words, &["--what", "somebody else answered"]].concat();
        office.run_as(PREPARER, &words).expect(0).json()
    };
    let folder = tempfile::tempdir().unwrap();
    let letter = |number: &str, code: i32| {
        let to = folder.path().join(number);
        let words = ["incident", "letter", number, "--to", to.to_str().unwrap()];
        let said = office.run_as(PREPARER, &words).expect(code);
        (to.join(format!("deletion-request-{number}.pdf")), said)
    };
    // The case's first despatch has not gone to anybody, and another one has gone to this entry.
    let theirs = open(&["DEMO-0902", "--entry", "det-yarls-wood"]);
    assert_eq!((&theirs["despatch"], &theirs["entry"]), (&id.as_str().into(), &"det-yarls-wood".into()));
    let text = flowing_text(&fs::read(letter("1", 0).0).unwrap()).replace(' ', "");
    let det = office.despatch_for("DEMO-0902", "det");
    let message_id = words(&det["message"]["message_id"]).trim_matches(['<', '>']).replace(' ', "");
    assert!(text.contains(words(&det["recipient"]["address"])), "{text}");
    assert!(text.contains(&message_id), "{text}");

    // Nothing has gone to this one: it is frozen, and there is nothing to delete.
    let none = open(&["DEMO-0902", "--entry", "harbour-lane-law"]);
    assert_eq!((&none["despatch"], &none["entry"]), (&Value::Null, &"harbour-lane-law".into()));
    let (path, said) = letter("2", 1);
    assert!(said.stderr.contains("names no despatch") && !path.exists(), "{said:?}");
    let unsent = words(&office.despatch_for("DEMO-0902", "representative")["id"]).to_owned();
    open(&[&unsent]);
    let (path, said) = letter("3", 1);
    assert!(said.stderr.contains("has not gone to anybody") && !path.exists(), "{said:?}");
    let listed = office.run(&["incident", "list"]).expect(0).stdout;
    assert!(listed.contains("none"), "{listed}");
    assert_eq!(verify(&office.dir, &[]), (0, Vec::new()));
}
