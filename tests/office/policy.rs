//! Enters: demo offices whose staff adopt, withdraw and change policy packs. Leaves: proof that two people decide, that
//! a withdrawn pack holds and loses nothing, and that an office's own pack counts for new cases alone.
//! Never: looks inside the program.

use super::faults_of;
use crate::support::office::{
    DemoOffice, PREPARER, REVIEWER, Said, appointment, drop_into, event, paper, report_received,
};
use crate::support::tools::{command, run};
use despatch_testing::swap::Swap;
use serde_json::{Value, json};
use std::fs;

const BUILT_IN: &str = "hoso-2022-09-12";
const OWN: &str = "own-2026";
/// The second reviewer of the demo office.
const SECOND: &str = "tomasz-achebe";
const REPORT: &[u8] = paper!("A made-up report.");
/// A change that no date of the tests depends on.
const HARMLESS: &str =
    "[[change]]\nvalue = \"capacity.reports\"\nto = 9\nreason = \"A doctor less this year\"\n";
const SHORTER: &str = "[[change]]\nvalue = \"working_days.report\"\n\
     to = { days = 4, source = \"The made-up contract with the doctors\" }\nreason = \"The contract of 2026\"\n";

/// An office with a pack of its own that changes these values.
fn with_own(changes: &str) -> DemoOffice {
    let office = DemoOffice::new();
    write_own(&office, changes);
    office
}

fn write_own(office: &DemoOffice, changes: &str) {
    let head = format!("id = \"{OWN}\"\ntitle = \"The office's own edition\"\nextends = \"{BUILT_IN}\"\n\n");
    fs::create_dir_all(office.dir.join("policy")).unwrap();
    fs::write(office.dir.join(format!("policy/{OWN}.toml")), head + changes).unwrap();
}

#[track_caller]
fn adopt_by_two(office: &DemoOffice) {
    let terms = ["policy", "adopt", OWN, "--reason", "the court allows it", "--until", "2027-03-31"];
    office.run_as(REVIEWER, &terms).expect(0);
    office.run_as(SECOND, &["policy", "adopt", OWN]).expect(0);
}

#[track_caller]
fn withdraw(office: &DemoOffice) -> Value {
    let words = ["--json", "policy", "withdraw", BUILT_IN, "--reason", "an order of the court"];
    office.run_as(SECOND, &words).expect(0).json()
}

fn new_cases_under_own(office: &DemoOffice) {
    office.edit("despatch.toml", |text| {
        text.swapped(&format!("pack = \"{BUILT_IN}\""), &format!("pack = \"{OWN}\""))
    });
}

/// What `policy list` says of a pack.
fn listed(office: &DemoOffice, today: &str, pack: &str) -> Value {
    let said = office.on(today, &["--json", "policy", "list"]).expect(0).json();
    let packs = said["packs"].as_array().expect("packs").clone();
    packs.into_iter().find(|one| one["id"] == pack).expect("the pack")
}

fn id(despatch: &Value) -> String {
    despatch["id"].as_str().expect("an id").to_owned()
}

fn codes(said: &Said) -> Vec<String> {
    faults_of(said).iter().map(|fault| fault["code"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn two_people_adopt_a_pack_and_one_person_twice_does_not() {
    let office = with_own(HARMLESS);
    let adopt =
        |who: &str, more: &[&str]| office.run_as(who, &[&["--json", "policy", "adopt", OWN], more].concat());
    assert_eq!(codes(&adopt(REVIEWER, &[]).expect(1)), ["adopt.nothing"]);
    adopt(REVIEWER, &["--reason", "why"]).expect(2);
    let terms = |until: &'static str| ["--reason", "the court allows it", "--until", until];
    assert_eq!(codes(&adopt(REVIEWER, &terms("2026-11-22")).expect(1)), ["adopt.expired"]);
    assert_eq!(adopt(REVIEWER, &terms("2027-03-31")).expect(0).json()["outcome"], "proposed");
    assert_eq!(listed(&office, "2026-11-23", OWN)["usable"], false);
    let text = office.run(&["policy", "list"]).expect(0).stdout;
    assert!(text.contains("by one of two") && text.contains("waits for a second member"), "{text}");
    assert_eq!(codes(&adopt(REVIEWER, &[]).expect(1)), ["adopt.same_person"]);
    assert_eq!(listed(&office, "2026-11-23", OWN)["usable"], false);
    // Whoever prepares cases is a member of staff too.
    assert_eq!(adopt(PREPARER, &[]).expect(0).json()["outcome"], "adopted");
    let pack = listed(&office, "2026-11-23", OWN);
    assert_eq!(pack["usable"], true);
    assert_eq!(pack["decided"]["adoption"]["by"], json!([REVIEWER, PREPARER]));
    assert_eq!(pack["decided"]["adoption"]["expires"], "2027-03-31");
    assert_eq!(pack["for_new_cases"], false);
    assert_eq!(pack["extends"]["pack"], BUILT_IN);
}

#[test]
fn an_adoption_goes_on_until_the_next_one_is_confirmed() {
    let office = DemoOffice::new();
    let renew = ["policy", "adopt", BUILT_IN, "--reason", "another half year", "--until", "2027-12-31"];
    let said = office.run_as(SECOND, &renew).expect(0);
    assert!(said.stdout.contains("goes on meanwhile"), "{}", said.stdout);
    assert_eq!(listed(&office, "2026-11-23", BUILT_IN)["usable"], true);
    assert_eq!(listed(&office, "2027-06-01", BUILT_IN)["usable"], false);
    office.run_as(REVIEWER, &["policy", "adopt", BUILT_IN]).expect(0);
    assert_eq!(listed(&office, "2027-06-01", BUILT_IN)["usable"], true);
}

#[test]
fn an_adoption_that_ends_is_told_before_and_stops_everything_after() {
    let office = DemoOffice::new();
    // The demo's staff adopt the pack for 180 days: until 22 May 2027.
    let early = office.on("2027-04-21", &["--json", "check"]).expect(0).json();
    let warnings = early["warnings"].as_array().unwrap();
    let ends = |warning: &serde_json::Value| warning.to_string().contains("adoption");
    assert!(!warnings.iter().any(ends), "{warnings:#?}");
    let said = office.on("2027-04-22", &["check"]).expect(0);
    assert!(said.stdout.contains("warning") && said.stdout.contains("22 May 2027"), "{}", said.stdout);
    office.on("2027-05-22", &["check"]).expect(0);
    let after = office.on("2027-05-23", &["--json", "check"]).expect(1);
    // Of each of the two packs.
    assert_eq!(codes(&after), ["pack.not_adopted", "pack.cases", "pack.not_adopted", "pack.cases"]);
    assert!(after.stdout.contains("DEMO-0903"), "the open cases are named: {}", after.stdout);
    office.drop_case("late", &report_received(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    let folder = office.dir.join("inbox/folder");
    fs::create_dir(&folder).unwrap();
    drop_into(&folder, "later", &report_received(2, REPORT).to_string(), &[("report.pdf", REPORT)]);
    // Nobody writes to it, and nobody waits for that.
    run(command("mkfifo").arg(office.dir.join("inbox/pipe.json"))).unwrap();
    let stopped = office.on("2027-05-23", &["--json", "run", "--once"]).expect(1);
    assert_eq!(codes(&stopped), ["pack.not_adopted"]);
    // The healthcare team waits too, and whoever reads this can telephone it.
    for said in [&stopped, &office.on("2027-05-23", &["--json", "check"]).expect(1)] {
        assert!(said.stdout.contains("ALARM: ") && said.stdout.contains("TEST-00001 (Brook House)"));
        assert!(said.stdout.contains("TEST-00002 (Brook House)"), "one in a folder too: {said:?}");
        assert!(said.stdout.contains("telephone the healthcare team"), "{said:?}");
    }
    assert!(office.dir.join("inbox/late.json").exists());
}

#[test]
fn a_withdrawn_pack_holds_everything_unsent_and_lists_the_cases() {
    let office = DemoOffice::new();
    office.run_as(SECOND, &["outbox", "approve", "1-1", "2-1"]).expect(0);
    office.run_as(SECOND, &["send", "--once"]).expect(0);
    office.run_as(SECOND, &["outbox", "approve", "2-2"]).expect(0);
    let said = withdraw(&office);
    for despatch in office.despatches().into_iter().filter(|one| one["pack"] == BUILT_IN) {
        let (id, state) = (id(&despatch), &despatch["state"]);
        let safety = despatch["planned"]["safety"] == true;
        match id.as_str() {
            "1-1" | "2-1" => assert_eq!(state, "sent", "{id}"),
            _ if safety => assert_eq!(state, "awaiting_review", "{id}: no policy delays a healthcare copy"),
            _ => {
                assert_eq!((state, &despatch["approval"]), (&json!("held"), &Value::Null), "{id}");
                assert!(despatch["holds"].to_string().contains("pack_withdrawn"), "{id}");
                assert!(said["held"].as_array().unwrap().contains(&json!(id)), "{id} is not listed");
            }
        }
    }
    let cases: Vec<&str> =
        said["cases"].as_array().unwrap().iter().map(|case| case["case_id"].as_str().unwrap()).collect();
    assert_eq!(cases, ["DEMO-0901", "DEMO-0902", "DEMO-0903", "DEMO-0904", "DEMO-0905"]);
    let sent = office.run(&["--json", "send", "--once"]).expect(0);
    assert!(!sent.stdout.contains("2-2"), "what was approved does not go: {}", sent.stdout);
    let again = office.run_as(SECOND, &["--json", "policy", "withdraw", BUILT_IN, "--reason", "again"]);
    assert_eq!(codes(&again.expect(1)), ["withdraw.twice"]);
}

#[test]
fn what_a_withdrawal_holds_goes_once_its_case_is_moved_and_it_is_made_anew() {
    let office = with_own(SHORTER);
    office.run_as(SECOND, &["outbox", "approve", "2-6"]).expect(0);
    withdraw(&office);
    let release = ["--json", "outbox", "release", "2-6", "--reason", "it is still right"];
    assert_eq!(codes(&office.run_as(SECOND, &release).expect(1)), ["pack.withdrawn"]);
    let to_own = |case: &str| {
        office
            .run_as(REVIEWER, &["--json", "policy", "move", case, OWN, "--reason", "the order of the court"])
    };
    assert_eq!(codes(&to_own("DEMO-0902").expect(1)), ["pack.not_adopted"]);
    adopt_by_two(&office);
    assert_eq!(codes(&to_own("DEMO-9999").expect(1)), ["case.unknown"]);
    let moved = to_own("DEMO-0902").expect(0).json();
    assert!(moved["held"].as_array().unwrap().contains(&json!("2-6")), "{moved}");
    assert_eq!(codes(&to_own("DEMO-0902").expect(1)), ["move.same"]);
    let before = office.despatch_for("DEMO-0902", "representative");
    office.run_as(SECOND, &release).expect(0);
    let after = office.despatch_for("DEMO-0902", "representative");
    assert_eq!((&after["state"], &after["pack"]), (&json!("awaiting_review"), &json!(OWN)));
    assert_eq!(after["issued_on"], before["issued_on"]);
    assert_ne!(after["message"]["sha256"], before["message"]["sha256"]);
    office.run_as(SECOND, &["outbox", "approve", "2-6"]).expect(0);
    let sent = office.run(&["send", "--once"]).expect(0);
    assert!(sent.stdout.contains("2-6"), "{}", sent.stdout);
    // Under the new pack the doctor has a day less: four working days after Tuesday 1 December 2026.
    let due = || office.despatch_for("DEMO-0902", "doctor")["planned"]["deadline"]["due"].clone();
    assert_eq!(due(), "2026-12-08");
    office.run_as(SECOND, &["outbox", "release", "2-2", "--reason", "it is still right"]).expect(0);
    assert_eq!(due(), "2026-12-07");
    // A case that nobody moved stays where it is.
    let other = ["--json", "outbox", "release", "3-1", "--reason", "it is still right"];
    assert_eq!(codes(&office.run_as(SECOND, &other).expect(1)), ["pack.withdrawn"]);
}

#[test]
fn what_an_expired_adoption_holds_goes_once_its_case_is_moved() {
    let office = with_own(HARMLESS);
    adopt_by_two(&office);
    let renew = ["policy", "adopt", BUILT_IN, "--reason", "a day", "--until", "2026-11-23"];
    office.run_as(REVIEWER, &renew).expect(0);
    office.run_as(SECOND, &["policy", "adopt", BUILT_IN]).expect(0);
    let on = |words: &[&str]| office.on("2026-11-24", &[&["--json", "--as", SECOND], words].concat());
    assert_eq!(codes(&on(&["outbox", "approve", "2-1"]).expect(1)), ["despatch.held"]);
    let release = ["outbox", "release", "2-1", "--reason", "moved"];
    assert_eq!(codes(&on(&release).expect(1)), ["despatch.held"]);
    on(&["policy", "move", "DEMO-0902", OWN, "--reason", "the adoption has ended"]).expect(0);
    assert_eq!(on(&release).expect(0).json()["pack"], OWN);
    on(&["outbox", "approve", "2-1"]).expect(0);
}

#[test]
fn a_withdrawn_pack_refuses_new_cases_and_loses_nothing() {
    let office = with_own(HARMLESS);
    // Beside another pack its cases alone would come back (`detentions`).
    office.edit("despatch.toml", |text| text.swapped("beside = [\"gi-v3-reviews\"]\n", ""));
    withdraw(&office);
    office.drop_case("new", &report_received(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    let said = office.run(&["--json", "run", "--once"]).expect(1);
    assert_eq!(codes(&said), ["pack.withdrawn"]);
    assert!(faults_of(&said)[0]["cause"].as_str().unwrap().contains(SECOND), "who withdrew it: {said:?}");
    assert!(codes(&office.run(&["--json", "check"]).expect(1)).contains(&"pack.withdrawn".to_owned()));
    assert!(office.dir.join("inbox/new.json").exists() && office.dir.join("inbox/new/report.pdf").exists());
    adopt_by_two(&office);
    new_cases_under_own(&office);
    office.run(&["run", "--once"]);
    assert_eq!(office.despatch_for("TEST-00001", "dmrt")["pack"], OWN);
}

/// A case in the middle of its process: its pack is withdrawn, it is moved, and it goes on.
#[test]
fn a_case_whose_pack_is_withdrawn_in_the_middle_goes_on_once_it_is_moved() {
    let office = with_own(SHORTER);
    let case = "TEST-00001";
    let drop = |name: &str, case: &Value| {
        office.drop_case(name, &case.to_string(), &[("report.pdf", REPORT)]);
        let said = office.run(&["--json", "run", "--once"]);
        let found: Vec<Value> = said.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let file = format!("{name}.json");
        found.into_iter().find(|one| one["file"] == file.as_str()).unwrap_or_else(|| panic!("{said:?}"))
    };
    drop("booked", &appointment(1, REPORT));
    let letter = id(&office.despatch_for(case, "det"));
    office.run_as(REVIEWER, &["outbox", "approve", &letter]).expect(0);
    office.run(&["send", "--once"]).expect(0);
    let served =
        json!({ "type": "letter_served", "served_on": "2026-11-23", "explained": true, "refused": false });
    assert_eq!(drop("served", &event(1, "served", served))["outcome"], "queued");
    withdraw(&office);
    adopt_by_two(&office);
    new_cases_under_own(&office);
    let agrees = json!({
        "type": "response_received", "received_on": "2026-11-23", "from": "individual", "attend": "yes",
        "records": "not_given", "signed": true, "own_instruction": false,
    });
    let refused = drop("agrees", &event(1, "agrees", agrees.clone()));
    assert_eq!(refused["faults"][0]["code"], "pack.withdrawn", "{refused}");
    assert!(refused["faults"][0]["cure"].to_string().contains("despatch policy move"), "{refused}");
    office.run_as(REVIEWER, &["policy", "move", case, OWN, "--reason", "the order of the court"]).expect(0);
    let queued = drop("agrees-again", &event(1, "agrees", agrees));
    assert_eq!(queued["outcome"], "queued", "{queued}");
    let result = office.despatches().into_iter().find(|one| one["planned"]["kind"] == "response-result");
    assert_eq!(result.expect("the doctor is told")["pack"], OWN);
    // From here on the other pack's days count: four after Tuesday 1 December 2026.
    let completed = json!({
        "type": "assessment_outcome", "date": "2026-12-01", "reported_on": "2026-11-23", "outcome": "too_ill", "no_other_records": true,
    });
    assert_eq!(drop("ill", &event(1, "ill", completed))["outcome"], "queued");
    let papers = office.despatches().into_iter().find(|one| one["planned"]["kind"] == "papers-only");
    assert_eq!(papers.expect("the doctor is told")["planned"]["deadline"]["due"], "2026-12-07");
}

#[test]
fn an_own_pack_changes_the_dates_of_new_cases_and_an_open_case_keeps_its_pack() {
    let office = with_own(SHORTER);
    adopt_by_two(&office);
    let drop =
        |name: &str, case: &Value| office.drop_case(name, &case.to_string(), &[("report.pdf", REPORT)]);
    let booked = |n: usize| {
        let mut case = appointment(n, REPORT);
        case["event_id"] = json!(format!("test-booked-{n}"));
        case["event"]["referred_on"] = json!("2026-11-23");
        case
    };
    drop("open", &report_received(1, REPORT));
    office.run(&["run", "--once"]);
    new_cases_under_own(&office);
    office.run(&["check"]).expect(0);
    drop("booked", &booked(1));
    drop("new", &booked(2));
    let said = office.run(&["--json", "run", "--once"]);
    assert_eq!(faults_of(&said), [] as [Value; 0]);
    let doctor = |case: &str| office.despatch_for(case, "doctor");
    let (old, new) = (doctor("TEST-00001"), doctor("TEST-00002"));
    // Five and four working days after the assessment on Tuesday 1 December 2026.
    assert_eq!((&old["pack"], &old["planned"]["deadline"]["due"]), (&json!(BUILT_IN), &json!("2026-12-08")));
    assert_eq!((&new["pack"], &new["planned"]["deadline"]["due"]), (&json!(OWN), &json!("2026-12-07")));
    assert_eq!(new["planned"]["deadline"]["source"], "The made-up contract with the doctors");
}

#[test]
fn a_diff_shows_what_differs_and_nothing_that_is_equal() {
    let row = "[[change]]\nvalue = \"dismissive\"\nto = [\"made up\"]\nreason = \"A shorter list\"\n";
    let office = with_own(&format!("{SHORTER}{row}"));
    let said = office.run(&["--json", "policy", "diff", BUILT_IN, OWN]).expect(0).json();
    let paths: Vec<&str> =
        said["values"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["dismissive", "title", "working_days.report.days", "working_days.report.source"]);
    assert_eq!((&said["values"][2]["a"], &said["values"][2]["b"]), (&json!("5"), &json!("4")));
    assert_eq!(said["rows"], json!([]));
    let text = office.run(&["policy", "diff", BUILT_IN, OWN]).expect(0).stdout;
    assert!(text.contains("because     The contract of 2026"), "{text}");
    let same = office.run(&["policy", "diff", OWN, OWN]).expect(0).stdout;
    assert_eq!(same, format!("{OWN} and {OWN} say the same.\n"));
    assert_eq!(codes(&office.run(&["--json", "policy", "diff", OWN, "nobodys"]).expect(1)), ["pack.missing"]);
}

#[test]
fn a_diff_names_the_rows_that_differ() {
    let office = DemoOffice::new();
    let text = include_str!("../../policy/hoso-2022-09-12.toml").swapped(BUILT_IN, "other-2026");
    let (begin, row) = text.split_once("[[row]]\nnumber = \"7\"").expect("row 7");
    let (_, rest) = row.split_once("[[row]]").expect("the next row");
    let begin = begin.swapped_once("\"no_capacity\", ", "");
    let text = format!("{begin}[[row]]{rest}").swapped_once("deadline = \"immediately\"\nsafety", "safety");
    fs::create_dir_all(office.dir.join("policy")).unwrap();
    fs::write(office.dir.join("policy/other-2026.toml"), text).unwrap();
    let said = office.run(&["--json", "policy", "diff", BUILT_IN, "other-2026"]).expect(0).json();
    let rows = said["rows"].as_array().unwrap();
    let values = said["values"].as_array().unwrap();
    assert!(values.len() == 1 && values[0]["path"] == "lists.circumstances", "{said}");
    assert_eq!(rows.len(), 2, "{said}");
    assert_eq!(rows[0]["row"], "row 2: report-to-healthcare to healthcare");
    assert_eq!(rows[0]["differences"], json!([{ "path": "deadline", "a": "immediately", "b": null }]));
    assert_eq!(rows[1]["row"], "row 7: no-capacity to caseworker");
    assert_eq!(rows[1]["only_in"], BUILT_IN);
}

#[test]
fn an_own_pack_completes_the_standards_and_show_tells_everything() {
    let standards = "[[change]]\nvalue = \"standards\"\nreason = \"The list was obtained\"\n\
         to = { complete = true, source = \"The made-up list\", standard = [\n\
         { id = \"author-regulated\", title = \"The author is regulated\", source = \"page 1\" },\n\
         { id = \"history-taken\", title = \"A history was taken\", source = \"page 2\" },\n] }\n";
    let office = with_own(&format!("{SHORTER}{standards}"));
    let said = office.run(&["--json", "policy", "show", OWN]).expect(0).json();
    let pack = &said["pack"];
    assert_eq!(pack["standards"]["complete"], true);
    assert_eq!(pack["standards"]["standard"][1]["id"], "history-taken");
    assert_eq!(pack["working_days"]["report"]["days"], 4);
    assert_eq!(pack["working_days"]["serve"]["days"], 3);
    assert_eq!(pack["extends"]["changes"][1]["reason"], "The list was obtained");
    assert!(pack["row"].as_array().unwrap().len() > 60);
    let text = office.run(&["policy", "show", OWN]).expect(0).stdout;
    for word in [
        "8f02160304902b308e58d948f53ca2825157fdb3a3f05ad93f187422f48d1666",
        "12 January 2024: quashed",
        "replaced since 21 May 2024",
        "working_days.report.days = 4",
        "The contract of 2026",
        "calendar.rule = \"place and office\"",
        "capacity.week_starts = \"Monday\"",
        "OFFICIAL SENSITIVE",
        "standards.complete = true",
        "history-taken: A history was taken",
        "invitation to the legal representative",
        "deadline: respond",
        "implied by the guidance, not written in it",
        "Rows that this office awaits",
        "not adopted it",
    ] {
        assert!(text.contains(word), "{word} is not told in {text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
    let built_in = office.run(&["policy", "show", BUILT_IN]).expect(0).stdout;
    assert!(built_in.contains("standards.complete = false"), "{built_in}");
    let unwrapped = built_in.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(unwrapped.contains("for whoever was asked for the healthcare records"), "{built_in}");
}

/// A slip in an office's own pack: what it changes, the place at which it is told, and a word of the cause.
const SLIPS: [(&str, &str, &str); 8] = [
    (
        "value = \"working_days.serve.day\"\nto = 4\nreason = \"why\"",
        "own-2026.toml:6",
        "working_days.serve.day",
    ),
    ("value = \"working_days.serve.days\"\nto = 4", "own-2026.toml:5", "reason"),
    ("value = \"working_days.serve.days\"\nreason = \"why\"", "own-2026.toml:5", "change.to"),
    (
        "value = \"working_days.serve.days\"\nto = \"four\"\nreason = \"why\"",
        "with hoso-2022-09-12",
        "whole number",
    ),
    ("value = \"status\"\nto = []\nreason = \"why\"", "own-2026.toml:6", "status"),
    ("value = \"id\"\nto = \"x\"\nreason = \"why\"", "own-2026.toml:6", "id"),
    (
        "value = \"handling\"\nto = \"a\"\nreason = \"why\"\n[[change]]\nvalue = \"handling\"\nto = \"b\"\nreason = \"why\"",
        "own-2026.toml:10",
        "twice",
    ),
    ("value = \"handling\"\nto = \"a\"\nreason = \"why\"\nform = 1", "own-2026.toml:9", "form"),
];

#[test]
fn a_broken_own_pack_is_told_with_its_place_and_its_cure() {
    let office = DemoOffice::new();
    for (slip, place, word) in SLIPS {
        write_own(&office, &format!("[[change]]\n{slip}\n"));
        let faults = faults_of(&office.run(&["--json", "check"]).expect(1));
        assert_eq!(faults.len(), 1, "{slip}: {faults:#?}");
        let text = |field: &str| faults[0][field].as_str().unwrap().to_owned();
        assert!(text("at").contains(place) && text("cause").contains(word), "{slip}: {faults:#?}");
        assert!(!text("cure").is_empty());
    }
    write_own(&office, "");
    let nothing = office.run(&["check"]).expect(1).stderr;
    assert!(nothing.contains("changes nothing"), "{nothing}");
    write_own(&office, HARMLESS);
    office.edit(&format!("policy/{OWN}.toml"), |text| text.swapped(BUILT_IN, "hoso-2021-01-01"));
    let unknown = office.run(&["check"]).expect(1).stderr;
    assert!(unknown.contains("own-2026.toml:3") && unknown.contains("no such pack"), "{unknown}");
}
