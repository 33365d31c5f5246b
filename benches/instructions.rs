//! Enters: appointment cases, few and more of them. Leaves: how many instructions a letter takes in the whole line (one
//! worker and the main process together), in the raw loop, and as a plain letter of stock typst with the same words
//! (`docs/performance.md`).
//! Never: counts what starting takes: each figure is the difference of two runs, the longer one less the shorter one.
//!
//! valgrind counts (cachegrind without its caches): seconds vary on a machine that others use, instructions do not. It hides
//! the processor's own instructions for SHA-256 from programs, so what hashes counts for more than it takes.
//!
//!     cargo bench --bench instructions -- [line] [floor] [--few N] [--more N] [--json FILE]

#[path = "../tests/support/office.rs"]
#[allow(dead_code, unused_imports, reason = "the tests use the rest")]
mod office;
mod arguments;
#[allow(dead_code, reason = "nothing is timed here")]
mod raw;
#[allow(dead_code, reason = "no letters are compared here")]
mod scene;

use arguments::Arguments;
use despatch_letters::render::worker;
use scene::{Scene, run_line};
use serde_json::{Value, json};
use std::fs;
use std::io::{self, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::thread;

/// The argument that makes this program a worker that gives up nothing: valgrind cannot count in one that does.
const WORKER: &str = "unconfined-worker";
/// The argument that makes it the main process of a line: followed by the office, the worker and the number of cases.
const MAIN: &str = "whole-line";
/// typst overflows the default stack of 2 MiB.
const STACK_BYTES: usize = 64 << 20;
/// Cases of the two runs.
const FEW: usize = 4;
const MORE: usize = 12;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [WORKER, ..] => {
            let serve = || worker::serve(BufReader::new(io::stdin()), io::stdout().lock());
            let served = thread::Builder::new().stack_size(STACK_BYTES).spawn(serve).expect("a thread");
            served.join().expect("it serves").expect("a pipe");
            return ExitCode::SUCCESS;
        }
        [MAIN, dir, worker, cases] => {
            run_line(Path::new(dir), Path::new(worker), cases.parse().expect("a number"), &|_| {});
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    let asked = Arguments::read(&["line", "floor"], &["few", "more", "json"]);
    if Command::new("valgrind").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("there is no valgrind here (Debian's package): nothing is counted");
        return ExitCode::FAILURE;
    }
    let scenes =
        [("few", FEW), ("more", MORE)].map(|(name, cases)| Scene::new(asked.number(name, cases), 0, 1));
    let counted = Counted { folder: tempfile::tempdir().expect("a temporary folder"), engine: engine() };
    let jobs = [0, 1].map(|at| scenes[at].jobs());
    let recorded = scenes[1].recorded.first().expect("one worker's jobs");
    let raw = jobs.map(|number| counted.of_engine("raw", number, recorded).0);
    let letters = (jobs[1] - jobs[0]) as f64;
    let mut measured = json!({ "letters": letters, "raw": a_letter(raw, letters) });
    println!(
        "{letters} letters, in millions of instructions each: the raw loop {:.1}",
        a_letter(raw, letters) / 1e6
    );
    if asked.has("line") {
        measured["line"] = counted.line(&scenes, letters, a_letter(raw, letters));
    }
    if asked.has("floor") {
        measured["floor"] = counted.floor(jobs, recorded, raw);
    }
    asked.write_json(&measured);
    ExitCode::SUCCESS
}

fn a_letter(runs: [u64; 2], letters: f64) -> f64 {
    (runs[1] - runs[0]) as f64 / letters
}

/// The bench of the letters' crate that makes PDFs in one thread.
fn engine() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args([
        "bench",
        "-p",
        "despatch-letters",
        "--bench",
        "instructions",
        "--no-run",
        "--message-format=json",
    ]);
    let built = command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo starts");
    assert!(built.status.success(), "the letters' bench cannot be built");
    let lines = String::from_utf8_lossy(&built.stdout).into_owned();
    let messages = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let executable = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).last();
    executable.expect("cargo says where it is")
}

/// Runs programs under valgrind.
struct Counted {
    folder: tempfile::TempDir,
    engine: PathBuf,
}

impl Counted {
    /// valgrind, which writes what it counts into a file named after this.
    fn valgrind(&self, log: &str) -> Vec<String> {
        let log = self.folder.path().join(log);
        let mut words: Vec<String> =
            ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
                .map(str::to_owned)
                .into();
        words.push(format!("--log-file={}", log.display()));
        words
    }

    /// The instructions of every process whose file begins with this.
    fn read(&self, log: &str) -> u64 {
        let files = fs::read_dir(self.folder.path()).expect("the folder").flatten().map(|entry| entry.path());
        let files =
            files.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(log)));
        let counts: Vec<u64> = files.map(|path| refs(&fs::read_to_string(path).expect("a log"))).collect();
        assert!(!counts.is_empty(), "valgrind left no {log}");
        counts.iter().sum()
    }

    /// Makes so many letters in one thread; the instructions, and what it says.
    fn of_engine(&self, mode: &str, number: usize, of: &Path) -> (u64, String) {
        let log = format!("{mode}-{number}");
        let words = self.valgrind(&log);
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).arg(&self.engine).args([mode, &number.to_string()]).arg(of);
        command.env("RAYON_NUM_THREADS", "1");
        let done = command.stderr(Stdio::inherit()).output().expect("valgrind starts");
        assert!(done.status.success(), "{mode} failed under valgrind");
        (self.read(&log), String::from_utf8_lossy(&done.stdout).trim().to_owned())
    }

    /// The whole line against the raw loop.
    fn line(&self, scenes: &[Scene; 2], letters: f64, raw: f64) -> Value {
        let own = std::env::current_exe().expect("this program");
        let runs = scenes.each_ref().map(|scene| {
            let cases = scene.cases.to_string();
            let (of_main, of_worker) = (format!("main-{cases}"), format!("worker-{cases}"));
            let worker = self.folder.path().join(format!("script-{cases}"));
            let valgrind = self.valgrind(&format!("{of_worker}.%p")).join("' '");
            let script =
                format!("#!/bin/sh\nPATH=/usr/bin:/bin exec '{valgrind}' '{}' {WORKER}\n", own.display());
            fs::write(&worker, script).expect("our own folder");
            fs::set_permissions(&worker, fs::Permissions::from_mode(0o700)).expect("our own file");
            let copy = scene.copy(1);
            let words = self.valgrind(&of_main);
            let mut command = Command::new(&words[0]);
            command
                .args(&words[1..])
                .arg(&own)
                .arg(MAIN)
                .arg(copy.path().join("office"))
                .arg(&worker)
                .arg(&cases);
            assert!(command.status().expect("valgrind starts").success(), "the line failed under valgrind");
            [of_main, of_worker].map(|log| self.read(&log))
        });
        let [main, worker] = [0, 1].map(|at| a_letter([runs[0][at], runs[1][at]], letters));
        let ratio = (main + worker) / raw;
        println!(
            "the line {:.1} (main {:.1}, worker {:.1}): {ratio:.2} times the raw loop",
            (main + worker) / 1e6,
            main / 1e6,
            worker / 1e6
        );
        json!({ "main": main, "worker": worker, "ratio": ratio })
    }

    /// The raw loop against stock typst, a page.
    fn floor(&self, jobs: [usize; 2], recorded: &Path, raw: [u64; 2]) -> Value {
        let folder = self.folder.path().join("letters");
        fs::create_dir(&folder).expect("a new folder");
        let made = Command::new(&self.engine)
            .args(["pdf", &jobs[1].to_string()])
            .arg(&folder)
            .arg(recorded)
            .output();
        assert!(made.expect("the letters' bench starts").status.success(), "no letters were written");
        letters_in(&folder, "markup");
        let stock = jobs.map(|number| self.of_engine("stock", number, &folder).0);
        let told = letters_in(&folder, "pages");
        let pages = |whose: &str| -> f64 {
            let pages =
                told[whose].as_array().expect("a list").iter().map(|pages| pages.as_f64().expect("a number"));
            pages.skip(jobs[0]).sum()
        };
        let (ours, theirs) = (pages("ours"), pages("stock"));
        let [raw, stock] = [raw, stock].map(|runs| (runs[1] - runs[0]) as f64);
        let (a_page, a_letter) = ((raw / ours) / (stock / theirs), raw / stock);
        println!(
            "a page of the raw loop {:.1}, of stock typst {:.1}: {a_page:.2} times ({ours} pages and {theirs}); the same words {a_letter:.2} times",
            raw / ours / 1e6,
            stock / theirs / 1e6
        );
        json!({ "raw_page": raw / ours, "stock_page": stock / theirs, "ratio": a_page, "same_words": a_letter, "pages": [ours, theirs] })
    }
}

/// What `benches/peers/letter.py` says of a folder of letters.
fn letters_in(folder: &Path, what: &str) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/letter.py");
    let said = Command::new("python3").arg(script).arg(what).arg(folder).stderr(Stdio::inherit()).output();
    let said = said.expect("python3 starts");
    assert!(said.status.success(), "letter.py {what} failed");
    serde_json::from_slice(&said.stdout).expect("JSON from letter.py")
}

/// The instructions in what valgrind wrote: `==1== I   refs:      1,234`.
fn refs(log: &str) -> u64 {
    let line = log.lines().find(|line| line.contains("I   refs:") || line.contains("I refs:"));
    let number = line.and_then(|line| line.rsplit(':').next()).unwrap_or_else(|| panic!("no count in {log}"));
    number.trim().replace(',', "").parse().unwrap_or_else(|_| panic!("{number} is no count"))
}
