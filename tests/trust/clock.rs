//! Enters: clocks that were wrong once. Leaves: proof that nothing is sent, held or removed by one, that a person can say
//! that it is right, and that nothing waits for ever by what it said. Never: changes the clock of this machine.

use crate::support::office::{DemoOffice, REVIEWER, TODAY, appointment, despatch, paper, private_file};
use crate::support::service::Service;
use chrono::{DateTime, TimeDelta, Utc};
use despatch_app::office::Office;
use despatch_app::operations::clock_check::{Believed, Witnesses};
use despatch_core::clock::{Clock, Moment, Uptime, uptime};
use despatch_ledger::{Approving, Attempt, Checks, Ledger, Verdict};
use std::fs;

const REPORT: &[u8] = paper!("A made-up report.");

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn f13_a_clock_is_compared_with_what_cannot_jump_with_it() {
    let then = at("2026-11-23T12:00:00Z");
    let up = |start: &str, seconds| Some(Uptime { start: start.to_owned(), seconds });
    let before = |start: &str, seconds| up(start, seconds).map(|uptime| Believed { at: then, uptime });
    let in_one_start = Witnesses { before: before("a", 100), uptime: up("a", 3700), ..Witnesses::default() };
    let other_start = Witnesses {
        before: before("a", 90_000),
        uptime: up("b", 60),
        last_event: Some(then),
        ..Witnesses::default()
    };
    let file = Witnesses { file_system: Some(then), ..Witnesses::default() };
    let hours = TimeDelta::hours;
    for (what, witnesses, now, believed) in [
        ("an hour in an hour", &in_one_start, then + hours(1), true),
        ("a little slow", &in_one_start, then + TimeDelta::minutes(40), true),
        ("a day in an hour", &in_one_start, then + hours(25), false),
        ("60 days on", &in_one_start, then + TimeDelta::days(60), false),
        ("a day back", &in_one_start, then - hours(24), false),
        ("after a restart", &other_start, then + TimeDelta::days(20), true),
        ("after a restart, 60 days on", &other_start, then + TimeDelta::days(60), false),
        ("after a restart, 400 days on", &other_start, then + TimeDelta::days(400), false),
        ("after a restart, 120 days back", &other_start, then - TimeDelta::days(120), false),
        ("after a restart, an hour back", &other_start, then - hours(1), false),
        ("as the file system", &file, then + TimeDelta::minutes(2), true),
        ("unlike the file system", &file, then + TimeDelta::days(2), false),
        ("behind the file system", &file, then - TimeDelta::days(2), false),
        ("nothing known", &Witnesses::default(), then, true),
    ] {
        assert_eq!(witnesses.against(now).is_none(), believed, "{what}: {:?}", witnesses.against(now));
    }
}

/// Lets the clock seem to have gone on by this much more than the machine ran.
fn jump(office: &DemoOffice, by: TimeDelta) {
    let uptime = uptime().expect("proc(5)");
    let text =
        format!("{} {} {}\n", (Clock::System.now().at - by).to_rfc3339(), uptime.start, uptime.seconds);
    let path = office.dir.join("outbox/clock");
    let _ = fs::remove_file(&path);
    private_file(&path, text.as_bytes());
}

#[test]
fn f13_by_a_clock_that_jumped_nothing_is_sent_held_or_removed_until_somebody_says_that_it_is_right() {
    let office = DemoOffice::new();
    let waiting = office.despatches().into_iter().find(|one| one["state"] == "awaiting_review").unwrap();
    let id = waiting["id"].as_str().unwrap();
    let dir = office.dir.to_str().unwrap();
    let now =
        |words: &[&str]| despatch(&[&["--office", dir, "--json", "--as", REVIEWER][..], words].concat());
    for days in [400, -120, 2] {
        jump(&office, TimeDelta::days(days));
        let before = office.despatches();
        for words in [
            vec!["send", "--once"],
            vec!["outbox", "approve", id],
            vec!["outbox", "release", id, "--reason", "why"],
            vec!["outbox", "urgent", id, "--reason", "why"],
            vec!["run", "--once"],
            vec!["purge", "--do"],
            vec!["check"],
        ] {
            let said = now(&words).expect(1);
            assert_eq!(said.json()["faults"][0]["code"], "clock.jumped", "{days} days, {words:?}: {said:?}");
        }
        assert_eq!(office.despatches(), before, "{days} days");
    }
    // The right clock mends it by itself.
    jump(&office, TimeDelta::zero());
    assert!(!now(&["send", "--once"]).stdout.contains("clock.jumped"));
    jump(&office, TimeDelta::days(90));
    assert!(now(&["send", "--once"]).stdout.contains("clock.jumped"));
    assert!(now(&["clock"]).stdout.contains("clock.jumped"));
    now(&["clock", "--is-right"]).expect(0);
    assert!(!now(&["send", "--once"]).stdout.contains("clock.jumped"), "it is believed from then on");
    let mut ledger = Ledger::open(&office.dir.join("outbox")).unwrap();
    let told = ledger.events(Some("office")).unwrap();
    assert!(told.iter().any(|event| event.code() == "clock_confirmed" && event.actor == REVIEWER));
    office.run(&["audit", "verify"]).expect(0);
}

/// A watching run takes nothing by a clock that jumped, and answers the staff meanwhile: one of them says that it is right.
#[test]
fn f13_a_service_waits_for_a_clock_that_may_be_believed_and_answers_meanwhile() {
    let office = DemoOffice::new();
    let dir = office.dir.to_str().unwrap();
    jump(&office, TimeDelta::days(90));
    let mut service = Service::start(&office.dir, &["run"]);
    let now =
        |words: &[&str]| despatch(&[&["--office", dir, "--json", "--as", REVIEWER][..], words].concat());
    assert!(now(&["clock"]).expect(1).stdout.contains("clock.jumped"));
    office.drop_case("new", &appointment(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    while !service.log().contains("ALARM") {
        assert!(service.lives(), "{}", service.log());
    }
    assert!(office.dir.join("inbox/new.json").exists(), "nothing is taken by that clock");
    now(&["clock", "--is-right"]).expect(0);
    while office.dir.join("inbox/new.json").exists() {
        assert!(service.lives(), "{}", service.log());
    }
}

#[test]
fn f12_what_is_to_wait_longer_than_any_wait_is_told_and_goes() {
    let office = DemoOffice::new();
    let waiting = office.despatches().into_iter().find(|one| one["planned"]["role"] == "dmrt").unwrap();
    let id = waiting["id"].as_str().unwrap().to_owned();
    let mut opened = Office::open(&office.dir).unwrap();
    let mut ledger = Ledger::open(&opened.outbox()).unwrap();
    opened.directory = ledger.directory(&opened.config.addresses).unwrap();
    let today = Clock::Fixed(TODAY.parse().unwrap()).now();
    let reviewer = opened.config.staff.iter().find(|staff| staff.id.as_str() == REVIEWER).unwrap();
    let checks = Checks { directory: &opened.directory, packs: &opened.packs };
    let despatch_id = id.parse().unwrap();
    let asked = ledger.despatch(despatch_id).unwrap();
    let confirmed: Vec<_> = asked.checks.iter().map(|check| check.guard).collect();
    let saying =
        Approving { seen: None, confirmed: &confirmed, unseen: &opened.config.unseen, signing: None };
    ledger.approve(despatch_id, reviewer, saying, checks, today).unwrap();
    let later = Moment { at: today.at + TimeDelta::days(60), ..today };
    let Some(Attempt::Ready(approved)) = ledger.next_to_send(1, checks, None, later).unwrap().pop() else {
        panic!("it is due")
    };
    let away = Verdict::Deferred { reply: "nobody answers".to_owned() };
    ledger.record_sending(&[], &[(*approved, away)], later).unwrap();
    drop(ledger);
    let said = office.run(&["--json", "check"]).expect(0);
    assert!(said.stdout.contains(&format!("{id} was to wait until")), "{said:?}");
    office.run(&["send", "--once"]).expect(0);
    let state = office.despatches().into_iter().find(|one| one["id"] == *id).unwrap()["state"].clone();
    assert_eq!(state, "sent");
}
