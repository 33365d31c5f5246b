//! Enters: commands as people type them. Leaves: proof of what they print, where they print it and how they end.
//! Never: looks inside the program. The transcripts are data: `DESPATCH_UPDATE=1` writes them anew.
//!
//! Exit code 255 is a failure inside despatch; no input should bring it about, so no test provokes it.

mod codes;
mod transcript;

use crate::support::office::{DemoOffice, PROGRAM, REVIEWER, TODAY, private_file};
use crate::support::tools::{command, output};
use despatch_process::case::EventName;
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use transcript::Transcript;

#[track_caller]
fn holds(name: &str) {
    Transcript::read(name).holds();
}

#[test]
fn the_help_of_every_command() {
    holds("help");
}

#[test]
fn the_demo_whole_and_again() {
    holds("demo");
}

#[test]
fn a_review_from_list_to_sent() {
    holds("review");
}

#[test]
fn what_is_refused_and_why() {
    holds("refused");
}

#[test]
fn a_pack_is_adopted_anew_and_withdrawn() {
    holds("policy");
}

#[test]
fn a_run_over_what_lies_in_the_inbox() {
    holds("run");
}

#[test]
fn a_batch_from_the_sheet_to_its_report() {
    holds("batch");
}

#[test]
fn a_new_office_and_its_first_check() {
    holds("init");
}

/// Commands in a demo office; with `--json` each prints JSON alone. One that has nothing to report may be silent.
const REPORTS: [&str; 35] = [
    "check",
    "schema",
    "schema letter-served",
    "plan DIR/inbox/07-attachment-missing.json",
    "deadlines",
    "deadlines --case DEMO-0902 --ics DIR/deadlines.ics",
    "case DEMO-0902",
    "case DEMO-0902 --recorded 2.1",
    "outbox list",
    "outbox list --state held",
    "outbox show 1-1",
    "outbox open 1-1 --to DIR/opened",
    "outbox approve 1-1 1-2 9-9",
    "outbox hold 1-2 --reason why",
    "outbox release 1-2 --reason why",
    "outbox return 1-3 --reason why",
    "outbox cancel 2-1 --reason why",
    "send --once",
    "send --once",
    "policy list",
    "policy show hoso-2022-09-12",
    "policy diff hoso-2022-09-12 hoso-2022-09-12",
    "policy adopt hoso-2022-09-12 --reason why --until 2027-12-31",
    "run --once",
    "policy withdraw hoso-2022-09-12 --reason why",
    "keys list",
    "keys rotate-review --reason why",
    "backup --to DIR.tar.age",
    "reconcile",
    "purge",
    "purge --do",
    "litigation hold DEMO-0902 --reason why",
    "litigation list",
    "litigation lift DEMO-0902 --reason why",
    "erase DEMO-0902 --reason why",
];

#[test]
fn the_schema_of_a_case_file_is_printed_for_one_event_or_any() {
    let of = |words: &[&str]| -> Value {
        let done = output(Command::new(PROGRAM).arg("schema").args(words), &[]);
        assert_eq!(done.code, Some(0), "{words:?}");
        serde_json::from_slice(&done.stdout).expect("JSON")
    };
    let (any, one) = (of(&[]), of(&["letter-served"]));
    assert_eq!(any["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(any["properties"]["event"]["oneOf"].as_array().map(Vec::len), Some(EventName::WORDS.len()));
    assert_eq!(one["properties"]["event"]["properties"]["type"]["const"], "letter_served");
    assert!(
        one["properties"]["event"]["required"].as_array().unwrap().contains(&"served_on".into()),
        "{one}"
    );
}

#[test]
fn with_json_there_is_json_on_stdout_and_nothing_else() {
    let office = DemoOffice::new();
    let dir = office.dir.to_str().unwrap();
    for report in REPORTS {
        let words = report.replace("DIR", dir);
        let words: Vec<&str> = ["--json"].into_iter().chain(words.split(' ')).collect();
        let said = office.run_as(REVIEWER, &words);
        only_json(report, &said.stdout);
        assert_eq!(said.stderr, "", "{report}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    private_file(Path::new(&path("passphrase")), b"four words drawn by chance\n");
    private_file(Path::new(&path("signing")), b"four others drawn by chance\n");
    let (sealed, key) = (office.dir.join("outbox/received/1.tar.age"), office.key("review"));
    let others: [Vec<String>; 5] = [
        vec!["demo".into(), "--once".into(), "--today".into(), TODAY.into(), "--dir".into(), path("demo")],
        ["init", &path("new"), "--passphrase-file", &path("passphrase"), "--signing-passphrase-file"]
            .map(str::to_owned)
            .into_iter()
            .chain([path("signing")])
            .collect(),
        vec!["check".into(), "--office".into(), path("new")],
        ["restore", &format!("{dir}.tar.age"), "--to", &path("restored"), "--as", REVIEWER, "--identity"]
            .map(str::to_owned)
            .into_iter()
            .chain([office.dir.join("PRIVATE-demo-keys/review.key").display().to_string()])
            .collect(),
        vec![
            "open".into(),
            sealed.display().to_string(),
            "--identity".into(),
            key.display().to_string(),
            "--output".into(),
            path("case.tar"),
        ],
    ];
    for words in others {
        let done = output(Command::new(PROGRAM).arg("--json").args(&words), &[]);
        only_json(&words[0], &String::from_utf8(done.stdout).unwrap());
        assert_eq!(done.stderr, "", "{words:?}");
    }
}

#[track_caller]
fn only_json(what: &str, stdout: &str) {
    assert!(!stdout.is_empty(), "{what} reports nothing");
    for line in stdout.lines() {
        let value: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{what}: {error}: {line}"));
        assert!(value.is_object(), "{what}: {line}");
    }
}

/// What a command prints on a terminal: with a pseudo-terminal of its own, and these variables.
fn on_a_terminal(office: &Path, words: &str, variables: &[(&str, &str)]) -> String {
    let line = format!("{PROGRAM} --office {} --today {TODAY} {words}", office.display());
    let mut script = command("script");
    script
        .args(["-q", "-e", "-c", &line, "/dev/null"])
        .env_clear()
        .env("TERM", "xterm")
        .envs(variables.to_vec());
    script.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    String::from_utf8(output(&mut script, &[]).stdout).expect("text")
}

/// The text without what sets its colour.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain + rest
}

#[test]
fn there_is_colour_on_a_terminal_and_nowhere_else() {
    let office = DemoOffice::new();
    for words in
        ["outbox list", "outbox show 1-1", "--as beatrix-lund outbox approve 1-1", "run --once", "--help"]
    {
        let coloured = on_a_terminal(&office.dir, words, &[]);
        assert!(coloured.contains('\u{1b}'), "{words} has no colour: {coloured}");
        let asked_not_to = on_a_terminal(&office.dir, words, &[("NO_COLOR", "1")]);
        assert!(!asked_not_to.contains('\u{1b}'), "{words} has colour: {asked_not_to:?}");
        let words: Vec<&str> = words.split(' ').collect();
        let said = office.run(&words);
        assert!(!format!("{}{}", said.stdout, said.stderr).contains('\u{1b}'), "{said:?}");
    }
}

#[test]
fn tables_are_aligned_with_colour_and_without() {
    let office = DemoOffice::new();
    office.run_as(REVIEWER, &["outbox", "cancel", "1-1", "--reason", "a first word"]).expect(0);
    office.run_as(REVIEWER, &["outbox", "hold", "1-2", "--reason", "a first word"]).expect(0);
    let on_terminal = plain(&on_a_terminal(&office.dir, "outbox list", &[]));
    for listed in [office.run(&["outbox", "list"]).stdout, on_terminal] {
        let head = listed.lines().next().unwrap();
        let state = head.find("STATE").expect("a column");
        for (id, word) in [("1-1", "cancelled"), ("1-2", "held"), ("5-1", "awaiting review"), ("5-2", "held")]
        {
            let row = listed.lines().find(|line| line.starts_with(id)).expect("a row");
            assert_eq!(row.get(state..).map(str::trim_end), Some(word), "STATE is not aligned:\n{listed}");
        }
        for (id, why) in [("1-1", "a first word"), ("1-2", "a first word"), ("5-2", "has no key")] {
            let row = listed.lines().skip_while(|line| !line.is_empty()).find(|line| line.starts_with(id));
            assert!(row.is_some_and(|row| row.contains(why)), "{id} does not say why:\n{listed}");
        }
    }
}

#[test]
fn what_people_read_fits_a_terminal_of_120_columns() {
    let office = DemoOffice::new();
    for words in [
        &["outbox", "list"][..],
        &["outbox", "show", "1-1"],
        &["outbox", "show", "5-2"],
        &["policy", "list"],
        &["policy", "show", "hoso-2022-09-12"],
        &["check"],
        &["run", "--once"],
    ] {
        for line in office.run(words).stdout.lines() {
            assert!(line.chars().count() <= 120, "{words:?} has {} columns: {line}", line.chars().count());
        }
    }
}
