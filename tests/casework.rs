//! Enters: a demo office, and what its staff look for, take, hand over and restrict. Leaves: proof that each finds, sees
//! and is told what is theirs, and nothing else. Never: a person who exists.

use crate::support::office::{DemoOffice, PREPARER, PROGRAM, REVIEWER, TODAY};
use despatch_app::operations::due_list::DueList;
use despatch_app::operations::find::{Find, find};
use despatch_app::operations::work::{ShowWork, WorkList, work};
use despatch_app::operations::{Actor, Failure, OpenOffice};
use despatch_core::clock::Clock;
use despatch_ledger::{Ledger, Whose};
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::process::Stdio;

/// The other two of the demo's staff: one prepares, one reviews.
const SECOND_PREPARER: &str = "wenna-okonjo";
const SECOND_REVIEWER: &str = "tomasz-achebe";

fn open(office: &DemoOffice) -> OpenOffice {
    let clock = Clock::Fixed(TODAY.parse().unwrap());
    OpenOffice::open(&office.dir, clock, PROGRAM.into()).expect("an office")
}

fn actor(open: &OpenOffice, name: &str) -> Actor {
    Actor::of_process(&open.office, Some(&name.parse().unwrap()))
}

/// The ids of the cases that a search finds, and whom it says to ask about others.
fn found(open: &mut OpenOffice, who: &str, sought: Find) -> (Vec<String>, Vec<String>) {
    let actor = actor(open, who);
    let found = find(open, &actor, sought).expect("it answers");
    (found.cases.iter().map(|one| one.case_id.to_string()).collect(), found.restricted)
}

fn name(words: &str, born: Option<&str>) -> Find {
    Find::Name { words: words.to_owned(), born: born.map(|day| day.parse().unwrap()) }
}

#[test]
fn a_case_is_found_by_what_belongs_to_its_person_and_by_nothing_else() {
    let office = DemoOffice::new();
    let mut open = open(&office);
    let sought = [
        (Find::Reference("X9000901".to_owned()), &["DEMO-0901"][..]),
        (Find::Reference(" x 9000-901 ".to_owned()), &["DEMO-0901"]),
        (Find::Reference("X9000999".to_owned()), &[]),
        (name("Amanuel Weldeab Kidane", None), &["DEMO-0901"]),
        (name("kidane AMANUEL", None), &["DEMO-0901"]),
        (name("Kidane Hoxhallari", None), &[]),
        (name("Luong Vy", None), &["DEMO-0909", "DEMO-0904"]),
        (name("Kidane", Some("1994-05-09")), &["DEMO-0901"]),
        (name("Kidane", Some("1994-05-10")), &[]),
        (Find::Born("1994-05-09".parse().unwrap()), &["DEMO-0901"]),
        (Find::Born("1904-05-09".parse().unwrap()), &[]),
        (Find::Case("DEMO-0903".parse().unwrap()), &["DEMO-0903"]),
        (Find::Case("DEMO-0999".parse().unwrap()), &[]),
        (Find::Despatch("2-3".parse().unwrap()), &["DEMO-0902"]),
        (Find::Despatch("2-30".parse().unwrap()), &[]),
    ];
    for (sought, expected) in sought {
        let told = format!("{sought:?}");
        let (cases, restricted) = found(&mut open, PREPARER, sought);
        assert_eq!(
            (cases, restricted),
            (expected.iter().map(|id| (*id).to_owned()).collect(), vec![]),
            "{told}"
        );
    }
    let actor = actor(&open, PREPARER);
    for nothing in [Find::Reference(" - ".to_owned()), name("  ", None)] {
        let refused = find(&mut open, &actor, nothing);
        assert!(matches!(refused, Err(Failure::Request(fault)) if fault.code == "find.empty"));
    }
}

#[test]
fn a_search_is_on_record_without_what_was_searched_for() {
    let office = DemoOffice::new();
    let mut command = office.command(TODAY, &["--as", PREPARER, "--json", "find", "name"]);
    let mut running =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
    running
        .stdin
        .take()
        .expect("a pipe")
        .write_all("Amanuel Kidane 1994-05-09\n".as_bytes())
        .expect("it reads");
    let said = running.wait_with_output().expect("it ends");
    let answer: Value = serde_json::from_slice(&said.stdout).expect("JSON");
    assert_eq!(answer["cases"][0]["case_id"], "DEMO-0901");
    let refused = office.run_as(PREPARER, &["find", "Kidane"]).expect(2);
    assert!(refused.stderr.contains("typed"), "{refused:?}");

    let mut ledger = Ledger::open(&office.dir.join("outbox")).expect("a ledger");
    let events = ledger.events(Some("search")).expect("it answers");
    let [searched] = &events[..] else { panic!("{events:?}") };
    assert_eq!(searched.actor, PREPARER);
    assert_eq!(searched.detail(), json!({ "by": "name_and_birth", "found": ["DEMO-0901"], "restricted": 0 }));
    drop(ledger);
    let mut bytes = fs::read(office.dir.join("outbox/ledger.db")).expect("the ledger");
    bytes.extend(fs::read(office.dir.join("outbox/ledger.db-wal")).unwrap_or_default());
    for personal in ["Amanuel", "amanuel", "kidane", "Kidane", "1994-05-09", "X9000901", "x9000901"] {
        let there = bytes.windows(personal.len()).any(|part| part == personal.as_bytes());
        assert!(!there, "{personal} is in the ledger");
    }
}

#[test]
fn a_restricted_case_shows_nothing_to_whoever_is_not_named() {
    let office = DemoOffice::new();
    let alone =
        ["case", "restrict", "DEMO-0901", "--to", PREPARER, "--reason", "a colleague knows the person"];
    let refused = office.run_as(PREPARER, &alone).expect(2);
    assert!(refused.stderr.contains("reviewer"), "{refused:?}");
    let both = [&alone[..], &["--to", REVIEWER]].concat();
    let said = office.run_as(PREPARER, &[&["--json"], &both[..]].concat()).expect(0).json();
    assert_eq!(said["restriction"]["to"], json!([REVIEWER, PREPARER]));

    // Whoever is not named.
    for words in [
        &["case", "DEMO-0901"][..],
        &["deadlines", "--case", "DEMO-0901"],
        &["outbox", "show", "1-1"],
        &["outbox", "approve", "1-1"],
        &["outbox", "return", "1-1", "--reason", "x"],
        &["audit", "events", "--case", "DEMO-0901"],
        &["audit", "export", "DEMO-0901", "--reason", "x"],
        &["case", "take", "DEMO-0901"],
        &["incident", "1-1", "--what", "x"],
    ] {
        let said = office.run_as(SECOND_REVIEWER, words);
        assert_ne!(said.code, 0, "{words:?}: {said:?}");
        let told = said.stdout + &said.stderr;
        assert!(told.contains("restricted") && told.contains(PREPARER), "{words:?}: {told}");
        assert!(!told.contains("Detained Medical"), "{words:?}: {told}");
    }
    for words in [
        &["outbox", "list"][..],
        &["deadlines"],
        &["work"],
        &["overview"],
        &["audit", "events"],
        &["litigation", "list"],
    ] {
        let said = office.run_as(SECOND_REVIEWER, &[&["--json"], words].concat()).expect(0);
        let shown = said.stdout.replace("\"casework DEMO-0901\"", "");
        assert!(!shown.contains("DEMO-0901") && !shown.contains("\"1-1\""), "{words:?}: {shown}");
        assert!(
            office.run_as(REVIEWER, &[&["--json"], words].concat()).expect(0).stdout.len()
                > said.stdout.len()
                || words[0] == "litigation"
        );
    }
    let mut open = open(&office);
    let reference = || Find::Reference("X9000901".to_owned());
    assert_eq!(found(&mut open, SECOND_REVIEWER, reference()), (vec![], vec![PREPARER.to_owned()]));
    assert_eq!(found(&mut open, REVIEWER, reference()), (vec!["DEMO-0901".to_owned()], vec![]));
    drop(open);

    // Whoever is.
    office.run_as(REVIEWER, &["outbox", "approve", "1-1"]).expect(0);
    let listed =
        office.run_as(REVIEWER, &["--json", "outbox", "list", "--case", "DEMO-0901"]).expect(0).json();
    assert_eq!(listed["total"], 3);
    office.run_as(REVIEWER, &["case", "unrestrict", "DEMO-0901", "--reason", "it is over"]).expect(0);
    office.run_as(SECOND_REVIEWER, &["case", "DEMO-0901"]).expect(0);
    office.run(&["audit", "verify"]).expect(0);
}

/// What is due and waits for approval among one's own, and who covers.
fn own(office: &DemoOffice, who: &str) -> (u64, u64) {
    let said = office.run_as(who, &["--json", "work", "--mine"]).expect(0).json();
    (said["due"]["total"].as_u64().unwrap(), said["waiting"]["total"].as_u64().unwrap())
}

#[test]
fn a_case_is_taken_handed_over_and_covered() {
    let office = DemoOffice::new();
    assert_eq!(own(&office, PREPARER), (0, 0));
    office.run_as(PREPARER, &["case", "take", "DEMO-0901"]).expect(0);
    let again = office.run_as(PREPARER, &["case", "take", "DEMO-0901"]).expect(1);
    assert!(again.stderr.contains("owns it already"), "{again:?}");
    let (due, waiting) = own(&office, PREPARER);
    assert!(due > 0 && waiting == 3, "{due} {waiting}");
    let over = ["case", "hand-over", "DEMO-0901", "--to", SECOND_PREPARER, "--word", "the referral is out"];
    office.run_as(PREPARER, &over).expect(0);
    assert_eq!(own(&office, PREPARER), (0, 0));
    assert_eq!(own(&office, SECOND_PREPARER), (due, waiting));
    let shown = office.run_as(REVIEWER, &["case", "DEMO-0901"]).expect(0).stdout;
    assert!(shown.contains("wenna-okonjo") && shown.contains("the referral is out"), "{shown}");

    let absent = |from: &str, until: &str| {
        office.run_as(
            SECOND_PREPARER,
            &["cover", "absent", "--from", from, "--until", until, "--covered-by", PREPARER],
        )
    };
    absent("2026-11-23", "2026-11-27").expect(0);
    assert_eq!(own(&office, PREPARER), (due, waiting));
    let refused = absent("2026-11-27", "2026-11-28").expect(1);
    assert!(refused.stderr.contains("on record"), "{refused:?}");
    absent("2026-11-28", "2026-11-27").expect(1);
    let listed = office.run(&["cover", "list"]).expect(0).stdout;
    assert!(listed.contains("covered by imran-castellan"), "{listed}");
    office.run_as(SECOND_PREPARER, &["cover", "end", SECOND_PREPARER, "2026-11-23"]).expect(0);
    assert_eq!(own(&office, PREPARER), (0, 0));

    let days = ["--from", "2026-11-28", "--until", "2026-11-29"];
    office.run_as(PREPARER, &[&["cover", "out-of-hours"], &days[..]].concat()).expect(2);
    office.run_as(REVIEWER, &[&["cover", "out-of-hours"], &days[..]].concat()).expect(0);
    let listed = office.run(&["cover", "list"]).expect(0).stdout;
    assert!(listed.contains("approves out of hours"), "{listed}");
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn the_work_of_a_team_is_what_came_back_what_waits_and_what_is_due() {
    let office = DemoOffice::new();
    office.run_as(REVIEWER, &["outbox", "return", "2-1", "--reason", "the wrong room"]).expect(0);
    let said = office.run_as(PREPARER, &["--json", "work"]).expect(0).json();
    assert_eq!(said["returned"]["total"], 1);
    assert_eq!(said["returned"]["lines"][0]["reason"], "the wrong room");
    assert_eq!(said["rejected"].as_array().unwrap().len(), 2);
    let due: Vec<&str> = said["due"]["lines"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["kind"] != "response")
        .map(|one| one["due"].as_str().unwrap())
        .collect();
    assert!(!due.is_empty() && due.is_sorted(), "{due:?}");
    let note = said["notes"]["lines"][0].clone();
    let (id, case) = (note["id"].as_str().unwrap(), note["case_id"].as_str().unwrap());
    office.run_as(PREPARER, &["case", case, "--recorded", id]).expect(0);
    let after = office.run_as(PREPARER, &["--json", "work"]).expect(0).json();
    assert!(after["notes"]["lines"].as_array().unwrap().iter().all(|one| one["id"] != id), "{after}");
    let told = office.run_as(PREPARER, &["work", "--arithmetic"]).expect(0).stdout;
    assert!(told.contains("working day"), "{told}");

    // Page by page, they are the same.
    let all = said["waiting"]["total"].as_u64().unwrap();
    let mut seen = Vec::new();
    for page in 1..=all.div_ceil(4) {
        let page = page.to_string();
        let words = ["--json", "work", "--list", "waiting", "--limit", "4", "--page", &page];
        let said = office.run_as(PREPARER, &words).expect(0).json();
        let lines = said["waiting"]["lines"].as_array().unwrap().clone();
        seen.extend(lines.iter().map(|one| one["despatch"]["id"].as_str().unwrap().to_owned()));
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len() as u64, all);
}

#[test]
fn what_is_due_is_the_same_whether_it_was_kept_or_read_anew() {
    let office = DemoOffice::new();
    let mut opened = open(&office);
    let mut kept = DueList::default();
    let before = kept.now(&mut opened).expect("it answers");
    office.run_as(REVIEWER, &["outbox", "hold", "1-1", "--reason", "x"]).expect(0);
    office.drop_case(
        "further.json",
        &crate::support::office::appointment(31, b"a report").to_string(),
        &[("report.pdf", b"a report")],
    );
    office.run(&["run", "--once"]);
    let after = kept.now(&mut opened).expect("it answers");
    let anew = DueList::default().now(&mut opened).expect("it answers");
    assert_eq!(after, anew);
    assert!(after.len() >= before.len());
    let actor = actor(&opened, PREPARER);
    let request = ShowWork { whose: Whose::Team, list: WorkList::Due, page: 1, limit: 10_000 };
    let listed = work(&mut opened, &actor, request, &mut kept).expect("it answers");
    // What is late stands first there; it is the same.
    assert_eq!(listed.due.lines.len(), anew.len());
    assert!(anew.iter().all(|due| listed.due.lines.contains(due)), "{:?}", listed.due.lines);
}

#[test]
fn the_overview_counts_what_is_there_and_who_decided_it() {
    let office = DemoOffice::new();
    office.run_as(REVIEWER, &["outbox", "approve", "1-1", "1-2"]).expect(0);
    office.run_as(SECOND_REVIEWER, &["outbox", "return", "2-1", "--reason", "the wrong room"]).expect(0);
    let said = office.run_as(PREPARER, &["--json", "overview"]).expect(0).json();
    assert_eq!(said["decided"][REVIEWER]["approved"], 2);
    assert_eq!(said["decided"][SECOND_REVIEWER]["returned"], 1);
    let states = said["states"].as_array().unwrap();
    let number = |state: &str| {
        states.iter().find(|one| one["state"] == state).map(|one| one["number"].as_u64().unwrap())
    };
    assert_eq!(number("held"), Some(3));
    assert_eq!(number("approved"), Some(2));
    assert_eq!(number("returned"), Some(1));
    let held = said["held"].as_array().unwrap();
    assert_eq!(held.len(), 3);
    let ages: u64 =
        said["ages"].as_array().unwrap().iter().map(|age| age["awaiting_review"].as_u64().unwrap()).sum();
    assert_eq!(Some(ages), number("awaiting_review"));
    let today = said["throughput"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((today["day"].as_str(), today["queued"].as_u64()), (Some(TODAY), Some(8)));
    let period = ["--json", "overview", "--from", "2026-10-01", "--until", "2026-10-31"];
    let before = office.run_as(PREPARER, &period).expect(0).json();
    assert_eq!(before["decided"], json!({}));
    office.run_as(PREPARER, &["overview", "--from", "2026-11-02", "--until", "2026-11-01"]).expect(2);
    let told = office.run_as(PREPARER, &["overview"]).expect(0).stdout;
    assert!(told.contains("Who decided what"), "{told}");
}

#[test]
fn the_record_is_searched_by_case_person_and_period() {
    let office = DemoOffice::new();
    office.run_as(REVIEWER, &["outbox", "approve", "1-1"]).expect(0);
    let events = |words: &[&str]| {
        let said =
            office.run_as(PREPARER, &[&["--json", "audit", "events"], words].concat()).expect(0).json();
        (said["total"].as_u64().unwrap(), said["events"].as_array().unwrap().clone())
    };
    let (total, all) = events(&["--limit", "5"]);
    assert!(total > 20 && all.len() == 5 && all[0]["seq"].as_u64() == Some(total), "{all:?}");
    let (number, of_case) = events(&["--case", "DEMO-0901", "--limit", "100"]);
    assert_eq!(number as usize, of_case.len());
    assert!(
        of_case.iter().any(|event| event["subject"] == "1-1" && event["what"] == "approved"),
        "{of_case:?}"
    );
    assert!(of_case.iter().all(|event| !event["subject"].as_str().unwrap().starts_with("2")), "{of_case:?}");
    let (_, of_person) = events(&["--by", REVIEWER, "--limit", "100"]);
    assert!(of_person.iter().all(|event| event["actor"] == REVIEWER), "{of_person:?}");
    let (both, _) = events(&["--by", REVIEWER, "--case", "DEMO-0901"]);
    assert_eq!(both, 1);
    let (before, since) = (events(&["--until", "2026-11-22"]).0, events(&["--from", TODAY]).0);
    assert_eq!((before + since, events(&["--until", "2000-01-01"]).0), (total, 0));
    assert!(since > 0 && before > 0, "{before} {since}");
}
