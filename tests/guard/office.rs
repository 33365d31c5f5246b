//! The guards at work: what is dropped, what is held or asked, and what a person may say against it.

use crate::support::office::{
    DemoOffice, PREPARER, REVIEWER, Said, appointment, paper, paper_of, report_received,
};
use despatch_testing::swap::Swap;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;

pub(super) const SECOND: &str = "tomasz-achebe";
pub(super) const REPORT: &[u8] = paper!("The made-up report.");

/// A report about somebody else.
pub(super) fn of_another() -> Vec<u8> {
    let text = String::from_utf8(REPORT.to_vec()).unwrap();
    text.swapped(
        "Selamawit Quartermaine, date of birth 17 May 1990",
        "Okello Brandreth, date of birth 2 January 1985",
    )
    .into_bytes()
}

/// A report with a name and no more.
fn of_one_name() -> Vec<u8> {
    String::from_utf8(REPORT.to_vec()).unwrap().swapped(", date of birth 17 May 1990", "").into_bytes()
}

/// Drops a case with its report, processes it, and returns its despatches.
pub(super) fn dropped(office: &DemoOffice, case: &Value, report: &[u8]) -> Vec<Value> {
    let name = case["event_id"].as_str().unwrap();
    office.drop_case(name, &case.to_string(), &[("report.pdf", report)]);
    office.run(&["run", "--once"]);
    let mut all = office.despatches();
    all.retain(|one| one["event_id"] == case["event_id"]);
    assert!(!all.is_empty(), "nothing was made of {name}");
    all
}

pub(super) fn for_role<'d>(despatches: &'d [Value], role: &str) -> &'d Value {
    despatches
        .iter()
        .find(|one| one["planned"]["role"] == role)
        .unwrap_or_else(|| panic!("nothing for {role}"))
}

pub(super) fn id(despatch: &Value) -> &str {
    despatch["id"].as_str().unwrap()
}

/// The checks of a guard, each as its outcome and its evidence.
fn checks(despatch: &Value, guard: &str) -> Vec<(String, String)> {
    let all = despatch["checks"].as_array().expect("checks").iter().filter(|check| check["guard"] == guard);
    let words = |value: &Value| value.as_str().unwrap().to_owned();
    all.map(|check| (words(&check["outcome"]), words(&check["evidence"]))).collect()
}

fn fault(said: &Said) -> (String, String) {
    let lines: Vec<Value> = said.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let fault = lines.iter().find_map(|line| line["faults"].as_array()?.first().cloned());
    let fault = fault.unwrap_or_else(|| panic!("no fault in {said:?}"));
    (fault["code"].as_str().unwrap().to_owned(), format!("{}; {}", fault["cause"], fault["cure"]))
}

#[test]
fn a_swapped_report_is_held_and_what_does_not_carry_it_goes_on() {
    let office = DemoOffice::new();
    let report = of_another();
    let made = dropped(&office, &appointment(1, &report), &report);
    let doctor = for_role(&made, "doctor");
    assert_eq!(
        (doctor["state"].as_str(), doctor["holds"][0]["code"].as_str()),
        (Some("held"), Some("guard_identity"))
    );
    for one in made.iter().filter(|one| one["planned"]["role"] != "doctor") {
        assert_eq!(one["state"], "awaiting_review", "{one}");
        assert!(checks(one, "identity").iter().all(|(outcome, _)| outcome == "passed"), "{one}");
    }
    let shown = office.run(&["outbox", "show", id(doctor)]).expect(0).stdout;
    let expected = "check         identity, stops: document 2: another date of birth is given on page";
    assert!(shown.contains(expected), "{shown}");
    let said = office
        .run_as(REVIEWER, &["--json", "outbox", "release", id(doctor), "--reason", "I looked"])
        .expect(1);
    assert_eq!(fault(&said).0, "despatch.held");
}

#[test]
fn a_check_that_a_machine_cannot_make_is_confirmed_by_the_reviewer_and_kept_with_the_approval() {
    let office = DemoOffice::new();
    let report = of_one_name();
    let made = dropped(&office, &appointment(1, &report), &report);
    let doctor = for_role(&made, "doctor");
    assert_eq!(doctor["state"], "awaiting_review");
    assert!(checks(doctor, "identity").iter().any(|(outcome, _)| outcome == "confirm"), "{doctor}");
    let listed = office.run(&["outbox", "list", "--case", "TEST-00001"]).expect(0).stdout;
    assert!(listed.contains("asks you to confirm: identity"), "{listed}");
    let said = office.run_as(REVIEWER, &["--json", "outbox", "approve", id(doctor)]).expect(1);
    let (code, words) = fault(&said);
    assert_eq!(code, "approve.confirm");
    assert!(words.contains("document 2: the name alone") && words.contains("--confirm identity"), "{words}");
    let said = office.run_as(REVIEWER, &["outbox", "approve", id(doctor), "--confirm", "size"]);
    said.expect(1);
    let said = office
        .run_as(REVIEWER, &["--json", "outbox", "approve", id(doctor), "--confirm", "identity"])
        .expect(0);
    assert_eq!(said.json()["approval"]["confirmed"], json!(["identity"]));
    let shown = office.run(&["--json", "outbox", "show", id(doctor)]).expect(0).json();
    let approved =
        shown["events"].as_array().unwrap().iter().find(|event| event["what"] == "approved").unwrap();
    assert_eq!(approved["detail"]["approval"]["confirmed"], json!(["identity"]));
    office.run(&["send", "--once"]).expect(0);
    assert_eq!(
        office.run(&["--json", "outbox", "show", id(doctor)]).expect(0).json()["despatch"]["state"],
        "sent"
    );
}

#[test]
fn one_person_lets_pass_what_a_guard_stops_and_another_one_approves() {
    let office = DemoOffice::new();
    let report = of_another();
    let made = dropped(&office, &appointment(1, &report), &report);
    let doctor = id(for_role(&made, "doctor")).to_owned();
    let with = |guard: &'static str| {
        ["--json", "outbox", "release", &*doctor, "--reason", "an alias of the person", "--override", guard]
            .map(str::to_owned)
    };
    let run = |staff: &str, words: &[String]| {
        office.run_as(staff, &words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    assert_eq!(fault(&run(REVIEWER, &with("matrix")).expect(1)).0, "override.nothing");
    run(REVIEWER, &with("nonsense")).expect(2);
    let said = run(REVIEWER, &with("identity")).expect(0);
    assert_eq!(said.json()["state"], "awaiting_review");
    let said = office.run_as(REVIEWER, &["--json", "outbox", "approve", &doctor]).expect(1);
    assert_eq!(fault(&said).0, "approve.own_override");
    let said = office.run_as(PREPARER, &["--json", "outbox", "approve", &doctor]).expect(1);
    assert_eq!(fault(&said).0, "approve.not_reviewer");
    office.run_as(SECOND, &["outbox", "approve", &doctor]).expect(0);
    // Neither approval nor sending holds it again.
    office.run(&["send", "--once"]).expect(0);
    let shown = office.run(&["--json", "outbox", "show", &doctor]).expect(0).json();
    assert_eq!(shown["despatch"]["state"], "sent");
    let event = shown["events"]
        .as_array()
        .unwrap()
        .iter()
        .find(|event| event["what"] == "override")
        .expect("an event");
    assert_eq!(
        (event["actor"].as_str(), event["detail"]["guard"].as_str()),
        (Some(REVIEWER), Some("identity"))
    );
    assert_eq!(event["detail"]["reason"], "an alias of the person");
    let words = office.run(&["outbox", "show", &doctor]).expect(0).stdout;
    assert!(words.contains("identity, let pass by beatrix-lund: document 2"), "{words}");
}

#[test]
fn a_release_that_failed_is_given_again_with_the_same_words() {
    let office = DemoOffice::new();
    let report = of_another();
    let made = dropped(&office, &appointment(1, &report), &report);
    let doctor = for_role(&made, "doctor");
    let entry = doctor["recipient"]["entry"].as_str().unwrap();
    office.run_as(PREPARER, &["incident", "TEST-00001", "--entry", entry, "--what", "x"]).expect(0);
    let words = ["--json", "outbox", "release", id(doctor), "--reason", "an alias", "--override", "identity"];
    for time in ["first", "second"] {
        assert_eq!(fault(&office.run_as(REVIEWER, &words).expect(1)).0, "despatch.held", "{time}");
    }
    // Another person has nothing left to let pass.
    assert_eq!(fault(&office.run_as(SECOND, &words).expect(1)).0, "override.nothing");
    for staff in [REVIEWER, SECOND] {
        office.run_as(staff, &["incident", "unfreeze", entry, "--reason", "it was a mistake"]).expect(0);
    }
    assert_eq!(office.run_as(REVIEWER, &words).expect(0).json()["state"], "awaiting_review");
    let shown = office.run(&["--json", "outbox", "show", id(doctor)]).expect(0).json();
    let overrides = shown["events"].as_array().unwrap().iter().filter(|event| event["what"] == "override");
    assert_eq!(overrides.count(), 1);
}

#[test]
fn a_page_of_another_open_case_holds_and_the_ledger_has_no_name() {
    let office = DemoOffice::new();
    let mut other = appointment(2, &of_another());
    other["person"]["name"] = json!("Okello Brandreth");
    other["person"]["date_of_birth"] = json!("1985-01-02");
    other["home_office_reference"] = json!("Y7654321");
    let made = dropped(&office, &other, &of_another());
    assert_eq!(for_role(&made, "doctor")["state"], "awaiting_review", "{made:?}");
    let mixed = paper!("Clinic list: Okello Brandreth, date of birth 2 January 1985, reference Y7654321.");
    let made = dropped(&office, &appointment(1, mixed), mixed);
    let doctor = for_role(&made, "doctor");
    assert_eq!(doctor["holds"][0]["code"], "guard_identity", "{doctor}");
    let stops: Vec<_> =
        checks(doctor, "identity").into_iter().filter(|(outcome, _)| outcome == "stops").collect();
    assert!(
        stops.iter().any(|(_, evidence)| evidence
            == "document 2: the reference of another open case, TEST-00002, is found on page 1"),
        "{stops:?}"
    );
    // The demo's own cases are others too; nothing of them is in these papers.
    let mut of_cases = stops.iter().filter(|(_, evidence)| evidence.contains("another open case"));
    assert!(of_cases.all(|(_, evidence)| evidence.contains("TEST-00002")), "{stops:?}");
    let ledger = fs::read(office.dir.join("outbox/ledger.db")).unwrap();
    let log = fs::read(office.dir.join("outbox/ledger.db-wal")).unwrap_or_default();
    for personal in
        ["randreth", "Okello", "okello", "uartermaine", "elamawit", "Y7654321", "y7654321", "1985-01-02"]
    {
        let holds = |bytes: &[u8]| bytes.windows(personal.len()).any(|window| window == personal.as_bytes());
        assert!(!holds(&ledger) && !holds(&log), "{personal} is in the ledger");
    }
    let key = fs::metadata(office.dir.join("keys/identity.key")).expect("the key");
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_page_of_a_case_that_comes_in_later_holds_what_has_not_gone() {
    let office = DemoOffice::new();
    let mixed = paper!("Clinic list: Okello Brandreth, Y 7654321, seen on 3 November 2026.");
    let made = dropped(&office, &appointment(1, mixed), mixed);
    let doctor = id(for_role(&made, "doctor")).to_owned();
    office.run_as(REVIEWER, &["outbox", "approve", &doctor]).expect(0);
    let mut other = appointment(2, &of_another());
    other["person"]["name"] = json!("Okello Brandreth");
    other["person"]["date_of_birth"] = json!("1985-01-02");
    other["home_office_reference"] = json!("Y7654321");
    dropped(&office, &other, &of_another());
    let shown = office.run(&["--json", "outbox", "show", &doctor]).expect(0).json();
    let (state, hold) = (&shown["despatch"]["state"], &shown["despatch"]["holds"][0]);
    assert_eq!((state, &hold["code"]), (&json!("held"), &json!("guard_identity")), "{shown}");
    assert!(hold["words"].as_str().unwrap().contains("TEST-00002"), "{hold}");
    assert_eq!(shown["despatch"]["approval"], json!(null));
    let said = office.run_as(REVIEWER, &["--json", "outbox", "release", &doctor, "--reason", "I looked"]);
    let (code, words) = fault(&said.expect(1));
    assert_eq!(code, "despatch.held");
    assert!(words.contains("document 2: the reference of another open case, TEST-00002"), "{words}");
}

#[test]
fn an_attachment_that_acts_is_held_with_what_carries_it() {
    let office = DemoOffice::new();
    let text = String::from_utf8(REPORT.to_vec()).unwrap();
    let report =
        text.swapped("/Pages 2 0 R", "/Pages 2 0 R /OpenAction << /S /JavaScript /JS (x) >>").into_bytes();
    let made = dropped(&office, &appointment(1, &report), &report);
    let doctor = for_role(&made, "doctor");
    assert_eq!(doctor["holds"][0]["code"], "guard_attachment");
    assert!(doctor["holds"][0]["words"].as_str().unwrap().contains("document 2 holds a script"), "{doctor}");
    assert_eq!(for_role(&made, "representative")["state"], "awaiting_review");
    let no_pdf = b"made up";
    let made = dropped(&office, &report_received(2, no_pdf), no_pdf);
    assert_eq!(for_role(&made, "dmrt")["holds"][0]["code"], "guard_attachment");
}

#[test]
fn the_office_sets_how_large_things_may_be_and_a_mended_setting_lets_them_go() {
    let office = DemoOffice::new();
    let limits = "\n[attachments]\npages_max = 1\nbytes_max = 30000\n\n[[size_limit]]\ndomain = \"nhs.example.invalid\"\nbytes = 60000\n";
    office.edit("despatch.toml", |text| text + limits);
    let report = paper_of("a long report", 40_000);
    let made = dropped(&office, &appointment(1, &report), &report);
    let doctor = for_role(&made, "doctor");
    let codes: Vec<&str> =
        doctor["holds"].as_array().unwrap().iter().map(|hold| hold["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["guard_attachment", "guard_size"], "{doctor}");
    assert_eq!(for_role(&made, "representative")["state"], "awaiting_review");
    office.edit("despatch.toml", |text| text.swapped(limits, ""));
    office
        .run_as(REVIEWER, &["outbox", "release", id(doctor), "--reason", "the limits were wrong"])
        .expect(0);
    office.run_as(REVIEWER, &["outbox", "approve", id(doctor)]).expect(0);
}

#[test]
fn the_offices_scanner_is_asked_about_each_attachment_and_silence_is_no_answer() {
    for (command, state, code, words) in [
        (r#"["sh", "-c", "cat > /dev/null"]"#, "awaiting_review", None, "nothing found"),
        (r#"["sh", "-c", "! grep -q 'made-up report'"]"#, "held", Some("guard_virus"), "found something"),
        (r#"["sh", "-c", "exit 2"]"#, "held", Some("guard_virus"), "no answer"),
        (r#"["/no/such/scanner"]"#, "held", Some("guard_virus"), "no answer"),
    ] {
        let office = DemoOffice::new();
        office.edit("despatch.toml", |text| format!("{text}\n[virus_scan]\ncommand = {command}\n"));
        let made = dropped(&office, &appointment(1, REPORT), REPORT);
        let doctor = for_role(&made, "doctor");
        assert_eq!(
            (doctor["state"].as_str(), doctor["holds"][0]["code"].as_str()),
            (Some(state), code),
            "{command}"
        );
        let found = checks(doctor, "virus");
        assert!(found.len() == 1 && found[0].1.contains(words), "{command}: {found:?}");
        assert_eq!(for_role(&made, "representative")["state"], "awaiting_review", "{command}");
        if state == "held" {
            let release = ["--json", "outbox", "release", id(doctor), "--reason", "x", "--override", "virus"];
            assert_eq!(fault(&office.run_as(REVIEWER, &release).expect(1)).0, "override.never");
        }
    }
    let office = DemoOffice::new();
    let made = dropped(&office, &appointment(1, REPORT), REPORT);
    assert_eq!(checks(for_role(&made, "doctor"), "virus"), [], "not configured: no check");
}

#[test]
fn what_a_scanner_leaves_running_holds_no_case_up() {
    let office = DemoOffice::new();
    // It ends at once, and leaves behind what keeps the attachment's pipe open and reads nothing.
    let command = r#"["sh", "-c", "exec 3<&0; sleep 300 <&3 & exit 0"]"#;
    office.edit("despatch.toml", |text| format!("{text}\n[virus_scan]\ncommand = {command}\n"));
    let report = paper_of("A report that is longer than a pipe", 300_000);
    let began = std::time::Instant::now();
    let made = dropped(&office, &appointment(1, &report), &report);
    assert!(began.elapsed() < std::time::Duration::from_secs(120), "{:?}", began.elapsed());
    let found = checks(for_role(&made, "doctor"), "virus");
    assert!(found.len() == 1 && found[0].1.contains("nothing found"), "{found:?}");
}

#[test]
fn a_reference_that_tells_who_it_is_holds_the_message_that_would_show_it() {
    let office = DemoOffice::new();
    let made = dropped(&office, &appointment(1, REPORT), REPORT);
    for one in &made {
        let clear = checks(one, "clear");
        assert!(clear.len() == 1 && clear[0].0 == "passed", "{one}");
        assert!(clear[0].1.contains("the subject") && clear[0].1.contains("the headers"), "{clear:?}");
        assert_eq!(checks(one, "matrix")[0].0, "passed", "{one}");
        assert_eq!(checks(one, "size")[0].0, "passed", "{one}");
    }
    // The reference by which the doctor knows the case goes in clear, and is somebody's name here.
    let mut case = appointment(3, REPORT);
    case["event"]["doctor"]["reference"] = json!("ERITREA-77");
    let made = dropped(&office, &case, REPORT);
    assert_eq!(for_role(&made, "doctor")["holds"][0]["code"], "guard_clear");
    assert_eq!(for_role(&made, "representative")["state"], "awaiting_review");
}
