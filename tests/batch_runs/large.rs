//! Enters: as many rows as a run of the tests has time for; ten thousand in a full one. Leaves: each of them approved on the
//! strength of a sample and sent to a relay on this machine, none lost and none twice. Never: another machine.

use super::sampling::{approved_by_sample, office};
use super::{REPORT, in_state, standing};
use crate::support::folder::is_full;
use crate::support::office::{DemoOffice, PREPARER, appointment};
use crate::support::tools::command;
use crate::travel::relay::{certify, use_relay};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::Instant;
use tempfile::TempDir;

const SCRIPT: &str = include_str!("sink.py");

/// A relay that takes everything.
struct Sink {
    child: Child,
    folder: TempDir,
}

impl Sink {
    fn start(office: &DemoOffice) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        certify(folder.path(), "localhost");
        let mut child = command("python3")
            .args(["-c", SCRIPT, "relay.pem", "relay.key", "."])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped above")).read_line(&mut line).expect("a line");
        let port = line.trim().strip_prefix("PORT ").and_then(|port| port.parse().ok()).expect("a port");
        use_relay(office, port, &folder.path().join("ca.pem"));
        Self { child, folder }
    }

    /// The Message-ID of each message, in the order in which they came.
    fn taken(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("taken")).expect("what it took");
        text.lines().map(str::to_owned).collect()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file with the case of somebody else in each line: were all of them one person's, every row would be compared with every
/// other open case of that person.
fn people(office: &DemoOffice, rows: usize) -> PathBuf {
    let file = office.dir.with_file_name("rooms.ndjson");
    fs::write(file.with_file_name("report.pdf"), REPORT).expect("a report");
    let case = |n: usize| {
        let mut case = appointment(n, REPORT);
        let letters = n.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect::<String>();
        case["person"]["name"] = json!(format!("Person Number{letters}"));
        case["home_office_reference"] = json!(format!("T{n:07}"));
        case.to_string() + "\n"
    };
    fs::write(&file, (1..=rows).map(case).collect::<String>()).expect("a file");
    file
}

#[test]
fn every_row_of_a_large_batch_is_sent_once() {
    let rows = if is_full() { 10_000 } else { 200 };
    let office = office();
    let file = people(&office, rows);
    let mut since = Instant::now();
    let mut took = |what: &str| {
        let seconds = since.elapsed().as_secs_f64();
        since = Instant::now();
        eprintln!("{rows} rows: {what} in {seconds:.1} s, {:.0} a second", rows as f64 / seconds);
    };
    let words = ["--json", "batch", file.to_str().expect("UTF-8"), "--name", "rooms"];
    let ran = office.run_as(PREPARER, &words).expect(0).json();
    assert_eq!(ran["dropped"], json!(rows));
    took("dropped");
    office.run(&["run", "--once"]);
    took("made");
    let stands = standing(&office, "rooms");
    assert_eq!(
        (&stands["rows"], &stands["messages"]),
        (&json!({ "queued": rows }), &json!({ "awaiting_review": rows }))
    );
    took("counted");
    assert_eq!(approved_by_sample(&office), rows);
    took("approved");
    let sink = Sink::start(&office);
    office.run(&["send", "--once"]).expect(0);
    took("sent");

    let taken = sink.taken();
    let once: BTreeSet<&String> = taken.iter().collect();
    assert_eq!((taken.len(), once.len()), (rows, rows), "each came once");
    assert_eq!(in_state(&office, "rooms", "sent").len(), rows);
    took("reported");
    let again = office.run_as(PREPARER, &words).expect(0).json();
    assert_eq!((&again["dropped"], &again["known"]), (&json!(0), &json!(rows)));
    took("known again");
    office.run(&["send", "--once"]).expect(0);
    assert_eq!(sink.taken().len(), rows, "and none again");
    office.run(&["audit", "verify"]).expect(0);
    took("audited");
}
