//! Enters: a demo office, filled up to 100,000 despatches on record. Leaves: the durations of commands that must not
//! slow down as the record grows, and of what pages ask of it. Never: claims that the program would write the filled
//! rows: they are copies of its own.

#[path = "../tests/support/office.rs"]
#[allow(dead_code, unused_imports, reason = "the tests use the rest")]
mod office;

use despatch_app::operations::case_history::{ShowCase, show};
use despatch_app::operations::due_list::DueList;
use despatch_app::operations::find::{Find, find};
use despatch_app::operations::outbox::{ListOutbox, list};
use despatch_app::operations::overview::{ShowOverview, overview};
use despatch_app::operations::record_search::{SearchRecord, search};
use despatch_app::operations::work::{ShowWork, WorkList, work};
use despatch_app::operations::{Actor, OpenOffice};
use despatch_core::clock::Clock;
use despatch_core::words::CaseId;
use despatch_ledger::{State, Whose};
use office::DemoOffice;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Despatches on record.
const DESPATCHES: usize = 100_000;
/// Runs of each command; the median counts.
const TURNS: usize = 15;
/// Requests of each kind of page.
const REQUESTS: u32 = 100;
/// The commands to measure.
const COMMANDS: [&[&str]; 12] = [
    &["outbox", "list"],
    &["outbox", "list", "--page", "2000"],
    &["outbox", "list", "--state", "held"],
    &["outbox", "list", "--state", "sent"],
    &["outbox", "list", "--state", "sent", "--role", "caseworker", "--page", "100"],
    &["outbox", "list", "--case", "FILL-0500"],
    &["outbox", "show", "1-1"],
    &["send", "--once"],
    &["deadlines"],
    &["find", "FILL-0500"],
    &["case", "FILL-0500"],
    &["audit", "events", "--case", "FILL-0500"],
];

/// What a page asks, in its turn.
type Ask<'a> = Box<dyn FnMut(&mut OpenOffice, &mut DueList, u32) + 'a>;

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
        println!("  {:>7.1} {:>8.1}  {}", ms(before), ms(after), words.join(" "));
    }
    pages(&office);
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Prints how long what pages ask takes in a process that has the office open: the 95th of a hundred requests.
fn pages(office: &DemoOffice) {
    let clock = Clock::Fixed(office::TODAY.parse().expect("a day"));
    let mut open = OpenOffice::open(&office.dir, clock, office::PROGRAM.into()).expect("an office");
    let actor = Actor::of_process(&open.office, Some(&office::REVIEWER.parse().expect("an id")));
    let mut due = DueList::default();
    let start = Instant::now();
    due.now(&mut open).expect("it answers");
    println!("what is due, read for the first time on a day: {:.0} ms", ms(start.elapsed()));
    let case: CaseId = "FILL-0500".parse().expect("an id");
    let name = || Find::Name { words: "Amanuel Kidane".to_owned(), born: None };
    let work_of = |page| ShowWork { whose: Whose::Team, list: WorkList::Due, page, limit: 25 };
    println!("95th of {REQUESTS} requests, in milliseconds, with {DESPATCHES} despatches on record");
    let mut told = |what: &str, mut ask: Ask<'_>| {
        let mut times: Vec<Duration> = (0..REQUESTS)
            .map(|turn| {
                let start = Instant::now();
                ask(&mut open, &mut due, turn + 1);
                start.elapsed()
            })
            .collect();
        times.sort();
        println!("  {:>7.1}  {what}", ms(times[REQUESTS as usize * 95 / 100]));
    };
    let listed = |page| ListOutbox { states: vec![State::Held], case: None, role: None, page, limit: 25 };
    told("my work", Box::new(|open, due, turn| drop(work(open, &actor, work_of(turn), due).expect("work"))));
    told("what is held", Box::new(|open, _, turn| drop(list(open, &actor, listed(turn)).expect("a list"))));
    told("find by name", Box::new(|open, _, _| drop(find(open, &actor, name()).expect("found"))));
    let one = || ShowCase { id: case.clone(), recorded: None };
    told("a case", Box::new(|open, _, _| drop(show(open, &actor, one()).expect("a case"))));
    let all = ShowOverview::default();
    told("overview", Box::new(|open, due, _| drop(overview(open, &actor, all, due).expect("an overview"))));
    let of = |page| SearchRecord { case: Some(case.clone()), page, limit: 50, ..SearchRecord::default() };
    told("the record of a case", Box::new(|open, _, _| drop(search(open, &actor, of(1)).expect("events"))));
    let any = |page| SearchRecord { page, limit: 50, ..SearchRecord::default() };
    told("the record", Box::new(|open, _, turn| drop(search(open, &actor, any(turn)).expect("events"))));
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
         INSERT INTO case_mark (case_id, kind, mark) SELECT copies.case_id, kind, mark FROM copies JOIN case_mark \
             WHERE case_mark.case_id NOT LIKE 'FILL-%';
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
