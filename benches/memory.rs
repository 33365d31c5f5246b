//! Enters: offices with the cases of 2,000 and of 20,000 letters in their inboxes. Leaves: the most memory that all
//! processes of a run held together (`docs/performance.md`).
//! Never: counts a page twice that processes share (proportional set size, proc(5)), or a run that left a case.
//!
//!     cargo bench --bench memory -- [--letters 2000,20000] [--json FILE]

#[path = "../tests/support/office.rs"]
#[allow(dead_code, unused_imports, reason = "the tests use the rest")]
mod office;
#[allow(dead_code, reason = "it measures one thing")]
mod arguments;
#[allow(dead_code, reason = "no letter is made by typst alone")]
mod raw;
#[allow(dead_code, reason = "no run is compared with another")]
mod scene;

use arguments::Arguments;
use office::{DemoOffice, TODAY};
use scene::drop_one;
use serde_json::{Value, json};
use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

/// The letters and cover notes of an appointment case. Each run is asked how many it made.
const LETTERS_A_CASE: usize = 10;
/// How often memory is looked at.
const EVERY: Duration = Duration::from_millis(100);

fn main() {
    let asked = Arguments::read(&[], &["letters", "json"]);
    let sizes = asked.option("letters").unwrap_or("2000,20000").split(',');
    let runs: Vec<Value> =
        sizes.map(|size| run(size.parse().expect("--letters takes numbers, such as 2000,20000"))).collect();
    asked.write_json(&json!({ "runs": runs }));
}

/// Processes the cases of so many letters, and looks at the memory meanwhile.
fn run(letters: usize) -> Value {
    let office = DemoOffice::new();
    fs::remove_file(office.dir.join("inbox/07-attachment-missing.json")).expect("the waiting sample");
    let cases = letters.div_ceil(LETTERS_A_CASE);
    (0..cases).for_each(|n| drop_one(&office.dir.join("inbox"), n));
    let timings = office.dir.join("timings.json");
    let words = ["run", "--once", "--timings", timings.to_str().expect("UTF-8")];
    let mut command = office.command(TODAY, &words);
    let started = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    let (mut most, mut apart) = (0, Vec::new());
    let status = loop {
        if let Some(status) = child.try_wait().expect("our own child") {
            break status;
        }
        let held: Vec<usize> = tree(child.id()).into_iter().map(kilobytes).collect();
        let all = held.iter().sum();
        if all > most {
            (most, apart) = (all, held);
        }
        thread::sleep(EVERY);
    };
    let took = started.elapsed().as_secs_f64();
    assert!(status.success(), "{status}: a case was not queued");
    let events: Vec<Value> =
        serde_json::from_slice(&fs::read(&timings).expect("the timings")).expect("a list");
    let made = events.iter().filter(|event| event["name"] == "render").count();
    let megabytes = most as f64 / 1024.0;
    println!(
        "{made} letters of {cases} cases in {took:.0} s: at most {megabytes:.0} MB, by process {apart:?} kB"
    );
    json!({ "letters": made, "cases": cases, "seconds": took, "most_mb": megabytes, "processes_kb": apart })
}

/// A process and those below it.
fn tree(pid: u32) -> Vec<u32> {
    let mut all = vec![pid];
    let mut at = 0;
    while let Some(pid) = all.get(at).copied() {
        let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        for task in tasks {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            all.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        }
        at += 1;
    }
    all
}

/// The memory of a process, pages that it shares counted in parts; nothing of one that has ended.
fn kilobytes(pid: u32) -> usize {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok()).unwrap_or(0)
}
