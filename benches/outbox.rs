//! Enters: a demo office, filled up to 100,000 despatches on record. Leaves: the durations of commands that must not
//! slow down as the record grows. Never: claims that the program would write the filled rows: they are copies of its
//! own.

#[path = "../tests/support/office.rs"]
#[allow(dead_code, unused_imports, reason = "the tests use the rest")]
mod office;

use office::DemoOffice;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Despatches on record.
const DESPATCHES: usize = 100_000;
/// Runs of each command; the median counts.
const TURNS: usize = 15;
/// The commands to measure.
const COMMANDS: [&[&str]; 9] = [
    &["outbox", "list"],
    &["outbox", "list", "--page", "2000"],
    &["outbox", "list", "--state", "held"],
    &["outbox", "list", "--state", "sent"],
    &["outbox", "list", "--state", "sent", "--role", "caseworker", "--page", "100"],
    &["outbox", "list", "--case", "FILL-0500"],
    &["outbox", "show", "1-1"],
    &["send", "--once"],
    &["deadlines"],
];

fn main() {
    let office = DemoOffice::new();
    office.run(&["send", "--once"]).expect(0);
    let before = measure(&office);
    fill(&office);
    let after = measure(&office);
    println!(
        "median of {TURNS} runs, in milliseconds: the demo office, and with {DESPATCHES} despatches on record"
    );
    for (words, (before, after)) in COMMANDS.iter().zip(before.into_iter().zip(after)) {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        println!("  {:>7.1} {:>8.1}  {}", ms(before), ms(after), words.join(" "));
    }
}

fn measure(office: &DemoOffice) -> Vec<Duration> {
    let median = |words: &&[&str]| {
        let mut times: Vec<Duration> = (0..TURNS)
            .map(|_| {
                let start = Instant::now();
                let said = office.run(words);
                assert!(said.stderr.is_empty(), "{words:?}: {said:?}");
                start.elapsed()
            })
            .collect();
        times.sort();
        times[TURNS / 2]
    };
    COMMANDS.iter().map(median).collect()
}

/// Copies the case files on record, with their despatches and events, under new numbers until there are enough: nine in
/// ten have been sent and opened, the others wait.
fn fill(office: &DemoOffice) {
    let sql = format!(
        "PRAGMA synchronous = OFF;
         BEGIN;
         CREATE TEMP TABLE model AS SELECT * FROM despatch WHERE submission IN \
             (SELECT number FROM submission WHERE state = 'queued' AND superseded = 0);
         CREATE TEMP TABLE copies AS WITH RECURSIVE n(i) AS \
             (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i * (SELECT COUNT(*) FROM model) < {DESPATCHES}) \
             SELECT i, 1000 * i AS base, printf('FILL-%04d', i) AS case_id, i % 10 <> 0 AS settled FROM n;
         INSERT INTO submission (number, token, file_sha256, state, superseded, case_id, event_id, issued_on, pack, \
             review_key, original_sha256, recorded, notes, history) \
             SELECT base + number, 'fill-' || (base + number), printf('%064x', base + number), state, superseded, \
             copies.case_id, 'fill-' || (base + number), issued_on, pack, review_key, original_sha256, recorded, notes, \
             history FROM copies JOIN submission WHERE number IN (SELECT submission FROM model);
         INSERT INTO despatch \
             (id, submission, position, state, case_id, role, entry, pack, safety, overtaken, unheard, unreviewed, kind, \
             place, prepared_by, due, record) \
             SELECT (base + submission) || '-' || position, base + submission, position, \
             CASE WHEN settled THEN 'sent' ELSE 'held' END, copies.case_id, role, entry, pack, safety AND settled, 0, 0, 0, \
             kind, place, prepared_by, due, json_set(record, '$.id', (base + submission) || '-' || position, '$.case_id', copies.case_id, \
             '$.state', CASE WHEN settled THEN 'sent' ELSE 'held' END, '$.planned.safety', json('false')) \
             FROM copies JOIN model;
         INSERT INTO event (version, seq, at, actor, subject, what, detail, previous, hash) \
             SELECT 1, (SELECT MAX(seq) FROM event) + ROW_NUMBER() OVER (), '2026-01-05T09:00:00.000Z', 'despatch', \
             (base + submission) || '-' || position, 'held', record, '', printf('%064x', base + position) \
             FROM copies JOIN model;
         COMMIT;
         SELECT COUNT(*) FROM despatch;"
    );
    let mut sqlite = Command::new("sqlite3")
        .arg("-bail")
        .arg(office.dir.join("outbox/ledger.db"))
        .stdin(Stdio::piped())
        .spawn()
        .expect("sqlite3 (Debian's package) starts");
    sqlite.stdin.take().expect("a pipe").write_all(sql.as_bytes()).expect("sqlite3 reads");
    assert!(sqlite.wait().expect("sqlite3 ends").success(), "the ledger cannot be filled");
}
