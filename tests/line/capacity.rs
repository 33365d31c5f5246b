//! The places of a week go in strict order of receipt (B3): by when a case file was last changed in the inbox, and not
//! by its name.

use super::{said_lines, tidy_office, words};
use crate::support::office::{DemoOffice, event};
use serde_json::json;
use std::fs::File;
use std::time::{Duration, SystemTime};

/// Some moment in the past.
const THEN: Duration = Duration::from_secs(1_700_000_000);

/// A referral whose file has this name and was last changed so long after 1970.
fn drop_referral(office: &DemoOffice, n: usize, name: &str, changed: Duration) {
    let referral =
        json!({ "type": "referral_received", "received_on": "2026-11-23", "opinion_requested": true });
    office.drop_case(name, &event(n, &format!("referral-{n}"), referral).to_string(), &[]);
    let file = File::options()
        .write(true)
        .open(office.dir.join(format!("inbox/{name}.json")))
        .expect("the case file");
    file.set_modified(SystemTime::UNIX_EPOCH + changed).expect("a time of change");
}

/// The cases that were refused a place, by their ids.
fn refused(office: &DemoOffice) -> Vec<String> {
    let said = office.run(&["--json", "run", "--once"]).expect(0);
    let mut cases: Vec<String> = said_lines(&said)
        .iter()
        .filter(|line| line["outcome"] == "queued")
        .flat_map(|line| line["despatches"].as_array().expect("a list").clone())
        .filter(|one| one["planned"]["kind"] == "no-capacity")
        .map(|one| words(&one["case_id"]).to_owned())
        .collect();
    cases.sort();
    cases
}

#[test]
fn the_places_of_the_week_go_by_the_time_of_receipt_and_not_by_the_name_of_the_file() {
    let office = tidy_office();
    // The first name of the alphabet came last: person 1 has the file "a…" and the youngest time.
    for n in 1..=12_usize {
        let name = format!("{}-referral", char::from(b'a' + u8::try_from(n - 1).expect("a letter")));
        drop_referral(&office, n, &name, THEN - Duration::from_secs(60 * n as u64));
    }
    assert_eq!(refused(&office), ["TEST-00001", "TEST-00002"]);
}

#[test]
fn of_two_files_of_one_time_the_name_decides() {
    let office = tidy_office();
    for n in 1..=11_usize {
        // The last letters first, so that the order of dropping is not that of the names.
        let name = format!("{}-referral", char::from(b'z' - u8::try_from(n).expect("a letter")));
        drop_referral(&office, n, &name, THEN);
    }
    assert_eq!(refused(&office), ["TEST-00001"], "the last name of the alphabet");
}

/// Where a person decides on a booking, they see how many places of the week are taken, and whether the case has one.
#[test]
fn the_places_of_the_week_are_told_where_a_person_decides() {
    let office = tidy_office();
    for n in 1..=3_usize {
        drop_referral(&office, n, &format!("referral-{n}"), THEN);
    }
    office.run(&["run", "--once"]).expect(0);
    const TAKEN: &str = "3 of 10 are taken in the week from 23 November 2026";
    let own = format!("{TAKEN}, one by this report");
    let said = |words: &[&str]| {
        let said = office.run(words).expect(0).stdout;
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let case = said(&["case", "TEST-00002"]);
    assert!(case.contains(&own), "{case}");
    let due = said(&["deadlines"]);
    assert!(due.contains(TAKEN) && !due.contains(&own), "{due}");
    let booking = office.despatch_for("TEST-00002", "det");
    let show = said(&["outbox", "show", words(&booking["id"])]);
    assert!(show.contains(&own), "{show}");
    // Before it is dropped, the place that it would take; a report of the same week that asks for none takes none.
    let plan = |n: usize, asks: bool| {
        let file = office.dir.join(format!("planned-{n}.json"));
        let referral =
            json!({ "type": "referral_received", "received_on": "2026-11-23", "opinion_requested": asks });
        std::fs::write(&file, event(n, "planned", referral).to_string()).expect("a file");
        said(&["plan", file.to_str().expect("UTF-8")])
    };
    let fourth = plan(4, true);
    assert!(
        fourth.contains("4 of 10 are taken in the week from 23 November 2026, one by this report"),
        "{fourth}"
    );
    assert!(!plan(5, false).contains("of 10"));
}
