//! What makes each kind of hold moot, and what happens then: the table of docs/outbox.md, which a test compares.

use super::day;
use super::events::*;
use super::paths::{accepted, confirmed, individual, invited};
use super::story::Story;
use despatch_core::words::Role;
use despatch_process::case::Answer::{No, NotGiven, Yes};
use despatch_process::case::{Departure, OpinionMethod};
use despatch_process::{Planned, Pointless};
use std::collections::BTreeSet;

const DAY: &str = "Wednesday 11 March 2026";

/// Why a message of the story is moot on a day, if these codes hold it.
fn why(story: &Story, one: &Planned, codes: &[&str], on: &str) -> Option<String> {
    Pointless::of(one, codes, &story.history).on(day(on))
}

fn of(story: &Story, event: usize, row: &str, role: Role) -> Planned {
    let found =
        story.plans[event].2.despatches.iter().find(|one| one.row.to_string() == row && one.role == role);
    found.unwrap_or_else(|| panic!("no {row} to {role:?}")).clone()
}

/// Whatever holds it: no key, a guard, a person.
#[test]
fn a_message_whose_last_day_has_passed_is_moot_whatever_holds_it() {
    let story = confirmed("brook-house");
    let pack = of(&story, 2, "12", Role::Det);
    for codes in [
        &["no_key"] as &[&str],
        &["guard_identity"],
        &["by_person"],
        &["not_locked"],
        &["pack_withdrawn"],
        &[],
    ] {
        assert_eq!(why(&story, &pack, codes, "Friday 6 March 2026"), None, "{codes:?}");
        let late = why(&story, &pack, codes, "Monday 9 March 2026").expect("moot");
        assert!(late.contains("Friday 6 March 2026"), "{late}");
    }
}

#[test]
fn after_a_death_everything_is_moot_but_what_stops_work() {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", died());
    let referral = of(&story, 0, "1", Role::Dmrt);
    assert_eq!(why(&story, &referral, &["unverified"], DAY).as_deref(), Some("the person has died"));
    let off = of(&story, 4, "G10", Role::InterpreterBooking);
    assert_eq!(why(&story, &off, &["unverified"], DAY), None);
}

#[test]
fn what_a_person_was_to_decide_is_moot_once_it_is_settled() {
    // An answer that came late, until the assessment is over.
    let mut late = invited("brook-house");
    late.on(DAY, individual(Yes, NotGiven));
    let result = of(&late, 4, "G6", Role::Doctor);
    assert_eq!(result.hold.as_ref().expect("held").code, "late_response");
    assert_eq!(why(&late, &result, &["late_response"], DAY), None);
    late.on(DAY, completed(DAY));
    assert!(why(&late, &result, &["late_response"], DAY).expect("moot").contains("is over"));
    // Declined with the records released.
    let mut odd = invited("brook-house");
    odd.on("Friday 6 March 2026", individual(No, Yes));
    let papers = of(&odd, 4, "22", Role::Doctor);
    assert_eq!(why(&odd, &papers, &["declined_with_records"], DAY), None);
    odd.on(DAY, release());
    assert!(why(&odd, &papers, &["declined_with_records"], DAY).expect("moot").contains("called off"));
    // Removed after the assessment, until the removal fails.
    let mut removed = accepted("brook-house");
    removed.on(DAY, completed(DAY));
    removed.on("Thursday 12 March 2026", removal("Monday 16 March 2026"));
    let conclude = of(&removed, 6, "29", Role::Doctor);
    let code = ["removed_after_assessment"];
    assert_eq!(why(&removed, &conclude, &code, "Friday 13 March 2026"), None);
    removed.on("Monday 16 March 2026", removal_failed(true, None));
    assert!(
        why(&removed, &conclude, &code, "Monday 16 March 2026").expect("moot").contains("did not take place")
    );
}

#[test]
fn what_the_process_has_passed_by_is_moot() {
    let mut story = accepted("brook-house").with_complete_standards();
    story.on(DAY, completed(DAY));
    story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video));
    let needed = of(&story, 6, "32", Role::SeniorCaseworker);
    assert_eq!(why(&story, &needed, &["no_key"], "Tuesday 17 March 2026"), None);
    story.on("Thursday 19 March 2026", response_with_opinion());
    let settled = why(&story, &needed, &["no_key"], "Thursday 19 March 2026").expect("moot");
    assert_eq!(settled, "the response to the report is decided");
    // A healthcare team that has the person no longer, once the next one has its copy.
    let copy = of(&story, 0, "2", Role::Healthcare);
    assert_eq!(why(&story, &copy, &["overtaken"], "Thursday 19 March 2026"), None);
    story.moves("Friday 20 March 2026", "harmondsworth");
    let elsewhere = why(&story, &copy, &["overtaken"], "Friday 20 March 2026").expect("moot");
    assert!(elsewhere.contains("was sent its own copy"), "{elsewhere}");
    // A response that nobody could hand over, once the person is detained again.
    let mut gone = accepted("brook-house").with_complete_standards();
    gone.on("Monday 9 March 2026", left(Departure::Released));
    gone.despite_history();
    gone.on("Tuesday 10 March 2026", response());
    let answer = of(&gone, 6, "36", Role::Det);
    assert_eq!(why(&gone, &answer, &["left_detention"], "Tuesday 10 March 2026"), None);
    gone.is_detained_again("Monday 16 March 2026", "harmondsworth");
    assert!(
        why(&gone, &answer, &["left_detention"], "Monday 16 March 2026")
            .expect("moot")
            .contains("detained again")
    );
}

#[test]
fn an_event_that_undoes_another_ends_what_that_one_held() {
    let undone = |story: &Story| story.plans.last().expect("one").2.recorded.fact.undoes();
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", release());
    assert_eq!(undone(&story), None);
    story.on("Monday 9 March 2026", release_withdrawn());
    assert_eq!(undone(&story), Some(despatch_process::case::EventName::ReleaseDecided));
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", removal("Thursday 12 March 2026"));
    story.on("Thursday 12 March 2026", removal_failed(true, Some("Thursday 26 March 2026")));
    assert_eq!(undone(&story), None, "it is set again");
    story.on("Thursday 26 March 2026", removal_failed(true, None));
    assert_eq!(undone(&story), Some(despatch_process::case::EventName::RemovalSet));
}

/// Every code of a hold in the source stands in the table of the page, and no other does.
#[test]
fn the_page_has_a_row_for_every_hold() {
    let page = include_str!("../../../docs/outbox.md");
    let table = page
        .split("### What ends a hold")
        .nth(1)
        .expect("the table")
        .split("\n### ")
        .next()
        .unwrap_or_default();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let listed: BTreeSet<&str> = rows
        .flat_map(|row| row.split('|').nth(1).unwrap_or_default().split('`').skip(1).step_by(2))
        .collect();
    let quoted = |source: &'static str, before: &str| -> BTreeSet<&'static str> {
        source.split(before).skip(1).filter_map(|rest| rest.split('"').nth(1)).collect()
    };
    let mut known = quoted(include_str!("../../directory/src/hold_reason.rs"), "} = ");
    // The macro's own.
    known.remove("reason");
    for source in [
        include_str!("../src/plan/ending.rs"),
        include_str!("../src/events/response_received.rs"),
        include_str!("../src/events/response_decided.rs"),
        include_str!("../src/events/second_opinion_received.rs"),
        include_str!("../src/events/rule_35_received.rs"),
        include_str!("../src/plan/detention.rs"),
    ] {
        known.extend(held_codes(source));
    }
    known.extend([
        "by_person",
        "overtaken",
        "frozen",
        "unsigned",
        "pack_",
        "guard_",
        "window_closed",
        "stale",
        "limit_lapsed",
        "no_message",
    ]);
    known.extend([
        "not_checked",
        "altered",
        "not_sealed",
        "not_locked",
        "too_large",
        "recipient_changed",
        "one_approval",
    ]);
    assert_eq!(listed, known);
}

/// The codes with which the rules hold messages.
fn held_codes(source: &'static str) -> BTreeSet<&'static str> {
    let after = |source: &'static str, call: &str| -> Vec<&'static str> {
        source.split(call).skip(1).filter_map(|rest| rest.split('"').nth(1)).collect()
    };
    let mut codes: BTreeSet<&str> = after(source, "plan.hold(").into_iter().collect();
    codes.extend(after(source, "self.hold("));
    codes.extend(after(source, "plan.hold_all("));
    codes.extend(after(source, "PolicyHold { code: "));
    codes
}
