//! Enters: an inbox full of cases, and SIGKILL at a chosen system call of `run`. Leaves: what the disk and the ledger
//! hold after the next start. Never: a hook in the program; strace kills it, as the power button of a process would.

use crate::support::folder::{folder, is_full};
use crate::support::office::{DemoOffice, PROGRAM, TODAY, appointment, drop_into, paper_of, report_received};
use crate::support::tools::{command, run};
use despatch_core::words::Sha256;
use despatch_ledger::{Ledger, State};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use tempfile::TempDir;

/// What flushes the ledger: SQLite, on the one thread that commits.
const FLUSHES: &str = "fsync,fdatasync";

/// A case file that was dropped, and what must become of it.
struct Dropped {
    name: String,
    sha256: String,
    /// How many despatches it makes; none if it is faulty.
    despatches: usize,
    has_attachment: bool,
}

/// An office with dropped cases; [`Scene::copy`] gives each kill its own.
struct Scene {
    _demo: DemoOffice,
    dir: PathBuf,
    cases: Vec<Dropped>,
    /// Claims that the demo's own samples made before.
    before: usize,
}

/// What the ledger and the inbox say, at one moment.
#[derive(Debug)]
struct Standing {
    claimed: usize,
    between: usize,
    queued: usize,
    rejected: usize,
    folders: usize,
}

impl Scene {
    /// A demo office in which these cases have been dropped; three of every ten are faulty.
    fn new(numbers: impl IntoIterator<Item = usize>) -> Scene {
        let demo = DemoOffice::new();
        let dir = demo.dir.clone();
        // The one sample that waits for an attachment is no concern of these tests.
        fs::remove_file(dir.join("inbox/07-attachment-missing.json")).expect("the waiting sample");
        fs::remove_dir_all(dir.join("inbox/rejected")).expect("the rejected samples");
        let before = submissions(&dir).len();
        let cases = numbers.into_iter().map(|n| drop_case(&dir.join("inbox"), n)).collect();
        Scene { _demo: demo, dir, cases, before }
    }

    fn copy(&self) -> TempDir {
        let folder = folder();
        run(Command::new("cp").arg("-a").arg(&self.dir).arg(folder.path())).expect("a copy of the office");
        folder
    }

    fn standing(&self, office: &Path) -> Standing {
        let submissions = submissions(office);
        let new = &submissions[self.before.min(submissions.len())..];
        let count = |state: &str| new.iter().filter(|claim| claim["state"] == state).count();
        Standing {
            claimed: new.len(),
            between: count("claimed"),
            queued: count("queued"),
            rejected: count("rejected"),
            folders: files_below(&office.join("inbox/claimed"), 1).len(),
        }
    }

    /// Everything that is not as it would be had nobody killed anything.
    fn faults(&self, office: &Path) -> Vec<String> {
        let mut faults = Vec::new();
        let all = submissions(office);
        for case in &self.cases {
            let of_case: Vec<&Value> =
                all.iter().filter(|claim| claim["file_sha256"] == *case.sha256).collect();
            faults.extend(case.faults(&of_case, office));
        }
        for claim in all.iter().filter(|claim| claim["state"] == "claimed") {
            faults.push(format!("the ledger says for ever that case {} is being made", claim["number"]));
        }
        faults.extend(leftovers(office));
        faults.extend(unaccounted(office, &all));
        let made: usize = self.cases.iter().map(|case| case.despatches).sum();
        let rows =
            all[self.before..].iter().map(|claim| claim["despatches"].as_u64().unwrap_or(0)).sum::<u64>();
        if rows != made as u64 {
            faults.push(format!("{rows} despatches were queued, and the cases call for {made}"));
        }
        faults
    }
}

impl Dropped {
    fn faults(&self, submissions: &[&Value], office: &Path) -> Vec<String> {
        let mut faults = Vec::new();
        let mut expect = |holds: bool, fault: String| {
            if !holds {
                faults.push(format!("{}: {fault}", self.name));
            }
        };
        let queued: Vec<_> = submissions.iter().filter(|claim| claim["state"] == "queued").collect();
        let rejected = office.join("inbox/rejected");
        let case_file = rejected.join(format!("{}.json", self.name));
        let text = rejected.join(format!("{}.json.faults.txt", self.name));
        if self.despatches == 0 {
            expect(queued.is_empty(), "it is faulty and was queued".to_owned());
            expect(case_file.is_file(), "it is not under rejected/".to_owned());
            expect(fs::read(&text).is_ok_and(|text| !text.is_empty()), "it has no faults file".to_owned());
            let attachment = rejected.join(&self.name).join("report.pdf");
            expect(
                attachment.is_file() == self.has_attachment,
                "its attachment is not beside it under rejected/".to_owned(),
            );
        } else {
            let despatches: Vec<_> = queued.iter().map(|claim| &claim["despatches"]).collect();
            expect(
                despatches.len() == 1 && *despatches[0] == self.despatches,
                format!("it was to be queued once, with {} despatches: {submissions:?}", self.despatches),
            );
            expect(!case_file.exists() && !text.exists(), "it is in order and was rejected".to_owned());
        }
        faults
    }
}

/// Lays the `n`th case into an inbox.
fn drop_case(inbox: &Path, n: usize) -> Dropped {
    let name = format!("case-{n:03}");
    let report = paper_of(&format!("The made-up report {n}"), 20_000);
    let (text, despatches, has_attachment) = match n % 10 {
        4 => (format!("{{ this is no case file, number {n}"), 0, false),
        9 => {
            let mut case = report_received(n, &report);
            case["detention"]["place"] = "nowhere-house".into();
            (case.to_string(), 0, true)
        }
        2 => {
            let mut case = appointment(n, &report);
            case["attachments"] = serde_json::json!([]);
            (case.to_string(), 0, false)
        }
        0 | 5 | 7 => (appointment(n, &report).to_string(), 6, true),
        _ => (report_received(n, &report).to_string(), 3, true),
    };
    let attachments: &[(&str, &[u8])] = if has_attachment { &[("report.pdf", &report)] } else { &[] };
    drop_into(inbox, &name, &text, attachments);
    Dropped { name, sha256: Sha256::of(text.as_bytes()).to_string(), despatches, has_attachment }
}

/// The submissions of an office's ledger in order, each with the number of its despatches, as Debian's sqlite3 reads them
/// from a copy: a reader of its own may not tidy up the ledger that the next start has to find.
fn submissions(office: &Path) -> Vec<Value> {
    const SUBMISSIONS: &str = "SELECT number, file_sha256, state, \
         (SELECT count(*) FROM despatch WHERE submission = number) AS despatches FROM submission ORDER BY number";
    let copy = tempfile::tempdir().expect("a temporary folder");
    for name in ["ledger.db", "ledger.db-wal"] {
        // The log is there only while, or because, somebody was killed.
        let _ = fs::copy(office.join("outbox").join(name), copy.path().join(name));
    }
    let rows = run(command("sqlite3").arg("-json").arg(copy.path().join("ledger.db")).arg(SUBMISSIONS));
    let rows = rows.expect("a ledger that sqlite3 can read");
    serde_json::from_slice(&rows).unwrap_or_default()
}

/// What still lies where nothing may lie when all is done.
fn leftovers(office: &Path) -> Vec<String> {
    let inbox = office.join("inbox");
    let claimed = files_below(&inbox.join("claimed"), 1);
    let lying = files_below(&inbox, 1).into_iter().filter(|name| name != "claimed" && name != "rejected");
    let parts = files_below(&office.join("outbox"), 2).into_iter().filter(|name| name.ends_with(".part"));
    lying
        .map(|name| format!("inbox/{name} is left over"))
        .chain(claimed.iter().map(|name| format!("inbox/claimed/{name} is left over")))
        .chain(parts.map(|name| format!("outbox/{name} is left over")))
        .collect()
}

/// Messages and sealed case files against the ledger: each known, each whole, none more.
fn unaccounted(office: &Path, submissions: &[Value]) -> Vec<String> {
    let mut faults = Vec::new();
    let root = office.join("outbox");
    let mut ledger = Ledger::open(&root).expect("the ledger opens");
    if let Err(broken) = ledger.verify().expect("the ledger answers") {
        faults.push(format!("the chain of events breaks: {broken:?}"));
    }
    let mut expected = Vec::new();
    for despatch in ledger.despatches(&State::ALL).expect("the ledger answers") {
        if let Some(bound) = &despatch.message {
            expected.push(format!("{}.{}.eml", despatch.id, bound.revision));
            if let Err(why) = ledger.files().message_bytes(despatch.id, bound.revision, bound.sha256) {
                faults.push(format!("despatch {}: {why}", despatch.id));
            }
        }
        if !matches!(despatch.state, State::AwaitingReview | State::Held) {
            faults.push(format!("despatch {} is {}", despatch.id, despatch.state.label()));
        }
    }
    expected.sort();
    let messages = files_below(&root.join("despatches"), 1);
    if messages != expected {
        faults.push(format!("the messages are not those of the ledger: {messages:?} {expected:?}"));
    }
    let queued = submissions.iter().filter(|claim| claim["state"] == "queued");
    let mut expected: Vec<String> = queued.map(|claim| format!("{}.tar.age", claim["number"])).collect();
    expected.sort();
    let received = files_below(&root.join("received"), 1);
    if received != expected {
        faults.push(format!("the sealed case files are not those of the ledger: {received:?} {expected:?}"));
    }
    let mut queued = BTreeMap::<String, usize>::new();
    for event in ledger.events(None).expect("the ledger answers") {
        if event.code() == "queued" {
            *queued.entry(event.subject()).or_default() += 1;
        }
    }
    faults.extend(queued.iter().filter(|(_, times)| **times != 1).map(|(case, _)| format!("{case} twice")));
    faults
}

/// The names in a folder, down to `depth`, sorted; relative to it.
fn files_below(folder: &Path, depth: usize) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.expect("a readable folder").file_name().into_string().expect("UTF-8");
        if depth > 1 {
            names.extend(
                files_below(&folder.join(&name), depth - 1).iter().map(|below| format!("{name}/{below}")),
            );
        }
        names.push(name);
    }
    names.sort();
    names
}

/// Runs `run --once` of an office to its end, under strace with these words if there are any.
fn run_once(office: &Path, strace: &[&str]) -> ExitStatus {
    let mut command = match strace {
        [] => Command::new(PROGRAM),
        words => {
            let mut command = command("strace");
            command.args(["-f", "-o"]).arg(trace(office)).args(words).arg(PROGRAM);
            command
        }
    };
    command.arg("--office").arg(office).args(["--today", TODAY, "run", "--once"]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the program starts")
}

fn trace(office: &Path) -> PathBuf {
    office.with_file_name("trace")
}

/// Runs it and kills it as it begins the `when`th of these calls on one thread; `false` if it came to its end before.
fn killed(office: &Path, calls: &str, only: Option<&Path>, when: usize) -> bool {
    let (calls, inject) = (format!("trace={calls}"), format!("inject={calls}:signal=SIGKILL:when={when}"));
    let mut words = vec!["-e", &calls, "-e", &inject];
    words.extend(only.into_iter().flat_map(|path| ["-P", path.to_str().expect("UTF-8")]));
    let status = run_once(office, &words);
    let ended = status.code().is_some_and(|code| code < 2);
    // Where it was the process that takes cases in that was killed, the run ends too, and says so.
    let gave_up = status.code() == Some(3);
    assert!(ended || gave_up || status.signal() == Some(9), "neither killed nor done: {status:?}");
    !ended
}

fn write_ahead_log(office: &Path) -> PathBuf {
    office.join("outbox/ledger.db-wal")
}

/// Starts it again, unhurt: everything that is not in order afterwards.
fn faults_after(scene: &Scene, office: &Path, killed_at: &str) -> Vec<String> {
    let status = run_once(office, &[]);
    let failed = status.code().is_none_or(|code| code > 1);
    let failed = failed.then(|| format!("the next start failed with {status:?}"));
    failed.into_iter().chain(scene.faults(office)).map(|fault| format!("{killed_at}: {fault}")).collect()
}

#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} things are wrong after a kill\n  {}", faults.len(), faults.join("\n  "));
}

/// How many flushes of the ledger's log a run needs that nobody kills.
fn commits_of(scene: &Scene) -> usize {
    let folder = scene.copy();
    let office = folder.path().join("office");
    let log = write_ahead_log(&office);
    let words = ["-e", &format!("trace={FLUSHES}"), "-P", log.to_str().expect("UTF-8")];
    assert!(run_once(&office, &words).code().is_some_and(|code| code < 2), "the run without a kill failed");
    let faults = scene.faults(&office);
    assert!(faults.is_empty(), "without any kill:\n  {}", faults.join("\n  "));
    let trace = fs::read_to_string(trace(&office)).expect("strace wrote what it saw");
    trace.lines().filter(|line| line.contains("sync(")).count()
}

#[test]
fn fifty_cases_killed_at_ten_commits_are_each_queued_once_or_rejected() {
    let scene = Scene::new(0..50);
    let commits = commits_of(&scene);
    assert!(commits >= 20, "only {commits} commits: the kills would not be spread");
    eprintln!("50 cases, {commits} commits of the ledger in a run that nobody kills");
    eprintln!(" kill | at commit | claimed | between | queued | rejected | in claimed/");
    let (mut between, mut wrong) = (0, Vec::new());
    for kill in 0..10 {
        // Runs differ in how many writes share a commit: the last quarter may not be reached.
        let when = 1 + kill * (commits * 3 / 4) / 9;
        let folder = scene.copy();
        let office = folder.path().join("office");
        assert!(killed(&office, FLUSHES, Some(&write_ahead_log(&office)), when), "no commit {when}");
        let Standing { claimed, between: open, queued, rejected, folders } = scene.standing(&office);
        eprintln!(
            " {:>4} | {when:>9} | {claimed:>7} | {open:>7} | {queued:>6} | {rejected:>8} | {folders:>11}",
            kill + 1
        );
        between += usize::from(open > 0);
        wrong.extend(faults_after(&scene, &office, &format!("at commit {when}")));
    }
    assert!(between >= 5, "only {between} kills fell between a claim and its queueing");
    eprintln!("{between} of 10 kills between claim and queue, {} faults after the restarts", wrong.len());
    assert_none(&wrong);
}

#[test]
fn a_restart_that_is_killed_too_loses_and_doubles_nothing() {
    let scene = Scene::new(0..50);
    // Runs differ in how many writes share a commit: the first kill that leaves something to be taken up will do.
    let interrupted = [40, 36, 44, 32, 48, 28].into_iter().find_map(|when| {
        let folder = scene.copy();
        let office = folder.path().join("office");
        let was_killed = killed(&office, FLUSHES, Some(&write_ahead_log(&office)), when);
        (was_killed && scene.standing(&office).between > 0).then_some((folder, office))
    });
    let (_folder, office) = interrupted.expect("no kill left anything to be taken up");
    let log = write_ahead_log(&office);
    for when in [1, 3, 8] {
        let standing = scene.standing(&office);
        assert!(killed(&office, FLUSHES, Some(&log), when), "no commit {when} after a kill");
        eprintln!(
            "restart killed at its commit {when}: before {standing:?}, after {:?}",
            scene.standing(&office)
        );
    }
    assert_none(&faults_after(&scene, &office, "at a commit, and at 1, 3 and 8 of the restarts"));
}

/// Steps of the intake and of a rejection that only their folder tells from others: the case file, its attachment and
/// its folder are taken from the inbox, the last of four cases, and a folder is made among the rejects.
const STEPS: [(&str, &str, usize); 4] = [
    ("renameat2", "inbox", 4),
    ("renameat2", "inbox/case-009", 1),
    ("unlinkat", "inbox", 4),
    ("mkdirat", "inbox/rejected", 1),
];

/// Two in order and one faulty, each with an attachment, and one that is no case.
fn four_cases() -> Scene {
    Scene::new([0, 1, 4, 9])
}

/// Kills a run at every `step`th of these calls, which change the disk; in a full run at each of them.
#[track_caller]
fn killed_at_each(calls: &str, step: usize) {
    let scene = four_cases();
    let (mut wrong, mut points) = (Vec::new(), 0);
    for when in (1..).step_by(if is_full() { 1 } else { step }) {
        let folder = scene.copy();
        let office = folder.path().join("office");
        if !killed(&office, calls, None, when) {
            break;
        }
        points += 1;
        wrong.extend(faults_after(&scene, &office, &format!("{calls} number {when}")));
    }
    eprintln!("{calls}: killed at {points} points");
    assert!(points > 0, "no {calls} was reached");
    assert_none(&wrong);
}

#[test]
fn killed_at_any_new_folder_a_run_recovers() {
    killed_at_each("mkdir", 3);
    killed_at_each("mkdirat", 3);
}

#[test]
fn killed_at_any_rename_a_run_recovers() {
    killed_at_each("rename", 1);
    killed_at_each("renameat2", 1);
}

#[test]
fn killed_at_any_removal_of_a_file_or_folder_a_run_recovers() {
    killed_at_each("unlinkat", 1);
}

#[test]
fn killed_at_any_flush_a_run_recovers() {
    killed_at_each(FLUSHES, 4);
}

#[test]
fn killed_at_any_write_of_the_ledger_a_run_recovers() {
    killed_at_each("pwrite64", 23);
}

#[test]
fn killed_at_a_step_that_only_its_folder_tells_from_others_a_run_recovers() {
    let scene = four_cases();
    let mut wrong = Vec::new();
    for (call, path, when) in STEPS {
        let folder = scene.copy();
        let office = folder.path().join("office");
        assert!(killed(&office, call, Some(&office.join(path)), when), "no {call} in {path}");
        wrong.extend(faults_after(&scene, &office, &format!("{call} in {path}")));
    }
    assert_none(&wrong);
}

#[test]
fn killed_in_the_midst_of_a_rejection_it_is_rejected_whole_by_the_next_start() {
    let scene = Scene::new([9]);
    let mut wrong = Vec::new();
    for (call, most) in [("renameat2", 2), ("unlinkat", 2)] {
        for when in 1..=most {
            let folder = scene.copy();
            let office = folder.path().join("office");
            // Taken from the inbox by a run that was killed: the next one has no file to move but to reject it.
            assert!(killed(&office, FLUSHES, Some(&write_ahead_log(&office)), 1), "no commit");
            assert!(killed(&office, call, None, when), "no {call} number {when}");
            wrong.extend(faults_after(&scene, &office, &format!("{call} number {when} of a rejection")));
        }
    }
    assert_none(&wrong);
}
