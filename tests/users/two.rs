//! Enters: an office that asks for two approvals of a kind. Leaves: proof that one lets nothing of it go, whoever gives
//! it. Never: another kind that waits for two.

use crate::support::office::{DemoOffice, REVIEWER, paper, report_received};
use despatch_testing::swap::Swap;

/// The second reviewer.
const OTHER: &str = "tomasz-achebe";
const REPORT: &[u8] = paper!("the made-up report");
/// Else one person alone may let none of these go.
const URGENT: &str = "\n[urgent_release]\nroles = [\"healthcare\"]\n";
const TWO: &str = "\n[approval]\ntwo = [\"report-to-healthcare\"]\n";

#[test]
fn what_is_of_a_kind_for_two_goes_only_once_two_people_have_approved_it() {
    let office = DemoOffice::new();
    office.edit("despatch.toml", |text| format!("{text}{URGENT}{TWO}"));
    office.drop_case("two", &report_received(700, REPORT).to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    let despatch = office.despatch_for("TEST-00700", "healthcare");
    let (id, other) = (despatch["id"].as_str().unwrap(), office.despatch_for("TEST-00700", "dmrt"));
    assert_eq!(
        (&despatch["two_approvals"], &other["two_approvals"]),
        (&true.into(), &serde_json::Value::Null)
    );
    // What was made so stays so, whatever the settings say later.
    office.edit("despatch.toml", |text| text.swapped(TWO, ""));
    let said = office.run_as(REVIEWER, &["outbox", "urgent", id, "--reason", "it presses"]).expect(1).stderr;
    assert!(said.contains("two people approve what is of its kind"), "{said}");
    let said = office.run_as(REVIEWER, &["outbox", "approve", id]).expect(0).stdout;
    assert!(said.contains("so another reviewer approves it too"), "{said}");
    let said = office.run_as(REVIEWER, &["outbox", "approve", id]).expect(1).stderr;
    assert!(said.contains("two different people must"), "{said}");
    let half = office.despatch_for("TEST-00700", "healthcare");
    assert_eq!((&half["state"], &half["approval"]), (&"awaiting_review".into(), &serde_json::Value::Null));
    office.run_as(OTHER, &["outbox", "approve", id]).expect(0);
    let whole = office.despatch_for("TEST-00700", "healthcare");
    assert_eq!((&whole["state"], &whole["approval"]["by"]), (&"approved".into(), &OTHER.into()));
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn a_kind_that_is_none_is_told() {
    let office = DemoOffice::new();
    office.edit("despatch.toml", |text| format!("{text}\n[approval]\ntwo = [\"no-such-kind\"]\n"));
    let said = office.run(&["check"]).expect(1).stderr;
    assert!(said.contains("[approval] two names no-such-kind"), "{said}");
}
