//! Enters: names of files, cases and relays' answers with control characters. Leaves: proof that a terminal is never
//! handed one. Never: a terminal; the program is told to take any output for one.

use crate::support::office::{DemoOffice, REVIEWER, TODAY, appointment, drop_into};
use std::fs;

/// What a terminal may be handed: text, line ends, and the program's own colours.
#[track_caller]
fn is_tame(said: &[u8]) {
    let text = String::from_utf8_lossy(said);
    let mut rest = text.as_ref();
    let mut plain = String::new();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        let (code, after) = after.split_once('m').expect("the end of a colour");
        assert!(["[0", "[1", "[31", "[32", "[33"].contains(&code), "ESC {code:?} in {text:?}");
        rest = after;
    }
    plain.push_str(rest);
    let unseen = |c: char| {
        // Between them stand dashes and quotation marks, which everybody sees.
        let formats = ('\u{200b}'..='\u{200f}').contains(&c) || ('\u{2028}'..='\u{202e}').contains(&c);
        (c.is_control() && c != '\n') || formats || c == '\u{2066}'
    };
    assert!(!plain.contains(unseen), "{text:?}");
}

/// Clears the screen, writes into the title, hides, turns round, and takes itself for one of the program's own colours.
const NASTY: &str =
    "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{8}\r\u{202e}\u{200b}\u{7f}\u{1b}[31m\u{fdd0}31m\u{fdd0}";

#[test]
fn f22_nothing_that_a_dropper_names_reaches_a_terminal_raw() {
    let office = DemoOffice::new();
    let inbox = office.dir.join("inbox");
    let name = format!("nasty{NASTY}\nqueued    forged.json: case 99");
    drop_into(&inbox, &name, "{ no case", &[]);
    let mut case = appointment(1, b"");
    case["attachments"] = serde_json::json!([{
        "role": "report", "file": format!("away{NASTY}.pdf"), "bytes": 5, "sha256": "0".repeat(64)
    }]);
    case[NASTY] = NASTY.into();
    drop_into(&inbox, &format!("waits{NASTY}"), &case.to_string(), &[]);
    for words in [
        vec!["outbox", "list"],
        vec!["plan", inbox.join(format!("waits{NASTY}.json")).to_str().unwrap()],
        vec!["run", "--once"],
        vec!["outbox", "list"],
        vec!["check"],
        vec!["--json", "outbox", "list"],
        vec!["--json", "plan", "nowhere\u{1b}[2J\u{9b}.json"],
        vec!["plan", "nowhere\u{1b}[2J\nforged"],
        vec!["outbox", "show", NASTY],
        vec!["directory", "show", NASTY],
        vec!["open", NASTY, "--identity", NASTY],
        vec!["--as", REVIEWER, "outbox", "hold", "1-2", "--reason", NASTY],
        vec!["outbox", "show", "1-2"],
    ] {
        let done = office.command(TODAY, &words).env("CLICOLOR_FORCE", "1").output().unwrap();
        is_tame(&done.stdout);
        is_tame(&done.stderr);
        let lines = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(!lines.contains("\nqueued    forged.json"), "a line was forged: {lines}");
    }
    // The names of the files stay as they are; the list of faults beside them is for a terminal too.
    let rejected = fs::read_dir(inbox.join("rejected")).unwrap().map(|entry| entry.unwrap().path());
    for list in rejected.filter(|path| path.to_string_lossy().ends_with(".faults.txt")) {
        is_tame(&fs::read(list).unwrap());
    }
}

#[test]
fn f22_json_says_the_same_with_every_control_character_escaped() {
    let office = DemoOffice::new();
    let name = "\u{7f}\u{9b}31m\u{202e}x\u{e0001}";
    drop_into(&office.dir.join("inbox"), name, "{ no case", &[]);
    let said = office.run(&["--json", "run", "--once"]);
    is_tame(said.stdout.as_bytes());
    let told = said.stdout.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let files: Vec<_> = told.filter_map(|one| one["file"].as_str().map(str::to_owned)).collect();
    assert!(files.contains(&format!("{name}.json")), "{files:?}");
}
