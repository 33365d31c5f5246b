//! What a correction, an accident to the outbox and two cases with one file come to.

use super::relay::SlowRelay;
use super::*;
use crate::support::office::{TODAY, drop_into, event};
use crate::support::tools::{command, run, run_with};
use despatch_core::words::Sha256;
use serde_json::json;
use std::fs;
use std::process::Stdio;

const ATTACHED: &[(&str, &[u8])] = &[("report.pdf", REPORT)];

/// Drops the appointment of a case and a correction of it, with what is done between the two; what the run says.
fn corrected_after(office: &DemoOffice, between: impl FnOnce()) -> Said {
    let first = appointment(1, REPORT);
    office.drop_case("first", &first.to_string(), ATTACHED);
    office.run(&["run", "--once"]);
    between();
    let mut second = first.clone();
    second["event"]["time"] = json!("15:45");
    second["replaces"] = json!(Sha256::of(first.to_string().as_bytes()).to_string());
    office.drop_case("second", &second.to_string(), ATTACHED);
    office.run(&["run", "--once"])
}

#[test]
fn a_correction_says_what_has_gone_already() {
    let office = DemoOffice::new();
    let mut gone = String::new();
    let said = corrected_after(&office, || {
        gone = id_of(&office, "TEST-00001", "det");
        approve(&office, &gone);
        send(&office).expect(0);
    });
    assert!(
        said.stdout.contains(&format!("{gone}, which it would have replaced, has been sent already")),
        "{said:?}"
    );
    let new = office
        .despatches()
        .into_iter()
        .filter(|one| one["case_id"] == "TEST-00001" && one["state"] == "awaiting_review");
    let warned = new.filter(|one| {
        one["warnings"].to_string().contains(&format!("{gone}, of the file that this one replaces"))
    });
    assert_eq!(warned.count(), 6, "each new despatch warns its reviewer");
}

#[test]
fn what_a_sender_had_in_hand_when_it_was_corrected_is_not_sent_by_the_next() {
    let office = DemoOffice::new();
    let mut relay = SlowRelay::start(&["stalldata", "accept"]);
    relay.serve(&office);
    let mut old = String::new();
    corrected_after(&office, || {
        old = id_of(&office, "TEST-00001", "det");
        approve(&office, &old);
        let mut sender = office.command(TODAY, &["send", "--once"]).stdout(Stdio::null()).spawn().unwrap();
        relay.until("STALLED");
        sender.kill().unwrap();
        sender.wait().unwrap();
        relay.until("END");
    });
    assert_eq!(state(&office, &old), "claimed", "the correction could not take it from the sender");
    assert!(send(&office).expect(0).stdout.contains("Nothing is approved and due."));
    assert_eq!((state(&office, &old).as_str(), relay.message(1)), ("superseded", None));
}

/// Approves the letter of a case, has a sender take it, and processes another event of the case meanwhile.
fn overtaken_in_hand(relay: &mut SlowRelay, kill: bool, next: &serde_json::Value) -> (DemoOffice, String) {
    let office = DemoOffice::new();
    relay.serve(&office);
    office.drop_case("first", &appointment(1, REPORT).to_string(), ATTACHED);
    office.run(&["run", "--once"]);
    let letter = id_of(&office, "TEST-00001", "det");
    approve(&office, &letter);
    let mut sender = office.command(TODAY, &["send", "--once"]).stdout(Stdio::null()).spawn().unwrap();
    relay.until("STALLED");
    if kill {
        sender.kill().unwrap();
    }
    office.drop_case("next", &next.to_string(), ATTACHED);
    let said = office.run(&["run", "--once"]);
    assert!(said.stdout.contains("1 queued, 0 rejected"), "{said:?}");
    if !kill {
        relay.open_gate();
    }
    sender.wait().unwrap();
    relay.until("END");
    (office, letter)
}

#[test]
fn what_a_sender_has_in_hand_does_not_go_to_somebody_who_has_died_meanwhile() {
    let mut died = event(1, "died", json!({ "type": "died", "on": TODAY }));
    died["attachments"] = json!([]);
    for (mode, kill) in [("gatebusy", false), ("stalldata", true)] {
        let mut relay = SlowRelay::start(&[mode, "accept"]);
        let (office, letter) = overtaken_in_hand(&mut relay, kill, &died);
        office.on("2026-11-24", &["send", "--once"]);
        assert_eq!(state(&office, &letter), "held", "{mode}");
        assert_eq!(holds(&office, &letter), ["overtaken"], "{mode}");
        assert!(hold_label(&office, &letter).contains("cancel this, or release it"), "{mode}");
        assert_eq!(relay.message(1), None, "{mode}");
    }
}

#[test]
fn what_a_sender_has_in_hand_gives_way_to_a_new_appointment() {
    let mut again = appointment(1, REPORT);
    again["event_id"] = json!("again");
    again["event"]["date"] = json!("2026-11-30");
    let mut relay = SlowRelay::start(&["gatebusy", "accept"]);
    let (office, letter) = overtaken_in_hand(&mut relay, false, &again);
    office.on("2026-11-24", &["send", "--once"]);
    assert_eq!((state(&office, &letter).as_str(), relay.message(1)), ("superseded", None));
}

#[test]
fn a_service_that_failed_takes_no_letter_from_the_invitation_that_a_correction_sends() {
    let office = DemoOffice::new();
    let said = corrected_after(&office, || {
        let letter = id_of(&office, "TEST-00001", "det");
        approve(&office, &letter);
        send(&office).expect(0);
        let failed =
            json!({ "type": "service_failed", "reported_on": TODAY, "reason": "The wing was closed." });
        let mut failed = event(1, "failed", failed);
        failed["attachments"] = json!([]);
        office.drop_case("failed", &failed.to_string(), &[]);
        let said = office.run(&["run", "--once"]);
        assert!(said.stdout.contains("1 queued, 0 rejected"), "{said:?}");
    });
    assert!(said.stdout.contains("1 queued, 0 rejected"), "{said:?}");
    let letters = office.despatches().into_iter().filter(|one| {
        one["case_id"] == "TEST-00001" && one["planned"]["kind"] == "service-pack" && one["state"] != "sent"
    });
    let states: Vec<String> = letters.map(|one| one["state"].as_str().unwrap().to_owned()).collect();
    assert_eq!(states, ["awaiting_review"], "the new letter goes to review");
}

#[test]
fn check_looks_at_the_messages_too() {
    let office = DemoOffice::new();
    let id = id_of(&office, "DEMO-0902", "det");
    fs::write(office.message_path(&despatch(&office, &id)), "other bytes").unwrap();
    let said = office.run(&["check"]).expect(1);
    assert!(said.stderr.contains(&id) && said.stderr.contains("is not the one that was made"), "{said:?}");
}

#[test]
fn a_lost_ledger_is_not_begun_anew_over_what_lies_there() {
    let office = DemoOffice::new();
    let message = office.message_path(&office.despatch_for("DEMO-0902", "det"));
    let before = fs::read(&message).unwrap();
    for file in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
        let _ = fs::remove_file(office.dir.join("outbox").join(file));
    }
    office.drop_case("first", &appointment(1, REPORT).to_string(), ATTACHED);
    for words in [&["run", "--once"][..], &["check"], &["outbox", "list"]] {
        let said = office.run(words);
        assert!(said.code != 0 && said.stderr.contains("ledger.db is missing"), "{words:?}: {said:?}");
    }
    assert!(fs::read(&message).unwrap() == before && office.dir.join("inbox/first.json").exists());
}

#[test]
fn a_reviewer_can_have_the_documents_as_an_archive() {
    let office = DemoOffice::new();
    let id = id_of(&office, "DEMO-0902", "det");
    let archive = run(office
        .command(TODAY, &["--as", REVIEWER, "outbox", "open", &id, "--to", "-"])
        .stderr(Stdio::null()))
    .unwrap_or_else(|why| panic!("{why}"));
    let names = run_with(command("tar").arg("t"), &archive).expect("a tar archive");
    let names = String::from_utf8(names).unwrap();
    assert_eq!(
        names,
        "01-cover-note.pdf\n02-document.pdf\n03-document.pdf\n04-document.pdf\n05-document.pdf\nmanifest.json\nSHA256SUMS\nSHA256SUMS.sig\n"
    );
    assert_eq!(events(&office, &id, "viewed").len(), 1, "the record says who looked");
}

#[test]
fn a_case_with_the_longest_of_names_delays_nobody() {
    let office = DemoOffice::new();
    let long = "n".repeat(250);
    fs::write(office.dir.join(format!("inbox/{long}.json")), "{}").unwrap();
    office.drop_case("good", &appointment(1, REPORT).to_string(), ATTACHED);
    let said = office.run(&["run", "--once"]).expect(1);
    assert!(said.stdout.contains("TEST-00001"), "{said:?}");
    let rejected = office.dir.join("inbox/rejected");
    assert!(rejected.join(format!("{long}.json")).exists(), "it is kept under its own name");
    let lists = fs::read_dir(rejected).unwrap().flatten().filter(|entry| {
        let name = entry.file_name().into_string().unwrap();
        name.starts_with("nnn") && name.ends_with(".faults.txt")
    });
    assert_eq!(lists.count(), 1);
}

#[test]
fn of_two_cases_that_name_one_file_the_second_waits_for_its_own() {
    let office = DemoOffice::new();
    let inbox = office.dir.join("inbox");
    fs::write(inbox.join("report.pdf"), REPORT).unwrap();
    drop_into(&inbox, "one", &appointment(1, REPORT).to_string(), &[]);
    drop_into(&inbox, "two", &appointment(2, REPORT).to_string(), &[]);
    let said = office.run(&["run", "--once"]).expect(1);
    assert!(said.stdout.contains("1 queued, 0 rejected"), "{said:?}");
    assert!(said.stdout.contains(".json: report.pdf is not there yet"), "{said:?}");
}
