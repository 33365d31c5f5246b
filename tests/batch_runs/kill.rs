//! Enters: SIGKILL at a chosen system call of `batch`. Leaves: what the same command makes of what it left.
//! Never: a hook in the program; strace kills it, as the power button of a process would.

use super::{folder_of, standing};
use crate::support::folder::is_full;
use crate::support::office::{DemoOffice, PREPARER, PROGRAM, TODAY};
use crate::support::tools::command;
use serde_json::json;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ROWS: usize = 3;
/// What changes the disk: the ledger's commits, and each step of a deposit; and at which of them it is killed where a run of
/// the tests is to be short.
const CALLS: [(&str, usize); 4] =
    [("fsync,fdatasync", 2), ("mkdirat", 1), ("renameat,renameat2", 1), ("pwrite64", 37)];

/// The command for the sheet, under strace if there are words for it.
fn batch(office: &DemoOffice, folder: &Path, strace: &[&str]) -> std::process::ExitStatus {
    let mut given = match strace {
        [] => Command::new(PROGRAM),
        words => {
            let mut traced = command("strace");
            traced.args(["-f", "-o", "/dev/null"]).args(words).arg(PROGRAM);
            traced
        }
    };
    given.arg("--office").arg(&office.dir).args(["--today", TODAY, "--as", PREPARER, "batch"]).arg(folder);
    given.args(["--name", "spring"]).stdout(Stdio::null()).stderr(Stdio::null());
    given.status().expect("the program starts")
}

/// Everything in the inbox but the folders of despatch's own.
fn lying(office: &DemoOffice) -> Vec<PathBuf> {
    let names = fs::read_dir(office.dir.join("inbox")).expect("an inbox").map(|entry| entry.unwrap().path());
    let own = ["claimed", "rejected"];
    names.filter(|path| !own.iter().any(|own| path.ends_with(own))).collect()
}

#[test]
fn killed_at_any_step_the_same_command_goes_on_and_each_row_is_queued_once() {
    let office = DemoOffice::new();
    fs::remove_file(office.dir.join("inbox/07-attachment-missing.json")).expect("the waiting sample");
    let before = office.despatches().len();
    let folder = folder_of(&office, 1..=ROWS);
    let mut points = 0;
    for (calls, step) in CALLS {
        for when in (1..).step_by(if is_full() { 1 } else { step }) {
            let office = office.copy();
            let inject = format!("inject={calls}:signal=SIGKILL:when={when}");
            let trace = format!("trace={calls}");
            let status = batch(&office, &folder, &["-e", &trace, "-e", &inject]);
            if status.signal() != Some(9) && status.code() == Some(0) {
                break;
            }
            points += 1;
            let at = format!("{calls} number {when}");
            assert!(batch(&office, &folder, &[]).success(), "{at}: the same command does not go on");
            assert_eq!(lying(&office).len(), ROWS, "{at}: {:?}", lying(&office));
            office.run(&["run", "--once"]);
            assert_eq!(office.despatches().len() - before, ROWS * 3, "{at}");
            assert_eq!(standing(&office, "spring")["rows"], json!({ "queued": ROWS }), "{at}");
            assert!(lying(&office).is_empty(), "{at}: {:?}", lying(&office));
            let again = batch(&office, &folder, &[]);
            assert!(again.success() && lying(&office).is_empty(), "{at}: rows went again");
        }
    }
    eprintln!("a batch of {ROWS} rows, killed at {points} points");
    assert!(points >= 10, "only {points} kills");
}

#[test]
fn it_stops_between_two_rows_when_it_is_interrupted() {
    let office = DemoOffice::new();
    let folder = folder_of(&office, 1..=ROWS);
    // Interrupted at its second commit of a row's file: that row is ended first.
    let inject = "inject=mkdirat:signal=SIGINT:when=2";
    let status = batch(&office, &folder, &["-e", "trace=mkdirat", "-e", inject]);
    assert_eq!(status.code(), Some(3), "it says that it is to be given again");
    let stopped = lying(&office).iter().filter(|path| path.is_dir()).count();
    assert!((1..ROWS).contains(&stopped), "{:?}", lying(&office));
    assert!(batch(&office, &folder, &[]).success());
    office.run(&["run", "--once"]);
    assert_eq!(standing(&office, "spring")["rows"], json!({ "queued": ROWS }));
}
