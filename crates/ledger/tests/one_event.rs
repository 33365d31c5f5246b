//! Enters: case files of two cases that name one event. Leaves: that one file at a time counts for an event, whichever
//! case it names. Never: two cases that share an event.

use crate::support::{Scene, now};
use despatch_directory::directory::Directory;
use despatch_directory::rules::AddressRules;
use despatch_ledger::{Checks, DespatchId, Queued, State};
use despatch_process::Packs;
use serde_json::json;

#[test]
fn a_second_case_cannot_have_an_event_of_the_first() {
    let mut scene = Scene::new();
    scene.queue("ONE", None);
    let (number, queued) = scene.take_in("TWO", "ONE", None);
    let Queued::Conflict(fault) = queued else { panic!("{queued:?}") };
    assert_eq!((number, fault.code), (2, "event.conflict"));
    assert!(!scene.ledger.knows_case(&"CASE-TWO-1".parse().expect("an id")).expect("it answers"));
    assert_eq!(scene.wrong(), Vec::<String>::new());
}

#[test]
fn a_correction_cannot_name_a_file_of_another_case() {
    let mut scene = Scene::new();
    let first = scene.queue("ONE", None);
    scene.queue("THREE", None);
    let replaced = scene.ledger.despatch(first).expect("it").case_file;
    let before = scene.ledger.despatch(first).expect("it");
    // Under the event of that file, under another case's, under its own, and under a new one.
    scene.queue("TWO", None);
    for (count, event) in ["ONE", "THREE", "TWO", "FOUR"].into_iter().enumerate() {
        let (number, queued) = scene.take_in("TWO", event, Some(replaced));
        let Queued::Conflict(fault) = queued else { panic!("{event}: {queued:?}") };
        assert_eq!((fault.at.as_str(), fault.code), ("/replaces", "replaces.other_case"), "{event}");
        assert!(fault.cause.contains("CASE-ONE-1"), "{}", fault.cause);
        let lies = scene.ledger.files().original(number);
        assert!(!lies.exists(), "{}", lies.display());
        assert_eq!(number, 4 + i64::try_from(count).expect("a few"));
    }
    // One of its own case, under an event of another one.
    let own = scene.ledger.despatch(DespatchId { submission: 3, position: 1 }).expect("it").case_file;
    let (_, queued) = scene.take_in("TWO", "ONE", Some(own));
    let Queued::Conflict(fault) = queued else { panic!("{queued:?}") };
    assert_eq!(fault.code, "replaces.other_case");
    assert_eq!(scene.ledger.despatch(first).expect("it"), before);
    assert_eq!(scene.wrong(), Vec::<String>::new());
}

#[test]
fn what_comes_back_gives_way_to_the_correction() {
    let mut scene = Scene::new();
    let first = scene.queue("ONE", None);
    let replaced = scene.ledger.despatch(first).expect("it").case_file;
    let set = |scene: &Scene, state: &str| {
        let record = format!("record = json_set(record, '$.state', '{state}')");
        scene.tamper(&format!("UPDATE despatch SET state = '{state}', {record} WHERE id = '{first}'"));
    };
    // A sender has it in hand when the correction comes, and the relay defers it.
    set(&scene, "claimed");
    let (second, queued) = scene.take_in("ONE", "ONE", Some(replaced));
    assert_eq!(queued, Queued::Made { superseded: 0, already_sent: vec![first] });
    set(&scene, "deferred");
    // Another correction, so that the first one's is not the latest file of the event.
    let replaced =
        scene.ledger.despatch(DespatchId { submission: second, position: 1 }).expect("it").case_file;
    scene.take_in("ONE", "ONE", Some(replaced));
    let directory = Directory::new(Vec::new(), AddressRules::default());
    let checks = Checks { directory: &directory, packs: &Packs::default() };
    let attempts = scene.ledger.next_to_send(1, checks, None, now()).expect("it answers");
    assert!(attempts.is_empty(), "{attempts:?}");
    assert_eq!(scene.ledger.despatch(first).expect("it").state, State::Superseded);
    let events = scene.ledger.events(Some(&first.to_string())).expect("events");
    let last = events.last().expect("an event");
    assert_eq!((last.code(), last.detail()), ("superseded", json!({ "by": second })));
}
