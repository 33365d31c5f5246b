//! Enters: an inbox in which somebody laid what does not belong there, or that comes and goes. Leaves: proof that the
//! intake tells it, takes nothing wrong for its own, and goes on.
//! Never: sleeps; every wait is for word of the program, with an end.

use crate::support::folder::is_full;
use crate::support::office::{DemoOffice, PROGRAM, TODAY, appointment, paper, report_received};
use crate::support::tools::{command, output};
use serde_json::Value;
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, symlink};
use std::process::{Child, ChildStderr, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

const REPORT: &[u8] = paper!("A made-up report.");
const ATTACHED: &[(&str, &[u8])] = &[("report.pdf", REPORT)];

/// Runs `run --once`, which must end by itself.
fn run_once(office: &DemoOffice) -> (i32, Vec<Value>, String) {
    let mut timeout = command("timeout");
    timeout.args(["60", PROGRAM, "--office"]).arg(&office.dir);
    timeout.args(["--today", TODAY, "--json", "run", "--once"]);
    let done = output(&mut timeout, &[]);
    assert_ne!(done.code, Some(124), "it hangs: {done:?}");
    let stdout = String::from_utf8(done.stdout).expect("UTF-8");
    let said = stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    (done.code.unwrap_or(-1), said, done.stderr)
}

fn drop_good(office: &DemoOffice, n: usize) {
    office.drop_case(&format!("good-{n}"), &appointment(n, REPORT).to_string(), ATTACHED);
}

#[test]
fn f26_a_run_over_what_lies_there_ends_though_somebody_keeps_a_file_open() {
    let office = DemoOffice::new();
    let path = office.dir.join("inbox/open.json");
    fs::write(&path, "{").expect("a new file");
    let _writer = OpenOptions::new().append(true).open(&path).expect("our own file");
    drop_good(&office, 1);
    let (code, said, _) = run_once(&office);
    let summary = said.last().expect("a summary");
    assert_eq!((code, &summary["queued"]), (1, &1.into()), "{said:?}");
    let waiting = summary["waiting"].as_array().expect("a list");
    assert!(waiting.iter().any(|one| one["file"] == "open.json"), "{summary}");
    assert!(path.exists());
}

#[test]
fn f27_a_stray_file_or_link_among_the_claims_ends_no_run() {
    let office = DemoOffice::new();
    let claimed = office.dir.join("inbox/claimed");
    fs::write(claimed.join("stray"), "x").expect("a new file");
    symlink("../../outbox", claimed.join("link")).expect("a link");
    symlink("nowhere", claimed.join("dangling")).expect("a link");
    fs::create_dir(claimed.join("aside-0123")).expect("a folder");
    drop_good(&office, 1);
    for queued in [1, 0] {
        let (_, said, stderr) = run_once(&office);
        assert_eq!(said.last().expect("a summary")["queued"], queued, "{said:?} {stderr}");
        for name in ["stray", "link", "dangling", "aside-0123"] {
            assert!(stderr.contains(&format!("inbox/claimed/{name}")), "{name} is not told: {stderr}");
            assert!(claimed.join(name).symlink_metadata().is_ok(), "{name} is lost");
        }
    }
}

/// A `run --json` that watches.
struct Watching {
    child: Child,
    lines: Receiver<Value>,
    errors: Option<BufReader<ChildStderr>>,
}

impl Watching {
    fn of(mut start: std::process::Command) -> Watching {
        let mut child =
            start.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the program starts");
        let stdout = BufReader::new(child.stdout.take().expect("piped above"));
        let (give, lines) = channel();
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let _ = give.send(serde_json::from_str(&line).unwrap_or_default());
            }
        });
        let errors = child.stderr.take().map(BufReader::new);
        Watching { child, lines, errors }
    }

    /// Waits until the program says this on stderr, or ends.
    fn expect_told(&mut self, words: &str) {
        let errors = self.errors.as_mut().expect("piped above");
        let told = errors.lines().map_while(Result::ok).any(|line| line.contains(words));
        assert!(told, "the program ended and did not say: {words}");
    }

    #[track_caller]
    fn expect_queued(&self, file: &str) {
        let end = Instant::now() + Duration::from_secs(40);
        while let Ok(line) = self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            if line["file"] == file {
                assert_eq!(line["outcome"], "queued", "{line}");
                return;
            }
        }
        panic!("the program said nothing of {file}");
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn f27_a_watching_run_outlives_an_inbox_that_is_away_for_a_while() {
    let office = DemoOffice::new();
    let (inbox, away) = (office.dir.join("inbox"), office.dir.join("away"));
    let mut start = office.command(TODAY, &["--json", "run"]);
    start.stderr(Stdio::piped());
    let mut watching = Watching::of(start);
    drop_good(&office, 1);
    watching.expect_queued("good-1.json");
    fs::rename(&inbox, &away).expect("our own folder");
    // It says that it cannot look, and then is given the inbox again.
    watching.expect_told("the inbox cannot be looked at");
    fs::rename(&away, &inbox).expect("our own folder");
    drop_good(&office, 2);
    watching.expect_queued("good-2.json");
}

#[test]
fn f27_a_watching_run_outlives_an_inbox_that_is_unmounted_and_mounted_again() {
    // Only root may mount, in a namespace of its own.
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let office = DemoOffice::new();
    let outside = office.dir.with_file_name("outside");
    for (n, name) in [(1, "first"), (2, "second")] {
        fs::create_dir_all(outside.join(name)).expect("a folder");
        crate::support::office::authorise(&office.dir, &appointment(n, REPORT).to_string());
        crate::support::office::drop_into(
            &outside.join(name),
            &format!("good-{n}"),
            &appointment(n, REPORT).to_string(),
            ATTACHED,
        );
    }
    // A claim that an earlier run left on the file system that comes back.
    let script = format!(
        "set -e; cd {office}; mount -t tmpfs -o mode=700 first inbox; \
         {PROGRAM} --office . --today {TODAY} --json run & run=$!; \
         cp -a ../outside/first/* inbox/; \
         until [ -z \"$(ls inbox/*.json 2>/dev/null)\" ] && [ -z \"$(ls inbox/claimed 2>/dev/null)\" ]; do sleep 0.2; done; \
         until umount inbox 2>/dev/null; do sleep 0.1; done; sleep 6; \
         mount -t tmpfs -o mode=700 second inbox; cp -a ../outside/second/* inbox/; \
         wait $run",
        office = office.dir.display()
    );
    let mut start = command("unshare");
    start.args(["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", &script]);
    let watching = Watching::of(start);
    watching.expect_queued("good-1.json");
    watching.expect_queued("good-2.json");
}

#[test]
fn f28_rejects_are_written_through_no_link_that_a_dropper_laid_before_the_first_run() {
    for own in ["rejected", "claimed"] {
        let office = DemoOffice::new();
        let (inbox, elsewhere) = (office.dir.join("inbox"), office.dir.with_file_name("elsewhere"));
        fs::remove_dir_all(inbox.join(own)).expect("our own folder");
        fs::create_dir(&elsewhere).expect("a folder");
        symlink(&elsewhere, inbox.join(own)).expect("a link");
        fs::write(inbox.join("bad.json"), "{").expect("a new file");
        let (code, said, stderr) = run_once(&office);
        assert!(fs::read_dir(&elsewhere).expect("a folder").next().is_none(), "{said:?}");
        assert!(inbox.join("bad.json").is_file(), "the case is lost: {said:?}");
        assert_eq!(code, 1, "{stderr}");
        let told = format!("{said:?}{stderr}");
        assert!(told.contains(&format!("inbox/{own}")) && told.contains("link"), "{told}");
    }
}

#[test]
fn f28_the_folders_of_the_inbox_are_there_before_anybody_can_drop() {
    let folder = crate::support::folder::folder();
    let dir = folder.path().join("office");
    let passphrase = folder.path().join("passphrase");
    crate::support::office::private_file(&passphrase, b"four made-up words here\n");
    let signing = folder.path().join("signing-passphrase");
    crate::support::office::private_file(&signing, b"four other made-up words\n");
    let words = [
        "init",
        dir.to_str().unwrap(),
        "--passphrase-file",
        passphrase.to_str().unwrap(),
        "--signing-passphrase-file",
        signing.to_str().unwrap(),
    ];
    crate::support::office::despatch(&words).expect(0);
    for own in ["claimed", "rejected"] {
        let found = dir.join("inbox").join(own).symlink_metadata().expect("made by init");
        assert!(found.is_dir() && found.mode() & 0o077 == 0, "{own}");
    }
}

#[test]
fn f28_a_folder_of_another_account_is_not_taken_for_despatchs_own() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    for own in ["rejected", "claimed"] {
        let office = DemoOffice::new();
        std::os::unix::fs::chown(office.dir.join("inbox").join(own), Some(65534), None).expect("root may");
        fs::write(office.dir.join("inbox/bad.json"), "{").expect("a new file");
        let (code, said, stderr) = run_once(&office);
        assert_eq!(code, 1, "{said:?}");
        assert!(format!("{said:?}{stderr}").contains(own) && office.dir.join("inbox/bad.json").is_file());
    }
}

#[test]
fn f16_one_failure_to_open_a_file_never_rejects_a_good_case() {
    let office = DemoOffice::new();
    office.drop_case("one", &report_received(1, REPORT).to_string(), ATTACHED);
    for when in (1..=41).step_by(if is_full() { 1 } else { 5 }) {
        let office = office.copy();
        let error = if when % 2 == 0 { "EIO" } else { "EMFILE" };
        let mut strace = command("strace");
        strace.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=openat2", "-e"]);
        strace.arg(format!("inject=openat2:error={error}:when={when}"));
        strace.args(["timeout", "60", PROGRAM, "--office"]).arg(&office.dir);
        strace.args(["--today", TODAY, "--json", "run", "--once"]);
        let done = output(&mut strace, &[]);
        let stdout = String::from_utf8(done.stdout).expect("UTF-8");
        assert!(!stdout.contains("\"outcome\":\"rejected\""), "{error} at call {when}: {stdout}");
        run_once(&office);
        let made = office.despatches().iter().filter(|one| one["case_id"] == "TEST-00001").count();
        assert_eq!(made, 3, "{error} at call {when}: {stdout} {}", done.stderr);
    }
}
