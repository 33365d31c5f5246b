//! What has outlived its period goes, after a look; what is unsent or on hold stays; and the record stays whatever goes.

use super::*;
use crate::support::office::{PREPARER, PROGRAM, REVIEWER, TODAY, appointment, paper};
use crate::support::tools::{command, run};
use despatch_ledger::Ledger;
use despatch_testing::swap::Swap;
use serde_json::Value;
use std::process::{Command, Stdio};

/// The other reviewer of the demo office.
const OTHER_REVIEWER: &str = "tomasz-achebe";
const REPORT: &[u8] = paper!("A made-up report.");
/// Ninety days after [`TODAY`], and the day before.
const DUE: &str = "2027-02-21";
const NOT_YET: &str = "2027-02-20";
const PERIODS: &str =
    "\n[retention]\nsent = 90\ncancelled = 90\nsuperseded = 90\nreceived = 90\nrejected = 30000\n";

fn ledger(office: &DemoOffice) -> Ledger {
    Ledger::open(&office.dir.join("outbox")).expect("a ledger")
}

/// A demo office with one more case, all of whose despatches are sent or cancelled on [`TODAY`].
fn settled() -> (DemoOffice, Vec<String>) {
    let office = DemoOffice::new();
    office.drop_case("case", &appointment(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    let ids: Vec<String> = office
        .despatches()
        .iter()
        .filter(|one| one["case_id"] == "TEST-00001")
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 6);
    let ids_of: Vec<&str> = ids.iter().map(String::as_str).collect();
    office.run_as(REVIEWER, &[&["outbox", "approve"], &ids_of[..4]].concat()).expect(0);
    office.run(&["send", "--once"]).expect(0);
    let cancel = [&["outbox", "cancel", "--reason", "not needed"], &ids_of[4..]].concat();
    office.run_as(REVIEWER, &cancel).expect(0);
    (office, ids)
}

fn message(office: &DemoOffice, id: &str) -> std::path::PathBuf {
    office.dir.join(format!("outbox/despatches/{id}.1.eml"))
}

fn original(office: &DemoOffice, id: &str) -> std::path::PathBuf {
    let claim = id.split('-').next().unwrap();
    office.dir.join(format!("outbox/received/{claim}.tar.age"))
}

fn purge_as(office: &DemoOffice, today: &str) -> Said {
    office.on(today, &["--as", REVIEWER, "purge", "--do"])
}

#[test]
fn without_a_period_nothing_is_ever_purged_and_check_says_so() {
    let (office, ids) = settled();
    let said = office.on("2046-11-23", &["--as", REVIEWER, "purge", "--do"]).expect(0);
    assert!(said.stdout.contains("Nothing has outlived its period."), "{said:?}");
    assert!(ids.iter().all(|id| message(&office, id).is_file()));
    let said = office.run(&["check"]).expect(0).stdout;
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("has no period for them: sent, cancelled, superseded, received, rejected"),
        "{said}"
    );
    office.edit("despatch.toml", |text| format!("{text}\n[retention]\nsent = 0\n"));
    assert!(office.run(&["check"]).expect(1).stderr.contains("retention.sent"));
}

#[test]
fn a_dry_run_says_what_would_go_and_since_when_and_changes_nothing() {
    let (office, ids) = settled();
    office.edit("despatch.toml", |text| format!("{text}{PERIODS}"));
    let before = ledger(&office).events(None).unwrap();
    let said = office.on(NOT_YET, &["purge"]).expect(0);
    assert!(said.stdout.contains("Nothing has outlived its period."), "{said:?}");
    let said = office.on(DUE, &["--json", "purge"]).expect(0).json();
    let going = said["due"]["going"].as_array().unwrap();
    let subject = |one: &Value| one["subject"].as_str().unwrap().to_owned();
    for (id, kind) in ids.iter().zip(["sent", "sent", "sent", "sent", "cancelled", "cancelled"]) {
        let one =
            going.iter().find(|one| subject(one) == *id).unwrap_or_else(|| panic!("{id} is not listed"));
        assert_eq!((&one["kind"], &one["since"], &one["days"]), (&kind.into(), &TODAY.into(), &90.into()));
    }
    assert!(going.iter().any(|one| one["kind"] == "received"));
    assert_eq!(ledger(&office).events(None).unwrap(), before);
    assert!(ids.iter().all(|id| message(&office, id).is_file()) && original(&office, &ids[0]).is_file());
}

#[test]
fn a_purge_removes_what_is_settled_and_keeps_the_record_and_all_that_is_not() {
    let (office, ids) = settled();
    office.edit("despatch.toml", |text| format!("{text}{PERIODS}"));
    let hash = despatch_core::words::Sha256::of(&fs::read(message(&office, &ids[0])).unwrap()).to_string();
    let unsent: Vec<Value> = office
        .despatches()
        .into_iter()
        .filter(|one| {
            one["message"].is_object()
                && ["held", "awaiting_review"].iter().any(|state| one["state"] == *state)
        })
        .collect();
    assert!(unsent.len() > 5);
    let said = purge_as(&office, DUE).expect(0);
    assert!(said.stdout.contains(&ids[0]), "{said:?}");
    assert!(ids.iter().all(|id| !message(&office, id).exists()) && !original(&office, &ids[0]).exists());
    for despatch in &unsent {
        assert!(office.message_path(despatch).is_file(), "{} is not settled and went", despatch["id"]);
        assert!(original(&office, despatch["id"].as_str().unwrap()).is_file());
    }
    let mut ledger = ledger(&office);
    let events = ledger.events(Some(&ids[0])).unwrap();
    let last = events.last().unwrap();
    assert_eq!((last.code(), last.actor.as_str()), ("purged", REVIEWER));
    assert_eq!(last.detail()["files"][0]["sha256"], *hash);
    assert!(events.iter().any(|event| event.code() == "approved"), "what happened is still there");
    assert!(ledger.verify().unwrap().is_ok());
    let said = office.run_as(REVIEWER, &["outbox", "open", &ids[0]]).expect(1);
    assert!(said.stderr.contains("it was removed"), "{said:?}");
    office.run(&["check"]).expect(0);
    let again = purge_as(&office, DUE).expect(0);
    assert!(again.stdout.contains("Removed 0 files"), "{again:?}");
}

#[test]
fn what_is_in_doubt_or_refused_or_returned_is_never_purged() {
    let (office, _) = settled();
    office.edit("despatch.toml", |text| format!("{text}{PERIODS}"));
    let waiting: Vec<String> = office
        .despatches()
        .iter()
        .filter(|one| one["state"] == "awaiting_review")
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    office.run_as(REVIEWER, &["outbox", "return", &waiting[0], "--reason", "wrong date"]).expect(0);
    office.run_as(REVIEWER, &["outbox", "hold", &waiting[1], "--reason", "a question"]).expect(0);
    let path = office.dir.join("outbox/ledger.db");
    for (id, state) in [(&waiting[2], "in_doubt"), (&waiting[3], "refused"), (&waiting[4], "deferred")] {
        let sql = format!(
            "UPDATE despatch SET state = '{state}', record = json_set(record, '$.state', '{state}') WHERE id = '{id}'"
        );
        run(command("sqlite3").arg(&path).arg(&sql)).unwrap();
    }
    purge_as(&office, "2036-11-23").expect(0);
    for id in &waiting[..5] {
        assert!(message(&office, id).is_file() && original(&office, id).is_file(), "{id} went");
    }
}

#[test]
fn a_purge_that_is_killed_is_on_record_and_the_next_one_ends_it() {
    let (office, ids) = settled();
    office.edit("despatch.toml", |text| format!("{text}{PERIODS}"));
    let mut half = 0;
    for (call, when) in
        [("unlink,unlinkat", 1), ("unlink,unlinkat", 3), ("unlink,unlinkat", 6), ("fsync,fdatasync", 1)]
    {
        let folder = tempfile::tempdir().unwrap();
        run(Command::new("cp").arg("-a").arg(&office.dir).arg(folder.path())).unwrap();
        let dir = folder.path().join("office");
        let (trace, inject) = (format!("trace={call}"), format!("inject={call}:signal=SIGKILL:when={when}"));
        let mut strace = command("strace");
        strace.args(["-f", "-o", "/dev/null", "-e", &trace, "-e", &inject, PROGRAM, "--office"]).arg(&dir);
        strace.args(["--today", DUE, "--as", REVIEWER, "purge", "--do"]);
        let status = strace.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(!status.success(), "it was not killed at {call} {when}");
        let give = |words: &[&str]| -> Said {
            let mut command = Command::new(PROGRAM);
            command.arg("--office").arg(&dir).args(["--today", DUE, "--as", REVIEWER]).args(words);
            command.output().unwrap().into()
        };
        let mut record = Ledger::open(&dir.join("outbox")).unwrap();
        for id in &ids {
            let on_record = record.events(Some(id)).unwrap().iter().any(|event| event.code() == "purged");
            let there = dir.join(format!("outbox/despatches/{id}.1.eml")).is_file();
            assert!(there || on_record, "{call} {when}: {id} went and nobody knows");
            half += usize::from(there && on_record);
        }
        drop(record);
        give(&["purge", "--do"]).expect(0);
        for id in &ids {
            assert!(
                !dir.join(format!("outbox/despatches/{id}.1.eml")).exists(),
                "{call} {when}: {id} stayed"
            );
        }
        let mut record = Ledger::open(&dir.join("outbox")).unwrap();
        assert!(record.pending_removals().unwrap().is_empty() && record.verify().unwrap().is_ok());
    }
    assert!(half > 0, "no kill fell between the record and the file");
}

#[test]
fn rejected_files_age_out_by_the_day_they_came_there() {
    let office = DemoOffice::new();
    let rejected = office.dir.join("inbox/rejected");
    let count = || {
        walkdir::WalkDir::new(&rejected)
            .into_iter()
            .filter(|entry| entry.as_ref().unwrap().file_type().is_file())
            .count()
    };
    assert!(count() > 2);
    office.edit("despatch.toml", |text| format!("{text}\n[retention]\nrejected = 3650\n"));
    // They came there today, whatever the demo takes for today.
    purge_as(&office, TODAY).expect(0);
    assert!(count() > 2);
    let said = office.on("2060-01-01", &["purge"]).expect(0);
    assert!(said.stdout.contains("rejected") && count() > 2, "{said:?}");
    let said = purge_as(&office, "2060-01-01").expect(0);
    assert_eq!(count(), 0, "{said:?}");
    let events = ledger(&office).events(Some("rejected")).unwrap();
    let detail = events[0].detail().to_string();
    assert!(events[0].code() == "purged" && events[0].detail()["sha256"].as_array().unwrap().len() > 2);
    assert!(!detail.contains(".json"), "a file's name stays out of the record: {detail}");
}

#[test]
fn a_pipe_and_a_link_among_the_rejects_hold_no_purge_up_and_go_with_the_rest() {
    let office = DemoOffice::new();
    let rejected = office.dir.join("inbox/rejected");
    let outside = office.dir.join("../outside.json");
    fs::write(&outside, "not ours").unwrap();
    run(command("mkfifo").arg(rejected.join("pipe.json"))).unwrap();
    std::os::unix::fs::symlink(&outside, rejected.join("link.json")).unwrap();
    office.edit("despatch.toml", |text| format!("{text}\n[retention]\nrejected = 3650\n"));
    let mut purge = command("timeout");
    purge.args(["60", PROGRAM, "--office"]).arg(&office.dir);
    purge.args(["--today", "2060-01-01", "--as", REVIEWER, "purge", "--do"]);
    let said: Said = purge.output().unwrap().into();
    said.expect(0);
    assert_eq!(rejected.read_dir().unwrap().count(), 0);
    assert_eq!(fs::read_to_string(&outside).unwrap(), "not ours");
    let events = ledger(&office).events(Some("rejected")).unwrap();
    let detail = events[0].detail();
    let hashes = detail["sha256"].as_array().unwrap();
    assert_eq!(hashes.iter().filter(|hash| hash.is_null()).count(), 2, "{hashes:?}");
    let not_ours = despatch_core::words::Sha256::of(b"not ours").to_string();
    assert!(!hashes.contains(&not_ours.into()), "the link was followed");
}

#[test]
fn a_litigation_hold_beats_the_period_and_takes_a_second_person_to_lift() {
    let (office, ids) = settled();
    office
        .edit("despatch.toml", |text| format!("{text}{PERIODS}").swapped("rejected = 30000", "rejected = 1"));
    let hold = ["litigation", "hold", "TEST-00001", "--reason", "judicial review"];
    office.run_as(REVIEWER, &hold).expect(0);
    office.run_as(REVIEWER, &hold).expect(1);
    office.run_as(REVIEWER, &["litigation", "hold", "TEST-99999", "--reason", "x"]).expect(1);
    assert!(office.run(&["litigation", "list"]).expect(0).stdout.contains("judicial review"));
    let said = purge_as(&office, "2060-01-01").expect(0);
    assert!(
        said.stdout.contains("on hold for litigation") && said.stdout.contains("rejected case files"),
        "{said:?}"
    );
    assert!(ids.iter().all(|id| message(&office, id).is_file()) && original(&office, &ids[0]).is_file());
    let lift = ["litigation", "lift", "TEST-00001", "--reason", "settled"];
    let said = office.run_as(REVIEWER, &lift).expect(1);
    assert!(said.stderr.contains("a second person has to agree"), "{said:?}");
    office.run_as(OTHER_REVIEWER, &lift).expect(0);
    purge_as(&office, "2060-01-01").expect(0);
    assert!(ids.iter().all(|id| !message(&office, id).exists()));
    let events = ledger(&office).events(Some("retention TEST-00001")).unwrap();
    let told: Vec<_> = events.iter().map(|event| (event.code(), event.actor.as_str())).collect();
    assert_eq!(told, [("litigation_held", REVIEWER), ("litigation_lifted", OTHER_REVIEWER)]);
}

#[test]
fn an_erasure_takes_two_people_and_leaves_nothing_of_the_case_but_the_record() {
    let (office, ids) = settled();
    // A rejected correction of the case lies in the inbox, in clear, with its attachment.
    let mut wrong = appointment(1, REPORT);
    wrong["event_id"] = "another-event".into();
    wrong["detention"]["place"] = "nowhere-house".into();
    office.drop_case("wrong", &wrong.to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]).expect(1);
    assert!(office.dir.join("inbox/rejected/wrong.json").is_file());
    let sqlite =
        |sql: &str| run(command("sqlite3").arg(office.dir.join("outbox/ledger.db")).arg(sql)).unwrap();
    sqlite(
        "INSERT INTO identity (case_id, kind, pseudonym) VALUES ('TEST-00001', 'name', x'01'), ('OTHER-1', 'name', x'02')",
    );

    office.run_as(PREPARER, &["erase", "TEST-00001"]).expect(2);
    let early = office.run_as(REVIEWER, &["erase", "TEST-00001", "--confirm"]).expect(1);
    assert!(early.stderr.contains("nobody has asked"), "{early:?}");
    office.run_as(PREPARER, &["erase", "TEST-00001", "--reason", "request under Article 17"]).expect(0);
    assert!(message(&office, &ids[0]).is_file(), "nothing goes on one person's word");
    let alone = office.run_as(PREPARER, &["erase", "TEST-00001", "--confirm"]).expect(1);
    assert!(alone.stderr.contains("a second person has to agree"), "{alone:?}");
    office.run_as(REVIEWER, &["litigation", "hold", "TEST-00001", "--reason", "judicial review"]).expect(0);
    let held = office.run_as(REVIEWER, &["erase", "TEST-00001", "--confirm"]).expect(1);
    assert!(held.stderr.contains("on hold for litigation"), "{held:?}");
    office.run_as(OTHER_REVIEWER, &["litigation", "lift", "TEST-00001", "--reason", "settled"]).expect(0);
    let said = office.run_as(REVIEWER, &["erase", "TEST-00001", "--confirm"]).expect(0);
    assert!(said.stdout.contains("The record stays"), "{said:?}");

    assert!(ids.iter().all(|id| !message(&office, id).exists()) && !original(&office, &ids[0]).exists());
    for name in ["wrong.json", "wrong.json.faults.txt", "wrong/report.pdf", "wrong"] {
        assert!(!office.dir.join("inbox/rejected").join(name).exists(), "{name} is left");
    }
    assert!(office.dir.join("inbox/rejected").read_dir().unwrap().count() > 1, "the rejects of others stay");
    let left = String::from_utf8(sqlite("SELECT case_id FROM identity WHERE kind <> 'closed'")).unwrap();
    assert!(!left.contains("TEST-00001") && left.contains("OTHER-1") && left.contains("DEMO-0901"), "{left}");
    let mut ledger = ledger(&office);
    let events = ledger.events(Some(&ids[0])).unwrap();
    assert!(events.iter().any(|event| event.code() == "sent"), "the record stays");
    let erased = events.last().unwrap();
    assert_eq!((erased.code(), erased.actor.as_str()), ("erased", REVIEWER));
    assert_eq!(
        (&erased.detail()["asked_by"], &erased.detail()["reason"]),
        (&PREPARER.into(), &"request under Article 17".into())
    );
    assert!(ledger.verify().unwrap().is_ok());
    office.run(&["check"]).expect(0);
}

#[test]
fn an_erasure_leaves_nothing_in_clear_behind_that_it_does_not_name() {
    let (office, _) = settled();
    let inbox = office.dir.join("inbox");
    // Its faults are such that despatch cannot read which attachments it lists.
    let mut faulty = appointment(1, REPORT);
    faulty["attachments"] = "none".into();
    let brought: &[(&str, &[u8])] = &[("report.pdf", REPORT), ("notes.txt", b"in clear")];
    office.drop_case("faulty", &faulty.to_string(), brought);
    office.drop_case("broken", "{ \"case_id\": \"TEST-00001\"", &[]);
    office.run(&["run", "--once"]).expect(1);
    run(command("mkfifo").arg(inbox.join("rejected/pipe.json"))).unwrap();
    assert!(
        inbox.join("rejected/faulty/notes.txt").is_file() && inbox.join("rejected/broken.json").is_file()
    );
    office.drop_case("later", &appointment(1, b"not there yet").to_string(), &[]);
    office.run_as(PREPARER, &["erase", "TEST-00001", "--reason", "request under Article 17"]).expect(0);
    let confirm = || {
        let mut confirm = command("timeout");
        confirm.args(["60", PROGRAM, "--office"]).arg(&office.dir);
        confirm.args(["--today", TODAY, "--as", REVIEWER, "erase", "TEST-00001", "--confirm"]);
        Said::from(confirm.output().unwrap())
    };
    let waits = confirm().expect(1);
    assert!(waits.stderr.contains("inbox/later.json") && waits.stderr.contains("take each out"), "{waits:?}");
    assert!(inbox.join("rejected/faulty.json").is_file(), "nothing goes before all of it may");
    fs::remove_file(inbox.join("later.json")).unwrap();
    let said = confirm().expect(0);
    for name in ["faulty.json", "faulty.json.faults.txt", "faulty"] {
        assert!(!inbox.join("rejected").join(name).exists(), "{name} is left");
    }
    for name in ["inbox/rejected/broken.json", "inbox/rejected/pipe.json"] {
        assert!(said.stdout.contains(&format!("cannot be determined, so look yourself: {name}")), "{said:?}");
        assert!(office.dir.join(name).symlink_metadata().is_ok());
    }
}

#[test]
fn a_case_of_which_something_is_still_to_go_or_an_incident_is_open_is_not_erased() {
    let (office, ids) = settled();
    let ask = |case: &str| office.run_as(PREPARER, &["erase", case, "--reason", "request under Article 17"]);
    let unsent = office.despatches().iter().find(|one| one["state"] == "awaiting_review").cloned().unwrap();
    let said = ask(unsent["case_id"].as_str().unwrap()).expect(1);
    assert!(said.stderr.contains(unsent["id"].as_str().unwrap()), "it names what is open: {said:?}");
    assert!(said.stderr.contains("send or cancel each"), "{said:?}");
    ask("TEST-99999").expect(1);
    for id in &ids[..2] {
        office.run_as(PREPARER, &["incident", id, "--what", "wrong team"]).expect(0);
    }
    let close = |number: &str| {
        office.run_as(REVIEWER, &["incident", "close", number, "--text", "no risk to anybody"]).expect(0)
    };
    assert!(ask("TEST-00001").expect(1).stderr.contains("incident 1 is open"));
    close("2");
    assert!(ask("TEST-00001").expect(1).stderr.contains("incident 1 is open"), "the other one is closed");
    close("1");
    ask("TEST-00001").expect(0);
}
