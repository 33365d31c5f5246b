//! Enters: a made-up kind that says nothing about anybody, and a pack that lets a sample of it stand for the rest. Leaves:
//! proof that the sample is the same for everybody, opened before the rest is approved, and on record.

use super::{OTHER_REVIEWER, REPORT, in_state, standing};
use crate::support::office::{DemoOffice, PREPARER, REVIEWER, Said, appointment};
use despatch_core::words::Sha256;
use despatch_testing::swap::Swap;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

const KIND: &str = "visit-room";
const SAMPLE: usize = 3;

/// A pack in which an appointment makes one message, of the made-up kind.
fn pack(sampled: &str) -> String {
    format!(
        r#"id = "rooms"
title = "Rooms alone"
extends = "hoso-2022-09-12"
[[change]]
value = "row"
reason = "a test with a made-up kind"
to = [{{ number = "10", purpose = "room_booking", events = ["appointment_confirmed"], team = "dmrt", kind = "{KIND}", role = "det", places = ["irc"], encloses = [], stale = "appointment", source = "made up" }}]
[[change]]
value = "lists"
reason = "a test with a made-up kind"
to = {{ teams = ["dmrt"], roles = ["det"], attachments = ["external_medical_report", "second_opinion_report", "signed_consent", "healthcare_records", "other_record"], circumstances = [], deadlines = ["refer", "assess", "serve", "respond", "report", "rebook", "before_removal", "review"], place_kinds = ["irc"] }}
[[change]]
value = "sampled"
reason = "a test of samples"
to = {sampled}
[[change]]
value = "sample"
reason = "a test of samples"
to = {SAMPLE}
"#
    )
}

/// An office that books rooms, and whose reviewers open what they approve.
pub(super) fn office() -> DemoOffice {
    let office = DemoOffice::new();
    office.run(&["template", "new", KIND, "--from", "room-booking"]).expect(0);
    fs::create_dir_all(office.dir.join("policy")).expect("a folder");
    fs::write(office.dir.join("policy/rooms.toml"), pack(&format!("[\"{KIND}\"]"))).expect("a pack");
    office.edit("despatch.toml", |text| {
        let text = text.swapped("pack = \"hoso-2022-09-12\"", "pack = \"rooms\"");
        text.swapped("\"*\" = \"a demonstration with made-up cases\"", "")
    });
    let terms = ["policy", "adopt", "rooms", "--reason", "made-up cases", "--until", "2028-06-30"];
    office.run_as(PREPARER, &terms).expect(0);
    office.run_as(REVIEWER, &["policy", "adopt", "rooms"]).expect(0);
    office
}

/// A file with a case a line, and the report that each lists beside it.
pub(super) fn lines(office: &DemoOffice, rows: usize) -> PathBuf {
    let file = office.dir.with_file_name("rooms.ndjson");
    fs::write(file.with_file_name("report.pdf"), REPORT).expect("a report");
    let case = |n: usize| appointment(n, REPORT).to_string() + "\n";
    fs::write(&file, (1..=rows).map(case).collect::<String>()).expect("a file");
    file
}

/// The same as a batch whose messages await review.
fn batch(rows: usize) -> DemoOffice {
    let office = office();
    let file = lines(&office, rows);
    office.run_as(PREPARER, &["batch", file.to_str().unwrap(), "--name", "rooms"]).expect(0);
    office.run(&["run", "--once"]);
    assert_eq!(in_state(&office, "rooms", "awaiting_review").len(), rows);
    office
}

fn sample(office: &DemoOffice, who: &str) -> Said {
    office.run_as(who, &["--json", "batch", "sample", "rooms", "--kind", KIND])
}

fn approve(office: &DemoOffice, who: &str) -> Said {
    office.run_as(who, &["--json", "batch", "approve", "rooms", "--kind", KIND])
}

/// Has a reviewer open the sample and approve all of the kind; returns how many that were.
pub(super) fn approved_by_sample(office: &DemoOffice) -> usize {
    for id in drawn(office) {
        office.run_as(REVIEWER, &["outbox", "open", &id, "--to", "-"]).expect(0);
    }
    let done = approve(office, REVIEWER).expect(0).json();
    done["approved"].as_u64().and_then(|number| usize::try_from(number).ok()).expect("a number")
}

fn drawn(office: &DemoOffice) -> Vec<String> {
    let said = sample(office, REVIEWER).expect(0).json();
    let ids = said["sample"]["drawn"].as_array().expect("a sample").iter();
    ids.map(|id| id.as_str().expect("an id").to_owned()).collect()
}

/// The same draw by hand: the first by the hash of the batch, the sheet and the id.
fn by_hand(office: &DemoOffice) -> Vec<String> {
    let sheet = standing(office, "rooms")["sheet"].as_str().expect("a hash").to_owned();
    let mut ids = in_state(office, "rooms", "awaiting_review");
    ids.sort_by_key(|id| Sha256::of(format!("rooms\n{sheet}\n{id}").as_bytes()));
    ids.truncate(SAMPLE);
    let number = |id: &String| id.split('-').next().and_then(|part| part.parse::<u64>().ok());
    ids.sort_by_key(number);
    ids
}

#[test]
fn a_sample_that_one_reviewer_has_opened_stands_for_the_rest_and_the_record_says_so() {
    let office = batch(8);
    assert!(approve(&office, REVIEWER).expect(1).stdout.contains("sample.none"));
    let ids = drawn(&office);
    assert_eq!(ids, by_hand(&office), "anybody can draw it again");
    assert_eq!(drawn(&office), ids, "it is drawn once");
    assert_eq!(office.events("batch ").iter().filter(|(_, code)| code == "batch_sampled").count(), 1);
    let said = approve(&office, REVIEWER).expect(1);
    assert!(said.stdout.contains("sample.unopened") && said.stdout.contains(&ids[0]), "{said:?}");
    for id in &ids {
        office.run_as(REVIEWER, &["outbox", "open", id, "--to", "-"]).expect(0);
    }
    // Another one has opened nothing, and the preparer approves nothing.
    assert!(approve(&office, OTHER_REVIEWER).expect(1).stdout.contains("sample.unopened"));
    assert!(approve(&office, PREPARER).expect(1).stdout.contains("sample.unopened"));
    let done = approve(&office, REVIEWER).expect(0).json();
    assert_eq!((&done["approved"], &done["refused"]), (&json!(8), &json!([])));
    for id in in_state(&office, "rooms", "approved") {
        let shown = office.run(&["--json", "outbox", "show", &id]).json();
        let unseen = &shown["despatch"]["approval"]["unseen"];
        match ids.contains(&id) {
            true => assert_eq!(*unseen, Value::Null, "{id} was opened"),
            false => {
                assert!(unseen.as_str().is_some_and(|why| why.starts_with("3 of the 8 messages")), "{shown}")
            }
        }
    }
    office.run(&["send", "--once"]).expect(0);
    assert_eq!(in_state(&office, "rooms", "sent").len(), 8);
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn a_sample_of_which_something_was_stopped_stands_for_nothing() {
    let office = batch(5);
    let ids = drawn(&office);
    for id in &ids {
        office.run_as(REVIEWER, &["outbox", "open", id, "--to", "-"]).expect(0);
    }
    office.run_as(REVIEWER, &["outbox", "return", &ids[1], "--reason", "the wrong room"]).expect(0);
    let said = approve(&office, REVIEWER).expect(1);
    assert!(said.stdout.contains("sample.stopped"), "{said:?}");
    // Each message is opened then.
    let rest =
        in_state(&office, "rooms", "awaiting_review").into_iter().find(|id| !ids.contains(id)).unwrap();
    let said = office.run_as(REVIEWER, &["--json", "outbox", "approve", &rest]).expect(1);
    assert!(said.stdout.contains("approve.unseen"), "{said:?}");
}

#[test]
fn a_kind_that_no_pack_lists_has_no_sample() {
    let office = batch(2);
    let said =
        office.run_as(REVIEWER, &["--json", "batch", "sample", "rooms", "--kind", "invitation"]).expect(1);
    assert!(said.stdout.contains("sample.kind"), "{said:?}");
    fs::write(office.dir.join("policy/rooms.toml"), pack("[]")).expect("a pack");
    assert!(sample(&office, REVIEWER).expect(1).stdout.contains("sample.kind"));
}

#[test]
fn a_pack_that_lists_a_kind_with_health_data_is_refused_with_its_file() {
    let office = office();
    for kind in ["invitation", "response"] {
        let own = r#"id = "loose"
title = "Too loose"
extends = "hoso-2022-09-12"
[[change]]
value = "sampled"
reason = "less work"
to = ["KIND"]
"#;
        fs::write(office.dir.join("policy/loose.toml"), own.swapped("KIND", kind)).expect("a pack");
        let said = office.run(&["--json", "check"]).expect(1);
        let faults = said.json()["faults"].as_array().expect("faults").clone();
        let ours = faults.iter().find(|fault| fault["code"] == "pack.sampled").expect("its fault");
        assert!(ours["at"].as_str().is_some_and(|at| at.starts_with("policy/loose.toml")), "{ours}");
    }
    // A kind of the office's own whose templates may name somebody is none either, whatever its rows are for.
    fs::remove_file(office.dir.join("policy/loose.toml")).expect("it is there");
    let toml = format!("templates/{KIND}/kind.toml");
    office.edit(&toml, |text| text.swapped("anonymous = true", "anonymous = false"));
    let said = office.run(&["--json", "check"]).expect(1);
    assert!(said.stdout.contains("pack.sampled"), "{said:?}");
}
