//! Enters: an inbox on a file server. Leaves: proof that what the server keeps for itself is no case, and that a name
//! that only looks right is told. Never: takes what somebody deleted.

use crate::support::office::{DemoOffice, PROGRAM, TODAY, appointment, drop_into, paper};
use crate::support::tools::command;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

const REPORT: &[u8] = paper!("A made-up report.");
const ATTACHED: &[(&str, &[u8])] = &[("report.pdf", REPORT)];

/// Folders in which file servers and sync programs keep what was deleted, earlier versions and unfinished files.
const KEPT: [&str; 12] = [
    ".recycle",
    ".Trash-1000",
    ".stversions",
    ".snapshot",
    "$RECYCLE.BIN",
    "#recycle",
    "#snapshot",
    "@Recycle",
    "@Recently-Snapshot",
    "~snapshot",
    "System Volume Information",
    "lost+found",
];

#[test]
fn what_lies_in_a_folder_of_the_file_servers_is_no_case_and_stays() {
    let office = DemoOffice::new();
    let inbox = office.dir.join("inbox");
    for (n, folder) in (1..).zip(KEPT) {
        fs::create_dir(inbox.join(folder)).expect("a new folder");
        drop_into(&inbox.join(folder), "case", &appointment(n, REPORT).to_string(), &[]);
        fs::write(inbox.join(folder).join("report.pdf"), REPORT).expect("a new file");
        // Nor does a faulty case bring what lies in the folder that has its name.
        drop_into(&inbox, folder, "{ no case", &[]);
    }
    // A folder of a person's own is looked into.
    fs::create_dir(inbox.join("recycle this week")).expect("a new folder");
    office.drop_case("recycle this week/case", &appointment(20, REPORT).to_string(), ATTACHED);
    let said = office.run(&["--json", "run", "--once"]);
    let summary = said.stdout.lines().last().expect("a summary");
    let summary: serde_json::Value = serde_json::from_str(summary).expect("JSON");
    assert_eq!(summary["queued"], 1, "{said:?}");
    for folder in KEPT {
        for file in ["case.json", "report.pdf"] {
            assert!(inbox.join(folder).join(file).exists(), "{folder}/{file} was taken: {said:?}");
        }
    }
}

#[test]
fn a_case_file_is_one_in_whatever_capitals_its_ending_stands() {
    let office = DemoOffice::new();
    let inbox = office.dir.join("inbox");
    for (n, name) in (1..).zip(["CASE.JSON", "Case.Json", "other.jSON"]) {
        let own = inbox.join(name).with_extension("");
        fs::create_dir(&own).expect("a new folder");
        fs::write(own.join("report.pdf"), REPORT).expect("a new file");
        fs::write(inbox.join(name), appointment(n, REPORT).to_string()).expect("a new file");
    }
    let said = office.run(&["--json", "run", "--once"]);
    let summary = said.stdout.lines().last().expect("a summary");
    let summary: serde_json::Value = serde_json::from_str(summary).expect("JSON");
    assert_eq!((&summary["queued"], &summary["rejected"]), (&3.into(), &0.into()), "{said:?}");
}

#[test]
fn a_service_whose_stdout_nobody_reads_logs_what_it_rejects() {
    let office = DemoOffice::new();
    let mut run = command("timeout");
    run.args(["120", PROGRAM, "--office"]).arg(&office.dir).args(["--today", TODAY, "run"]);
    run.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut run = run.spawn().expect("the program starts");
    drop_into(&office.dir.join("inbox"), "late", "{ no case", &[]);
    // Ends with the line, or with the program.
    let lines = BufReader::new(run.stderr.take().expect("a pipe")).lines().map_while(Result::ok);
    let told = lines.into_iter().find(|line| line.contains("rejected"));
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(run.id() as i32), nix::sys::signal::SIGTERM)
        .expect("our own");
    run.wait().expect("our own child");
    let told = told.expect("a line about it");
    assert!(told.contains("late.json") && told.contains("ALARM"), "{told}");
}

#[test]
fn an_attachment_whose_name_only_looks_right_is_told_with_the_name_that_it_has() {
    let office = DemoOffice::new();
    let inbox = office.dir.join("inbox");
    let near = ["Report.PDF", "REPORT.pdf", "report .pdf", "ｒeport.pdf"];
    for (n, name) in (1..).zip(near) {
        drop_into(&inbox, &format!("near-{n}"), &appointment(n, REPORT).to_string(), &[(name, REPORT)]);
    }
    drop_into(&inbox, "none", &appointment(9, REPORT).to_string(), &[("another.pdf", REPORT)]);
    let said = office.run(&["--json", "run", "--once"]);
    let summary = said.stdout.lines().last().expect("a summary");
    let summary: serde_json::Value = serde_json::from_str(summary).expect("JSON");
    let missing = |file: &str| {
        let waiting = summary["waiting"].as_array().expect("a list");
        let one = waiting.iter().find(|one| one["file"] == file).expect("the case waits");
        one["missing"].to_string()
    };
    for (n, name) in (1..).zip(near) {
        let told = missing(&format!("near-{n}.json"));
        assert!(told.contains("report.pdf is not there yet") && told.contains(name), "{told}");
    }
    assert!(!missing("none.json").contains("but "), "{}", missing("none.json"));
}
