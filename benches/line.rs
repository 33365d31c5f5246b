//! Enters: a demo office with some hundred cases. Leaves: the speed of the line, and of typst alone making the same
//! letters, in letters a second on one and on two worker processes; how long it takes from a drop until its despatches can
//! be reviewed, and from a start until the first one can (`docs/performance.md`).
//! Never: compares unequal work: the raw loop gets the very jobs that the line gave its workers, and the letters of
//! both must have the same hashes.
//!
//!     cargo bench --bench line -- [ratio] [drop] [start] [--cases N] [--entries N] [--turns N] [--workers 1,2] [--drops N]
//!         [--starts N] [--json FILE]
//!     cargo bench --bench line -- --record FOLDER [--cases N]    only what the line gave its workers, for other benches

#[path = "../tests/support/office.rs"]
#[allow(dead_code, unused_imports, reason = "the tests use the rest")]
mod office;
mod arguments;
mod raw;
mod scene;

use arguments::Arguments;
use despatch_ledger::{Ledger, State};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use office::{DemoOffice, PROGRAM, TODAY};
use scene::{Scene, drop_one, letters_in, run_line};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitCode, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

/// Appointment cases of one run; each makes six despatches.
const CASES: usize = 200;
/// One in so many cases warms up both sides before the clock starts.
const WARM: usize = 10;
/// Repetitions of each measurement, raw and line in turn: a shared machine is noisy.
const TURNS: usize = 5;
/// Drops into an idle office: enough that one in a hundred is a value and not a guess.
const DROPS: usize = 100;
/// Starts of the program.
const STARTS: usize = 15;
/// How long an office is left alone before the next drop, and how often it is asked meanwhile.
const IDLE: Duration = Duration::from_millis(300);
const ASKED_EVERY: Duration = Duration::from_millis(1);
/// Nothing takes longer.
const GIVEN_UP: Duration = Duration::from_secs(30);

/// The duration of one run of the line, from the end of the warm-up to the last durable case.
struct Lap {
    wall: Duration,
    /// CPU of this process, which seals, writes and commits.
    main: Duration,
    /// CPU of the worker processes and the intake.
    workers: Duration,
}

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(raw::ARGUMENT) {
        return raw::child();
    }
    let options = ["cases", "entries", "turns", "workers", "drops", "starts", "json", "record"];
    let asked = Arguments::read(&["ratio", "drop", "start"], &options);
    if let Some(folder) = asked.option("record") {
        record(Path::new(folder), asked.number("cases", CASES));
        return ExitCode::SUCCESS;
    }
    let mut measured = serde_json::Map::new();
    if asked.has("ratio") {
        measured.insert("ratio".to_owned(), ratio(&asked));
    }
    if asked.has("drop") {
        let waits = drop_to_reviewable(asked.number("drops", DROPS));
        measured.insert("drop".to_owned(), told("from drop to reviewable", waits));
    }
    if asked.has("start") {
        let waits = (0..asked.number("starts", STARTS)).map(|_| start_to_queued()).collect();
        measured.insert("start".to_owned(), told("from start to the first letter queued", waits));
    }
    asked.write_json(&Value::Object(measured));
    ExitCode::SUCCESS
}

/// Prints and returns the milliseconds of some waits.
fn told(what: &str, mut waits: Vec<f64>) -> Value {
    let [p50, p99] = [0.5, 0.99].map(|share| quantile(&mut waits, share));
    let most = waits.last().copied().unwrap_or_default();
    println!("{what}: p50 {p50:.0} ms, p99 {p99:.0} ms, most {most:.0} ms, of {}", waits.len());
    json!({ "p50_ms": p50, "p99_ms": p99, "most_ms": most, "times": waits.len() })
}

/// Writes the jobs of so many cases into a folder.
fn record(folder: &Path, cases: usize) {
    for (number, path) in Scene::new(cases, 0, 1).recorded.iter().enumerate() {
        fs::copy(path, folder.join(format!("{number}.jobs"))).expect("a folder to write to");
    }
}

/// The line against the raw loop.
fn ratio(asked: &Arguments) -> Value {
    let (cases, turns) = (asked.number("cases", CASES), asked.number("turns", TURNS));
    let entries = asked.number("entries", entries());
    let scene = Scene::new(cases, entries, 1);
    let per_case = scene.jobs() as f64 / cases as f64;
    println!(
        "{cases} appointment cases, {per_case} letters and cover notes each, report of {} bytes",
        scene::REPORT_BYTES
    );
    let workers = asked.option("workers").unwrap_or("1,2").split(',');
    let workers = workers.map(|one| one.parse().expect("--workers takes numbers, such as 1,2"));
    let by_workers: Vec<Value> = workers.map(|workers| compared(&scene, workers, turns)).collect();
    json!({ "cases": cases, "letters_a_case": per_case, "entries": entries, "turns": turns, "workers": by_workers })
}

/// Runs both in turn, on so many workers.
fn compared(scene: &Scene, workers: usize, turns: usize) -> Value {
    let warm = scene.cases / WARM;
    let letters = scene.jobs() as f64 * (1.0 - warm as f64 / scene.cases as f64);
    let (mut raw_rates, mut line_rates, mut ratios, mut laps) = (vec![], vec![], vec![], vec![]);
    for turn in 0..turns {
        let raw = raw::run(&scene.recorded, workers, warm as f64 / scene.cases as f64);
        let (lap, made) = lap(scene, workers, warm);
        if turn == 0 {
            assert_eq!(made, raw.hashes, "the line's letters are not those of the raw loop");
        }
        let line = letters / lap.wall.as_secs_f64();
        let a_letter = |time: Duration, of: f64| time.as_secs_f64() * 1e3 / of;
        let (main, working) = (a_letter(lap.main, letters), a_letter(lap.workers, letters));
        let of_raw = a_letter(raw.cpu, raw.letters as f64);
        println!(
            "  {workers} workers: raw {:.1}/s, line {line:.1}/s, ratio {:.2}; CPU a letter: main {main:.2} ms, workers {working:.2} ms, raw {of_raw:.2} ms",
            raw.rate,
            line / raw.rate,
        );
        laps.push(json!({ "raw_per_s": raw.rate, "line_per_s": line, "main_cpu_ms": main, "workers_cpu_ms": working, "raw_cpu_ms": of_raw }));
        raw_rates.push(raw.rate);
        line_rates.push(line);
        ratios.push(line / raw.rate);
    }
    let [raw, line, ratio] = [&mut raw_rates, &mut line_rates, &mut ratios].map(|rates| quantile(rates, 0.5));
    println!(
        "{workers} workers: raw {raw:.1} letters/s, line {line:.1} letters/s (medians); ratio median {ratio:.2}, least {:.2}",
        ratios[0],
    );
    json!({ "workers": workers, "raw_per_s": raw, "line_per_s": line, "ratio": ratio, "least": ratios[0], "laps": laps })
}

/// The number of entries to add to the demo's own: `DESPATCH_BENCH_ENTRIES`, or 50,000.
fn entries() -> usize {
    std::env::var("DESPATCH_BENCH_ENTRIES").ok().and_then(|text| text.parse().ok()).unwrap_or(50_000)
}

/// Runs the line once, measured; returns the hashes of the letters in its manifests too.
fn lap(scene: &Scene, workers: usize, warm: usize) -> (Lap, BTreeSet<String>) {
    let copy = scene.copy(workers);
    let dir = copy.path().join("office");
    let marks = Mutex::new(Vec::new());
    run_line(&dir, Path::new(PROGRAM), scene.cases, &|(done, pids)| {
        if done == warm || done == scene.cases {
            let workers: Duration = pids.into_iter().map(raw::cpu_of).sum();
            marks.lock().expect("nothing panics").push((Instant::now(), own_cpu(), workers));
        }
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
    (lap, letters_in(&dir))
}

/// Measures the milliseconds from a case's last rename into a watched inbox until its six despatches are on record, which
/// they are at once.
fn drop_to_reviewable(times: usize) -> Vec<f64> {
    let office = DemoOffice::new();
    let mut watcher = watching(&office);
    let outbox = office.dir.join("outbox");
    let mut ledger = Ledger::open(&outbox).expect("a ledger");
    // The first case only shows that the watcher is ready.
    let waits = (0..=times)
        .map(|n| {
            std::thread::sleep(IDLE);
            let before = Before::of(&mut ledger, &outbox);
            drop_one(&office.dir.join("inbox"), n);
            let dropped = Instant::now();
            let made = before.until_more(&mut ledger, dropped);
            assert_eq!(made, 6, "an appointment makes six despatches");
            dropped.elapsed().as_secs_f64() * 1e3
        })
        .skip(1)
        .collect();
    watcher.kill().expect("our own child");
    watcher.wait().expect("our own child");
    waits
}

/// Measures the milliseconds from the start of the program, in an office with one case in its inbox, until its messages
/// are on record.
fn start_to_queued() -> f64 {
    let office = DemoOffice::new();
    let outbox = office.dir.join("outbox");
    let mut ledger = Ledger::open(&outbox).expect("a ledger");
    let before = Before::of(&mut ledger, &outbox);
    drop_one(&office.dir.join("inbox"), 0);
    let started = Instant::now();
    let mut watcher = watching(&office);
    before.until_more(&mut ledger, started);
    let took = started.elapsed().as_secs_f64() * 1e3;
    watcher.kill().expect("our own child");
    watcher.wait().expect("our own child");
    took
}

fn watching(office: &DemoOffice) -> Child {
    office.command(TODAY, &["run"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
}

/// How many despatches can be reviewed: those that wait, and those that are held.
fn reviewable(ledger: &mut Ledger) -> usize {
    let states = [State::AwaitingReview, State::Held];
    states.into_iter().map(|state| ledger.count_despatches(state).expect("a ledger")).sum()
}

/// The state of an outbox before something is dropped.
struct Before {
    reviewable: usize,
    /// Where sealed messages lie, and when one was last put there, as the system has it.
    messages: PathBuf,
    last: SystemTime,
}

impl Before {
    fn of(ledger: &mut Ledger, outbox: &Path) -> Self {
        let messages = outbox.join("despatches");
        Self { reviewable: reviewable(ledger), last: changed(&messages), messages }
    }

    /// Waits until there are more despatches, and returns how many more. The ledger is asked only once messages have been
    /// written, which they are before they are on record: asking it all the while would take some of the processor from
    /// what is measured.
    fn until_more(self, ledger: &mut Ledger, since: Instant) -> usize {
        loop {
            let is_written = changed(&self.messages) != self.last;
            let more = if is_written { reviewable(ledger) - self.reviewable } else { 0 };
            if more > 0 {
                return more;
            }
            assert!(since.elapsed() < GIVEN_UP, "it never became reviewable");
            std::thread::sleep(ASKED_EVERY);
        }
    }
}

/// When something was last put into a folder, or taken from it.
fn changed(folder: &Path) -> SystemTime {
    fs::metadata(folder).and_then(|folder| folder.modified()).expect("a folder of the outbox")
}

/// Sorts the values, and returns the one below or at which the share of them lies: 0.5 is the median of an odd number.
fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (values.len() as f64 * share).ceil() as usize;
    values[place.saturating_sub(1).min(values.len() - 1)]
}

/// Returns the CPU time of this process, user and system.
fn own_cpu() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("the system tells");
    let of = |time: TimeVal| Duration::from_micros((time.tv_sec() * 1_000_000 + time.tv_usec()) as u64);
    of(usage.user_time()) + of(usage.system_time())
}
