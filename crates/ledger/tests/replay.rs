//! Enters: a lively ledger, and rows that somebody changed by hand. Leaves: that the audit finds each and nothing else.
//! Never: an edit that is not found.

use crate::support::{Scene, now, staff, write};
use despatch_core::words::Sha256;
use despatch_ledger::{
    BatchDecision, BatchToBegin, DespatchId, Found, IncidentId, ListedRow, Step, Terms, UserRole, Viewing,
};
use std::fs;

/// A ledger in which something of each table has happened.
fn lively() -> (Scene, DespatchId) {
    let mut scene = Scene::new();
    let first = scene.queue("ONE", None);
    scene.queue("TWO", None);
    let replaced = scene.ledger.despatch(first).expect("it").case_file;
    let id = scene.queue("ONE", Some(replaced));
    let (one, two, now) = (staff("one"), staff("two"), now());
    let ledger = &mut scene.ledger;
    let pack = "hoso-2022-09-12".parse().expect("an id");
    let sha256 = Sha256::of(b"the text of the pack");
    let terms = Terms { reason: "why".to_owned(), expires: now.today };
    ledger.adopt((&pack, sha256), &one, Some(&terms), now).expect("proposed");
    ledger.adopt((&pack, sha256), &two, None, now).expect("confirmed");
    ledger.adopt((&pack, sha256), &one, Some(&terms), now).expect("proposed again");
    ledger.withdraw(&"other-pack".parse().expect("an id"), &one, "why", now).expect("withdrawn");
    let case = "CASE-ONE-1".parse().expect("an id");
    ledger.move_case(&case, &"next-pack".parse().expect("an id"), &one, "why", now).expect("moved");
    ledger.hold_case(&case, &one, "why", now).expect("held");
    ledger.take_case(&case, &one, now).expect("taken");
    ledger.hand_over(&case, &two.id, "a word", &one, now).expect("handed over");
    ledger
        .restrict_case(&case, [one.id.clone(), two.id.clone()].into(), "why", &one, now)
        .expect("restricted");
    ledger.record_absence(&one.id, (now.today, now.today), &two.id, &one, now).expect("away");
    ledger.record_out_of_hours(&two.id, (now.today, now.today), &one, now).expect("out of hours");
    ledger
        .ask_erasure(&"CASE-TWO-1".parse().expect("an id"), &one, "why", now)
        .expect_err("it is still to go");
    let message = ledger.despatch(id).expect("it").message.expect("a message").sha256;
    ledger.record_view(id, Viewing { message, files: 1 }, "one", now.at).expect("viewed");
    let roles = [UserRole::Reviewer].into();
    ledger.add_user(&two.id, &roles, ("a hash", true), (&one.id, now.at)).expect("added");
    ledger.set_user_passphrase(&two.id, ("another hash", false), (&two.id, now.at)).expect("set");
    ledger.sign_in_refused(Some(&two.id), now.at).expect("refused");
    let file = ledger.despatch(id).expect("it").case_file;
    let rows =
        vec![ListedRow { row: 2, sha256: file }, ListedRow { row: 3, sha256: Sha256::of(b"another row") }];
    let sheet = Sha256::of(b"a sheet");
    let name = "spring".parse().expect("a name");
    let begin = BatchToBegin { name, event: None, sheet, rows, identical_reasons: false };
    ledger.begin_batch(&begin, &one, now).expect("begun");
    ledger.decide_batch(&begin.name, &BatchDecision::Hold("why".to_owned()), &two, now).expect("held");
    ledger.mark_restored(&one, Sha256::of(b"backup"), now).expect("restored");
    (scene, id)
}

#[test]
fn what_follows_from_the_events_is_in_order() {
    let (mut scene, id) = lively();
    assert_eq!(scene.wrong(), Vec::<String>::new());
    let now = now();
    scene.ledger.reconcile(id, Found::Sent, &staff("one"), "the relay's log", now).expect("reconciled");
    assert_eq!(scene.wrong(), Vec::<String>::new());
    assert!(scene.ledger.verify().expect("it answers").is_ok());
}

/// Rows that somebody changes by hand, and a part of what the audit says.
const CHANGES: [(&str, &str); 38] = [
    ("UPDATE despatch SET record = json_set(record, '$.attempts', 1) WHERE id = '1-1'", "1-1: its row"),
    ("UPDATE despatch SET next_attempt = 'x' WHERE id = '2-1'", "2-1: the columns"),
    ("UPDATE despatch SET record = replace(record, '{', '{ ') WHERE id = '2-1'", "2-1: its row"),
    ("UPDATE despatch SET record = 'x' WHERE id = '2-1'", "2-1: its row cannot be read"),
    ("DELETE FROM despatch WHERE id = '2-1'", "2-1: the record tells of it"),
    ("UPDATE submission SET token = 'x' WHERE number = 1", "case 1: its row"),
    ("UPDATE submission SET superseded = 0, event_id = 'x' WHERE number = 1", "case 1: its row"),
    ("UPDATE submission SET pack = 'hoso-2022-09-12' WHERE number = 3", "case 3: its row"),
    ("UPDATE submission SET history = replace(history, '{', '{ ') WHERE number = 2", "case 2: its row"),
    (
        "UPDATE submission SET recorded = replace(recorded, 'brook', 'brock') WHERE number = 2",
        "case 2: its row",
    ),
    ("UPDATE submission SET notes = '[]' WHERE number = 2", "case 2: its row"),
    ("UPDATE submission SET week = '2026-11-23' WHERE number = 2", "case 2: its row"),
    ("UPDATE submission SET open_notes = 0 WHERE number = 2", "case 2: its row"),
    ("UPDATE case_owner SET owner = 'one'", "the owner of CASE-ONE-1"),
    ("UPDATE restriction SET reason = 'x'", "the restriction of CASE-ONE-1"),
    ("INSERT INTO restriction_reader VALUES ('CASE-ONE-1', 'three')", "who may see CASE-ONE-1"),
    ("DELETE FROM cover WHERE kind = 'absence'", "the cover of one"),
    ("UPDATE cover SET covered_by = 'three' WHERE kind = 'absence'", "the cover of one"),
    ("UPDATE cover SET last_day = '2030-01-01' WHERE kind = 'out_of_hours'", "the cover of two"),
    ("UPDATE submission SET review_key = 'x' WHERE number = 2", "case 2: its row"),
    (
        "UPDATE adoption SET first_day = '2020-01-01' WHERE confirmed_by IS NULL",
        "policy pack hoso-2022-09-12",
    ),
    ("UPDATE adoption SET confirmed_by = 'three' WHERE confirmed_by = 'two'", "policy pack hoso-2022-09-12"),
    ("DELETE FROM withdrawal", "policy pack other-pack"),
    ("UPDATE withdrawal SET day = '2020-01-01'", "policy pack other-pack"),
    ("UPDATE litigation_hold SET since = '2020-01-01'", "the litigation hold of CASE-ONE-1"),
    (
        "INSERT INTO erasure VALUES ('CASE-TWO-1', 'one', 'why', '2026-11-23')",
        "the erasure that was asked for",
    ),
    (
        "INSERT INTO removed VALUES ('outbox/received/1.tar.age', 0)",
        "the removal of outbox/received/1.tar.age",
    ),
    ("UPDATE batch SET state = 'open'", "the batch spring"),
    ("DELETE FROM batch_row WHERE number = 3", "the rows of the batch spring"),
    ("UPDATE batch_row SET number = 9 WHERE number = 3", "the rows of the batch spring"),
    ("INSERT INTO batch VALUES ('x', '', 'one', '2026-11-23T12:00:00.000Z', 'x', 'open')", "the batch x"),
    ("DELETE FROM restoration", "the restoration from a backup"),
    ("UPDATE restoration SET taken = 'x'", "the restoration from a backup"),
    ("DELETE FROM unreconciled WHERE despatch = '3-1'", "the restoration from a backup"),
    ("UPDATE directory SET version = 7", "the directory: its number of changes is wrong"),
    ("UPDATE user_account SET roles = '[\"administrator\"]'", "the account of two"),
    ("UPDATE user_account SET failures = 0", "the account of two"),
    (
        "INSERT INTO user_account VALUES ('x', '[]', 0, 0, '2026-11-23T12:00:00.000Z', 0, NULL, NULL, NULL)",
        "the account of x: no event made it",
    ),
];

#[test]
fn every_row_that_somebody_changed_by_hand_is_found() {
    for (sql, says) in CHANGES {
        let (mut scene, _) = lively();
        scene.tamper(sql);
        let wrong = scene.wrong();
        assert!(wrong.len() == 1 && wrong[0].contains(says), "{sql}: {says} is not {wrong:?}");
    }
}

#[test]
fn an_event_of_another_version_is_not_read_as_one_of_this() {
    let (mut scene, _) = lively();
    scene.tamper("UPDATE event SET version = 2 WHERE seq = 3");
    let wrong = scene.wrong();
    assert!(wrong[0].contains("row 3 of the record: the row was altered"), "{wrong:?}");
    assert!(wrong.iter().any(|one| one.contains("its version is 2")), "{wrong:?}");
    assert!(scene.ledger.events(None).is_err());
}

#[test]
fn a_step_that_cannot_be_leaves_no_trace() {
    let (mut scene, id) = lively();
    let events = scene.ledger.events(None).expect("events");
    let files = scene.ledger.files().clone();
    let closed = scene.ledger.act_on_incident(IncidentId(1), Step::Closed, "x", &staff("one"), now());
    assert!(closed.is_err());
    assert!(scene.ledger.record_receipt(id, true, "a reply", &staff("one"), now()).is_err());
    assert_eq!(scene.ledger.events(None).expect("events"), events);
    fs::remove_file(files.message(id, 1)).expect("it was there");
    assert_eq!(scene.wrong(), [format!("{id}.1.eml: the record tells of this file and it is missing")]);
    write(&files, id, b"another");
    assert_eq!(scene.wrong(), [format!("{id}.1.eml: the file is not the one that the record tells of")]);
}
