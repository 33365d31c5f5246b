//! Enters: what takes two people, asked for twice by one. Leaves: that each is refused in its own words.
//! Never: a way round.

use crate::support::{Scene, now, staff};
use despatch_core::words::Sha256;
use despatch_ledger::{LedgerError, Terms};

fn code<T: std::fmt::Debug>(refused: Result<T, LedgerError>) -> &'static str {
    match refused {
        Err(LedgerError::Refused(fault)) => fault.code,
        other => panic!("it was not refused: {other:?}"),
    }
}

#[test]
fn nobody_is_their_own_second_pair_of_eyes() {
    let mut scene = Scene::new();
    scene.queue("ONE", None);
    let (one, two, now) = (staff("one"), staff("two"), now());
    let case = "CASE-ONE-1".parse().expect("an id");
    let pack = "hoso-2022-09-12".parse().expect("an id");
    let sha256 = Sha256::of(b"the text of the pack");
    let entry = "the-team".parse().expect("an id");
    let ledger = &mut scene.ledger;
    let terms = Terms { reason: "why".to_owned(), expires: now.today };
    ledger.adopt((&pack, sha256), &one, Some(&terms), now).expect("proposed");
    assert_eq!(code(ledger.adopt((&pack, sha256), &one, None, now)), "adopt.same_person");
    ledger.adopt((&pack, sha256), &two, None, now).expect("confirmed");
    ledger.hold_case(&case, &one, "why", now).expect("held");
    assert_eq!(code(ledger.lift_hold(&case, &one, "why", now)), "litigation.same_person");
    ledger.lift_hold(&case, &two, "why", now).expect("lifted");
    ledger.open_incident((&case, None, Some(&entry)), "why", now.at, &one, now).expect("opened");
    ledger.unfreeze(&entry, "why", &one, now).expect("proposed");
    assert_eq!(code(ledger.unfreeze(&entry, "why", &one, now)), "incident.same_person");
    ledger.unfreeze(&entry, "why", &two, now).expect("unfrozen");
    assert!(ledger.frozen().expect("it answers").is_empty());
    assert_eq!(scene.wrong(), Vec::<String>::new());
}
