//! Enters: what waits in an outbox. Leaves: who is told of it, how often, and of what numbers.
//! Never: sends anything.

use crate::support::{Scene, now, staff};
use chrono::{Days, TimeDelta};
use despatch_core::clock::Moment;
use despatch_ledger::{LimitStep, Near, StaffNotice, Verdict};
use despatch_message::Mailbox;
use despatch_settings::{Config, NoticeKind};

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
reviewer = true
email = "the.clerk@office.example.invalid"
notices = ["to_review"]
[[staff]]
id = "the-other"
name = "The Other"
reviewer = true
account = "other"
email = "the.other@office.example.invalid"
notices = ["to_review"]
[courier]
transport = "folder"
folder = "sent"
[pages]
hosts = ["pages.example.invalid"]
"#;

/// The settings, where the second person wants to be told of this.
fn config(wants: &[NoticeKind]) -> Config {
    let read = Config::read("despatch.toml", SETTINGS);
    let mut config = read.config.unwrap_or_else(|| panic!("{:?}", read.faults));
    config.staff[1].notices = wants.iter().copied().collect();
    config
}

fn later(minutes: i64) -> Moment {
    Moment { at: now().at + TimeDelta::minutes(minutes), ..now() }
}

fn next(scene: &mut Scene, config: &Config, minutes: i64) -> Option<StaffNotice> {
    next_with(scene, config, minutes, &[])
}

/// The next notice while these limits are near.
fn next_with(scene: &mut Scene, config: &Config, minutes: i64, limits: &[LimitStep]) -> Option<StaffNotice> {
    let from =
        Mailbox { name: "The team".to_owned(), address: "team@office.example.invalid".parse().expect("one") };
    let near = Near { soon: now().today + Days::new(1), limits };
    scene.ledger.next_staff_notice(config, &from, near, later(minutes)).expect("it answers")
}

fn text(notice: &StaffNotice) -> String {
    String::from_utf8(notice.parcel().bytes().to_vec()).expect("ASCII")
}

#[test]
fn whoever_may_approve_is_told_once_of_a_number_and_an_address_alone() {
    let (mut scene, config) = (Scene::new(), config(&[NoticeKind::ToReview]));
    scene.queue("ONE", None);
    scene.queue("TWO", None);
    // The clerk prepared both, and may approve neither.
    let notice = next(&mut scene, &config, 0).expect("a notice");
    assert_eq!(notice.to().as_str(), "the-other");
    let said = text(&notice);
    assert!(said.contains("messages to review: 2"), "{said}");
    assert!(said.contains("https://pages.example.invalid/review"), "{said}");
    assert!(!said.contains("CASE-") && !said.contains("1-1"), "{said}");
    scene
        .ledger
        .record_staff_notice_delivery(&notice, Verdict::Accepted { reply: "250".into() }, now())
        .expect("done");
    assert!(next(&mut scene, &config, 0).is_none() && next(&mut scene, &config, 60).is_none());
    assert_eq!(scene.wrong(), Vec::<String>::new());
}

#[test]
fn what_is_new_waits_for_its_quarter_of_an_hour() {
    let (mut scene, config) = (Scene::new(), config(&[NoticeKind::ToReview]));
    scene.queue("ONE", None);
    next(&mut scene, &config, 0).expect("a notice");
    scene.queue("TWO", None);
    assert!(next(&mut scene, &config, 14).is_none());
    let said = text(&next(&mut scene, &config, 15).expect("a notice"));
    assert!(said.contains("messages to review: 1"), "{said}");
}

#[test]
fn a_copy_for_a_healthcare_team_is_told_at_once_and_a_relay_that_refuses_is_not_asked_again_at_once() {
    let (mut scene, config) = (Scene::new(), config(&[NoticeKind::ToReview, NoticeKind::HealthcareCopies]));
    scene.queue("ONE", None);
    next(&mut scene, &config, 0).expect("a notice");
    scene.queue("TWO", None);
    let pressing = next(&mut scene, &config, 1).expect("a notice");
    assert!(text(&pressing).contains("copies for healthcare teams: 1"), "{}", text(&pressing));
    let refused = Verdict::Deferred { reply: "451".to_owned() };
    scene.ledger.record_staff_notice_delivery(&pressing, refused, later(1)).expect("done");
    assert!(next(&mut scene, &config, 2).is_none());
    let again = next(&mut scene, &config, 16).expect("a notice");
    assert!(text(&again).contains("copies for healthcare teams: 1"), "{}", text(&again));
}

#[test]
fn nobody_is_told_who_wants_nothing() {
    let mut scene = Scene::new();
    scene.queue("ONE", None);
    assert!(next(&mut scene, &config(&[]), 0).is_none());
}

/// A step towards the limit of a case that ends on 25 November 2026 at 9.
fn limit(case: &str, step: &str) -> LimitStep {
    let moment = |text: &str| text.parse().expect("a moment");
    LimitStep {
        case_id: case.parse().expect("an id"),
        what: "release the person: the detention ends".to_owned(),
        until: moment("2026-11-25T09:00+00:00"),
        step: moment(step),
    }
}

#[test]
fn each_alarm_of_a_limit_is_told_once_and_at_once_by_a_number_alone() {
    let (mut scene, config) = (Scene::new(), config(&[NoticeKind::Limits]));
    let first =
        [limit("CASE-ONE-1", "2026-11-23T09:00+00:00"), limit("CASE-TWO-1", "2026-11-23T09:00+00:00")];
    let said = text(&next_with(&mut scene, &config, 0, &first).expect("a notice"));
    assert!(said.contains("limits of detention that are near: 2"), "{said}");
    assert!(said.contains("https://pages.example.invalid/work") && !said.contains("/review"), "{said}");
    assert!(!said.contains("CASE-"), "{said}");
    assert!(next_with(&mut scene, &config, 60, &first).is_none(), "it is told once");
    // The next step of one, a minute later; then its end.
    let second = [limit("CASE-ONE-1", "2026-11-24T09:00+00:00"), first[1].clone()];
    let said = text(&next_with(&mut scene, &config, 1, &second).expect("a notice"));
    assert!(said.contains("limits of detention that are near: 1"), "{said}");
    let lapsed = [limit("CASE-ONE-1", "2026-11-25T09:00+00:00"), first[1].clone()];
    let said = text(&next_with(&mut scene, &config, 2, &lapsed).expect("a notice"));
    assert!(said.contains("limits of detention that have lapsed: 1") && !said.contains("near"), "{said}");
    assert_eq!(scene.wrong(), Vec::<String>::new());
}

#[test]
fn whoever_does_not_want_limits_or_may_not_see_the_case_is_not_told_of_one() {
    let (mut scene, wants) = (Scene::new(), config(&[NoticeKind::Limits]));
    let near = [limit("CASE-ONE-1", "2026-11-23T09:00+00:00")];
    assert!(next_with(&mut scene, &config(&[NoticeKind::ToReview]), 0, &near).is_none());
    scene.queue("ONE", None);
    let (case, readers) = (near[0].case_id.clone(), ["the-clerk".parse().expect("an id")].into());
    scene
        .ledger
        .restrict_case(&case, readers, "a colleague knows her", &staff("the-clerk"), now())
        .expect("restricted");
    assert!(next_with(&mut scene, &wants, 0, &near).is_none());
}
