//! Enters: a line that signs its batches, and restorations. Leaves: that each batch is signed with its own commit, that what
//! was cut or altered before one is found, and what a checkpoint of before a restoration is taken for.
//! Never: a file of checkpoints.

use crate::support::{Scene, now, staff};
use chrono::TimeDelta;
use despatch_core::clock::Moment;
use despatch_core::words::Sha256;
use despatch_ledger::{Checkpoint, LedgerEvent, OfficeEvent, Tail};
use despatch_seal::signing::SigningKey;

/// A ledger of which the line signs each batch.
fn scene() -> Scene {
    let mut scene = Scene::new();
    scene.signer = Some(SigningKey::from_seed(&[7; 32]).expect("a key"));
    for name in ["ONE", "TWO", "THREE"] {
        scene.queue(name, None);
    }
    scene
}

#[test]
fn each_batch_is_signed_with_its_own_commit() {
    let mut scene = scene();
    let tail = scene.ledger.tail().expect("it answers").expect("an event");
    let audit = scene.audit(&[]);
    // Each case is taken in one batch and queued in another.
    assert_eq!((audit.signed_batches, audit.wrong.len()), (6, 0), "{audit:?}");
    assert_eq!(audit.events as i64, tail.0, "a signature is no event");
    // What people decide moves the end of the record, and no key of the line is at hand for it.
    scene.ledger.hold_case(&"CASE-ONE-1".parse().expect("an id"), &staff("one"), "why", now()).expect("held");
    assert_eq!(scene.wrong(), Vec::<String>::new());
    scene.queue("FOUR", None);
    assert_eq!(scene.audit(&[]).signed_batches, 8);
}

#[test]
fn a_record_that_was_altered_or_cut_before_a_signature_is_found() {
    let chain = "the record up to there is not the one that was signed for";
    let cut = "the record ends before it";
    for (sql, says) in [
        (
            "UPDATE checkpoint SET hash = (SELECT hash FROM event WHERE seq = 1) WHERE seq = 3",
            "its signature does not count",
        ),
        (
            "UPDATE checkpoint SET at = '2026-11-22T12:00:00.000Z' WHERE seq = 1",
            "its signature does not count",
        ),
        ("UPDATE checkpoint SET at = '2026-11-23T12:00:00Z' WHERE seq = 1", "its time is spelled otherwise"),
        ("UPDATE checkpoint SET hash = 'x' WHERE seq = 1", "its hash is none"),
        ("UPDATE checkpoint SET seq = 2 WHERE seq = 1", "its signature does not count"),
        ("UPDATE event SET hash = previous WHERE seq = 3", chain),
        ("DELETE FROM event WHERE seq > 6", cut),
        ("DELETE FROM checkpoint WHERE seq > 6", "no signature of its batch is on record"),
    ] {
        let mut scene = scene();
        scene.tamper(sql);
        let wrong = scene.wrong();
        assert!(wrong.iter().any(|one| one.contains(says)), "{sql}: {says} is not in {wrong:?}");
    }
    // Another key's signature is nobody's.
    let mut scene = scene();
    scene.signer = Some(SigningKey::from_seed(&[8; 32]).expect("a key"));
    let wrong = scene.wrong();
    let says = "which is not allowed; so it is with 5 more";
    assert!(wrong.len() == 1 && wrong[0].contains(says), "{wrong:?}");
}

/// An earlier program's ledger has no such table.
#[test]
fn a_ledger_without_the_table_gets_it() {
    let mut scene = scene();
    scene.tamper("DROP TABLE checkpoint");
    scene.reopen();
    assert_eq!((scene.wrong(), scene.audit(&[]).signed_batches), (Vec::new(), 0));
    scene.queue("FOUR", None);
    assert_eq!((scene.wrong(), scene.audit(&[]).signed_batches), (Vec::new(), 2));
}

#[test]
fn a_restoration_records_where_the_record_goes_on_from_the_backup() {
    let mut scene = scene();
    let (seq, hash) = scene.ledger.tail().expect("it answers").expect("an event");
    let later = |minutes| Moment { at: now().at + TimeDelta::minutes(minutes), ..now() };
    scene.ledger.mark_restored(&staff("one"), Sha256::of(b"backup"), later(60)).expect("restored");
    let fork = Some(Tail { seq, hash });
    let events = scene.ledger.events(Some("office")).expect("events");
    assert!(
        matches!(&events[0].happened, LedgerEvent::Office(OfficeEvent::Restored { fork: told, .. }) if *told == fork)
    );
    scene
        .ledger
        .hold_case(&"CASE-ONE-1".parse().expect("an id"), &staff("one"), "why", later(90))
        .expect("held");
    let other = Sha256::of(b"of what was lost");
    let checkpoint = |seq, hash, minutes| Checkpoint { seq, hash, at: later(minutes).at };
    for (what, one, before) in [
        ("the end of the backup", checkpoint(seq, hash, 0), Some(false)),
        ("over what was lost", checkpoint(seq + 1, other, 30), Some(true)),
        ("over more that was lost", checkpoint(seq + 500, other, 60), Some(true)),
        ("signed after the restoration", checkpoint(seq + 1, other, 61), None),
        ("signed after it, over more than there is", checkpoint(seq + 500, other, 90), None),
        ("signed before the backup's end", checkpoint(seq + 500, other, -1), None),
        ("over what the backup has, otherwise", checkpoint(seq, other, 30), None),
        ("over an early event, otherwise", checkpoint(2, other, 30), None),
    ] {
        let audit = scene.audit(std::slice::from_ref(&one));
        let expected = (usize::from(before.is_none()), usize::from(before == Some(true)));
        assert_eq!((audit.wrong.len(), audit.before_restoration.len()), expected, "{what}: {audit:?}");
        assert_eq!((audit.forks.len(), audit.forks[0].from.seq, audit.forks[0].by.as_str()), (1, seq, "one"));
    }
}

#[test]
fn a_restoration_that_names_another_end_is_found() {
    let mut scene = scene();
    scene.ledger.mark_restored(&staff("one"), Sha256::of(b"backup"), now()).expect("restored");
    scene.tamper("UPDATE event SET detail = json_set(detail, '$.fork.seq', 2) WHERE what = 'restored'");
    let wrong = scene.wrong();
    assert!(
        wrong.iter().any(|one| one.contains("goes on from another event than the one before it")),
        "{wrong:?}"
    );
}
