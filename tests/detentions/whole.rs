//! A detention from its beginning to its end, event by event, through the line. Leaves: proof that each event of the family
//! makes what its rows say, for whom they say it. Never: a real person.

use super::*;
use despatch_core::words::Sha256;
use despatch_process::case::EventName;
use despatch_process::events::Family;
use std::collections::BTreeSet;

/// The day, the place, the event, the kind of what is attached, and what is made of it: each kind with who gets it.
type Step = (&'static str, &'static str, fn() -> Value, Option<&'static str>, &'static [&'static str]);

const STEPS: [Step; 12] = [
    (
        "2026-11-23",
        "brook-house",
        || began(1, "2026-11-23")["event"].clone(),
        None,
        &["review-request review_authoriser"],
    ),
    (
        "2026-11-24",
        "brook-house",
        || json!({ "type": "material_change", "on": "2026-11-24", "what": "The appeal was allowed." }),
        None,
        &["review-request review_authoriser"],
    ),
    (
        "2026-11-24",
        "brook-house",
        || {
            json!({
                "type": "vulnerability_evidence", "on": "2026-11-24", "source": "professional", "harm_stated": true,
                "indicators": "A doctor writes that detention makes the condition worse.", "level": "2", "factors": [],
            })
        },
        None,
        &["review-request review_authoriser"],
    ),
    (
        "2026-11-25",
        "brook-house",
        || {
            json!({
                "type": "rule_35_received", "rule": "dcr_35", "limb": "3", "author": "doctor", "received_at": "2026-11-25T10:00+00:00",
            })
        },
        Some("rule_35_report"),
        &["r35-task r35t"],
    ),
    (
        "2026-11-26",
        "brook-house",
        || {
            json!({
                "type": "rule_35_decided", "rule": "dcr_35", "limb": "3", "received_at": "2026-11-25T10:00+00:00",
                "decided_on": "2026-11-26", "review": "The report is evidence of level 2.", "level": "2",
                "torture_definition_met": true, "reasons": "Removal is set for the next month.",
                "outcome": "maintain_as_adult_at_risk",
                "authorised": { "name": "Rowan Example", "grade": "SEO", "cover": "none", "on": "2026-11-26" },
            })
        },
        Some("dcpr"),
        &["r35-response caseworker", "r35-response det", "r35-response healthcare"],
    ),
    (
        "2026-11-27",
        "brook-house",
        || {
            json!({
                "type": "panel_recommended", "on": "2026-11-27", "recommendation": "release", "accepted": false,
                "rejection": "A removal is booked.",
            })
        },
        None,
        &["panel-answer panel_team"],
    ),
    (
        "2026-12-21",
        "brook-house",
        || {
            json!({
                "type": "review_completed", "stage": "m1", "done_on": "2026-12-21", "removability": "The embassy was asked.",
                "factors": [{ "factor": "removal_likelihood_and_time", "considered": "It answers within two weeks." }],
                "level": "2", "outcome": "maintain", "reasons": "You stay in detention because your removal is set.",
                "authorised": { "name": "Rowan Example", "grade": "SEO", "cover": "none", "on": "2026-12-21" },
            })
        },
        Some("dcpr"),
        &["is-151f det"],
    ),
    (
        "2026-12-22",
        "brook-house",
        || {
            json!({
                "type": "written_reasons_served", "served_at": "2026-12-22T14:15+00:00", "form": "is_151f",
                "by": "Officer Sam Example", "language": "Tigrinya", "interpreter": "Interpreter 4411", "explained": true,
                "refused": false,
            })
        },
        None,
        &[],
    ),
    (
        "2026-12-23",
        "brook-house",
        || {
            json!({
                "type": "pregnancy_established", "satisfied_at": "2026-12-23T09:00+00:00", "power_for": "removal_or_deportation",
                "removal_shortly": true,
            })
        },
        None,
        &["limit-warning caseworker", "limit-warning senior_caseworker"],
    ),
    (
        "2026-12-24",
        "brook-house",
        || json!({ "type": "minister_authorised", "on": "2026-12-24", "extends": "pregnancy" }),
        Some("minister_authority"),
        &["limit-warning caseworker", "limit-warning senior_caseworker"],
    ),
    (
        "2026-12-24",
        "larne-house",
        || json!({ "type": "arrived", "arrived_at": "2026-12-24T20:00+00:00", "released_between": false }),
        None,
        &["limit-warning caseworker", "limit-warning senior_caseworker"],
    ),
    (
        "2026-12-25",
        "larne-house",
        || json!({ "type": "detention_ended", "ended_at": "2026-12-25T09:05+00:00", "how": "released" }),
        None,
        &[],
    ),
];

/// Drops a step, and returns the kinds that it made, each with the role of who gets it.
fn played(office: &DemoOffice, number: usize, (day, place, event, attached, _): &Step) -> Vec<String> {
    let mut case = detention(1, "2026-11-23", &number.to_string(), &event());
    case["detention"]["place"] = json!(place);
    if case["event"]["type"] == "review_completed" {
        case["despite_history"] = json!("The first reviews are in another record.");
    }
    let file = format!("{}.pdf", attached.unwrap_or_default());
    let mut files: Vec<(&str, &[u8])> = Vec::new();
    if let Some(kind) = attached {
        case["attachments"] = json!([{
            "file": file, "kind": kind, "title": kind.replace('_', " "), "size": REPORT.len(),
            "sha256": Sha256::of(REPORT).to_string(),
        }]);
        files.push((&file, REPORT));
    }
    let before = office.despatches().len();
    office.drop_case(&format!("step-{number}"), &case.to_string(), &files);
    let said = office.on(day, &["run", "--once"]);
    let told = || office.run_as(PREPARER, &["rejected"]).stdout;
    assert!(said.stdout.contains("1 queued"), "step {number}: {}", told());
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let all = office.despatches().into_iter().skip(before);
    let mut made: Vec<String> = all
        .map(|one| format!("{} {}", text(&one["planned"]["kind"]), text(&one["planned"]["role"])))
        .collect();
    made.sort();
    made
}

#[test]
fn every_event_of_a_detention_makes_what_its_rows_say() {
    let office = DemoOffice::new();
    let mut wrong = Vec::new();
    let mut dropped = BTreeSet::new();
    for (number, step) in STEPS.iter().enumerate() {
        let made = played(&office, number, step);
        office.due_is_what_the_record_says(step.0);
        if made != step.4 {
            wrong.push(format!("step {number}, {}: {made:?}", step.2()["type"]));
        }
        dropped.insert(step.2()["type"].as_str().expect("a type").to_owned());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let of_family = EventName::WORDS.iter().filter(|(_, name)| name.family() == Family::DetentionReviews);
    let every: BTreeSet<String> = of_family.map(|(word, _)| (*word).to_owned()).collect();
    assert_eq!(dropped, every, "each event of the family");
    office.run(&["audit", "verify"]).expect(0);
}
