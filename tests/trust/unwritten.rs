//! Enters: commands whose output goes nowhere. Leaves: proof that what could not be written is no success, and that a
//! reader who has gone is no failure. Never: undoes what a command did because nobody could be told.

use super::service::{DAEMON, office};
use crate::support::office::{DemoOffice, PROGRAM, REVIEWER, TODAY};
use crate::support::service::as_account;
use std::fs::File;
use std::process::{Command, Output};

/// A device that is always full (full(4)).
fn onto_full(mut start: Command) -> Output {
    let full = File::options().write(true).open("/dev/full").expect("/dev/full");
    start.stdout(full).output().expect("the program starts")
}

fn to_nobody(mut start: Command) -> Output {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    start.stdout(writer).output().expect("the program starts")
}

#[track_caller]
fn is_told(done: &Output, what: &str) {
    let stderr = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{what}: {stderr}");
    assert!(stderr.contains("stdout cannot be written"), "{what}: {stderr}");
    assert!(stderr.contains("to mend:"), "{what}: {stderr}");
}

const SHOWN: [&[&str]; 8] = [
    &["deadlines"],
    &["outbox", "list"],
    &["--json", "outbox", "list"],
    &["outbox", "show", "1-2"],
    &["directory", "list"],
    &["schema"],
    &["--help"],
    &["outbox", "--help"],
];

#[test]
fn what_cannot_be_written_is_no_success_and_is_told() {
    let office = DemoOffice::new();
    for words in SHOWN {
        is_told(&onto_full(office.command(TODAY, words)), &words.join(" "));
    }
    let mut version = Command::new(PROGRAM);
    version.arg("--version");
    is_told(&onto_full(version), "--version");
    // What failed for another reason keeps its own code.
    let done = onto_full(office.command(TODAY, &["--json", "outbox", "show", "99-9"]));
    assert_ne!(done.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&done.stderr).contains("stdout cannot be written"), "{done:?}");
}

#[test]
fn what_a_command_does_is_done_though_it_could_not_be_shown() {
    let office = DemoOffice::new();
    let hold = ["--as", REVIEWER, "outbox", "hold", "1-2", "--reason", "to be asked"];
    is_told(&onto_full(office.command(TODAY, &hold)), "hold");
    let held = office.despatches().into_iter().find(|one| one["id"] == "1-2").expect("the despatch");
    assert_eq!(held["state"], "held");
}

#[test]
fn a_reader_who_has_gone_is_no_failure() {
    let office = DemoOffice::new();
    for words in SHOWN {
        let done = to_nobody(office.command(TODAY, words));
        assert_eq!(done.status.code(), Some(0), "{words:?} {done:?}");
        assert!(done.stderr.is_empty(), "{words:?} {done:?}");
    }
}

#[test]
fn what_a_service_says_and_the_caller_cannot_write_is_no_success_either() {
    let office = office();
    let _service = office.service();
    let dir = office.dir.to_str().expect("UTF-8");
    let list = || as_account(DAEMON, &["--office", dir, "outbox", "list"]);
    is_told(&onto_full(list()), "outbox list through the service");
    let done = to_nobody(list());
    assert_eq!((done.status.code(), done.stderr.len()), (Some(0), 0), "{done:?}");
}
