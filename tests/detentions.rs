//! An office with two packs at once: reviews of detention beside second opinions. Leaves: proof of what a caseworker and
//! whoever signs notice of both. Never: a real person; nor counts a day itself: the days are written down.

use crate::support::office::{DemoOffice, PREPARER, REVIEWER, Said, TODAY, paper, report_received};
use despatch_testing::swap::Swap;
use serde_json::{Value, json};
use std::fs;

mod authority;
mod hours;
mod morning;
mod whole;

const REPORT: &[u8] = paper!("A made-up report.");
const SECOND: &str = "tomasz-achebe";
const REVIEWS: &str = "gi-v3-reviews";
const OPINIONS: &str = "hoso-2022-09-12";

/// An event of the detention of the `n`th fictional person, at Brook House since noon on a day.
fn detention(n: usize, since: &str, event_id: &str, event: &Value) -> Value {
    json!({
        "schema": "despatch-case/1", "case_id": format!("DET-{n:04}"),
        "home_office_reference": format!("X70{n:05}"), "event_id": format!("det-{n}-{event_id}"),
        "event": event, "prepared_by": PREPARER,
        "person": { "name": format!("Person Number{}", letters(n)), "date_of_birth": "1990-05-17",
                    "nationality": "Eritrea", "language": "Tigrinya", "interpreter_needed": true },
        "detention": { "place": "brook-house", "since": since },
        "caseworker": { "entry": "caseworker-marisol" },
        "decision_maker": { "entry": "senior-rosalind", "grade": "SEO" },
        "attachments": [],
    })
}

/// A number in letters, for a name has no digits.
fn letters(number: usize) -> String {
    number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}

fn began(n: usize, since: &str) -> Value {
    let event = json!({
        "type": "detention_began", "detained_at": format!("{since}T12:00+00:00"), "origin": "community",
        "team": "non_fno", "power": "paragraph 16(2)", "age": "adult", "reasons_served_on": since,
    });
    detention(n, since, "began", &event)
}

fn dropped(office: &DemoOffice, name: &str, case: &Value) {
    office.drop_case(name, &case.to_string(), &[]);
}

/// Drops a case file, which is taken.
#[track_caller]
fn taken(office: &DemoOffice, today: &str, name: &str, case: &Value) {
    dropped(office, name, case);
    let said = office.on(today, &["run", "--once"]);
    assert!(said.stdout.contains("1 queued"), "{said:?}");
}

fn board(office: &DemoOffice, today: &str) -> Value {
    office.on(today, &["--json", "deadlines"]).expect(0).json()["board"].take()
}

/// The deadlines of a case: "detention_review 2026-12-08".
fn due_in(office: &DemoOffice, today: &str, case: &str) -> Vec<String> {
    let board = board(office, today);
    let of_case =
        board["deadlines"].as_array().expect("deadlines").iter().filter(|one| one["case_id"] == case);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    of_case.map(|one| format!("{} {}", text(&one["rule"]), text(&one["due"]))).collect()
}

fn codes(said: &Said) -> Vec<String> {
    let faults = said.json()["faults"].as_array().expect("faults").clone();
    faults.iter().map(|fault| fault["code"].as_str().expect("a code").to_owned()).collect()
}

/// The words of a text in one line.
fn flowing(said: &str) -> String {
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_case_begins_under_the_pack_that_owns_its_event() {
    let office = DemoOffice::new();
    for (case, pack) in [("DEMO-0901", OPINIONS), ("DEMO-0909", REVIEWS), ("DEMO-0911", REVIEWS)] {
        let shown = office.run(&["--json", "case", case]).expect(0).json();
        assert_eq!(shown["events"][0]["pack"], pack, "{case}");
    }
    let list = office.run(&["--json", "policy", "list"]).expect(0).json();
    for pack in list["packs"].as_array().expect("packs") {
        assert_eq!((&pack["usable"], &pack["for_new_cases"]), (&json!(true), &json!(true)), "{pack}");
        assert_eq!(pack["decided"]["adoption"]["by"].as_array().expect("staff").len(), 2, "{pack}");
    }
    let check = office.run(&["check"]).expect(0).stdout;
    assert!(flowing(&check).contains(&format!("policy packs {OPINIONS}, {REVIEWS}")), "{check}");
}

#[test]
fn an_event_of_the_other_family_is_refused_in_a_case() {
    let office = DemoOffice::new();
    let mut case = began(1, TODAY);
    case["case_id"] = "DEMO-0901".into();
    dropped(&office, "mixed", &case);
    office.run(&["run", "--once"]);
    let told = flowing(&office.run_as(PREPARER, &["rejected", "11"]).expect(0).stdout);
    assert!(told.contains("a case number of its own"), "{told}");
}

#[test]
fn two_packs_that_own_one_event_are_a_fault_with_file_and_line() {
    let office = DemoOffice::new();
    fs::create_dir_all(office.dir.join("policy")).expect("a folder");
    let own = format!(
        "id = \"own-2026\"\ntitle = \"The office's own edition\"\nextends = \"{OPINIONS}\"\n\n[[change]]\nvalue = \
         \"capacity.reports\"\nto = 9\nreason = \"A doctor less this year\"\n"
    );
    fs::write(office.dir.join("policy/own-2026.toml"), own).expect("a pack");
    office.edit("despatch.toml", |text| {
        text.swapped(&format!("beside = [\"{REVIEWS}\"]"), &format!("beside = [\"{REVIEWS}\", \"own-2026\"]"))
    });
    let settings = fs::read_to_string(office.dir.join("despatch.toml")).expect("settings");
    let line = settings.lines().position(|line| line.starts_with("beside")).expect("the setting") + 1;
    let said = office.run(&["--json", "check"]).expect(1);
    assert!(codes(&said).iter().any(|code| code == "pack.owned_twice"), "{said:?}");
    assert!(said.stdout.contains(&format!("despatch.toml:{line}")), "{said:?}");
    assert!(said.stdout.contains("both own external_report_received"), "{said:?}");
}

#[test]
fn a_pack_that_may_not_be_used_stops_its_own_cases_alone() {
    let office = DemoOffice::new();
    office.run_as(SECOND, &["policy", "withdraw", REVIEWS, "--reason", "a new edition"]).expect(0);
    dropped(&office, "detained", &began(1, TODAY));
    office.drop_case("report", &report_received(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    let said = office.run(&["run", "--once"]);
    assert!(said.stdout.contains("1 queued") && said.stdout.contains("1 rejected"), "{said:?}");
    let told = said.stdout.clone() + &said.stderr;
    assert!(told.contains("ALARM") && told.contains(REVIEWS), "{said:?}");
    assert_eq!(office.despatch_for("TEST-00001", "healthcare")["state"], "awaiting_review");
    // The other way round the copy is lacking, and whoever reads it can telephone.
    let office = DemoOffice::new();
    office.run_as(SECOND, &["policy", "withdraw", OPINIONS, "--reason", "an order of the court"]).expect(0);
    dropped(&office, "detained", &began(1, TODAY));
    office.drop_case("report", &report_received(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    let said = office.run(&["run", "--once"]);
    assert!(said.stdout.contains("1 queued") && said.stdout.contains("1 rejected"), "{said:?}");
    let told = flowing(&office.run_as(PREPARER, &["rejected", "12"]).expect(0).stdout);
    assert!(told.contains("telephone the healthcare team of"), "{told}");
    assert_eq!(office.despatch_for("DET-0001", "review_authoriser")["state"], "awaiting_review");
}

#[test]
fn a_pack_whose_adoption_has_lapsed_says_so_to_whoever_dropped_the_case_and_how_it_is_renewed() {
    let office = DemoOffice::new();
    // The demo's staff adopted both until 22 May 2027, and renew one of them alone.
    let renew = ["policy", "adopt", OPINIONS, "--reason", "another half year", "--until", "2027-12-31"];
    office.run_as(SECOND, &renew).expect(0);
    office.run_as(REVIEWER, &["policy", "adopt", OPINIONS]).expect(0);
    let mut detained = began(1, "2027-05-23");
    detained["event"]["detained_at"] = json!("2027-05-23T12:00+01:00");
    dropped(&office, "detained", &detained);
    let said = office.on("2027-05-23", &["run", "--once"]);
    assert!(said.stdout.contains("1 rejected"), "{said:?}");
    let told = flowing(&office.on("2027-05-23", &["--as", PREPARER, "rejected", "11"]).expect(0).stdout);
    for words in [
        "The pack gi-v3-reviews was no longer known to be in force on 24 October 2024, and its adoption ended with its last \
         day, 22 May 2027",
        "have two members of staff renew its adoption",
        "`despatch policy adopt gi-v3-reviews --reason REASON --until DATE`",
        "another confirms it (`despatch policy adopt gi-v3-reviews`)",
    ] {
        assert!(told.contains(words), "{words} is not told: {told}");
    }
    // Once two have renewed it, the same file is taken.
    let renew = ["policy", "adopt", REVIEWS, "--reason", "another half year", "--until", "2027-12-31"];
    office.on("2027-05-23", &[&["--as", SECOND], &renew[..]].concat()).expect(0);
    office.on("2027-05-23", &["--as", REVIEWER, "policy", "adopt", REVIEWS]).expect(0);
    taken(&office, "2027-05-23", "again", &detained);
}

#[test]
fn the_cases_of_one_reference_show_each_other_with_what_is_due() {
    let office = DemoOffice::new();
    for (case, other, words) in [
        ("DEMO-0904", "DEMO-0909", "monthly review 1"),
        ("DEMO-0909", "DEMO-0904", "refer the report to the Detained Medical Reports Team"),
    ] {
        let shown = office.run(&["--json", "case", case]).expect(0).json();
        let linked = shown["linked"].as_array().expect("linked cases");
        assert_eq!(linked.len(), 1, "{shown}");
        assert_eq!(linked[0]["case_id"], other);
        assert!(linked[0]["due"].to_string().contains(words), "{linked:?}");
        let said = flowing(&office.run(&["case", case]).expect(0).stdout);
        assert!(said.contains("Other cases of the same reference") && said.contains(words), "{said}");
        assert!(!said.contains("X9000904"), "the reference is told: {said}");
    }
    assert!(office.run(&["--json", "case", "DEMO-0901"]).expect(0).json().get("linked").is_none());
    // What is restricted to others is in no list.
    let restrict = [
        "case",
        "restrict",
        "DEMO-0909",
        "--to",
        REVIEWER,
        "--to",
        SECOND,
        "--reason",
        "a colleague knows her",
    ];
    office.run_as(REVIEWER, &restrict).expect(0);
    let shown = office.run_as(PREPARER, &["--json", "case", "DEMO-0904"]).expect(0);
    assert!(!shown.stdout.contains("DEMO-0909"), "{shown:?}");
    let shown = office.run_as(REVIEWER, &["--json", "case", "DEMO-0904"]).expect(0);
    assert!(shown.stdout.contains("DEMO-0909"), "{shown:?}");
}

#[test]
fn the_clocks_of_a_detention_stand_in_one_list_and_what_was_missed_stays_first() {
    let office = DemoOffice::new();
    taken(&office, TODAY, "detained", &began(1, "2026-11-22"));
    assert_eq!(
        due_in(&office, TODAY, "DET-0001"),
        [
            "detention_review 2026-11-23",
            "detention_review 2026-11-29",
            "detention_review 2026-12-06",
            "detention_review 2026-12-20",
            "written_reasons 2026-12-20",
            "case_panel 2027-02-22",
        ]
    );
    let said = office.on("2026-12-08", &["deadlines", "--case", "DET-0001"]).expect(0).stdout;
    let rows: Vec<&str> = said.lines().skip_while(|line| !line.starts_with("DUE")).skip(1).take(4).collect();
    assert!(rows[0].starts_with("Mon 23 Nov 2026  15 days past  DET-0001"), "{said}");
    assert!(said.contains("24-hour review, by an SEO or Inspector"), "{said}");
    assert!(said.contains("covers such a post; due by midday"), "{said}");
    assert!(
        said.contains("plan for Friday 18 December 2026"),
        "the last working day before a Sunday: {said}"
    );
    let counted = flowing(&said);
    assert!(counted.contains("28 days after 22 November 2026 is Sunday 20 December 2026"), "{said}");
    let shown = flowing(&office.on("2026-12-08", &["case", "DET-0001"]).expect(0).stdout);
    for words in [
        "detained since Sunday 22 November 2026, midday",
        "reviews none is on record",
        "written reasons those of the beginning, counted from 22 November 2026",
        "monthly review 1, by an SEO or Inspector",
    ] {
        assert!(shown.contains(words), "{words} is not told: {shown}");
    }
}

#[test]
fn a_limit_is_an_alarm_before_it_lapses_and_has_its_hour_in_the_calendar() {
    let office = DemoOffice::new();
    taken(&office, TODAY, "detained", &began(1, "2026-11-22"));
    let pregnant = json!({ "type": "pregnancy_established", "satisfied_at": "2026-11-23T09:00+00:00",
                           "power_for": "removal_or_deportation", "removal_shortly": true });
    dropped(&office, "limit", &detention(1, "2026-11-22", "limit", &pregnant));
    let said = office.run(&["run", "--once"]);
    assert!(said.stdout.contains("1 queued") && !said.stdout.contains("the detention ends"), "{said:?}");
    let alarms = |today: &str| -> Vec<String> {
        let said = office.on(today, &["deadlines"]).expect(0).stdout;
        let of_limit = said.lines().filter(|line| line.starts_with("ALARM") && line.contains("DET-0001"));
        of_limit.map(str::to_owned).collect()
    };
    assert_eq!(alarms(TODAY), [""; 0]);
    let near = alarms("2026-11-24");
    assert!(near.len() == 1 && near[0].contains("Thursday 26 November 2026, 9am"), "{near:?}");
    let lapsed = alarms("2026-11-26");
    assert!(
        lapsed.len() == 1 && lapsed[0].contains("lapsed on Thursday 26 November 2026, 9am"),
        "{lapsed:?}"
    );
    let run = office.on("2026-11-25", &["run", "--once"]);
    let told = run.stdout.clone() + &run.stderr;
    assert!(told.contains("the detention ends"), "the service tells it too: {run:?}");
    let calendar = office.dir.with_file_name("deadlines.ics");
    office.run(&["deadlines", "--ics", calendar.to_str().expect("UTF-8")]).expect(0);
    let text = fs::read_to_string(&calendar).expect("a calendar");
    for line in [
        "DTSTART:20261126T090000Z",
        "TRIGGER;VALUE=DATE-TIME:20261124T090000Z",
        "TRIGGER;VALUE=DATE-TIME:20261126T070000Z",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    assert!(!text.contains("Person"), "{text}");
}
