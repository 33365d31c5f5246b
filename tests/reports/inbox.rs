//! Enters: an inbox on a file server. Leaves: proof that what the server keeps for itself is no case, and that a name
//! that only looks right is told. Never: takes what somebody deleted.

use crate::support::office::{
    DemoOffice, PREPARER, PROGRAM, TODAY, appointment, drop_into, paper, report_received,
};
use crate::support::tools::command;
use despatch_testing::swap::Swap;
use serde_json::Value;
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
    // The journal has the number, and not what somebody called the file.
    assert!(told.contains("ALARM") && told.contains("json.syntax") && !told.contains("late"), "{told}");
    let number =
        told.split_once("despatch rejected ").expect("a command").1.split('`').next().expect("a number");
    let said = office.run_as(PREPARER, &["rejected", number]).expect(0);
    assert!(said.stdout.contains("late.json") && said.stdout.contains("line 1, column 3"), "{said:?}");
}

#[test]
fn a_reject_is_told_until_a_mended_file_has_come() {
    let office = DemoOffice::new();
    let before = office.run_as(PREPARER, &["--json", "rejected"]).expect(0).json();
    let before = before["rejected"].as_array().expect("a list").len();
    let mut case = report_received(1, REPORT);
    case["event"]["received_on"] = "2027-01-01".into();
    office.drop_case("spoilt", &case.to_string(), ATTACHED);
    // A word processor has been at this one.
    office.drop_case("curly", &appointment(2, REPORT).to_string().replace('"', "\u{201d}"), &[]);
    office.run(&["run", "--once"]).expect(1);
    let commands: [&[&str]; 4] = [&["check"], &["outbox", "list"], &["deadlines"], &["rejected"]];
    for words in commands {
        let said = office.run_as(PREPARER, words).expect(0);
        let plain = said.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        for told in ["spoilt.json", "curly.json", "TEST-00001", "TEST-00002"] {
            assert!(plain.contains(told), "{words:?}: {told}: {said:?}");
        }
        assert!(!said.stdout.contains("Quartermaine"), "{said:?}");
    }
    let json = |words: &[&str]| office.run_as(PREPARER, &[&["--json"], words].concat()).expect(0).json();
    assert_eq!(json(&["deadlines"])["board"]["rejected"].as_array().map(Vec::len), Some(before + 2));
    let one = json(&["deadlines", "--case", "DEMO-0901"]);
    assert_eq!(one["board"]["rejected"], Value::Null, "of another case");
    assert_eq!(json(&["outbox", "list"])["rejected"].as_array().map(Vec::len), Some(before + 2));
    // Mended wrongly, the second try alone is told; mended rightly, neither.
    case["event"]["received_on"] = "2027-01-02".into();
    office.drop_case("again", &case.to_string(), ATTACHED);
    office.run(&["run", "--once"]);
    let told = json(&["rejected"]).to_string();
    assert!(told.contains("again.json") && !told.contains("spoilt.json"), "{told}");
    office.drop_case("mended", &report_received(1, REPORT).to_string(), ATTACHED);
    office.drop_case("mended-too", &appointment(2, REPORT).to_string(), ATTACHED);
    office.run(&["run", "--once"]);
    assert_eq!(json(&["rejected"])["rejected"].as_array().map(Vec::len), Some(before));
}

#[test]
fn whatever_lies_in_the_inbox_is_named_with_what_becomes_of_it() {
    let office = DemoOffice::new();
    let inbox = office.dir.join("inbox");
    office.drop_case("extra", &report_received(1, REPORT).to_string(), ATTACHED);
    fs::write(inbox.join("extra/second scan.pdf"), REPORT).expect("a new file");
    fs::write(inbox.join("loose.pdf"), REPORT).expect("a new file");
    fs::write(inbox.join(".hidden.pdf"), REPORT).expect("a new file");
    fs::create_dir_all(inbox.join("a/b")).expect("new folders");
    fs::write(inbox.join("a/b/deep.json"), "{}").expect("a new file");
    // A case that waits speaks for what it lists, and for nothing else.
    let odd: &[(&str, &[u8])] = &[("report.pdf", REPORT), ("odd.pdf", REPORT)];
    drop_into(&inbox, "waits", &appointment(2, b"another").to_string(), odd);
    let run = office.run(&["run", "--once"]);
    let left = ["extra/second scan.pdf", "loose.pdf", ".hidden.pdf", "a/b/deep.json", "waits/odd.pdf"];
    let commands: [&[&str]; 2] = [&["outbox", "list"], &["check"]];
    let said = commands.map(|words| office.run_as(PREPARER, words).expect(0).stdout);
    for told in said.iter().chain([&run.stdout]) {
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        for file in left {
            assert!(
                told.contains(&format!("{file} lies in the inbox in clear and is not taken")),
                "{file}: {told}"
            );
        }
        assert!(!told.contains("waits/report.pdf lies") && told.contains("waits.json"), "{told}");
        assert!(told.contains("It has lain there for"), "its age: {told}");
    }
    drop_into(&inbox, "ready", &appointment(3, REPORT).to_string(), ATTACHED);
    let told = office.run_as(PREPARER, &["outbox", "list"]).expect(0).stdout;
    assert!(told.contains("ready.json is complete and still in the inbox"), "{told}");
}

/// A watching run tells of a left-over file once it has lain there for a while; its log counts, and names nothing.
#[test]
fn a_service_logs_how_many_files_were_left_in_the_inbox() {
    let office = DemoOffice::new();
    fs::write(office.dir.join("inbox/left behind.pdf"), REPORT).expect("a new file");
    let mut run = command("timeout");
    // The clock of that day is not that of the file system: the file has lain there for who knows how long.
    run.args(["120", PROGRAM, "--office"]).arg(&office.dir).args(["--today", TODAY, "run"]);
    run.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut run = run.spawn().expect("the program starts");
    let lines = BufReader::new(run.stderr.take().expect("a pipe")).lines().map_while(Result::ok);
    let told = lines.into_iter().find(|line| line.contains("in clear"));
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(run.id() as i32), nix::sys::signal::SIGTERM)
        .expect("our own");
    run.wait().expect("our own child");
    let told = told.expect("a line about it");
    assert!(told.contains("of no case") && !told.contains("behind"), "{told}");
}

/// Where the settings say so, a preparer is told by email, once, and of the number alone.
#[test]
fn a_preparer_is_told_of_a_reject_by_email_where_the_office_wants_that() {
    let office = DemoOffice::new();
    office.drop_case("before", "{ no case", &[]);
    office.run(&["run", "--once"]).expect(1);
    office.run(&["send", "--once"]);
    let notices = || {
        let sent = fs::read_dir(office.dir.join("sent")).into_iter().flatten().flatten();
        let names = sent.map(|entry| entry.file_name().into_string().expect("UTF-8"));
        names.filter(|name| name.starts_with("notice-")).collect::<Vec<_>>()
    };
    assert!(notices().is_empty(), "nobody asked for it");
    office.edit("despatch.toml", |text| {
        let account = "account = \"demo-imran-castellan\"";
        let text =
            text.swapped(account, &format!("{account}\nemail = \"imran.castellan@office.example.invalid\""));
        format!("{text}\n[notices]\nrejected = true\n")
    });
    let told_before = office.run(&["send", "--once"]).stdout.matches("told      imran-castellan").count();
    let known = notices().len();
    assert_eq!(told_before, known);
    let mut case = report_received(1, REPORT);
    case["event"]["received_on"] = "2027-01-01".into();
    office.drop_case("spoilt", &case.to_string(), ATTACHED);
    office.run(&["run", "--once"]).expect(1);
    notices().iter().for_each(|name| fs::remove_file(office.dir.join("sent").join(name)).expect("it"));
    let said = office.run(&["send", "--once"]);
    assert!(said.stdout.contains("told      imran-castellan"), "{said:?}");
    let sent = notices();
    let [name] = sent.as_slice() else { panic!("{sent:?}") };
    let mail = fs::read_to_string(office.dir.join("sent").join(name)).expect("ASCII");
    assert!(mail.contains("To: imran.castellan@office.example.invalid\r\n"), "{mail}");
    for secret in ["Quartermaine", "TEST-00001", "spoilt", "X0000001", "1990", "brook"] {
        assert!(!mail.contains(secret), "{secret}: {mail}");
    }
    fs::remove_file(office.dir.join("sent").join(name)).expect("it");
    office.run(&["send", "--once"]);
    assert!(notices().is_empty(), "told twice");
    let on_record = office.events("case ").into_iter().map(|(_, what)| what);
    let told = on_record.filter(|what| what.starts_with("preparer_notice")).count();
    assert_eq!(told, 2 * (known + 1), "each, and what came of it");
    office.run(&["audit", "verify"]).expect(0);
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
