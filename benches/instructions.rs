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
mod stock;

use arguments::Arguments;
use despatch_letters::render::engine::Engine;
use despatch_letters::render::worker;
use scene::{Scene, run_line};
use serde_json::{Value, json};
use std::fs;
use std::io::{self, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The argument that makes this program a worker that gives up nothing: valgrind cannot count in one that does.
const WORKER: &str = "unconfined-worker";
/// The argument that makes it the main process of a line: followed by the office, the worker and the number of cases.
const MAIN: &str = "whole-line";
/// The arguments that make it typst alone: so many letters of our templates or of stock typst, or of ours into a folder.
const RAW: &str = "raw-letters";
const STOCK: &str = "stock-letters";
const PDF: &str = "write-letters";
/// typst overflows the default stack of 2 MiB.
const STACK_BYTES: usize = 64 << 20;
/// valgrind 3.19 (Debian 12) does not know openat2, by which the inbox is opened without links: for it alone, a library that
/// stands before the system's opens with openat.
const OPENAT2: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
struct how { uint64_t flags, mode, resolve; };
long syscall(long number, ...) {
    long a[6];
    va_list rest;
    va_start(rest, number);
    for (int i = 0; i < 6; i++) a[i] = va_arg(rest, long);
    va_end(rest);
    if (number == 437) {
        struct how *how = (struct how *)a[2];
        return openat((int)a[0], (const char *)a[1], (int)how->flags, (mode_t)how->mode);
    }
    static long (*next)(long, ...);
    if (!next) next = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
"#;
/// No worker takes longer to end.
const GIVEN_UP: Duration = Duration::from_secs(60);
/// Cases of the two runs.
const FEW: usize = 4;
const MORE: usize = 12;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let of_one =
        [WORKER, MAIN, RAW, STOCK, PDF].iter().any(|own| words.first().is_some_and(|word| word == own));
    if of_one {
        let work = move || alone(&words.iter().map(String::as_str).collect::<Vec<_>>());
        let known = thread::Builder::new().stack_size(STACK_BYTES).spawn(work).expect("a thread").join();
        assert!(known.expect("it comes to its end"), "other words were expected");
        return ExitCode::SUCCESS;
    }
    let asked = Arguments::read(&["line", "floor"], &["few", "more", "json"]);
    if Command::new("valgrind").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("there is no valgrind here (Debian's package): nothing is counted");
        return ExitCode::FAILURE;
    }
    let scenes = [("few", FEW), ("more", MORE)];
    let scenes = scenes.map(|(name, cases)| Scene::new(asked.number(name, cases), 0, 1));
    let own = std::env::current_exe().expect("this program");
    let counted = Counted { folder: tempfile::tempdir().expect("a temporary folder"), own };
    let jobs = [0, 1].map(|at| scenes[at].jobs());
    let recorded = scenes[1].recorded.first().expect("one worker's jobs");
    let raw = jobs.map(|number| counted.alone(RAW, number, recorded));
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

/// What a process of this program does by itself, if these are the words with which one is started.
fn alone(words: &[&str]) -> bool {
    match words {
        [WORKER, ..] => worker::serve(BufReader::new(io::stdin()), io::stdout().lock()).expect("a pipe"),
        [MAIN, dir, worker, cases] => run_line(Path::new(dir), Path::new(worker), number(cases), &|_| {}),
        [RAW, letters, jobs] => pdfs(number(letters), Path::new(jobs)).for_each(drop),
        [STOCK, letters, folder] => stock::set(number(letters), Path::new(folder)),
        [PDF, letters, jobs, folder] => {
            for (at, (main, pdf)) in pdfs(number(letters), Path::new(jobs)).enumerate() {
                fs::write(Path::new(folder).join(format!("{at}.pdf")), pdf).expect("a folder to write to");
                println!("{at} {main}");
            }
        }
        _ => return false,
    }
    true
}

fn number(word: &str) -> usize {
    word.parse().unwrap_or_else(|_| panic!("{word} is no number"))
}

/// The first recorded jobs made by typst alone, each with its template.
fn pdfs(letters: usize, recorded: &Path) -> impl Iterator<Item = (String, Vec<u8>)> {
    let (files, jobs) = raw::read(recorded);
    assert!(jobs.len() >= letters, "only {} jobs were recorded", jobs.len());
    let engine = Engine::new(files);
    jobs.into_iter().take(letters).map(move |job| {
        let pdf = engine.pdf(&job).expect("the line made it, so it can be made");
        (job.main, pdf)
    })
}

/// Runs programs under valgrind.
struct Counted {
    folder: tempfile::TempDir,
    own: PathBuf,
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

    /// The instructions of every process whose file begins with this; the last of them may not have ended yet.
    fn read(&self, log: &str) -> u64 {
        let since = Instant::now();
        loop {
            let files =
                fs::read_dir(self.folder.path()).expect("the folder").flatten().map(|entry| entry.path());
            let of_these =
                |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(log));
            let counts: Vec<Option<u64>> =
                files.filter(of_these).map(|path| refs(&fs::read_to_string(path).expect("a log"))).collect();
            if !counts.is_empty() && counts.iter().all(Option::is_some) {
                return counts.into_iter().flatten().sum();
            }
            assert!(since.elapsed() < GIVEN_UP, "valgrind left no count in {log}");
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Makes so many letters in one thread.
    fn alone(&self, mode: &str, letters: usize, of: &Path) -> u64 {
        let log = format!("{mode}-{letters}");
        let words = self.valgrind(&log);
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).arg(&self.own).args([mode, &letters.to_string()]).arg(of);
        command.env("RAYON_NUM_THREADS", "1");
        assert!(command.status().expect("valgrind starts").success(), "{mode} failed under valgrind");
        self.read(&log)
    }

    /// The library that knows openat2, made by the system's compiler.
    fn openat2(&self) -> PathBuf {
        let [source, library] = ["openat2.c", "openat2.so"].map(|name| self.folder.path().join(name));
        fs::write(&source, OPENAT2).expect("our own folder");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O2", "-o"]).arg(&library).arg(&source).arg("-ldl");
        assert!(compiler.status().is_ok_and(|status| status.success()), "cc makes no library");
        library
    }

    /// The whole line against the raw loop.
    fn line(&self, scenes: &[Scene; 2], letters: f64, raw: f64) -> Value {
        let (own, openat2) = (&self.own, self.openat2());
        let runs = scenes.each_ref().map(|scene| {
            let cases = scene.cases.to_string();
            let (of_main, of_worker) = (format!("main-{cases}"), format!("worker-{cases}"));
            let worker = self.folder.path().join(format!("script-{cases}"));
            let valgrind = self.valgrind(&format!("{of_worker}.%p")).join("' '");
            // The line kills its worker in the end, which is the shell: valgrind goes on until its input ends, and tells.
            let script =
                format!("#!/bin/sh\nPATH=/usr/bin:/bin '{valgrind}' '{}' {WORKER}\nexit $?\n", own.display());
            fs::write(&worker, script).expect("our own folder");
            fs::set_permissions(&worker, fs::Permissions::from_mode(0o700)).expect("our own file");
            let copy = scene.copy(1);
            let words = self.valgrind(&of_main);
            let mut command = Command::new(&words[0]);
            command
                .args(&words[1..])
                .arg(own)
                .arg(MAIN)
                .arg(copy.path().join("office"))
                .arg(&worker)
                .arg(&cases)
                .env("LD_PRELOAD", &openat2);
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
        let mut command = Command::new(&self.own);
        command.args([PDF, &jobs[1].to_string()]).arg(recorded).arg(&folder).stdout(Stdio::null());
        assert!(command.status().expect("this program starts").success(), "no letters were written");
        letters_in(&folder, "markup");
        let stock = jobs.map(|number| self.alone(STOCK, number, &folder));
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

/// The instructions in what valgrind wrote, if it has come to its end: `==1== I   refs:      1,234`.
fn refs(log: &str) -> Option<u64> {
    let line = log.lines().find(|line| line.contains("I   refs:") || line.contains("I refs:"))?;
    line.rsplit(':').next()?.trim().replace(',', "").parse().ok()
}
