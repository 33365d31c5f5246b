//! Enters: a report that its maker restricted, for a recipient whose way of opening needs it unrestricted. Leaves: proof
//! that this holds that message alone, with a way out. Never: sends a part in clear.

use crate::support::office::{DemoOffice, REVIEWER, paper, report_received};
use crate::support::tools::{command, run};
use despatch_testing::swap::Swap;
use serde_json::{Value, json};
use std::fs;

const HEALTHCARE: &str = "healthcare-brook-house";
const REPORT: &[u8] = paper!("A made-up report.");
const CASE: &str = "TEST-00001";

/// A report that opens without a password and forbids changes.
fn restricted() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let (plain, file) = (folder.path().join("plain.pdf"), folder.path().join("restricted.pdf"));
    fs::write(&plain, REPORT).expect("a file");
    let mut qpdf = command("qpdf");
    qpdf.args(["--warning-exit-0", "--encrypt", "", "the maker's own", "256", "--modify=none", "--"]);
    run(qpdf.arg(&plain).arg(&file)).expect("qpdf");
    fs::read(file).expect("a PDF")
}

/// A report in which a part asks not to be encrypted like the rest.
fn exempt() -> Vec<u8> {
    let text = String::from_utf8(REPORT.to_vec()).expect("plain text");
    let part = "6 0 obj\n<< /Length 3 /Filter [/Crypt] >>\nstream\nabc\nendstream\nendobj\ntrailer";
    let text = text.swapped("/Contents 4 0 R", "/Contents 4 0 R /Thumb 6 0 R").swapped("trailer", part);
    text.swapped("/Size 6", "/Size 7").into_bytes()
}

fn by_role(office: &DemoOffice, role: &str) -> Value {
    office.despatch_for(CASE, role)
}

/// The office whose healthcare team opens PDFs with words, with this report in its outbox.
fn office_with(report: &[u8]) -> DemoOffice {
    let office = DemoOffice::new();
    office.says(HEALTHCARE, &["--method", "pdf-password"]);
    office.settle(HEALTHCARE);
    office.drop_case("report", &report_received(1, report).to_string(), &[("report.pdf", report)]);
    office.run(&["run", "--once"]);
    office
}

/// What holds a despatch.
fn held_by(despatch: &Value, code: &str) -> Option<String> {
    let holds = despatch["holds"].as_array().expect("a list");
    holds.iter().find(|hold| hold["code"] == code).map(|hold| hold["words"].as_str().unwrap().to_owned())
}

#[test]
fn a_restricted_report_stops_only_what_has_to_lock_it_again() {
    let office = office_with(&restricted());
    for role in ["dmrt", "casework_manager"] {
        let despatch = by_role(&office, role);
        assert_eq!(despatch["message"]["opening"], "age", "{role}");
        assert_eq!(held_by(&despatch, "not_locked"), None, "{role}");
    }
    let copy = by_role(&office, "healthcare");
    assert_eq!((&copy["state"], &copy["message"]["opening"]), (&json!("held"), &json!(null)));
    assert!(held_by(&copy, "not_locked").expect("held").starts_with("document 2 "));
}

/// The reviewer's way out: the team takes another way of opening, and the same report goes.
#[test]
fn what_could_not_be_locked_goes_once_its_recipient_opens_it_in_another_way() {
    let office = office_with(&exempt());
    for role in ["dmrt", "casework_manager"] {
        assert_eq!(by_role(&office, role)["state"], "awaiting_review", "{role}");
    }
    let copy = by_role(&office, "healthcare");
    let words = held_by(&copy, "not_locked").expect("held");
    assert!(words.starts_with("document 2 ") && words.contains("--method"), "{words}");
    let id = copy["id"].as_str().expect("an id");
    // As it is, it stays held; what it waits for is said again.
    let stays = office.run_as(REVIEWER, &["outbox", "release", id, "--reason", "try again"]).expect(1);
    assert!(stays.stderr.contains("document 2"), "{stays:?}");
    office.says(HEALTHCARE, &["--method", "age-passphrase"]);
    office.settle(HEALTHCARE);
    office.run_as(REVIEWER, &["outbox", "release", id, "--reason", "they open it another way"]).expect(0);
    let copy = by_role(&office, "healthcare");
    assert_eq!(
        (&copy["state"], &copy["message"]["opening"], &copy["message"]["revision"]),
        (&json!("awaiting_review"), &json!("age-passphrase"), &json!(2))
    );
}
