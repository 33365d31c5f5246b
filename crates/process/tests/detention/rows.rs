//! The rows of the pack, each shown by a test of its number.

use super::path::{Path, made, review, served, with};
use super::the_reviews_pack;
use despatch_process::packs::pack::Row;
use despatch_process::{Pack, Plan};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A number with the plans that show its rows.
type Shown = (&'static str, fn() -> Vec<Plan>);

const SHOWN: &[Shown] = &[
    ("E1", a_review_is_asked_for),
    ("E2", long_term_reasons),
    ("E3", short_term_reasons),
    ("E4", a_panel_is_answered),
    ("E5", a_report_is_answered),
    ("E6", a_pregnancy_is_limited),
    ("E7", a_stay_is_limited),
    ("E20", a_time_served_offender_is_released),
    ("E26", evidence_asks_for_a_review),
];

fn began(place: &str) -> Path {
    Path::begins(place, "2026-03-02T10:00+00:00", &json!({}))
}

fn offender(place: &str, origin: &str) -> Path {
    Path::begins(place, "2026-03-02T10:00+00:00", &json!({ "team": "fno_rc", "origin": origin }))
}

/// A monthly review on 30 March 2026, though nobody recorded those before.
fn month(mut path: Path) -> Plan {
    path.despite().on("30 March 2026", &review("m1", "2026-03-30", "G5"))
}

fn a_review_is_asked_for() -> Vec<Plan> {
    let mut path = began("brook-house");
    let first = path.began.clone().expect("a detention has begun");
    let change =
        json!({ "type": "material_change", "on": "2026-03-05", "what": "A barrier to removal fell away." });
    let changed = path.on("5 March 2026", &change);
    let arrival = json!({ "type": "arrived", "arrived_at": "2026-03-18T15:00+00:00" });
    let open = offender("northmoor", "prison").at("brook-house").on("18 March 2026", &arrival);
    vec![first, changed, open]
}

fn long_term_reasons() -> Vec<Plan> {
    // No form is named for a police cell.
    let cell = began("kirk-street").on("3 March 2026", &review("24h", "2026-03-03", "SEO"));
    vec![month(began("brook-house")), month(offender("northmoor", "prison")), cell]
}

fn short_term_reasons() -> Vec<Plan> {
    vec![began("manchester-sthf").on("3 March 2026", &review("24h", "2026-03-03", "SEO"))]
}

fn a_panel_is_answered() -> Vec<Plan> {
    let panel = json!({ "type": "panel_recommended", "on": "2026-05-20", "recommendation": "release",
                        "accepted": false, "rejection": "A removal is booked." });
    vec![began("brook-house").on("20 May 2026", &panel)]
}

/// A report on the day after the beginning, and its answer.
fn report(mut path: Path, outcome: &str) -> [Plan; 2] {
    let received = json!({ "type": "rule_35_received", "rule": "dcr_35", "limb": "1", "author": "doctor",
                           "received_at": "2026-03-03T16:00+00:00", "attached": ["rule_35_report"] });
    let answer = json!({ "type": "rule_35_decided", "rule": "dcr_35", "limb": "1", "level": "2",
                         "received_at": "2026-03-03T16:00+00:00", "decided_on": "2026-03-04",
                         "review": "It was reviewed.", "reasons": "As the review says.", "outcome": outcome });
    [path.on("3 March 2026", &received), path.on("4 March 2026", &answer)]
}

fn a_report_is_answered() -> Vec<Plan> {
    let here = report(offender("brook-house", "community"), "recommend_release");
    let prison = report(began("northmoor"), "maintain_as_adult_at_risk");
    here.into_iter().chain(prison).collect()
}

fn a_pregnancy_is_limited() -> Vec<Plan> {
    let established = json!({ "type": "pregnancy_established", "satisfied_at": "2026-03-03T18:20+00:00",
                              "power_for": "removal_or_deportation", "removal_shortly": true });
    vec![began("brook-house").on("3 March 2026", &established)]
}

fn a_stay_is_limited() -> Vec<Plan> {
    let mut path = began("kirk-street");
    let arrival = json!({ "type": "arrived", "arrived_at": "2026-03-03T20:00+00:00" });
    let arrived = path.at("larne-house").on("3 March 2026", &arrival);
    let mut path = began("brook-house");
    path.on(
        "3 March 2026",
        &json!({ "type": "pregnancy_established", "satisfied_at": "2026-03-03T18:20+00:00",
                                     "power_for": "removal_or_deportation", "removal_shortly": true }),
    );
    let minister = json!({ "type": "minister_authorised", "on": "2026-03-04", "extends": "pregnancy",
                           "attached": ["minister_authority"] });
    vec![arrived, path.on("4 March 2026", &minister)]
}

fn a_time_served_offender_is_released() -> Vec<Plan> {
    let mut release = with(review("ad_hoc", "2026-03-07", "SEO"), "outcome", json!("release"));
    release = with(with(release, "reasons", Value::Null), "time_served", json!(true));
    vec![offender("brook-house", "community").on("7 March 2026", &release)]
}

fn evidence_asks_for_a_review() -> Vec<Plan> {
    let evidence = json!({ "type": "vulnerability_evidence", "on": "2026-03-05", "source": "official",
        "harm_stated": true, "indicators": "As the report says.", "level": "3", "factors": [] });
    vec![began("brook-house").on("5 March 2026", &evidence)]
}

/// The rows of the pack that a plan makes, by their places in it.
fn rows_of(pack: &Pack, plan: &Plan) -> BTreeSet<usize> {
    let recorded = &plan.recorded;
    let makes = |row: &Row| {
        row.events.contains(&recorded.fact.name())
            && row.places.contains(&recorded.place_kind)
            && plan.despatches.iter().any(|one| {
                one.row == row.number
                    && one.kind == row.kind
                    && one.role == row.role
                    && one.purpose == row.purpose
            })
    };
    pack.rows.iter().enumerate().filter(|(_, row)| makes(row)).map(|(place, _)| place).collect()
}

fn makes_all_of(number: &str) {
    let pack = the_reviews_pack();
    let (_, plans) = SHOWN.iter().find(|(shown, _)| *shown == number).expect("a number that is shown");
    let plans = plans();
    let made_here: BTreeSet<usize> = plans.iter().flat_map(|plan| rows_of(&pack, plan)).collect();
    let of_number = pack.rows.iter().enumerate().filter(|(_, row)| row.number.to_string() == number);
    let lacking: Vec<String> = of_number
        .filter(|(place, _)| !made_here.contains(place))
        .map(|(_, row)| format!("{} to {}", row.kind, row.role.code()))
        .collect();
    let all: Vec<Vec<String>> = plans.iter().map(made).collect();
    assert!(lacking.is_empty(), "{number} does not make {lacking:?}, but {all:?}");
}

#[test]
fn e1_a_review_is_asked_for_from_the_first_day_and_at_once_when_something_changes() {
    makes_all_of("E1");
}

#[test]
fn e2_those_held_for_long_get_written_reasons_after_each_monthly_review() {
    makes_all_of("E2");
}

#[test]
fn e3_those_held_for_short_get_them_after_every_review() {
    makes_all_of("E3");
}

#[test]
fn e4_a_panel_is_told_what_became_of_its_recommendation() {
    makes_all_of("E4");
}

#[test]
fn e5_a_report_of_healthcare_staff_goes_to_its_team_and_its_answer_to_everybody_concerned() {
    makes_all_of("E5");
}

#[test]
fn e6_those_who_decide_are_warned_of_the_limit_of_a_pregnancy() {
    makes_all_of("E6");
}

#[test]
fn e7_those_who_decide_are_warned_of_the_limit_of_a_stay_and_of_a_longer_one() {
    makes_all_of("E7");
}

#[test]
fn e20_the_release_of_somebody_who_served_their_sentence_goes_to_the_strategic_director() {
    makes_all_of("E20");
}

#[test]
fn e26_evidence_of_vulnerability_asks_for_a_review() {
    makes_all_of("E26");
}

#[test]
fn what_is_only_reported_makes_nothing() {
    let mut path = began("brook-house");
    let plan = path.on("10 March 2026", &served("2026-03-10T12:00+00:00"));
    assert_eq!(made(&plan), [""; 0]);
    let end = json!({ "type": "detention_ended", "ended_at": "2026-03-11T09:00+00:00", "how": "released" });
    assert_eq!(made(&path.on("11 March 2026", &end)), [""; 0]);
    assert_eq!(path.clocks(), [""; 0], "nothing runs once the detention ended");
}

#[test]
fn every_number_of_the_pack_is_shown() {
    let pack = the_reviews_pack();
    let listed = pack.rows.iter().map(|row| &row.number).chain(pack.awaited.iter().map(|row| &row.number));
    let numbers: BTreeSet<String> = listed.map(ToString::to_string).collect();
    let shown: BTreeSet<String> = SHOWN.iter().map(|(number, _)| (*number).to_owned()).collect();
    assert_eq!(shown, numbers);
}
