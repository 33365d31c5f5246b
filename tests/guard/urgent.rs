//! Copies for healthcare teams: what may delay them, and how one person alone lets one go.

use super::office::{REPORT, SECOND, dropped, for_role, id, of_another};
use crate::support::office::{DemoOffice, PREPARER, REVIEWER, report_received};
use despatch_testing::swap::Swap;
use serde_json::{Value, json};

fn code(office: &DemoOffice, staff: &str, words: &[&str]) -> String {
    let said = office.run_as(staff, &[&["--json"], words].concat()).expect(1);
    let lines: Vec<Value> = said.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let fault = lines.iter().find_map(|line| line["faults"].as_array()?.first().cloned()).expect("a fault");
    fault["code"].as_str().unwrap().to_owned()
}

#[test]
fn a_healthcare_copy_is_delayed_by_identity_and_not_by_limits() {
    let office = DemoOffice::new();
    let limits = "\n[attachments]\npages_max = 1\nbytes_max = 100\n";
    office.edit("despatch.toml", |text| text + limits);
    let made = dropped(&office, &report_received(1, REPORT), REPORT);
    let copy = for_role(&made, "healthcare");
    assert_eq!(copy["state"], "awaiting_review", "{copy}");
    let of_attachment =
        copy["checks"].as_array().unwrap().iter().filter(|check| check["guard"] == "attachment");
    let outcomes: Vec<&str> = of_attachment.filter_map(|check| check["outcome"].as_str()).collect();
    assert_eq!(outcomes, ["passed", "warned"]);
    assert_eq!(for_role(&made, "dmrt")["holds"][0]["code"], "guard_attachment");
    office.run_as(REVIEWER, &["outbox", "approve", id(copy)]).expect(0);
    let report = of_another();
    let made = dropped(&office, &report_received(2, &report), &report);
    assert_eq!(for_role(&made, "healthcare")["holds"], json!([for_role(&made, "healthcare")["holds"][0]]));
    assert_eq!(for_role(&made, "healthcare")["holds"][0]["code"], "guard_identity");
}

#[test]
fn one_person_lets_a_healthcare_copy_go_where_the_office_allows_it_and_another_one_reviews_that() {
    let office = DemoOffice::new();
    let report = of_another();
    let made = dropped(&office, &report_received(1, &report), &report);
    let (copy, referral) = (id(for_role(&made, "healthcare")), id(for_role(&made, "dmrt")));
    let urgent = |id| ["outbox", "urgent", id, "--reason", "the person may die tonight"];
    assert_eq!(code(&office, REVIEWER, &urgent(copy)), "urgent.role", "not allowed until the office says so");
    office.edit("despatch.toml", |text| text + "\n[urgent_release]\nroles = [\"healthcare\"]\n");
    assert_eq!(code(&office, REVIEWER, &urgent(referral)), "urgent.role");
    assert_eq!(code(&office, PREPARER, &urgent(copy)), "approve.not_reviewer");
    assert_eq!(code(&office, REVIEWER, &["outbox", "reviewed", copy, "--reason", "x"]), "reviewed.nothing");
    office.run_as(REVIEWER, &urgent(copy)).expect(0);
    office.run(&["send", "--once"]).expect(0);
    let shown = office.run(&["--json", "outbox", "show", copy]).expect(0).json();
    assert_eq!(shown["despatch"]["state"], "sent");
    let event = shown["events"]
        .as_array()
        .unwrap()
        .iter()
        .find(|event| event["what"] == "urgent_release")
        .expect("an event");
    assert_eq!(
        (event["actor"].as_str(), event["detail"]["reason"].as_str()),
        (Some(REVIEWER), Some("the person may die tonight"))
    );
    let due = format!("{copy} of TEST-00001 was let go by {REVIEWER} alone");
    for command in [&["outbox", "list"][..], &["check"]] {
        let said = office.run(command).expect(0).stdout.replace("\n              ", " ");
        assert!(said.contains(&due), "{said}");
    }
    assert_eq!(office.run(&["--json", "outbox", "list"]).expect(0).json()["to_review"], json!([copy]));
    assert_eq!(code(&office, REVIEWER, &["outbox", "reviewed", copy, "--reason", "x"]), "reviewed.own");
    office.run_as(SECOND, &["outbox", "reviewed", copy, "--reason", "it was right"]).expect(0);
    assert_eq!(office.run(&["--json", "outbox", "list"]).expect(0).json()["to_review"], json!([]));
    assert_eq!(code(&office, SECOND, &["outbox", "reviewed", copy, "--reason", "x"]), "reviewed.nothing");
}

#[test]
fn no_urgency_sends_to_somebody_whose_address_is_not_in_order() {
    let office = DemoOffice::new();
    office.edit("despatch.toml", |text| text + "\n[urgent_release]\nroles = [\"healthcare\"]\n");
    let made = dropped(&office, &report_received(1, REPORT), REPORT);
    let copy = id(for_role(&made, "healthcare"));
    let team = for_role(&made, "healthcare")["recipient"]["address"].as_str().unwrap().to_owned();
    let other = format!("other-{team}");
    office.edit("despatch.toml", |text| text.swapped("groups = [", &format!("groups = [\"{other}\", ")));
    office.says("healthcare-brook-house", &["--email", &other]);
    assert_eq!(code(&office, REVIEWER, &["outbox", "urgent", copy, "--reason", "tonight"]), "despatch.held");
}
