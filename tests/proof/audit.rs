//! `despatch audit verify` on a real ledger: nothing wrong where nothing is, and every kind of change found.

use super::*;
use crate::support::office::{REVIEWER, TODAY, private_file};

/// An office in which something was approved, sent, held and returned.
fn lively() -> DemoOffice {
    let office = DemoOffice::new();
    let id = |one: Value| words(&one["id"]).to_owned();
    let approve = id(office.despatch_for("DEMO-0902", "det"));
    let hold = id(office.despatch_for("DEMO-0903", "det"));
    office.run_as(REVIEWER, &["outbox", "approve", &approve]).expect(0);
    office.run(&["send", "--once"]).expect(0);
    office.run_as(REVIEWER, &["outbox", "hold", &hold, "--reason", "wrong appointment"]).expect(0);
    let back = id(office.despatch_for("DEMO-0905", "det"));
    office.run_as(REVIEWER, &["outbox", "return", &back, "--reason", "wrong date"]).expect(0);
    office
}

/// Changes a ledger behind despatch's back.
pub(super) fn tamper(office: &DemoOffice, sql: &str) {
    run(command("sqlite3").arg("-bail").arg(office.dir.join("outbox/ledger.db")).arg(sql))
        .unwrap_or_else(|why| panic!("{sql}: {why}"));
}

pub(super) fn ask(office: &DemoOffice, sql: &str) -> String {
    let out = run(command("sqlite3").arg(office.dir.join("outbox/ledger.db")).arg(sql)).expect("sqlite3");
    String::from_utf8(out).unwrap().trim().to_owned()
}

/// A copy of an office as it lies on the disk, so that each change begins from the same.
pub(super) fn copy_of(office: &DemoOffice, folder: &Path) -> PathBuf {
    run(command("cp").arg("-a").arg(&office.dir).arg(folder)).expect("a copy");
    folder.join("office")
}

/// `audit verify` in an office: its code and the places that it names.
pub(super) fn verify(dir: &Path, more: &[&str]) -> (i32, Vec<String>) {
    let words = ["--office", dir.to_str().unwrap(), "--today", TODAY, "--json", "audit", "verify"];
    let said = crate::support::office::despatch(&[&words[..], more].concat());
    let faults = said.json()["faults"].as_array().cloned().unwrap_or_default();
    let told =
        faults.iter().map(|fault| format!("{}: {}", words_of(&fault["at"]), words_of(&fault["cause"])));
    (said.code, told.collect())
}

fn words_of(value: &Value) -> &str {
    words(value)
}

#[test]
fn an_untouched_record_holds_with_its_rows_and_files() {
    let office = lively();
    let said = office.run(&["--json", "audit", "verify"]).expect(0).json();
    let cases: i64 = ask(&office, "SELECT COUNT(*) FROM submission").parse().unwrap();
    assert_eq!(
        (&said["despatches"], &said["cases"], &said["wrong"]),
        (&25.into(), &cases.into(), &serde_json::json!([]))
    );
    assert_eq!(said["files"], 25 + 8, "every message and every sealed case file");
    assert!(said["events"].as_i64().unwrap() > 40 && said["checkpoints"].as_i64().unwrap() >= 2, "{said}");
    assert_eq!(said["unknown_files"], serde_json::json!([]));
    let text = office.run(&["audit", "verify"]).expect(0).stdout;
    assert!(text.starts_with("The record holds: ") && text.contains("25 despatches"), "{text}");
}

/// Behind despatch's back: what is changed, and a part of what the audit says.
const CHANGES: [(&str, &str, &str); 24] = [
    ("an actor", "UPDATE event SET actor = 'imran-castellan' WHERE what = 'approved'", "the row was altered"),
    ("a time", "UPDATE event SET at = '2026-11-20T12:00:00.000Z' WHERE seq = 9", "row 9 of the record"),
    (
        "a reason",
        "UPDATE event SET detail = replace(detail, 'wrong date', 'x') WHERE what = 'returned'",
        "altered",
    ),
    (
        "a hash",
        "UPDATE event SET hash = substr(hash, 2) || substr(hash, 1, 1) WHERE seq = 5",
        "row 5 of the record",
    ),
    ("a row taken out", "DELETE FROM event WHERE seq = 7", "a row before this one is missing"),
    ("the first row taken out", "DELETE FROM event WHERE seq = 1", "a row before this one is missing"),
    (
        "a row taken out and the others moved up",
        "DELETE FROM event WHERE seq = 7; UPDATE event SET seq = seq - 1 WHERE seq > 7",
        "row 7 of the record",
    ),
    (
        "two rows that changed places",
        "UPDATE event SET seq = -1 WHERE seq = 7; UPDATE event SET seq = 7 WHERE seq = 8; \
         UPDATE event SET seq = 8 WHERE seq = -1",
        "row 7 of the record",
    ),
    (
        "a row put in at the end",
        "INSERT INTO event SELECT version, seq + 1, at, actor, subject, what, detail, hash, hash FROM event ORDER BY seq DESC LIMIT 1",
        "the row was altered",
    ),
    (
        "a held despatch let go",
        "UPDATE despatch SET state = 'approved', record = json_set(record, '$.state', 'approved', '$.holds', json('[]')) \
         WHERE state = 'held'",
        "does not follow from what happened last (held",
    ),
    ("a case in its column alone", "UPDATE despatch SET case_id = 'DEMO-0999' WHERE id = '1-1'", "columns"),
    (
        "a receipt in its column alone",
        "UPDATE despatch SET unheard = 1 - unheard WHERE id = '1-1'",
        "columns",
    ),
    ("a state in its column alone", "UPDATE despatch SET state = 'sent' WHERE state = 'returned'", "columns"),
    (
        "an approval of somebody else's",
        "UPDATE despatch SET record = json_set(record, '$.approval.by', 'wenna-okonjo') WHERE state = 'sent'",
        "approved by wenna-okonjo",
    ),
    (
        "a hold taken off",
        "UPDATE despatch SET record = json_set(record, '$.holds', json('[]')) WHERE state = 'held'",
        "does not follow",
    ),
    (
        "an address",
        "UPDATE despatch SET record = json_set(record, '$.recipient.address', 'x@y.invalid') WHERE id = '1-1'",
        "1-1: its row",
    ),
    (
        "a message's hash",
        "UPDATE despatch SET record = json_set(record, '$.message.sha256', '00') WHERE id = '1-1'",
        "1-1: its row",
    ),
    ("a despatch taken out", "DELETE FROM despatch WHERE id = '1-1'", "1-1: the record tells of it"),
    (
        "a despatch put in",
        "CREATE TEMP TABLE one AS SELECT * FROM despatch WHERE id = '1-1'; UPDATE one SET id = '1-99', position = 99; \
         INSERT INTO despatch SELECT * FROM one",
        "1-99: no event tells of this despatch",
    ),
    ("a case's number", "UPDATE submission SET case_id = 'DEMO-0999' WHERE number = 1", "case 1: its row"),
    ("a case's state", "UPDATE submission SET state = 'rejected' WHERE number = 1", "case 1: its row"),
    (
        "a case's history",
        "UPDATE submission SET history = replace(history, '{', '{ ') WHERE number = 1",
        "case 1: its row",
    ),
    ("an adoption's end", "UPDATE adoption SET last_day = '2030-01-01'", "policy pack hoso-2022-09-12"),
    (
        "a kept template",
        "UPDATE template SET content = replace(content, 'the', 'teh') WHERE kind = 'invitation'",
        "the kept template",
    ),
];

#[test]
fn every_edited_missing_or_reordered_row_is_found() {
    let office = lively();
    for (what, sql, says) in CHANGES {
        let before = ask(&office, "SELECT COUNT(*) FROM event");
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy_of(&office, folder.path());
        let changed = DemoOffice::in_folder(folder);
        tamper(&changed, sql);
        let (code, told) = verify(&changed.dir, &[]);
        assert_eq!(code, 1, "{what}: not found");
        assert!(told.iter().any(|one| one.contains(says)), "{what}: {says} is not in {told:#?}");
        assert_eq!(ask(&office, "SELECT COUNT(*) FROM event"), before);
    }
    assert_eq!(verify(&office.dir, &[]), (0, Vec::new()), "the office itself was left alone");
}

#[test]
fn a_message_or_a_sealed_case_file_that_is_not_the_one_of_the_record_is_found() {
    let office = lively();
    let outbox = office.dir.join("outbox");
    let flip = |name: &str| {
        let path = outbox.join(name);
        let whole = fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        bytes[whole.len() / 2] ^= 1;
        private_file(&path, &bytes);
        let (code, told) = verify(&office.dir, &[]);
        assert_eq!(code, 1, "{name} was changed");
        assert!(told.iter().any(|one| one.contains("not the one that the record tells of")), "{told:?}");
        fs::remove_file(&path).unwrap();
        let (code, told) = verify(&office.dir, &[]);
        assert_eq!(code, 1, "{name} is missing");
        assert!(told.iter().any(|one| one.contains("it is missing")), "{told:?}");
        private_file(&path, &whole);
    };
    flip("despatches/1-1.1.eml");
    flip("received/1.tar.age");
    assert_eq!(verify(&office.dir, &[]), (0, Vec::new()));
    private_file(&outbox.join("despatches/99-1.1.eml"), b"left by a crash");
    let said = office.run(&["audit", "verify"]).expect(0);
    assert!(said.stdout.contains("No event names the file 99-1.1.eml"), "{said:?}");
}
