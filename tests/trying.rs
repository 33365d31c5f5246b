//! Enters: `docs/try.md`, which people follow by hand. Leaves: proof that its commands, given in their order, print
//! what the page says. Never: leaves one out, or gives another; the day alone is set, so that it holds on every day.

use crate::support::office::{PROGRAM, TODAY};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What stands before the lines that the page promises of a command, in what the commands print.
const MARK: &str = "=== promised of what is above";

/// The commands of the page, and behind each the lines that begin with `# `, which it promises.
struct Steps {
    /// A script that prints the mark behind each command of which something is promised.
    script: String,
    /// What is promised before each mark.
    promised: Vec<Vec<String>>,
}

impl Steps {
    fn of(page: &str) -> Steps {
        let blocks =
            page.split("```sh\n").skip(1).filter_map(|rest| rest.split_once("```")).map(|(block, _)| block);
        let mut steps = Steps { script: String::new(), promised: Vec::new() };
        let mut promised = Vec::new();
        for line in blocks.flat_map(|block| block.lines().chain([""])) {
            match line.strip_prefix("# ") {
                Some(promise) => promised.push(promise.to_owned()),
                None => {
                    steps.mark(&mut promised);
                    let _ = writeln!(steps.script, "{line}");
                }
            }
        }
        steps
    }

    fn mark(&mut self, promised: &mut Vec<String>) {
        if !promised.is_empty() {
            let _ = writeln!(self.script, "echo '{MARK}'");
            self.promised.push(std::mem::take(promised));
        }
    }
}

/// Whether one of these lines says it: a number alone must be the whole line.
fn says(printed: &str, promise: &str) -> bool {
    let number = promise.bytes().all(|byte| byte.is_ascii_digit());
    printed.lines().any(|line| if number { line.trim() == promise } else { line.contains(promise) })
}

#[test]
fn whoever_follows_the_page_to_try_things_sees_what_it_says() {
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/try.md")).expect("the page");
    let Steps { script, promised } = Steps::of(&page);
    assert!(promised.len() > 12, "the page promises too little: {promised:?}");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let release = folder.path().join("target/release");
    fs::create_dir_all(&release).expect("a folder");
    std::os::unix::fs::symlink(PROGRAM, release.join("despatch")).expect("a link");
    let made = "cargo run --release -- demo --once";
    assert!(script.contains(made), "{script}");
    let script = script
        .replace(made, &format!("target/release/despatch demo --once --today {TODAY}"))
        .replace("--office demo-office", &format!("--office demo-office --today {TODAY}"));
    let mut shell = Command::new("bash");
    shell.args(["-c", &format!("exec 2>&1\n{script}")]).current_dir(folder.path()).env_remove("COLUMNS");
    let done = shell.output().expect("the shell starts");
    let printed = String::from_utf8_lossy(&done.stdout);
    let parts: Vec<&str> = printed.split(MARK).collect();
    assert_eq!(parts.len(), promised.len() + 1, "the commands did not come to their end:\n{printed}");
    let missing: Vec<String> = promised
        .iter()
        .zip(&parts)
        .flat_map(|(promised, part)| promised.iter().filter(|promise| !says(part, promise)))
        .map(|promise| format!("{promise:?} was not printed"))
        .collect();
    assert!(missing.is_empty(), "{}\n{printed}", missing.join("\n"));
    assert!(
        fs::read_dir(folder.path()).expect("the folder").count() == 1,
        "the page leaves something behind"
    );
}
