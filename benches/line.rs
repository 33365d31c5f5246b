//! Enters: a demo office with some hundred cases. Leaves: the speed of the line, and of typst alone making the same
//! letters, in letters a second on one and on two worker processes (`docs/speed.md`).
//! Never: compares unequal work: the raw loop gets the very jobs that the line gave its workers, and the letters of
//! both must have the same hashes.

#[path = "../tests/support/office.rs"]
#[allow(dead_code, unused_imports, reason = "the tests use the rest")]
mod office;
mod raw;

use despatch::caller::unlock;
use despatch_app::intake::{Inbox, IntakeProcess};
use despatch_app::office::Office;
use despatch_app::pipeline::{Line, Progress, Run, process};
use despatch_core::clock::Clock;
use despatch_core::words::Sha256;
use despatch_directory::entry::Change;
use despatch_directory::import;
use despatch_ledger::{Ledger, State};
use despatch_seal::keys::SecretKey;
use despatch_seal::manifest::Manifest;
use despatch_seal::sealing;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use office::{DemoOffice, PROGRAM, TODAY, appointment, drop_into, paper_of};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Appointment cases of one run; each makes four despatches.
const CASES: usize = 200;
/// Cases that warm up both sides before the clock starts.
const WARM: usize = 20;
/// Repetitions of each measurement, raw and line in turn: a shared machine is noisy.
const TURNS: usize = 3;
/// Bytes of the medical report that goes with each case.
const REPORT_BYTES: usize = 50_000;

/// The duration of one run of the line, from the end of the warm-up to the last durable case.
struct Lap {
    wall: Duration,
    /// CPU of this process, which seals, writes and commits.
    main: Duration,
    /// CPU of the worker processes.
    workers: Duration,
}

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(raw::ARGUMENT) {
        return raw::child();
    }
    let scene = Scene::new();
    let per_case = scene.jobs() as f64 / CASES as f64;
    let letters = per_case * (CASES - WARM) as f64;
    println!(
        "{CASES} appointment cases, {per_case} letters and cover notes each, report of {REPORT_BYTES} bytes"
    );
    for workers in [1, 2] {
        let (mut raw_rates, mut line_rates, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for turn in 0..TURNS {
            let raw = raw::run(&scene.recorded, workers, WARM as f64 / CASES as f64);
            let (lap, made) = scene.lap(workers);
            if turn == 0 {
                assert_eq!(made, raw.hashes, "the line's letters are not those of the raw loop");
            }
            let line = letters / lap.wall.as_secs_f64();
            println!(
                "  {workers} workers: raw {:.1}/s, line {line:.1}/s, ratio {:.2}; CPU a letter: main {:.2} ms, workers {:.2} ms, raw {:.2} ms",
                raw.rate,
                line / raw.rate,
                lap.main.as_secs_f64() * 1e3 / letters,
                lap.workers.as_secs_f64() * 1e3 / letters,
                raw.cpu.as_secs_f64() * 1e3 / raw.letters as f64,
            );
            raw_rates.push(raw.rate);
            line_rates.push(line);
            ratios.push(line / raw.rate);
        }
        println!(
            "{workers} workers: raw {:.1} letters/s, line {:.1} letters/s (medians); ratio median {:.2}, least {:.2}",
            median(&mut raw_rates),
            median(&mut line_rates),
            median(&mut ratios),
            ratios[0],
        );
    }
    let mut waits: Vec<f64> = scene.drop_to_reviewable(7);
    println!(
        "from drop to reviewable: median {:.0} ms, most {:.0} ms",
        median(&mut waits),
        waits[waits.len() - 1]
    );
    ExitCode::SUCCESS
}

/// Adds as many firms as a large office writes to, from a table as an office would import it.
fn fill_directory(dir: &Path) {
    let office = Office::open(dir).expect("an office in order");
    let mut ledger = Ledger::open(&office.outbox()).expect("a ledger");
    let now = Clock::Fixed(TODAY.parse().expect("a date")).now();
    let clerk = office.config.staff.first().expect("somebody");
    let mut table = "id,role,name,organisation,email\n".to_owned();
    for n in 0..entries() {
        let name = Sha256::of(n.to_string().as_bytes()).to_string();
        let (name, firm) = (&name[..8], &name[8..24]);
        table.push_str(&format!("firm-{n},representative,A {n},Firm {n},{name}@{firm}.example.invalid\n"));
    }
    let entered = Change::new(clerk.id.clone(), now.today);
    let entries = import::read("firms.csv", &table, &entered).expect("a sound table");
    let started = Instant::now();
    ledger.put_entries(entries, &office.config.addresses, clerk, now).expect("a ledger").expect("no fault");
    let read = Instant::now();
    let directory = ledger.directory(&office.config.addresses).expect("a directory");
    println!(
        "{} entries in the directory: {:.1} s to enter them, {:.2} s to read them all",
        directory.entries().len(),
        (read - started).as_secs_f64(),
        read.elapsed().as_secs_f64(),
    );
}

/// The number of entries to add to the demo's own: `DESPATCH_BENCH_ENTRIES`, or 50,000.
fn entries() -> usize {
    std::env::var("DESPATCH_BENCH_ENTRIES").ok().and_then(|text| text.parse().ok()).unwrap_or(50_000)
}

/// Sorts the values, and returns the median.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The office from which each run starts, and the jobs of its cases.
struct Scene {
    office: DemoOffice,
    scratch: TempDir,
    recorded: Vec<PathBuf>,
}

impl Scene {
    fn new() -> Scene {
        let office = DemoOffice::new();
        let scratch = tempfile::tempdir().expect("a temporary folder");
        // The sample without its attachment would wait in every run.
        fs::remove_file(office.dir.join("inbox/07-attachment-missing.json")).expect("the waiting sample");
        fill_directory(&office.dir);
        for n in 0..CASES {
            drop_one(&office.dir.join("inbox"), n);
        }
        let mut scene = Scene { office, scratch, recorded: Vec::new() };
        let spy = scene.spy();
        let copy = scene.copy(1);
        scene.process(&copy, &spy, &|_| {});
        let jobs = fs::read_dir(scene.scratch.path()).expect("the scratch folder");
        scene.recorded = jobs
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "jobs"))
            .collect();
        scene
    }

    /// Makes a worker that records its input and passes it on to a real one.
    fn spy(&self) -> PathBuf {
        let spy = self.scratch.path().join("spy");
        let jobs = self.scratch.path().join("$$.jobs");
        let script = format!("#!/bin/sh\ntee \"{}\" | {PROGRAM} \"$@\"\n", jobs.display());
        fs::write(&spy, script).expect("the scratch folder");
        fs::set_permissions(&spy, fs::Permissions::from_mode(0o700)).expect("our own file");
        spy
    }

    fn jobs(&self) -> usize {
        self.recorded.iter().map(|path| raw::read(path).1.len()).sum()
    }

    /// Copies the office with its full inbox, and sets the number of workers.
    fn copy(&self, workers: usize) -> TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let copied = Command::new("cp").arg("-a").arg(&self.office.dir).arg(folder.path()).status();
        assert!(copied.is_ok_and(|status| status.success()), "the office cannot be copied");
        let config = folder.path().join("office/despatch.toml");
        let text = fs::read_to_string(&config).expect("the settings");
        let set = text.replace("workers = 2", &format!("workers = {workers}"));
        fs::write(config, set).expect("the settings");
        folder
    }

    /// Runs the line over a copy. When the warm-up and the last case are durable, `at` gets the number of cases so far
    /// and the process ids of the workers and the intake.
    fn process(&self, copy: &TempDir, worker: &Path, at: &(dyn Fn((usize, Vec<u32>)) + Sync)) {
        let dir = copy.path().join("office");
        let today = TODAY.parse().expect("a date");
        let mut office = Office::open(&dir).expect("an office in order");
        let mut ledger = Ledger::open(&office.outbox()).expect("a ledger");
        office.directory = ledger.directory(&office.config.addresses).expect("a directory");
        let inbox = Inbox::open(office.intake()).expect("an inbox");
        let signer = office.signing_secret(&unlock(None)).expect("a demo office's signing key lies open");
        let line = Line::new(&office, worker).expect("a line").signed_by(signer);
        let files = Arc::new(IntakeProcess::new(Path::new(PROGRAM), inbox.clone()));
        let done = Mutex::new(0);
        let report = |progress: Progress<'_>| {
            if matches!(progress, Progress::Found(_)) {
                let mut done = done.lock().expect("nothing panics");
                *done += 1;
                if *done == WARM || *done == CASES {
                    at((*done, line.workers().into_iter().chain(files.pid()).collect()));
                }
            }
        };
        let run = Run { clock: Clock::Fixed(today), once: true };
        let summary = process(&line, ledger, (&inbox, files.clone()), run, (&report, &|| true))
            .expect("the run goes through");
        assert_eq!((summary.queued, summary.rejected), (CASES, 0), "a case was not queued");
    }

    /// Runs the line once, measured; returns the hashes of the letters in its manifests too.
    fn lap(&self, workers: usize) -> (Lap, BTreeSet<String>) {
        let copy = self.copy(workers);
        let marks = Mutex::new(Vec::new());
        self.process(&copy, Path::new(PROGRAM), &|(_, pids)| {
            let workers: Duration = pids.into_iter().map(raw::cpu_of).sum();
            marks.lock().expect("nothing panics").push((Instant::now(), own_cpu(), workers));
        });
        let marks = marks.into_inner().expect("nothing panics");
        let [(start, main_before, workers_before), (end, main_after, workers_after)] = marks[..] else {
            panic!("the run passed {} of two marks", marks.len());
        };
        let lap = Lap {
            wall: end - start,
            main: main_after.saturating_sub(main_before),
            workers: workers_after.saturating_sub(workers_before),
        };
        (lap, self.letters_in(&copy.path().join("office")))
    }

    /// Returns the hash of each letter and cover note in the manifests of the benchmark's cases.
    fn letters_in(&self, dir: &Path) -> BTreeSet<String> {
        let key = fs::read_to_string(dir.join("PRIVATE-demo-keys/review.key"))
            .or_else(|_| fs::read_to_string(dir.join("keys/review.key")))
            .expect("a demo office's review key lies open");
        let key = SecretKey::from_identity_file(&key).unwrap_or_else(|_| panic!("the review key is one"));
        let mut ledger = Ledger::open(&dir.join("outbox")).expect("a ledger");
        let despatches = ledger.despatches(&State::ALL).expect("a ledger");
        let mut hashes = BTreeSet::new();
        for despatch in despatches.iter().filter(|one| one.case_id.as_str().starts_with("TEST-")) {
            let bound = despatch.message.as_ref().expect("a message");
            let message = ledger.files().message_bytes(despatch.id, bound.revision, bound.sha256);
            let parts = despatch_message::parts(&message.expect("the message")).expect("its parts");
            let sealed = parts.iter().find(|(name, _)| name == "manifest.json.age").expect("a manifest");
            let opened = sealing::open(&sealed.1, &key).expect("the review key opens it");
            let manifest = Manifest::parse(&opened).expect("a manifest");
            // The enclosed report and the calendar file were not typeset.
            let made = manifest.documents.into_iter().filter(|one| one.size != REPORT_BYTES as u64);
            let made = made.filter(|one| one.file.ends_with(".pdf"));
            hashes.extend(made.map(|document| document.sha256.to_string()));
        }
        hashes
    }

    /// Measures the milliseconds from a case's last rename into a watched inbox until its despatches are in the ledger.
    fn drop_to_reviewable(&self, times: usize) -> Vec<f64> {
        let office = DemoOffice::new();
        let mut watcher = office.command(TODAY, &["run"]);
        let mut watcher = watcher.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut ledger = Ledger::open(&office.dir.join("outbox")).expect("a ledger");
        // The first case only shows that the watcher is ready.
        let waits = (0..=times)
            .map(|n| {
                let before = ledger.despatches(&State::ALL).expect("a ledger").len();
                drop_one(&office.dir.join("inbox"), n);
                let dropped = Instant::now();
                while ledger.despatches(&State::ALL).expect("a ledger").len() == before {
                    assert!(dropped.elapsed() < Duration::from_secs(30), "it never became reviewable");
                    std::thread::sleep(Duration::from_millis(1));
                }
                dropped.elapsed().as_secs_f64() * 1e3
            })
            .skip(1)
            .collect();
        watcher.kill().expect("our own child");
        watcher.wait().expect("our own child");
        waits
    }
}

/// Makes a medical report of some 800 words, padded to exactly `REPORT_BYTES` as if by its fonts.
fn report(n: usize) -> Vec<u8> {
    let line =
        format!("Made-up finding {n}: the person slept badly and ate little in the week of 3 March 2026.");
    let words = vec![line.as_str(); 50].join(") Tj T* (");
    let mut pdf = paper_of(&words, 0);
    let end = pdf.len() - "%%EOF\n".len();
    let padding = vec![b'%'; REPORT_BYTES - pdf.len() - 1];
    pdf.splice(end..end, padding.into_iter().chain([b'\n']));
    pdf
}

fn drop_one(inbox: &Path, n: usize) {
    let report = report(n);
    drop_into(
        inbox,
        &format!("case-{n:03}"),
        &appointment(n, &report).to_string(),
        &[("report.pdf", &report)],
    );
}

/// Returns the CPU time of this process, user and system.
fn own_cpu() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("the system tells");
    let of = |time: TimeVal| Duration::from_micros((time.tv_sec() * 1_000_000 + time.tv_usec()) as u64);
    of(usage.user_time()) + of(usage.system_time())
}
