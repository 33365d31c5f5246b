//! A despatch's way from the inbox to its recipient, through the real program and a real mail server: what goes,
//! goes as it was approved, and what may not go stays, with the reason said.

mod corrected;
mod crash;
mod decisions;
mod journey;
mod lanes;
mod open;
pub(crate) mod real;
pub(crate) mod settled;
mod refused;
pub(crate) mod relay;
mod regenerated;

use crate::support::office::{DemoOffice, REVIEWER, Said, appointment, paper, report_received};
use despatch_testing::swap::Swap;
use serde_json::Value;

/// The other reviewer of the demo office.
const OTHER_REVIEWER: &str = "tomasz-achebe";
/// An attachment; nothing in the program reads what is in it.
const REPORT: &[u8] = paper!("A made-up report.");

/// The id of the one despatch of a case for a role.
fn id_of(office: &DemoOffice, case: &str, role: &str) -> String {
    office.despatch_for(case, role)["id"].as_str().expect("an id").to_owned()
}

/// What `outbox show --json` says of a despatch; its events stand beside it.
fn shown(office: &DemoOffice, id: &str) -> Value {
    office.run(&["--json", "outbox", "show", id]).expect(0).json()
}

fn despatch(office: &DemoOffice, id: &str) -> Value {
    shown(office, id)["despatch"].take()
}

fn state(office: &DemoOffice, id: &str) -> String {
    despatch(office, id)["state"].as_str().expect("a state").to_owned()
}

/// The events of a despatch that are called so.
fn events(office: &DemoOffice, id: &str, what: &str) -> Vec<Value> {
    let all = shown(office, id)["events"].take();
    all.as_array().expect("a list").iter().filter(|event| event["what"] == what).cloned().collect()
}

/// The codes of what holds a despatch.
fn holds(office: &DemoOffice, id: &str) -> Vec<String> {
    let holds = despatch(office, id)["holds"].take();
    holds.as_array().expect("a list").iter().map(|hold| hold["code"].as_str().unwrap().to_owned()).collect()
}

/// The words that a reviewer sees for what holds a despatch.
fn hold_label(office: &DemoOffice, id: &str) -> String {
    despatch(office, id)["holds"].to_string()
}

#[track_caller]
fn approve(office: &DemoOffice, id: &str) {
    office.run_as(REVIEWER, &["outbox", "approve", id]).expect(0);
}

/// A decision with a reason, by the reviewer.
fn decide(office: &DemoOffice, what: &str, id: &str) -> Said {
    office.run_as(REVIEWER, &["outbox", what, id, "--reason", "the test asks for it"])
}

fn send(office: &DemoOffice) -> Said {
    office.run(&["send", "--once"])
}

/// What the folder transport wrote, by file name.
fn sent_files(office: &DemoOffice) -> Vec<String> {
    let Ok(folder) = std::fs::read_dir(office.dir.join("sent")) else {
        return Vec::new();
    };
    let mut names: Vec<String> =
        folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The office lists one more mailbox that several people read.
fn list_group(office: &DemoOffice, address: &str) {
    office.edit("despatch.toml", |text| {
        text.swapped_once("groups = [", &format!("groups = [\n    \"{address}\","))
    });
}

/// Drops a case and has it processed.
#[track_caller]
fn process(office: &DemoOffice, name: &str, case: &Value) {
    office.drop_case(name, &case.to_string(), &[("report.pdf", REPORT)]);
    // Code 1: a sample case still waits for its attachment.
    let said = office.run(&["run", "--once"]).expect(1);
    assert!(said.stdout.contains("1 queued, 0 rejected, 0 known already"), "{said:?}");
}

/// An office that has processed one report and one appointment of its own beside the samples.
fn busy_office() -> DemoOffice {
    let office = DemoOffice::new();
    process(&office, "report", &report_received(1, REPORT));
    process(&office, "appointment", &appointment(2, REPORT));
    office
}
