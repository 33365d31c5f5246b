//! Who authorises a review: a person of the staff list, as themselves. Leaves: proof that a letter waits for them, that the
//! clock goes on meanwhile, and that nobody's word does instead. Never: a signature that the program takes on trust.

use super::*;
use despatch_testing::swap::Swap;

/// The case file of the demo's review that nobody has authorised.
fn case_file(office: &DemoOffice) -> String {
    let waits = board(office, TODAY)["unauthorised"].clone();
    let of_demo = waits.as_array().expect("a list").iter().find(|one| one["case_id"] == "DEMO-0909");
    of_demo.expect("the review waits")["case_file"].to_string()
}

#[test]
fn a_held_letter_names_who_may_sign_and_goes_on_once_they_have() {
    let office = DemoOffice::new();
    let number = case_file(&office);
    let said = flowing(&office.run(&["deadlines"]).expect(0).stdout);
    let task = format!("DEMO-0909: case file {number} needs the authority of an SEO or Inspector or above");
    assert!(said.contains(&task), "{said}");
    assert!(said.contains(&format!("of the staff beatrix-lund, {SECOND} may sign")), "{said}");
    let before = due_in(&office, TODAY, "DEMO-0909");
    assert!(before.contains(&"detention_review 2026-11-24".to_owned()), "{before:?}");
    let held = office.despatch_for("DEMO-0909", "det");
    assert_eq!(held["state"], "held");
    let id = held["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        codes(&office.run_as(REVIEWER, &["--json", "outbox", "release", &id, "--reason", "now"]).expect(1)),
        ["despatch.held"]
    );

    // Neither whoever prepared it, who has no grade.
    let refused = office.run_as("wenna-okonjo", &["--json", "authorise", &number]).expect(1);
    assert_eq!(codes(&refused), ["authority.grade"]);
    assert!(refused.stdout.contains(SECOND) && refused.stdout.contains(REVIEWER), "{refused:?}");
    let done = office.run_as(SECOND, &["--json", "authorise", &number]).expect(0).json();
    assert_eq!((&done["by"], &done["signed_as"]), (&json!(SECOND), &json!("SEO or Inspector")));
    assert_eq!(done["held"], json!([id]));
    assert!(!done["what"].to_string().contains("not authorised"), "{done}");
    assert_eq!(
        codes(&office.run_as(SECOND, &["--json", "authorise", &number]).expect(1)),
        ["authorise.unknown"]
    );

    // The review counts from the day on which it was done.
    let after = due_in(&office, TODAY, "DEMO-0909");
    assert!(after.contains(&"detention_review 2026-12-21".to_owned()), "{after:?}");
    assert!(!after.contains(&"detention_review 2026-11-24".to_owned()), "{after:?}");
    assert!(!office.run(&["deadlines"]).expect(0).stdout.contains("needs the authority"), "the task is done");
    // Authority is not approval: the letter is made again, and somebody looks at it.
    assert_eq!(office.despatch_for("DEMO-0909", "det")["state"], "held");
    office.run_as(REVIEWER, &["outbox", "release", &id, "--reason", "it is authorised"]).expect(0);
    assert_eq!(office.despatch_for("DEMO-0909", "det")["state"], "awaiting_review");
    office.run_as(SECOND, &["outbox", "approve", &id]).expect(0);
    assert_eq!(office.despatch_for("DEMO-0909", "det")["state"], "approved");
    assert!(office.events("case ").contains(&(format!("case {number}"), "authorised".to_owned())));
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn a_grade_that_is_not_enough_and_a_cover_that_is_over_are_refused() {
    let office = DemoOffice::new();
    let number = case_file(&office);
    office.edit("despatch.toml", |text| text.swapped("grade = \"SEO\"", "grade = \"HEO\""));
    let refused = office.run_as(SECOND, &["--json", "authorise", &number]).expect(1);
    assert_eq!(codes(&refused), ["authority.grade"]);
    assert!(refused.stdout.contains("you sign as HEO or CIO"), "{refused:?}");
    // The demo's cover ends 60 days after its day.
    let late = office.on("2027-01-23", &["--as", REVIEWER, "--json", "authorise", &number]).expect(1);
    assert_eq!(codes(&late), ["authority.grade"]);
    let said = office.on("2027-01-23", &["deadlines"]).expect(0).stdout;
    assert!(flowing(&said).contains("nobody of the staff list may sign it today"), "{said}");
    let done = office.run_as(REVIEWER, &["--json", "authorise", &number]).expect(0).json();
    assert_eq!(done["signed_as"], "HEO or CIO, on TCA for Grade 7");
}

#[test]
fn a_cover_that_counts_for_nothing_is_a_fault_of_the_settings() {
    let office = DemoOffice::new();
    for (from, to, cause) in [
        ("type = \"TCA\"", "type = \"none\"", "no other cover than HRA and TCA counts"),
        ("type = \"TCA\", grade = \"G7\"", "type = \"TCA\", grade = \"EO\"", "not above their own"),
    ] {
        let before = fs::read_to_string(office.dir.join("despatch.toml")).expect("settings");
        office.edit("despatch.toml", |text| text.swapped(from, to));
        let said = office.run(&["--json", "check"]).expect(1);
        assert_eq!(codes(&said), ["staff.cover"], "{said:?}");
        assert!(said.stdout.contains(cause), "{said:?}");
        office.edit("despatch.toml", |_| before);
    }
}

#[test]
fn a_stay_in_a_police_cell_is_authorised_by_an_account_and_never_by_what_a_file_says() {
    let office = DemoOffice::new();
    // One of the places of the demo is a police station here.
    office.edit("policy/places.toml", |text| {
        let (before, place) = text.split_once("id = \"dungavel\"").expect("the place");
        format!("{before}id = \"dungavel\"{}", place.swapped_once("kind = \"irc\"", "kind = \"police\""))
    });
    let in_cell = |mut case: Value| {
        case["detention"]["place"] = "dungavel".into();
        case
    };
    let of_stay = || -> Vec<String> {
        due_in(&office, TODAY, "DET-0001").into_iter().filter(|line| line.starts_with("stay_")).collect()
    };
    let waits = || -> Vec<Value> {
        let all = board(&office, TODAY)["unauthorised"].take();
        all.as_array().expect("a list").iter().filter(|one| one["case_id"] == "DET-0001").cloned().collect()
    };
    taken(&office, TODAY, "cell", &in_cell(began(1, TODAY)));
    let both = ["stay_authority 2026-11-25", "stay_limit 2026-11-28"];
    assert_eq!(of_stay(), both);
    // A file that names who authorised it authorises nothing.
    let named = json!({
        "type": "arrived", "arrived_at": format!("{TODAY}T12:30+00:00"),
        "authorised": { "name": "Rowan Example", "grade": "SEO", "cover": "none", "on": TODAY },
    });
    taken(&office, TODAY, "named", &in_cell(detention(1, TODAY, "named", &named)));
    assert_eq!(of_stay(), both);
    let waiting = waits();
    assert_eq!(waiting.len(), 1, "the later file stands for the stay: {waiting:?}");
    let number = waiting[0]["case_file"].to_string();
    assert_eq!(
        codes(&office.run_as("wenna-okonjo", &["--json", "authorise", &number]).expect(1)),
        ["authority.grade"]
    );
    let done = office.run_as(SECOND, &["--json", "authorise", &number]).expect(0).json();
    assert_eq!(done["signed_as"], "SEO or Inspector");
    assert_eq!(of_stay(), ["stay_limit 2026-11-28"]);
    assert_eq!(waits(), [json!(null); 0]);
    office.run(&["audit", "verify"]).expect(0);
}
