//! Enters: cases of made-up people, as keyed hashes. Leaves: that a case is found by what is kept of its person, for as long
//! as any of its files is, and in a ledger that an earlier program made too. Never: a name.

use crate::support::{DAY, Scene, now, staff};
use despatch_core::words::CaseId;
use despatch_guards::others::{Kind, Pseudonym};
use despatch_ledger::{Marks, Page, Removal, WhyRemoved};
use std::path::PathBuf;

fn mark(byte: u8) -> Pseudonym {
    Pseudonym::of_bytes(&[byte; 32]).expect("32 bytes")
}

/// A person with this reference, name, and name with date of birth.
fn person(reference: u8, word: u8, birth: u8) -> Vec<(Kind, Pseudonym)> {
    vec![
        (Kind::Reference, mark(reference)),
        (Kind::Word, mark(word)),
        (Kind::Birth, mark(birth)),
        (Kind::Born, mark(birth + 100)),
    ]
}

fn found(scene: &mut Scene, marks: &[(Kind, u8)]) -> Vec<String> {
    let marks = Marks(marks.iter().map(|(kind, byte)| (*kind, mark(*byte))).collect());
    let cases: Vec<CaseId> = scene.ledger.cases_marked(&marks).expect("it answers");
    cases.iter().map(ToString::to_string).collect()
}

#[test]
fn a_case_is_found_by_every_mark_together_and_the_latest_first() {
    let mut scene = Scene::new();
    scene.person = person(1, 10, 20);
    scene.queue("ONE", None);
    scene.person = person(2, 10, 21);
    scene.queue("TWO", None);
    assert_eq!(found(&mut scene, &[(Kind::Word, 10)]), ["CASE-TWO-1", "CASE-ONE-1"]);
    assert_eq!(found(&mut scene, &[(Kind::Word, 10), (Kind::Born, 120)]), ["CASE-ONE-1"]);
    assert_eq!(found(&mut scene, &[(Kind::Reference, 2)]), ["CASE-TWO-1"]);
    assert_eq!(found(&mut scene, &[(Kind::Word, 10), (Kind::Reference, 9)]), [""; 0]);
    assert_eq!(found(&mut scene, &[]), [""; 0]);
    assert_eq!(scene.wrong(), [""; 0]);
}

#[test]
fn a_corrected_name_is_found_and_somebody_elses_is_not() {
    let mut scene = Scene::new();
    scene.person = person(1, 10, 20);
    let first = scene.queue("ONE", None);
    let replaced = scene.ledger.despatch(first).expect("it").case_file;
    scene.person = person(1, 11, 20);
    scene.queue("ONE", Some(replaced));
    assert_eq!(found(&mut scene, &[(Kind::Word, 11)]), ["CASE-ONE-1"]);
    assert_eq!(found(&mut scene, &[(Kind::Word, 10)]), [""; 0]);
    // An event that names somebody else is asked about; nobody finds the case by that person.
    scene.person = person(3, 12, 22);
    scene.take_in("ONE", "FURTHER", None);
    assert_eq!(found(&mut scene, &[(Kind::Word, 12)]), [""; 0]);
    assert_eq!(found(&mut scene, &[(Kind::Word, 11)]), ["CASE-ONE-1"]);
}

fn purge(scene: &mut Scene, number: i64) {
    let removal = Removal {
        subject: format!("case {number}"),
        files: vec![(PathBuf::from(format!("outbox/received/{number}.tar.age")), None)],
        rejected: Vec::new(),
        why: WhyRemoved::Purged { kind: "received".to_owned(), since: DAY.parse().expect("a day"), days: 1 },
    };
    scene.ledger.record_removals(&[removal], None, &staff("one").id, now()).expect("recorded");
}

#[test]
fn the_marks_go_with_the_last_file_of_a_case() {
    let mut scene = Scene::new();
    scene.person = person(1, 10, 20);
    scene.queue("ONE", None);
    scene.take_in("ONE", "FURTHER", None);
    purge(&mut scene, 1);
    assert_eq!(found(&mut scene, &[(Kind::Born, 120)]), ["CASE-ONE-1"]);
    purge(&mut scene, 2);
    assert_eq!(found(&mut scene, &[(Kind::Born, 120)]), [""; 0]);
}

/// What an earlier program's ledger does not have.
const LACKS: &str = "DROP TABLE case_mark; DROP TABLE case_owner; DROP TABLE restriction; DROP TABLE restriction_reader; \
                     DROP TABLE cover; DROP INDEX event_counted; DROP INDEX event_actor; DROP INDEX event_at; \
                     DROP INDEX submission_notes; DROP INDEX identity_mark; \
                     ALTER TABLE submission DROP COLUMN open_notes;";

#[test]
fn the_ledger_of_an_earlier_program_finds_its_open_cases_and_counts_its_notes() {
    let mut scene = Scene::new();
    scene.person = person(1, 10, 20);
    scene.queue("ONE", None);
    scene.queue("TWO", None);
    let case: CaseId = "CASE-TWO-1".parse().expect("an id");
    let events = scene.ledger.case_events(&case).expect("it answers");
    scene.ledger.tick(&events, "2.1".parse().expect("a note"), &staff("one"), now()).expect("ticked");
    let notes =
        |scene: &mut Scene| scene.ledger.open_notes(None, Page { number: 1, limit: 10 }).expect("it answers");
    let before = notes(&mut scene);
    assert_eq!(before.files, 1);
    scene.tamper(LACKS);
    scene.reopen();
    assert_eq!(found(&mut scene, &[(Kind::Reference, 1)]), ["CASE-TWO-1", "CASE-ONE-1"]);
    assert_eq!(notes(&mut scene), before);
    assert_eq!(scene.wrong(), [""; 0]);
    scene.ledger.take_case(&case, &staff("one"), now()).expect("taken");
}
