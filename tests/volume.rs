//! Enters: five hundred cases at once. Leaves: all of them queued, a bar that told how far, and little memory used.
//! Never: waits for anything but the run itself.

use crate::support::office::{DemoOffice, PROGRAM, TODAY, paper_of, report_received};
use crate::support::tools::command;
use std::collections::BTreeMap;
use std::fs;
use std::process::{Child, Stdio};
use std::time::Duration;

const CASES: usize = 500;
/// The most memory that the run and its worker processes may share out among them, in KiB.
const MEMORY_KIB: u64 = 256 * 1024;

#[test]
fn five_hundred_cases_at_once_show_a_bar_and_need_less_than_256_mb() {
    let office = DemoOffice::new();
    let before = office.despatches().len();
    for n in 0..CASES {
        let report = paper_of(&format!("The made-up report {n}"), 50_000);
        let case = report_received(n, &report).to_string();
        office.drop_case(&format!("case-{n:03}"), &case, &[("report.pdf", &report)]);
    }
    // The bar is for a terminal: `script` lends the run one.
    let line = format!("{PROGRAM} --office {} --today {TODAY} run --once", office.dir.display());
    let mut script = command("script");
    script.args(["-qec", &line, "/dev/null"]).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = script.spawn().expect("script starts");
    let stdout = child.stdout.take().expect("piped above");
    let reader = std::thread::spawn(move || std::io::read_to_string(stdout).expect("UTF-8"));
    let (peak, parts) = watch_memory(&mut child);
    let shown = reader.join().expect("the reader does not panic");
    eprintln!("{CASES} cases: at most {} MiB together, {parts}", peak / 1024);

    assert!(shown.contains(&format!("of {CASES} cases")), "no bar of {CASES} cases in: {shown:.2000}");
    assert!(shown.contains(&format!("{CASES} queued, 0 rejected")), "not all were queued");
    assert_eq!(office.despatches().len() - before, CASES * 3, "each case makes three despatches");
    assert!(peak > 0, "the run was never seen");
    assert!(peak < MEMORY_KIB, "the run and its workers used {} MiB: {parts}", peak / 1024);
}

/// Looks at the run and its workers until they are gone: the largest sum of what each holds, in KiB, and its parts.
fn watch_memory(child: &mut Child) -> (u64, String) {
    let (mut peak, mut parts) = (0, String::new());
    while child.try_wait().expect("our own child").is_none() {
        let held: BTreeMap<u32, u64> =
            below(child.id()).into_iter().filter_map(|pid| Some((pid, held_by(pid)?))).collect();
        let sum = held.values().sum();
        if sum > peak {
            let each: Vec<String> = held.values().map(|kib| format!("{} MiB", kib / 1024)).collect();
            (peak, parts) = (sum, format!("in {} processes: {}", held.len(), each.join(" + ")));
        }
        // A sample now and then: the run is not to be slowed.
        std::thread::sleep(Duration::from_millis(20));
    }
    (peak, parts)
}

/// The processes below `pid`, and theirs; `script` itself is no part of the program.
fn below(pid: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().filter_map(Result::ok);
    let children: Vec<u32> = tasks
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<u32>>())
        .collect();
    children.into_iter().flat_map(|child| [vec![child], below(child)].concat()).collect()
}

/// The memory of a process with its part of what it shares, in KiB; nothing of one that ended.
fn held_by(pid: u32) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}
