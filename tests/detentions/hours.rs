//! The hour of a limit. Leaves: proof that what maintains detention goes before it and not after, that what warns of it is
//! not kept back, and that whoever wants to be told of limits is told of each step. Never: a real person.

use super::*;
use despatch_testing::swap::Swap;

/// Another event of the demo's detention.
fn demo_case(office: &DemoOffice, event_id: &str, event: Value) -> Value {
    let sample = fs::read_to_string("examples/cases/09-detention-began.json").expect("a sample");
    let mut case: Value = serde_json::from_str(&sample).expect("JSON");
    let shown = office.run(&["--json", "case", "DEMO-0909"]).expect(0).json();
    case["detention"]["since"] = shown["standing"]["detained_since"].clone();
    case["event_id"] = event_id.into();
    case["event"] = event;
    case
}

/// Limits the demo's detention to 72 hours from this time of the demo's day.
#[track_caller]
fn limited_from(office: &DemoOffice, time: &str) {
    let event = json!({ "type": "pregnancy_established", "satisfied_at": format!("{TODAY}T{time}+00:00"),
                        "power_for": "removal_or_deportation", "removal_shortly": true });
    taken(office, TODAY, "limit", &demo_case(office, "demo-0909-limit", event));
}

/// The letter of the demo's review, authorised: its id.
fn letter(office: &DemoOffice) -> String {
    let waits = board(office, TODAY)["unauthorised"].clone();
    let of_demo = waits.as_array().expect("a list").iter().find(|one| one["case_id"] == "DEMO-0909");
    let number = of_demo.expect("the review waits")["case_file"].to_string();
    office.run_as(SECOND, &["authorise", &number]).expect(0);
    let id = office.despatch_for("DEMO-0909", "det")["id"].as_str().expect("an id").to_owned();
    office.run_as(REVIEWER, &["outbox", "release", &id, "--reason", "it is authorised"]).expect(0);
    id
}

fn hold_codes(office: &DemoOffice) -> Vec<Value> {
    let holds = office.despatch_for("DEMO-0909", "det")["holds"].clone();
    holds.as_array().expect("holds").iter().map(|hold| hold["code"].clone()).collect()
}

/// It is noon on 26 November: a limit of 9 o'clock has lapsed, one of 3 o'clock has not.
const LIMITS_DAY: &str = "2026-11-26";

#[test]
fn an_approved_letter_that_maintains_detention_goes_before_the_hour_of_a_limit_and_not_after_it() {
    for (time, state) in [("15:00", "sent"), ("09:00", "held")] {
        let office = DemoOffice::new();
        let id = letter(&office);
        office.run_as(SECOND, &["outbox", "approve", &id]).expect(0);
        // The limit came on record after the letter.
        limited_from(&office, time);
        office.on(LIMITS_DAY, &["send", "--once"]);
        assert_eq!(office.despatch_for("DEMO-0909", "det")["state"], state, "{time}");
        if state == "held" {
            assert_eq!(hold_codes(&office), ["limit_lapsed"]);
        }
    }
}

#[test]
fn nobody_approves_or_releases_a_letter_that_maintains_detention_after_the_hour() {
    let office = DemoOffice::new();
    let id = letter(&office);
    limited_from(&office, "09:00");
    let said = office.on(LIMITS_DAY, &["--as", SECOND, "outbox", "approve", &id]).expect(1);
    assert!(flowing(&said.stderr).contains("lapsed on Thursday 26 November 2026, 9am"), "{said:?}");
    assert_eq!(hold_codes(&office), ["limit_lapsed"]);
    let release = ["--as", REVIEWER, "outbox", "release", &id, "--reason", "it was right"];
    office.on(LIMITS_DAY, &release).expect(1);
    // What warns of the limit keeps nobody in detention, and goes.
    let warning = |office: &DemoOffice| {
        let all = office.despatches().into_iter();
        let mut of_kind = all.filter(|one| one["planned"]["kind"] == "limit-warning");
        of_kind.find(|one| one["case_id"] == "DEMO-0909").expect("a warning")
    };
    let warned = warning(&office)["id"].as_str().expect("an id").to_owned();
    office.on(LIMITS_DAY, &["--as", SECOND, "outbox", "approve", &warned]).expect(0);
    office.on(LIMITS_DAY, &["send", "--once"]).expect(0);
    assert_eq!(warning(&office)["state"], "sent");
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn a_letter_that_is_made_after_the_hour_waits_from_the_first() {
    for (time, lapsed) in [("15:00", false), ("09:00", true)] {
        let office = DemoOffice::new();
        limited_from(&office, time);
        let review = json!({ "type": "review_completed", "stage": "m2", "done_on": LIMITS_DAY,
            "removability": "The embassy was asked.", "factors": [], "level": "none", "outcome": "maintain",
            "reasons": "You stay in detention." });
        let mut case = demo_case(&office, "demo-0909-m2", review);
        case["despite_history"] = "It was done before its day.".into();
        taken(&office, LIMITS_DAY, "review", &case);
        let all = office.despatches().into_iter();
        let mut of_det = all.filter(|one| one["case_id"] == "DEMO-0909" && one["planned"]["role"] == "det");
        let made = of_det.next_back().expect("a letter");
        assert_eq!(made["holds"].to_string().contains("limit_lapsed"), lapsed, "{made}");
        let by =
            format!("lapses today, on Thursday 26 November 2026, {}", if lapsed { "9am" } else { "3pm" });
        assert!(made["warnings"].to_string().contains(&by), "{made}");
    }
}

/// What the notices to staff say that were sent so far.
fn notices(office: &DemoOffice) -> Vec<String> {
    let sent = fs::read_dir(office.dir.join("sent")).into_iter().flatten().flatten();
    let own = sent.filter(|entry| entry.file_name().to_string_lossy().starts_with("notice-"));
    own.map(|entry| fs::read_to_string(entry.path()).expect("a notice")).collect()
}

#[test]
fn whoever_wants_it_is_told_by_email_of_each_step_towards_a_limit() {
    let office = DemoOffice::new();
    let wants = "account = \"demo-beatrix-lund\"\nemail = \"beatrix.lund@office.example.invalid\"\n\
                 notices = [\"limits\"]";
    office.edit("despatch.toml", |text| text.swapped("account = \"demo-beatrix-lund\"", wants));
    limited_from(&office, "09:00");
    let mut before = Vec::new();
    let mut fresh = |day: &str| {
        office.on(day, &["send", "--once"]).expect(0);
        let all = notices(&office);
        let fresh: Vec<String> = all.iter().filter(|one| !before.contains(*one)).cloned().collect();
        before = all;
        fresh
    };
    let tells = |told: &[String], words: &str| told.iter().filter(|one| one.contains(words)).count();
    let (near, lapsed) = ("limits of detention that are near: ", "limits of detention that have lapsed: 1");
    assert_eq!(tells(&fresh(TODAY), lapsed), 0);
    // 48 hours and 24 hours before it, each once, and the end.
    for (day, words) in [("2026-11-24", near), ("2026-11-25", near), (LIMITS_DAY, lapsed)] {
        let told = fresh(day);
        assert_eq!(tells(&told, words), 1, "{day}: {told:?}");
        assert_eq!(tells(&fresh(day), words), 0, "{day}: it is told once");
        for one in &told {
            assert!(one.contains("despatch deadlines") && !one.contains("DEMO-0909"), "{one}");
        }
    }
    office.run(&["audit", "verify"]).expect(0);
}
