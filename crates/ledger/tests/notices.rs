//! Enters: case files that were rejected. Leaves: whether their preparers are told, once, and of nothing but a number.
//! Never: sends anything.

use crate::support::{Scene, now};
use chrono::TimeDelta;
use despatch_core::clock::Moment;
use despatch_core::words::Sha256;
use despatch_ledger::{Durable, Ledger, Notice, Submitted, Verdict};
use despatch_message::Mailbox;
use despatch_settings::Config;

const SETTINGS: &str = r#"
demo = true
mail_domain = "despatch.example.invalid"
[policy]
pack = "hoso-2022-09-12"
[[team]]
id = "dmrt"
name = "The team"
telephone = "020 7946 0142"
email = "team@office.example.invalid"
address = ["1 Example Street"]
[[staff]]
id = "the-clerk"
name = "The Clerk"
account = "clerk"
email = "the.clerk@office.example.invalid"
[[staff]]
id = "the-other"
name = "The Other"
reviewer = true
account = "other"
[courier]
transport = "folder"
folder = "sent"
[notices]
rejected = true
"#;

fn config() -> Config {
    let read = Config::read("despatch.toml", SETTINGS);
    read.config.unwrap_or_else(|| panic!("{:?}", read.faults))
}

fn from() -> Mailbox {
    Mailbox { name: "The team".to_owned(), address: "team@office.example.invalid".parse().expect("one") }
}

/// A ledger in which a case file was rejected that this person prepared.
fn rejected(preparer: Option<&str>) -> Scene {
    let scene = Scene::new();
    let file = scene.ledger.files().ledger();
    let ledger = Ledger::open(file.parent().expect("its folder")).expect("a ledger");
    let durable = Durable::start(ledger, crate::support::clock(), None).expect("a thread");
    let handle = durable.handle();
    let Submitted::Fresh(number) = handle.submit("token".to_owned(), Sha256::of(b"x")).expect("a number")
    else {
        panic!("known")
    };
    handle.reject(number, vec!["json.syntax"], preparer.map(|id| id.parse().expect("an id"))).expect("done");
    drop(handle);
    durable.finish().expect("an end");
    scene
}

fn later(minutes: i64) -> Moment {
    Moment { at: now().at + TimeDelta::minutes(minutes), ..now() }
}

fn next(scene: &mut Scene, minutes: i64) -> Option<Notice> {
    scene.ledger.next_notice(&config(), &from(), later(minutes)).expect("it answers")
}

#[test]
fn a_preparer_is_told_once_and_of_a_number_alone() {
    let mut scene = rejected(Some("the-clerk"));
    let notice = next(&mut scene, 0).expect("a notice");
    let text = String::from_utf8(notice.parcel().bytes().to_vec()).expect("ASCII");
    assert_eq!(notice.parcel().to(), "the.clerk@office.example.invalid");
    assert!(
        text.contains("Subject: Case file 1 was rejected") && text.contains("despatch rejected 1"),
        "{text}"
    );
    assert!(!text.contains("json.syntax"), "{text}");
    // It may have gone, whatever happened then.
    assert!(next(&mut scene, 0).is_none() && next(&mut scene, 600).is_none());
    for verdict in [Verdict::Accepted { reply: "250".to_owned() }, Verdict::InDoubt { why: "?".to_owned() }] {
        scene.ledger.record_notice_delivery(&notice, verdict, now()).expect("on record");
        assert!(next(&mut scene, 600).is_none());
    }
    assert_eq!(scene.wrong(), Vec::<String>::new());
}

#[test]
fn what_certainly_did_not_go_is_tried_again_after_a_wait() {
    let mut scene = rejected(Some("the-clerk"));
    let notice = next(&mut scene, 0).expect("a notice");
    scene
        .ledger
        .record_notice_delivery(&notice, Verdict::Deferred { reply: "451".to_owned() }, now())
        .expect("done");
    assert!(next(&mut scene, 9).is_none());
    let again = next(&mut scene, 10).expect("another try");
    scene
        .ledger
        .record_notice_delivery(&again, Verdict::Refused { reply: "550".to_owned() }, later(10))
        .expect("done");
    assert!(next(&mut scene, 1000).is_none());
}

#[test]
fn nobody_is_told_who_has_no_address_or_of_what_is_long_ago() {
    assert!(next(&mut rejected(Some("the-other")), 0).is_none());
    assert!(next(&mut rejected(Some("somebody-else")), 0).is_none());
    assert!(next(&mut rejected(None), 0).is_none());
    assert!(next(&mut rejected(Some("the-clerk")), 3 * 24 * 60).is_none());
}
