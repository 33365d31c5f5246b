//! The same of the reviews of detention: each person of an example is held in a centre and in a short-term holding facility,
//! and as an offender who is released.

use super::*;
use despatch_testing::swap::Swap;

const REVIEWS: &str = "gi-v3-reviews";
/// A removal centre of the list, which the test's office has as a short-term holding facility: the demo's directory has a team
/// there.
const HOLDING_FACILITY: &str = "dungavel";

const DCPR: &[&str] = &["dcpr"];

fn event(kind: &str, more: Value) -> Value {
    let mut event = more;
    event["type"] = json!(kind);
    event
}

fn began(since: &str, team: &str) -> Value {
    event(
        "detention_began",
        json!({ "detained_at": format!("{since}T09:00+{}:00", if since < "2026-10-25" { "01" } else { "00" }),
                "origin": "community", "team": team, "power": "paragraph 16(2)", "age": "adult",
                "reasons_served_on": since, "since": since }),
    )
}

fn reviewed(stage: &str, since: &str) -> Value {
    event(
        "review_completed",
        json!({
            "stage": stage, "done_on": TODAY, "removability": "The embassy was asked.", "factors": [], "level": "none",
            "outcome": "maintain", "reasons": "You stay in detention because your removal is set.",
            "authorised": { "name": "Rowan Example", "grade": "SEO", "cover": "none", "on": TODAY },
            "since": since, "despite_history": "The earlier reviews are on paper.",
        }),
    )
}

/// What happens, round by round: 1 is in a centre, 2 in a short-term holding facility, 3 an offender who is released.
fn rounds_of_reviews() -> Vec<Vec<Happens>> {
    const LONG: &str = "2026-10-01";
    let received = "2026-11-23T10:00+00:00";
    let panel = event(
        "panel_recommended",
        json!({ "on": TODAY, "recommendation": "release", "accepted": false, "rejection": "A removal is booked." }),
    );
    let report = event(
        "rule_35_received",
        json!({ "rule": "dcr_35", "limb": "1", "author": "doctor", "received_at": received }),
    );
    let answer = event(
        "rule_35_decided",
        json!({
            "rule": "dcr_35", "limb": "1", "received_at": received, "decided_on": TODAY, "level": "2",
            "review": "The report is evidence of level 2.", "reasons": "Removal is set for the next month.",
            "outcome": "maintain_as_adult_at_risk",
            "authorised": { "name": "Rowan Example", "grade": "SEO", "cover": "none", "on": TODAY },
        }),
    );
    let limited = event(
        "pregnancy_established",
        json!({ "satisfied_at": received, "power_for": "removal_or_deportation", "removal_shortly": true }),
    );
    let mut release = reviewed("ad_hoc", LONG);
    release["outcome"] = json!("release");
    release["reasons"] = Value::Null;
    release["time_served"] = json!(true);
    vec![
        vec![
            (1, began(LONG, "non_fno"), &[] as &[&str]),
            (2, began(TODAY, "non_fno"), &[]),
            (3, began(LONG, "fno_rc"), &[]),
        ],
        vec![(1, reviewed("m1", LONG), DCPR), (2, reviewed("24h", TODAY), DCPR), (3, release, DCPR)],
        vec![(1, panel, &[])],
        vec![(1, report, &["rule_35_report"])],
        vec![(1, answer, DCPR)],
        vec![(1, limited, &[])],
    ]
}

/// The people of the examples, each once.
fn people(examples: &[Example]) -> Vec<Cast> {
    let names: BTreeSet<&String> = examples.iter().filter_map(|(_, name, _)| name.as_ref()).collect();
    (1..).zip(names).map(|(n, name)| Cast { n, name: name.clone(), place: BROOK_HOUSE }).collect()
}

#[test]
fn every_despatch_of_every_example_of_the_reviews_opens_with_exactly_the_keys_that_are_meant() {
    let examples = examples(REVIEWS, 60);
    let people = people(&examples);
    let office = tidy_office();
    office.edit("policy/places.toml", |text| {
        let (before, place) = text.split_once("id = \"dungavel\"").expect("the place");
        format!("{before}id = \"dungavel\"{}", place.swapped_once("kind = \"irc\"", "kind = \"sthf\""))
    });
    for (round, happens) in rounds_of_reviews().iter().enumerate() {
        for (one, happens) in people.iter().flat_map(|one| happens.iter().map(move |happens| (one, happens)))
        {
            one.drop(&office, round, happens, if happens.0 == 2 { HOLDING_FACILITY } else { BROOK_HOUSE });
        }
        let said = office.on(TODAY, &["--json", "run", "--once"]);
        let rejected: Vec<Value> =
            said_lines(&said).into_iter().filter(|line| line["outcome"] == "rejected").collect();
        assert!(said.code == 0, "round {round}: {rejected:#?}\n{}", said.stderr);
        all_goes(&office, TODAY);
    }
    let keys = keys(&office);
    let (mut wrong, mut made) = (Vec::new(), BTreeSet::new());
    for one in &people {
        for despatch in (1..=3).flat_map(|chain| despatches_of(&office, &one.case_id(chain))) {
            wrong.extend(wrongly_sealed(&office, &keys, &despatch));
            let beyond = beyond_limits(&office.message(&despatch));
            wrong.extend(beyond.into_iter().map(|limit| format!("{}: {limit}", despatch["id"])));
            made.insert((words(&despatch["planned"]["kind"]).to_owned(), Some(one.name.clone())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let missing: Vec<&Example> =
        examples.iter().filter(|(kind, name, _)| !made.contains(&(kind.clone(), name.clone()))).collect();
    assert!(missing.is_empty(), "no despatch of {missing:#?}");
}
