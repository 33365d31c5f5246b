//! A caseworker's morning: twenty reviews from one sheet. Leaves: proof that each becomes a letter of its own, and that each
//! waits for somebody's authority, which no sheet gives. Never: a real person.

use super::*;
use std::fmt::Write;

const REVIEWED: usize = 20;

/// A sheet of reviews: one row a person, each with reasons of its own.
fn sheet() -> String {
    let mut text = "case_id,home_office_reference,place,since,person.name,person.date_of_birth,person.nationality,\
                    person.interpreter_needed,person.language,caseworker.entry,event.stage,event.done_on,event.removability,\
                    event.factors.0.factor,event.factors.0.considered,event.level,event.outcome,event.reasons,despite_history\r\n"
        .to_owned();
    for n in 1..=REVIEWED {
        let name = letters(n);
        writeln!(
            text,
            "DET-{n:04},X70{n:05},brook-house,2026-10-26,Person Number{name},1990-05-17,Eritrea,yes,Tigrinya,\
             caseworker-marisol,m1,2026-11-23,The embassy was asked on day {n}.,removal_likelihood_and_time,In the words of \
             case {n}.,none,maintain,You stay in detention for the reason number {n}.,The first reviews are in another record.\r"
        )
        .expect("a line");
    }
    text
}

#[test]
fn twenty_reviews_of_one_sheet_are_twenty_letters_that_each_wait_for_an_authority() {
    let office = DemoOffice::new();
    for n in 1..=REVIEWED {
        dropped(&office, &format!("began-{n}"), &began(n, "2026-10-26"));
    }
    let said = office.run(&["run", "--once"]);
    assert!(said.stdout.contains("20 queued"), "{said:?}");
    let path = office.dir.with_file_name("reviews.csv");
    fs::write(&path, sheet()).expect("a sheet");
    let words = [
        "--json",
        "batch",
        path.to_str().expect("UTF-8"),
        "--event",
        "review-completed",
        "--name",
        "morning",
    ];
    let batch = office.run_as(PREPARER, &words).expect(0).json();
    assert_eq!(batch["dropped"], 20, "{batch}");
    office.run(&["run", "--once"]);
    let of_batch = || -> Vec<Value> {
        let all = office.despatches().into_iter();
        all.filter(|one| one["planned"]["kind"] == "is-151f" && one["case_id"] != "DEMO-0909").collect()
    };
    let letters = of_batch();
    assert_eq!(letters.len(), REVIEWED);
    assert!(letters.iter().all(|one| one["state"] == "held"), "no sheet asserts who signed");
    let waits = board(&office, TODAY)["unauthorised"].clone();
    let numbers: Vec<String> =
        waits.as_array().expect("a list").iter().map(|one| one["case_file"].to_string()).collect();
    assert_eq!(numbers.len(), REVIEWED + 1, "each by itself, with the demo's own");
    for number in &numbers {
        office.run_as(SECOND, &["authorise", number]).expect(0);
    }
    assert!(board(&office, TODAY).get("unauthorised").is_none());
    let ids: Vec<String> = letters.iter().map(|one| one["id"].as_str().expect("an id").to_owned()).collect();
    let release: Vec<&str> = ["outbox", "release"]
        .into_iter()
        .chain(ids.iter().map(String::as_str))
        .chain(["--reason", "authorised"])
        .collect();
    office.run_as(REVIEWER, &release).expect(0);
    assert!(of_batch().iter().all(|one| one["state"] == "awaiting_review"));
}
