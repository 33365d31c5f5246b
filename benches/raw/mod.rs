//! Enters: the jobs that the line gave its workers, as recorded from the pipe. Leaves: the speed of typst alone making
//! the same PDFs, and their hashes. Never: seals or writes a letter.

use despatch_core::words::Sha256;
use despatch_letters::render::engine::Engine;
use despatch_letters::render::job::Job;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// The argument that makes the benchmark one process of the raw loop. It is followed by the number of the process, the
/// number of processes, the share of the jobs for the warm-up, and the files of jobs.
pub const ARGUMENT: &str = "raw-loop";
/// typst overflows the default stack of 2 MiB.
const STACK_BYTES: usize = 64 << 20;
/// The kernel's clock for CPU times, in ticks a second (sysconf _SC_CLK_TCK, on Linux 100).
const TICKS: f64 = 100.0;
/// Names the one template whose documents the loop makes, where it is not to make all.
const ONLY: &str = "DESPATCH_BENCH_TEMPLATE";

/// The result of the raw loop.
pub struct Raw {
    /// Letters a second, all processes together.
    pub rate: f64,
    pub letters: usize,
    /// CPU of all processes together, without the warm-up.
    pub cpu: Duration,
    /// The hashes of all PDFs, including those of the warm-up.
    pub hashes: BTreeSet<String>,
}

/// Reads the templates and jobs of one recorded pipe: frames of a tag, a length (4 bytes, little-endian) and JSON.
pub fn read(path: &Path) -> (BTreeMap<String, String>, Vec<Job>) {
    let bytes = fs::read(path).expect("a recorded pipe");
    let (mut files, mut jobs) = (BTreeMap::new(), Vec::new());
    let mut rest = bytes.as_slice();
    while let [tag, a, b, c, d, after @ ..] = rest {
        let (content, next) = after.split_at(u32::from_le_bytes([*a, *b, *c, *d]) as usize);
        match tag {
            b'T' => files = serde_json::from_slice(content).expect("the templates"),
            b'J' => jobs.push(serde_json::from_slice(content).expect("a job")),
            // A third-party PDF, which was inspected and not typeset.
            _ => {}
        }
        rest = next;
    }
    (files, jobs)
}

/// Runs the loop in `processes` processes at once, each with its part of the jobs; `warm` is the share of the jobs
/// that runs before the clock starts.
pub fn run(recorded: &[PathBuf], processes: usize, warm: f64) -> Raw {
    let mut children: Vec<(Child, BufReader<_>)> = (0..processes)
        .map(|number| {
            let mut command = Command::new(std::env::current_exe().expect("this program"));
            command.arg(ARGUMENT).args([number.to_string(), processes.to_string(), warm.to_string()]);
            command
                .args(recorded)
                .env("RAYON_NUM_THREADS", "1")
                .env("RUST_MIN_STACK", STACK_BYTES.to_string());
            let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
            let output = BufReader::new(child.stdout.take().expect("piped above"));
            (child, output)
        })
        .collect();
    let line = |output: &mut BufReader<_>| {
        let mut line = String::new();
        output.read_line(&mut line).expect("a child says");
        line.trim().to_owned()
    };
    children.iter_mut().for_each(|(_, output)| assert_eq!(line(output), "warm"));
    let cpu_before: Duration = children.iter().map(|(child, _)| cpu_of(child.id())).sum();
    let start = Instant::now();
    for (child, _) in &mut children {
        child.stdin.as_mut().expect("piped above").write_all(b"go\n").expect("a child listens");
    }
    let counts: Vec<String> = children.iter_mut().map(|(_, output)| line(output)).collect();
    let wall = start.elapsed();
    let cpu_after: Duration = children.iter().map(|(child, _)| cpu_of(child.id())).sum();
    let letters: usize = counts.iter().map(|count| count.parse::<usize>().expect("a count")).sum();
    let mut hashes = BTreeSet::new();
    for (mut child, output) in children {
        // A child exits only when its input ends, so that its CPU time can be read.
        drop(child.stdin.take());
        hashes.extend(output.lines().map(|line| line.expect("a hash")));
        assert!(child.wait().expect("our own child").success(), "the raw loop failed");
    }
    let rate = letters as f64 / wall.as_secs_f64();
    Raw { rate, letters, cpu: cpu_after.saturating_sub(cpu_before), hashes }
}

/// Returns the CPU time of a process, user and system.
pub fn cpu_of(pid: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    // utime and stime are fields 14 and 15 of proc(5); the first after the name is the third.
    let ticks: f64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum();
    Duration::from_secs_f64(ticks / TICKS)
}

/// Runs one process of the loop.
pub fn child() -> ExitCode {
    let looped = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(render_all).expect("a thread");
    looped.join().map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
}

fn render_all() {
    let words: Vec<String> = std::env::args().skip(2).collect();
    let number: usize = words[0].parse().expect("a number");
    let processes: usize = words[1].parse().expect("a number");
    let warm: f64 = words[2].parse().expect("a part");
    let recorded: Vec<_> = words[3..].iter().map(|path| read(Path::new(path))).collect();
    let engine = Engine::new(recorded[0].0.clone());
    let only = std::env::var(ONLY).ok();
    let jobs = recorded.iter().flat_map(|(_, jobs)| jobs);
    let jobs = jobs.filter(|job| only.as_ref().is_none_or(|only| *only == job.main));
    let jobs: Vec<&Job> = jobs.skip(number).step_by(processes).collect();
    let warming = (jobs.len() as f64 * warm) as usize;
    let pdf = |job: &&Job| engine.pdf(job).expect("the line made it, so it can be made");
    let mut pdfs: Vec<Vec<u8>> = jobs[..warming].iter().map(pdf).collect();
    println!("warm");
    let mut go = String::new();
    io::stdin().read_line(&mut go).expect("the parent says go");
    pdfs.extend(jobs[warming..].iter().map(pdf));
    println!("{}", jobs.len() - warming);
    io::stdin().read_line(&mut go).expect("the parent ends the input");
    for pdf in pdfs {
        println!("{}", Sha256::of(&pdf));
    }
}
