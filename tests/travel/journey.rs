//! What was approved arrives, byte for byte, at its own recipient and nobody else.

use super::relay::use_relay;
use super::*;
use crate::support::office::{PREPARER, TODAY};
use crate::support::postfix::{Postfix, strip_added_headers};
use crate::support::tools::{age_decrypt, command, run_with};
use despatch_core::words::Sha256;
use std::fs;

/// Reads a message with Python's own parser: the one recipient of the header, and each attachment's name and bytes.
const PARTS: &str = r#"
import base64, email, email.policy, json, sys
message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
print(json.dumps({"to": message["to"].addresses[0].addr_spec, "parts": [
    [part.get_filename(), base64.b64encode(part.get_payload(decode=True)).decode()]
    for part in message.iter_attachments()]}))
"#;

fn parsed(message: &[u8]) -> Value {
    let out =
        run_with(command("python3").args(["-c", PARTS]), message).expect("a message that Python can read");
    serde_json::from_slice(&out).expect("JSON")
}

#[test]
fn a_case_travels_to_each_of_its_recipients_as_it_was_approved() {
    let postfix = Postfix::start();
    let office = DemoOffice::new();
    use_relay(&office, postfix.port(), &postfix.ca_pem_path());
    process(&office, "appointment", &appointment(1, REPORT));
    let case: Vec<Value> =
        office.despatches().into_iter().filter(|one| one["case_id"] == "TEST-00001").collect();
    assert_eq!(case.len(), 6, "caseworker, doctor, interpreter, room, detention team and representative");
    for one in &case {
        let sha = one["message"]["sha256"].as_str().unwrap();
        let said = office
            .run_as(REVIEWER, &["outbox", "approve", one["id"].as_str().unwrap(), "--message", &sha[..12]])
            .expect(0);
        assert!(said.stdout.contains("approved"), "{said:?}");
    }
    let said = send(&office).expect(0);
    assert_eq!(said.stdout.lines().filter(|line| line.starts_with("sent")).count(), 6, "{said:?}");
    let delivered: Vec<Vec<u8>> = postfix.wait_for(6).iter().map(|one| strip_added_headers(one)).collect();
    assert_eq!(delivered.len(), 6);
    for one in &case {
        let id = one["id"].as_str().unwrap();
        let address = one["recipient"]["address"].as_str().unwrap();
        let theirs = case.iter().filter(|other| other["recipient"]["address"] == address).count();
        let to_them = delivered.iter().filter(|message| parsed(message)["to"] == address).count();
        assert_eq!(to_them, theirs, "{address} gets what is for them of this case, and no more");
        let mine: Vec<_> = delivered.iter().filter(|message| **message == office.message(one)).collect();
        assert_eq!(mine.len(), 1, "{id}: the bytes in the outbox arrived, once");
        let shown = shown(&office, id);
        assert_eq!(shown["despatch"]["approval"]["sha256"], Sha256::of(mine[0]).to_string());
        assert_eq!(shown["despatch"]["state"], "sent");
        let reply = shown["despatch"]["reply"].as_str().unwrap();
        assert!(reply.starts_with("250 2.0.0 Ok: queued as"), "{reply}");
        let sent = events(&office, id, "sent");
        assert!(sent.len() == 1 && sent[0].to_string().contains(reply), "{sent:?}");
        let envelope = format!("to=<{address}>");
        assert_eq!(postfix.log().matches(&envelope).count(), theirs, "{}", postfix.log());
    }
    let again = send(&office).expect(0);
    assert!(again.stdout.contains("Nothing is approved and due."), "{again:?}");
    // The marker goes through the same queue: had there been a seventh message, it would have come before it.
    let marker = id_of(&office, "DEMO-0903", "det");
    approve(&office, &marker);
    send(&office).expect(0);
    assert_eq!(postfix.wait_for(7).len(), 7);
    office.run(&["check"]).expect(0);
}

#[test]
fn what_arrives_opens_with_the_recipient_s_key_alone() {
    let office = busy_office();
    for id in ["TEST-00001", "TEST-00002"]
        .iter()
        .flat_map(|case| office.despatches().into_iter().filter(move |one| one["case_id"] == *case))
        .map(|one| one["id"].as_str().unwrap().to_owned())
    {
        approve(&office, &id);
    }
    let said = send(&office).expect(0);
    assert_eq!(sent_files(&office).len(), 9, "{said:?}");
    let keys = [
        "dmrt-inbox",
        "manager-ayesha",
        "healthcare-brook-house",
        "caseworker-marisol",
        "dr-rathore-quill",
        "interpreter-bookings",
        "det-brook-house",
        "harbour-lane-law",
    ];
    for file in sent_files(&office) {
        let id = file.trim_end_matches(".eml");
        let despatch = despatch(&office, id);
        let bytes = fs::read(office.dir.join("sent").join(&file)).unwrap();
        assert!(
            bytes == office.message(&despatch),
            "{file}: the folder holds other bytes than were approved"
        );
        assert_eq!(despatch["approval"]["sha256"], Sha256::of(&bytes).to_string());
        let parsed = parsed(&bytes);
        let parts = parsed["parts"].as_array().unwrap();
        let sealed: Vec<_> =
            parts.iter().filter(|part| part[0].as_str().unwrap().ends_with(".age")).collect();
        assert!(!sealed.is_empty(), "{file}: nothing is sealed in it");
        for part in sealed {
            let bytes = run_with(command("base64").arg("-d"), part[1].as_str().unwrap().as_bytes()).unwrap();
            for key in keys {
                let opens = age_decrypt(&office.key(key), &bytes).is_ok();
                assert_eq!(opens, despatch["recipient"]["entry"] == key, "{file} {} with {key}", part[0]);
            }
            age_decrypt(&office.key("review"), &bytes).expect("the office can open what it sent");
        }
    }
}

#[test]
fn the_ledger_says_who_prepared_approved_and_sent() {
    let office = DemoOffice::new();
    let id = id_of(&office, "DEMO-0902", "det");
    office
        .run_as(OTHER_REVIEWER, &["outbox", "open", &id, "--to", office.dir.join("opened").to_str().unwrap()])
        .expect(0);
    approve(&office, &id);
    send(&office).expect(0);
    let shown = shown(&office, &id);
    assert_eq!(shown["despatch"]["prepared_by"], PREPARER);
    let history: Vec<(&str, &str)> = shown["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (event["what"].as_str().unwrap(), event["actor"].as_str().unwrap()))
        .collect();
    assert_eq!(
        history[1..],
        [
            ("viewed", OTHER_REVIEWER),
            ("approved", REVIEWER),
            ("claimed", "despatch send"),
            ("dot_pending", "despatch send"),
            ("sent", "despatch send"),
        ],
        "{history:?}"
    );
    assert_eq!(shown["despatch"]["approval"]["by"], REVIEWER);
    assert!(shown["events"][2]["at"].as_str().unwrap().starts_with(TODAY));
}

#[test]
fn two_senders_or_two_watchers_are_never_at_work_in_one_office() {
    use super::relay::SlowRelay;
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    let office = DemoOffice::new();
    let mut relay = SlowRelay::start(&["stalldot"]);
    relay.serve(&office);
    let id = id_of(&office, "DEMO-0902", "det");
    approve(&office, &id);
    let mut sender = office.command(TODAY, &["send"]).stdout(Stdio::null()).spawn().unwrap();
    relay.until("STALLED");
    let second = send(&office).expect(3);
    assert!(second.stderr.contains("another sender is at work in this outbox"), "{second:?}");
    assert_eq!(state(&office, &id), "dot_pending", "the second one touched nothing");
    sender.kill().unwrap();
    sender.wait().unwrap();

    let mut watcher = office.command(TODAY, &["run"]).stdout(Stdio::piped()).spawn().unwrap();
    let case = report_received(1, REPORT);
    office.drop_case("report", &case.to_string(), &[("report.pdf", REPORT)]);
    let lines = BufReader::new(watcher.stdout.take().unwrap()).lines();
    let queued = lines.map(Result::unwrap).find(|line| line.starts_with("queued"));
    assert!(queued.is_some_and(|line| line.contains("TEST-00001")));
    let second = office.run(&["run", "--once"]).expect(3);
    assert!(second.stderr.contains("another watcher is at work in this outbox"), "{second:?}");
    watcher.kill().unwrap();
    watcher.wait().unwrap();
}
