//! Enters: small templates and jobs, kind and hostile. Leaves: proof of what workers make and survive.

mod cleaned;
mod fresh;
mod ink;
mod locked;
mod overprint;
mod pages;
mod reading;

use despatch_letters::render::engine::Engine;
use despatch_letters::render::job::Job;
use despatch_letters::render::pool::Pool;
use despatch_letters::render::worker::ARGUMENT;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_despatch");
/// Long enough for any letter on a slow machine, short enough for a test of what never ends.
const LIMIT: Duration = Duration::from_secs(2);

const LETTER: &str = r#"#let document(data) = [
  #set page(paper: "a4")
  = Letter
  #data.text
  #if data.at("mode", default: "") == "endless" {
    for i in range(1000000) { for j in range(1000000) { let k = i + j } }
  }
  #if data.at("mode", default: "") == "huge" {
    let text = "x"
    for i in range(40) { text = text + text }
  }
]
"#;

fn files(letter: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("/note/letter.typ".to_owned(), letter.to_owned())])
}

pub(crate) fn job(text: &str) -> Job {
    Job {
        main: "/note/letter.typ".to_owned(),
        title: "A letter".to_owned(),
        author: "Detained Medical Reports Team".to_owned(),
        keywords: vec!["EMR-2026-0142".to_owned()],
        date: chrono::NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        ident: "EMR-2026-0142/12".to_owned(),
        language: None,
        data: json!({"text": text}),
    }
}

fn hostile(mode: &str) -> Job {
    Job { data: json!({"text": "x", "mode": mode}), ..job("") }
}

fn pool(workers: usize) -> Pool {
    Pool::start(Path::new(PROGRAM), &files(LETTER), workers, LIMIT).unwrap()
}

fn pdf_text(pdf: &[u8]) -> String {
    let mut tool = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    tool.stdin.take().unwrap().write_all(pdf).unwrap();
    String::from_utf8(tool.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn a_letter_is_archival_and_accessible_and_says_who_made_it_and_when() {
    let pdf = pool(1).render(&job("Hello")).unwrap();
    assert!(pdf.starts_with(b"%PDF-1.7"));
    let said = String::from_utf8_lossy(&pdf);
    for mark in [
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "<xmp:CreatorTool>despatch</xmp:CreatorTool>",
        "<xmp:CreateDate>2026-11-23T00:00:00+00:00</xmp:CreateDate>",
        "A letter",
        "en-GB",
    ] {
        assert!(said.contains(mark), "{mark}");
    }
    assert!(pdf_text(&pdf).contains("Hello"));
}

#[test]
fn the_same_job_makes_the_same_bytes_here_and_in_any_worker() {
    let here = Engine::new(files(LETTER)).pdf(&job("Hello")).unwrap();
    assert!(here == pool(1).render(&job("Hello")).unwrap());
    let other = pool(1);
    other.render(&job("Another letter first")).unwrap();
    assert!(here == other.render(&job("Hello")).unwrap());
    assert!(here != other.render(&job("Hallo")).unwrap());
}

#[test]
fn a_template_that_never_ends_is_stopped_and_the_next_letter_is_made() {
    let pool = pool(1);
    let first = pool.render(&hostile("")).unwrap();
    let before = pool.pids();
    assert_eq!(pool.render(&hostile("endless")).unwrap_err().code(), "render.timeout");
    assert!(pool.pids().is_empty());
    assert!(first == pool.render(&hostile("")).unwrap());
    assert_ne!(pool.pids(), before);
}

#[test]
fn a_template_that_eats_memory_ends_its_worker_and_the_next_letter_is_made() {
    // On a busy machine it takes its time to fill the memory.
    let pool = Pool::start(Path::new(PROGRAM), &files(LETTER), 1, 10 * LIMIT).unwrap();
    let first = pool.render(&hostile("")).unwrap();
    assert_eq!(pool.render(&hostile("huge")).unwrap_err().code(), "render.crashed");
    assert!(first == pool.render(&hostile("")).unwrap());
}

#[test]
fn a_worker_that_was_killed_is_replaced_without_a_fault() {
    let pool = pool(1);
    pool.render(&job("Hello")).unwrap();
    let before = pool.pids();
    let pid = nix::unistd::Pid::from_raw(i32::try_from(before[0]).unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
    pool.render(&job("Hello")).unwrap();
    assert_ne!(pool.pids(), before);
}

#[test]
fn several_threads_share_the_workers() {
    let pool = pool(2);
    assert!(pool.pids().is_empty(), "none is started before it is needed");
    std::thread::scope(|scope| {
        for thread in 0..6 {
            let pool = &pool;
            scope.spawn(move || {
                for letter in 0..3 {
                    let name = format!("Letter {thread} {letter}");
                    let pdf = pool.render(&job(&name)).unwrap();
                    assert!(pdf_text(&pdf).contains(&name));
                }
            });
        }
    });
    assert!((1..=2).contains(&pool.pids().len()));
}

#[test]
fn no_worker_is_left_when_the_pool_is_dropped() {
    let pool = pool(1);
    pool.render(&job("Hello")).unwrap();
    let pid = pool.pids()[0];
    drop(pool);
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
}

#[test]
fn a_worker_ends_when_nobody_speaks_to_it() {
    let mut worker = Command::new(PROGRAM)
        .arg(ARGUMENT)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(worker.stdin.take());
    worker.wait().unwrap();
}

#[test]
fn a_program_that_is_no_worker_is_a_fault_and_not_a_hang() {
    for program in ["/bin/echo", "/bin/false"] {
        let pool = Pool::start(Path::new(program), &files(LETTER), 1, LIMIT).unwrap();
        assert_eq!(pool.render(&job("x")).unwrap_err().code(), "render.start", "{program}");
    }
    assert!(Pool::start(Path::new("/no/such/program"), &files(LETTER), 1, LIMIT).is_err());
    assert!(Pool::start(Path::new(PROGRAM), &files(LETTER), 0, LIMIT).is_err());
}
