//! Enters: as many rows as a run of the tests has time for; ten thousand in a full one. Leaves: each of them approved on the
//! strength of a sample and sent to a relay on this machine, none lost and none twice. Never: another machine.

use super::sampling::{approved_by_sample, lines, office};
use super::{in_state, standing};
use crate::support::folder::is_full;
use crate::support::office::{DemoOffice, PREPARER};
use crate::support::tools::command;
use crate::travel::relay::{certify, use_relay};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
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

#[test]
fn every_row_of_a_large_batch_is_sent_once() {
    let rows = if is_full() { 10_000 } else { 200 };
    let office = office();
    let file = lines(&office, rows);
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
    let again = office.run_as(PREPARER, &words).expect(0).json();
    assert_eq!((&again["dropped"], &again["known"]), (&json!(0), &json!(rows)));
    office.run(&["send", "--once"]).expect(0);
    assert_eq!(sink.taken().len(), rows, "and none again");
    office.run(&["audit", "verify"]).expect(0);
    took("audited");
}
