//! Enters: an office with a `run` that watches it. Leaves: proof that what comes later is seen, once it is whole, and
//! that a signal ends it.
//! Never: sleeps; every wait is for word of the program, with an end.

use crate::support::office::{DemoOffice, PREPARER, REVIEWER, TODAY, appointment, paper, report_received};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long the program may take to say what it saw.
const PATIENCE: Duration = Duration::from_secs(20);
const REPORT: &[u8] = paper!("A made-up report.");

/// A `run --json` that watches.
pub(super) struct Watcher {
    child: Child,
    lines: Receiver<Value>,
}

impl Watcher {
    fn start(office: &DemoOffice) -> Watcher {
        Watcher::on(office, TODAY)
    }

    pub(super) fn on(office: &DemoOffice, today: &str) -> Watcher {
        let mut command = office.command(today, &["--json", "run"]);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the program starts");
        let stdout = BufReader::new(child.stdout.take().expect("piped above"));
        let (give, lines) = channel();
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
                if give.send(value).is_err() {
                    return;
                }
            }
        });
        Watcher { child, lines }
    }

    /// Waits until the program says what became of this file, and says what it was.
    fn outcome_of(&self, file: &str) -> String {
        let line = self.said(file, |line| line["file"] == file);
        line["outcome"].as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the program raises an alarm over this despatch, and returns it.
    fn alarm_over(&self, id: &str) -> Value {
        self.said(id, |line| line["alarm"]["despatch"] == id)["alarm"].clone()
    }

    pub(super) fn said(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        while let Ok(line) = self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            if wanted(&line) {
                return line;
            }
        }
        panic!("the program said nothing of {what} within {PATIENCE:?}")
    }

    /// The process that takes its cases in.
    fn intake(&self) -> u32 {
        let is_intake = |pid: &u32| {
            fs::read_to_string(format!("/proc/{pid}/cmdline"))
                .is_ok_and(|line| line.contains("intake-worker"))
        };
        self.workers().into_iter().find(is_intake).expect("it has one")
    }

    /// Its processes for rendering and for taking cases in.
    fn workers(&self) -> Vec<u32> {
        let pid = self.child.id();
        let tasks = fs::read_dir(format!("/proc/{pid}/task")).expect("a running program");
        tasks
            .filter_map(|task| fs::read_to_string(task.ok()?.path().join("children")).ok())
            .flat_map(|pids| pids.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<u32>>())
            .collect()
    }

    fn end_with(mut self, signal: Signal) -> ExitStatus {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).expect("a process id"));
        kill(pid, signal).expect("the program runs");
        // Its output ends when it does.
        while self.lines.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Disconnected) {}
        self.child.wait().expect("a status")
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_case_that_is_renamed_into_the_inbox_is_queued() {
    let office = DemoOffice::new();
    let watcher = Watcher::start(&office);
    office.drop_case("first", &appointment(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    assert_eq!(watcher.outcome_of("first.json"), "queued");
    office.drop_case("second", &report_received(2, REPORT).to_string(), &[("report.pdf", REPORT)]);
    assert_eq!(watcher.outcome_of("second.json"), "queued");
    office.drop_case("third", "{", &[]);
    assert_eq!(watcher.outcome_of("third.json"), "rejected");
    watcher.end_with(Signal::SIGTERM);
    assert_eq!(office.despatch_for("TEST-00002", "healthcare")["state"], "awaiting_review");
}

#[test]
fn a_run_outlives_the_end_of_the_process_that_takes_its_cases_in() {
    let office = DemoOffice::new();
    let watcher = Watcher::start(&office);
    office.drop_case("first", &appointment(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    assert_eq!(watcher.outcome_of("first.json"), "queued");
    let before = watcher.intake();
    kill(Pid::from_raw(i32::try_from(before).expect("a process id")), Signal::SIGKILL).expect("it runs");
    office.drop_case("second", &appointment(2, REPORT).to_string(), &[("report.pdf", REPORT)]);
    assert_eq!(watcher.outcome_of("second.json"), "queued");
    assert_ne!(watcher.intake(), before);
    let left = fs::read_dir(office.dir.join("inbox/claimed")).unwrap().count();
    assert_eq!(left, 0, "nothing is left in hand");
}

#[test]
fn a_file_is_taken_only_when_its_writer_has_closed_it() {
    let office = DemoOffice::new();
    let watcher = Watcher::start(&office);
    let inbox = office.dir.join("inbox");
    let case = appointment(1, REPORT).to_string();
    let (begin, rest) = case.split_at(case.len() / 2);
    fs::create_dir(inbox.join("slow")).unwrap();
    fs::write(inbox.join("slow/report.pdf"), REPORT).unwrap();
    let mut slow = File::create(inbox.join("slow.json")).unwrap();
    slow.write_all(begin.as_bytes()).unwrap();
    // Another case, dropped after it and done, proves that the program has looked meanwhile.
    office.drop_case("other", &appointment(2, REPORT).to_string(), &[("report.pdf", REPORT)]);
    assert_eq!(watcher.outcome_of("other.json"), "queued");
    assert_eq!(fs::read_to_string(inbox.join("slow.json")).unwrap(), begin);
    slow.write_all(rest.as_bytes()).unwrap();
    office.drop_case("another", &appointment(3, REPORT).to_string(), &[("report.pdf", REPORT)]);
    assert_eq!(watcher.outcome_of("another.json"), "queued");
    assert!(inbox.join("slow.json").exists(), "it is whole, but its writer has not closed it");
    drop(slow);
    assert_eq!(watcher.outcome_of("slow.json"), "queued");
    watcher.end_with(Signal::SIGTERM);
}

#[test]
fn a_case_takes_the_attachment_of_its_own_folder_first() {
    let office = DemoOffice::new();
    let inbox = office.dir.join("inbox");
    fs::write(inbox.join("report.pdf"), REPORT).unwrap();
    office.drop_case("mine", &appointment(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    assert!(!inbox.join("mine").exists(), "what came with the case stays in clear in the inbox");
    assert!(inbox.join("report.pdf").exists(), "what another case may wait for was taken");
}

#[test]
fn a_case_that_waits_is_taken_when_its_attachment_comes() {
    let office = DemoOffice::new();
    let watcher = Watcher::start(&office);
    office.drop_case("early", &appointment(1, REPORT).to_string(), &[]);
    office.drop_case("other", &appointment(2, REPORT).to_string(), &[("report.pdf", REPORT)]);
    assert_eq!(watcher.outcome_of("other.json"), "queued");
    let listed = office.run(&["outbox", "list"]).expect(0).stdout;
    let words = listed.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("early.json waits in the inbox: report.pdf is not there yet"), "{listed}");
    fs::write(office.dir.join("inbox/report.pdf"), REPORT).unwrap();
    assert_eq!(watcher.outcome_of("early.json"), "queued");
    watcher.end_with(Signal::SIGINT);
}

#[test]
fn a_signal_ends_the_watcher_with_its_workers_and_frees_the_office() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let office = DemoOffice::new();
        let watcher = Watcher::start(&office);
        office.drop_case("first", &appointment(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
        assert_eq!(watcher.outcome_of("first.json"), "queued");
        let workers = watcher.workers();
        assert!(!workers.is_empty(), "a case that was made has had a worker");
        watcher.end_with(signal);
        let end = Instant::now() + PATIENCE;
        let alive = |pid: &u32| {
            fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
        };
        while workers.iter().any(alive) {
            assert!(Instant::now() < end, "the workers {workers:?} outlive the watcher");
            thread::yield_now();
        }
        office.drop_case("later", &appointment(2, REPORT).to_string(), &[("report.pdf", REPORT)]);
        let said = office.run(&["run", "--once"]);
        assert!(said.stdout.contains("1 queued"), "{said:?}");
    }
}

#[test]
fn a_healthcare_copy_that_could_not_be_opened_alarms_again_after_it_had_not_gone() {
    const LATER: &str = "2026-11-25";
    let office = DemoOffice::new();
    let id = office.despatch_for("DEMO-0901", "healthcare")["id"].as_str().unwrap().to_owned();
    let watcher = Watcher::on(&office, LATER);
    assert_eq!(watcher.alarm_over(&id)["state"], "awaiting_review");
    office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(0);
    office.on(LATER, &["send", "--once"]).expect(0);
    let unopened = ["--as", PREPARER, "outbox", "unopened", &id, "--reason", "the key is lost"];
    office.on(LATER, &unopened).expect(0);
    assert_eq!(watcher.alarm_over(&id)["cannot_open"], true);
    watcher.end_with(Signal::SIGTERM);
}
