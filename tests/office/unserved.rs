//! Enters: an office with a removal that is set, and the days before it. Leaves: proof that a response whose service is not
//! on record makes itself heard on each step before the removal, wherever staff look. Never: tells when the removal is.

use super::watching::Watcher;
use crate::support::office::{DemoOffice, event, paper, report_received};
use serde_json::{Value, json};

const REPORT: &[u8] = paper!("A made-up report.");
const CASE: &str = "TEST-00001";
/// Removal is set for Friday 4 December 2026, so the last day for service is Thursday 3 December.
const REMOVAL: &str = "2026-12-04";

fn office() -> DemoOffice {
    let office = DemoOffice::new();
    let mut case = report_received(1, REPORT);
    case["event"]["removal_set_for"] = json!(REMOVAL);
    office.drop_case("report", &case.to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    office
}

/// The alarm of the case on a day, as a run tells it.
fn alarm(office: &DemoOffice, day: &str) -> Option<Value> {
    let said = office.on(day, &["--json", "run", "--once"]);
    let lines = said.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let own = |alarm: &Value| alarm["case_id"] == CASE && alarm["stands"].is_string();
    let mut alarms = lines.map(|line| line["alarm"].clone()).filter(own);
    let first = alarms.next();
    assert!(alarms.next().is_none(), "{said:?}");
    first
}

#[test]
fn an_unserved_response_alarms_on_each_step_before_the_removal() {
    let office = office();
    assert_eq!(alarm(&office, "2026-11-30"), None, "there is time");
    for (day, step) in [
        ("2026-12-01", json!({ "before": 2 })),
        ("2026-12-02", json!({ "before": 1 })),
        ("2026-12-03", json!("last_day")),
        ("2026-12-04", json!({ "past": "2026-12-04" })),
    ] {
        let told = alarm(&office, day).unwrap_or_else(|| panic!("no alarm on {day}"));
        assert_eq!(
            (&told["stands"], &told["step"], &told["due"]),
            (&json!("undecided"), &step, &json!("2026-12-03"))
        );
    }
    // The same wherever staff look, with whom to tell and without the day of the removal.
    for words in [&["deadlines"] as &[&str], &["case", CASE], &["check"]] {
        let said = office.on("2026-12-02", words).expect(0).stdout;
        let line = said
            .split("ALARM  ")
            .skip(1)
            .find(|alarm| alarm.starts_with(CASE))
            .unwrap_or_else(|| panic!("{words:?}: {said}"));
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(line.contains("the response before removal is not decided"), "{line}");
        assert!(line.contains("tell the caseworker and the casework manager (manager-ayesha)"), "{line}");
        assert!(!line.contains("4 December 2026"), "{line}");
    }
}

#[test]
fn a_run_that_watches_raises_it_and_the_service_ends_it() {
    let office = office();
    let watcher = Watcher::on(&office, "2026-12-02");
    let told = watcher.said("the response", |line| {
        line["alarm"]["case_id"] == CASE && line["alarm"]["stands"] == "undecided"
    });
    assert_eq!(told["alarm"]["due"], "2026-12-03");
    drop(watcher);
    // Decided, and held: the office's list of standards is not complete.
    office.drop_case("response", &response().to_string(), &[]);
    office.on("2026-12-02", &["run", "--once"]);
    let told = alarm(&office, "2026-12-02").expect("it has not gone");
    assert_eq!(told["stands"], "unsent");
    let mut served = event(
        1,
        "served",
        json!({ "type": "answer_served", "served_on": "2026-12-02", "explained": true, "refused": false }),
    );
    served["despite_history"] = json!("It went on paper");
    office.drop_case("served", &served.to_string(), &[]);
    office.on("2026-12-02", &["run", "--once"]);
    assert_eq!(alarm(&office, "2026-12-02"), None, "it was handed over");
    assert_eq!(alarm(&office, "2026-12-03"), None);
}

fn response() -> Value {
    let finding = |id: &str| json!({ "id": id, "met": "yes", "reasons": "The report says so." });
    let day = "2026-12-01";
    event(
        1,
        "response",
        json!({
            "type": "response_decided", "dcpr_completed_on": day, "removal_on": REMOVAL,
            "report": report_received(1, REPORT)["event"]["report"],
            "no_second_opinion_because": "Removal is set before the doctor can report",
            "standards": [finding("author-regulated"), finding("face-to-face"), finding("current-detention")],
            "weight": "It has significant weight.", "circumstances": "The person has been detained since October.",
            "level": "2", "level_reasons": "The report says so.", "outcome": "maintain",
            "outcome_reasons": "Removal is near.", "decision_maker": { "name": "Rosalind Achterberg", "grade": "SEO" },
            "authorised_by": { "name": "Orla Finch", "grade": "G7", "on": day },
        }),
    )
}
