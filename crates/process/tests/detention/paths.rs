//! Detentions from their first day, each as a caseworker would tell it.

use super::super::day;
use super::RULES;
use super::path::{Path, made, review, served, with};
use chrono::{Days, NaiveDate};
use despatch_process::detention::Stage;
use despatch_process::detention::terms::DetainedTeam;
use serde_json::{Value, json};

fn words(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

fn needed(team: DetainedTeam, month: u32) -> &'static str {
    RULES.reviews.table(team).and_then(|table| table.grade(Stage::Month(month))).expect("a grade").code()
}

/// Reviews month after month, each on the day to plan for, and the reasons served the next day.
fn months(path: &mut Path, team: DetainedTeam, from: u32, to: u32, letter: &str) {
    for month in from..=to {
        let (due, what) = path.next_review();
        assert!(what.starts_with(&format!("monthly review {month}, by ")), "{what}");
        let on = due - Days::new(u64::from(month % 3));
        let plan = path.on(&words(on), &review(&format!("m{month}"), &on.to_string(), needed(team, month)));
        assert_eq!(made(&plan), [letter], "month {month}");
        assert_eq!(path.next_review().0, on + Days::new(28), "month {month}");
        let next = on + Days::new(1);
        let summer = format!("{next}T12:00+01:00");
        let at = if summer.parse::<despatch_process::detention::LondonTime>().is_ok() {
            summer
        } else {
            format!("{next}T12:00+00:00")
        };
        let plan = path.on(&words(next), &served(&at));
        assert_eq!(made(&plan), [""; 0]);
        assert!(
            path.clocks()
                .iter()
                .any(|clock| clock.starts_with(&format!("written_reasons {}", next + Days::new(28))))
        );
    }
}

#[test]
fn the_beginning_asks_for_the_first_review() {
    for (more, first) in [
        (json!({}), "24-hour review"),
        (json!({ "team": "fno_rc" }), "14-day review"),
        (json!({ "team": "fno_rc", "origin": "prison" }), "monthly review 1"),
    ] {
        let path = Path::begins("brook-house", "2026-01-12T10:00+00:00", &more);
        let plan = path.began.as_ref().expect("a plan");
        assert_eq!(made(plan), ["review-request to review_authoriser"]);
        let data = plan.outcome.detention.as_ref().expect("findings").data();
        assert_eq!(data["next_review"]["stage_words"], first);
        assert_eq!(data["reasons_by"]["iso"], "2026-02-09");
        assert!(plan.despatches[0].deadline.is_some());
    }
}

#[test]
fn a_year_in_a_removal_centre() {
    let mut path = Path::begins("brook-house", "2026-01-12T10:00+00:00", &json!({}));
    assert_eq!(
        path.clocks(),
        [
            "detention_review 2026-01-13T10:00+00:00",
            "detention_review 2026-01-19 plan 2026-01-19",
            "detention_review 2026-01-26 plan 2026-01-26",
            "detention_review 2026-02-09 plan 2026-02-09",
            "written_reasons 2026-02-09 plan 2026-02-09",
            "case_panel 2026-04-12",
        ]
    );
    // The reviews of the first days call for no letter in a removal centre.
    for (stage, on, grade) in
        [("24h", "2026-01-13", "SEO"), ("7d", "2026-01-19", "HEO"), ("14d", "2026-01-26", "SEO")]
    {
        let plan = path.on(&words(on.parse().expect("a day")), &review(stage, on, grade));
        assert_eq!(made(&plan), [""; 0], "{stage}");
    }
    months(&mut path, DetainedTeam::NonFno, 1, 13, "is-151f to det");
    let end = json!({ "type": "detention_ended", "ended_at": "2027-01-12T09:00+00:00", "how": "released" });
    path.on("12 January 2027", &end);
    assert_eq!(path.clocks(), [""; 0]);
}

#[test]
fn two_years_of_a_foreign_national_offender() {
    let more = json!({ "team": "fno_rc", "origin": "prison" });
    let mut path = Path::begins("northmoor", "2025-01-06T10:00+00:00", &more);
    assert_eq!(path.clocks().len(), 3, "no review of the first days: {:?}", path.clocks());
    months(&mut path, DetainedTeam::FnoRc, 1, 26, "is-151f to ost");
}

#[test]
fn from_prison_before_day_14_nothing_is_due_and_after_it_a_person_decides() {
    for (arrived, expected) in [
        ("2026-03-11T15:00+00:00", vec![]),
        ("2026-03-18T15:00+00:00", vec!["review-request to review_authoriser, held: person_decides"]),
    ] {
        let more = json!({ "team": "fno_rc", "origin": "prison" });
        let mut path = Path::begins("northmoor", "2026-03-02T10:00+00:00", &more);
        let arrival = json!({ "type": "arrived", "arrived_at": arrived });
        let plan = path.at("brook-house").on(&words(arrived[..10].parse().expect("a day")), &arrival);
        assert_eq!(made(&plan), expected, "{arrived}");
        if let Some(hold) = plan.despatches.first().and_then(|one| one.hold.as_ref()) {
            assert!(
                hold.words.contains("day 16") && hold.words.contains("(1)") && hold.words.contains("(2)"),
                "{}",
                hold.words
            );
            assert!(!hold.firm, "a person lifts it");
        }
    }
}

#[test]
fn from_a_short_term_holding_facility_to_a_removal_centre() {
    let mut path = Path::begins("manchester-sthf", "2026-03-02T15:30+00:00", &json!({}));
    assert!(path.clocks().contains(&"stay_limit 2026-03-07T15:30+00:00".to_owned()), "{:?}", path.clocks());
    // In a holding facility reasons follow each review, at once.
    let plan = path.on("Tuesday 3 March 2026", &review("24h", "2026-03-03", "SEO"));
    assert_eq!(made(&plan), ["is-151f-sthf to det"]);
    assert_eq!(plan.despatches[0].deadline.as_ref().map(|clock| clock.due), Some(day("3 March 2026")));
    let arrival = json!({ "type": "arrived", "arrived_at": "2026-03-04T09:00+00:00" });
    let plan = path.at("brook-house").on("Wednesday 4 March 2026", &arrival);
    assert_eq!(made(&plan), [""; 0], "a removal centre has no limit");
    assert!(path.clocks().iter().all(|clock| !clock.starts_with("stay_limit")), "{:?}", path.clocks());
    // The timetable went on over the move, and the 7-day review calls for no letter here.
    assert_eq!(path.next_review().0, day("Monday 9 March 2026"));
    let plan = path.on("Monday 9 March 2026", &review("7d", "2026-03-09", "HEO"));
    assert_eq!(made(&plan), [""; 0]);
}

#[test]
fn to_hospital_and_back_the_timetable_goes_on() {
    let mut path = Path::begins("brook-house", "2026-01-12T10:00+00:00", &json!({}));
    let before = path.clocks();
    let arrival = |at: &str| json!({ "type": "arrived", "arrived_at": at });
    path.at("st-osyth").on("Wednesday 4 February 2026", &arrival("2026-02-04T11:00+00:00"));
    assert_eq!(path.clocks(), before);
    let plan = path.despite().on("Monday 9 February 2026", &review("m1", "2026-02-09", "SEO"));
    assert_eq!(made(&plan), ["is-151f to det"], "hospital belongs with removal centre and prison");
    path.at("brook-house").on("Friday 13 February 2026", &arrival("2026-02-13T11:00+00:00"));
    assert_eq!(path.next_review().0, day("Monday 9 March 2026"));
}

fn at_month_two() -> Path {
    let mut path = Path::begins("brook-house", "2026-01-12T10:00+00:00", &json!({}));
    path.despite().on("9 February 2026", &review("m1", "2026-02-09", "SEO"));
    path.on("9 March 2026", &review("m2", "2026-03-09", "SEO"));
    path
}

#[test]
fn an_early_review_before_easter_pulls_the_next_one_forward() {
    let mut path = at_month_two();
    assert!(path.clocks().contains(&"detention_review 2026-04-06 plan 2026-04-02".to_owned()));
    path.on("Thursday 2 April 2026", &review("m3", "2026-04-02", "SEO"));
    assert_eq!(path.next_review().0, day("Thursday 30 April 2026"));
}

#[test]
fn an_ad_hoc_review_resets_nothing_and_follows_a_change_at_once() {
    let mut path = at_month_two();
    let change = json!({ "type": "material_change", "on": "2026-03-18", "what": "The appeal was allowed." });
    let before = path.clocks();
    let plan = path.on("Wednesday 18 March 2026", &change);
    assert_eq!(made(&plan), ["review-request to review_authoriser"]);
    let data = plan.outcome.detention.as_ref().expect("findings").data();
    assert_eq!(data["stage_words"], "ad hoc review");
    assert_eq!(
        data["needs"],
        "an SEO or Inspector or above, or somebody on HRA or TCA who covers such a post"
    );
    path.on("Thursday 19 March 2026", &review("ad_hoc", "2026-03-19", "SEO"));
    assert_eq!(path.clocks(), before);
}

#[test]
fn a_review_that_was_missed_stays_red_and_is_asked_about() {
    let mut path = Path::begins("brook-house", "2026-01-12T10:00+00:00", &json!({}));
    path.on("13 January 2026", &review("24h", "2026-01-13", "SEO"));
    // The 7-day review was not done, and the next one comes in.
    let fortnight = review("14d", "2026-01-26", "SEO");
    assert_eq!(path.refuses("26 January 2026", &fortnight), ["/event/stage history.review_order"]);
    assert_eq!(path.next_review().0, day("Monday 19 January 2026"), "it stays, and comes first");
    let plan = path.despite().on("26 January 2026", &fortnight);
    assert!(plan.warnings.iter().any(|words| words.contains("7-day review")), "{:?}", plan.warnings);
    // Month 1 is found late: the next one counts from when it was done.
    let plan = path.on("Monday 16 February 2026", &review("m1", "2026-02-16", "SEO"));
    assert_eq!(path.next_review().0, day("Monday 16 March 2026"));
    assert_eq!(made(&plan), ["is-151f to det"]);
}

#[test]
fn a_report_of_healthcare_staff_on_the_eve_of_a_bank_holiday_in_each_division() {
    for (place, rule, received, today, hours, days) in [
        (
            "brook-house",
            "dcr_35",
            "2026-04-02T15:00+01:00",
            "Thursday 2 April 2026",
            "2026-04-04T15:00+01:00",
            "2026-04-08",
        ),
        (
            "dungavel",
            "dcr_35",
            "2026-04-02T15:00+01:00",
            "Thursday 2 April 2026",
            "2026-04-04T15:00+01:00",
            "2026-04-07",
        ),
        (
            "larne-house",
            "sthf_32",
            "2026-07-10T15:00+01:00",
            "Friday 10 July 2026",
            "2026-07-12T15:00+01:00",
            "2026-07-14",
        ),
    ] {
        let mut path = Path::begins(place, &format!("{}T09:00+01:00", &received[..10]), &json!({}));
        let author = if rule == "dcr_35" { "doctor" } else { "nurse" };
        let report = json!({ "type": "rule_35_received", "rule": rule, "limb": "3", "author": author,
                             "received_at": received, "attached": ["rule_35_report"] });
        let plan = path.on(today, &report);
        assert_eq!(made(&plan), ["r35-task to r35t"], "{place}");
        let clocks = path.clocks();
        assert!(clocks.iter().any(|clock| clock.starts_with(&format!("report_hours {hours}"))), "{clocks:?}");
        assert!(clocks.contains(&format!("report_days {days}")), "{place}: {clocks:?}");
        let answer = json!({
            "type": "rule_35_decided", "rule": rule, "limb": "3", "received_at": received,
            "decided_on": &received[..10], "review": "It was reviewed.", "level": "2",
            "torture_definition_met": true, "reasons": "You stay in detention.",
            "outcome": "maintain_as_adult_at_risk",
            "authorised": { "name": "Rowan Example", "grade": "SEO", "cover": "none", "on": &received[..10] },
            "attached": ["dcpr"],
        });
        let plan = path.on(today, &answer);
        assert_eq!(
            made(&plan),
            ["r35-response to det", "r35-response to caseworker", "r35-response to healthcare"]
        );
        assert!(path.clocks().iter().all(|clock| !clock.starts_with("report_")), "{:?}", path.clocks());
    }
}

#[test]
fn what_is_unusual_about_a_report_goes_to_a_person_and_is_never_rejected() {
    for (place, rule, author, held) in [
        ("brook-house", "dcr_35", "nurse", true),
        ("brook-house", "sthf_32", "doctor", true),
        ("manchester-sthf", "dcr_35", "doctor", true),
        ("quay-side", "sthf_32", "nurse", true),
        ("northmoor", "dcr_35", "doctor", true),
        ("manchester-sthf", "sthf_32", "nurse", false),
    ] {
        let mut path = Path::begins(place, "2026-03-02T09:00+00:00", &json!({}));
        let report = json!({ "type": "rule_35_received", "rule": rule, "limb": "1", "author": author,
                             "received_at": "2026-03-02T15:00+00:00", "attached": ["rule_35_report"] });
        let plan = path.on("2 March 2026", &report);
        let line = if held { "r35-task to r35t, held: report_unusual" } else { "r35-task to r35t" };
        assert_eq!(made(&plan), [line], "{rule} by a {author} at {place}");
        // The clocks run all the same.
        assert!(path.clocks().iter().any(|clock| clock.starts_with("report_hours 2026-03-04T15:00")));
    }
}

#[test]
fn in_prison_the_answer_goes_where_letters_are_served() {
    let mut path = Path::begins("northmoor", "2026-03-02T09:00+00:00", &json!({}));
    let received = "2026-03-02T15:00+00:00";
    path.on(
        "2 March 2026",
        &json!({ "type": "rule_35_received", "rule": "dcr_35", "limb": "1", "author": "doctor",
        "received_at": received, "attached": ["rule_35_report"] }),
    );
    let plan = path.on("2 March 2026", &json!({
        "type": "rule_35_decided", "rule": "dcr_35", "limb": "1", "received_at": received,
        "decided_on": "2026-03-02", "review": "It was reviewed.", "level": "2", "reasons": "You stay in detention.",
        "outcome": "maintain_as_adult_at_risk", "attached": ["dcpr"],
    }));
    // Nobody authorised that the person stays, so the answer waits, and its clocks go on.
    assert_eq!(
        made(&plan),
        [
            "r35-response to ost, held: authority",
            "r35-response to caseworker, held: authority",
            "r35-response to healthcare, held: authority"
        ]
    );
    assert_eq!(path.clocks().iter().filter(|clock| clock.starts_with("report_")).count(), 2);
}

#[test]
fn a_release_of_a_foreign_national_offender_goes_to_the_strategic_director() {
    let more = json!({ "team": "fno_rc", "origin": "community" });
    let mut path = Path::begins("brook-house", "2026-03-02T09:00+00:00", &more);
    let received = "2026-03-06T16:00+00:00";
    path.on(
        "6 March 2026",
        &json!({ "type": "rule_35_received", "rule": "dcr_35", "limb": "1", "author": "doctor",
        "received_at": received, "attached": ["rule_35_report"] }),
    );
    let plan = path.on("7 March 2026", &json!({
        "type": "rule_35_decided", "rule": "dcr_35", "limb": "1", "received_at": received,
        "decided_on": "2026-03-07", "review": "It was reviewed.", "level": "3", "reasons": "Release is recommended.",
        "outcome": "recommend_release",
    }));
    assert!(plan.despatches.iter().all(|one| !one.maintains), "what frees the person waits for no hour");
    // Nothing that frees the person waits for a signature.
    assert_eq!(
        made(&plan),
        [
            "r35-response to det",
            "r35-response to caseworker",
            "r35-response to healthcare",
            "release-referral to strategic_director"
        ]
    );
    let mut release = with(review("ad_hoc", "2026-03-07", "SEO"), "outcome", json!("release"));
    release = with(with(release, "reasons", Value::Null), "time_served", json!(true));
    let plan = path.on("7 March 2026", &release);
    assert_eq!(made(&plan), ["release-referral to strategic_director"]);
    assert!(plan.warnings.iter().any(|words| words.contains("agreed by a Grade 7")), "{:?}", plan.warnings);
}

pub fn pregnant(satisfied: &str) -> Value {
    json!({ "type": "pregnancy_established", "satisfied_at": satisfied, "power_for": "removal_or_deportation",
            "removal_shortly": true })
}

#[test]
fn a_pregnancy_without_a_minister_ends_detention_after_72_hours() {
    let mut path = Path::begins("brook-house", "2026-05-01T09:00+01:00", &json!({}));
    let plan = path.on("Sunday 3 May 2026", &pregnant("2026-05-03T18:20+01:00"));
    assert_eq!(made(&plan), ["limit-warning to caseworker", "limit-warning to senior_caseworker"]);
    assert!(path.clocks().contains(&"pregnancy_limit 2026-05-06T18:20+01:00".to_owned()));
    let limit = &plan
        .recorded
        .clocks
        .iter()
        .find(|clock| clock.at.is_some_and(|at| at.to_string().contains("18:20")));
    let alarms: Vec<String> = limit.expect("the limit").alarms.iter().map(ToString::to_string).collect();
    assert_eq!(alarms, ["2026-05-04T18:20+01:00", "2026-05-05T18:20+01:00", "2026-05-06T16:20+01:00"]);
    // On the limit's day a letter that maintains detention is made, and says by when it goes; after it none is made.
    let mut report = Path::begins("brook-house", "2026-04-08T09:00+01:00", &json!({}));
    report.on("Sunday 3 May 2026", &pregnant("2026-05-03T18:20+01:00"));
    let month = review("m1", "2026-05-06", "SEO");
    let plan = report.despite().on("Wednesday 6 May 2026", &month);
    assert_eq!(made(&plan), ["is-151f to det"]);
    assert!(plan.despatches.iter().all(|one| one.maintains), "the hour is asked when it goes");
    let by = "lapses today, on Wednesday 6 May 2026, 6:20pm. Approve and send what maintains it before that";
    assert!(plan.warnings.iter().any(|words| words.contains(by)), "{:?}", plan.warnings);
    let late = with(
        with(review("ad_hoc", "2026-05-07", "SEO"), "outcome", json!("release")),
        "reasons",
        Value::Null,
    );
    let month = review("m2", "2026-05-07", "SEO");
    let plan = report.on("Thursday 7 May 2026", &month);
    assert_eq!(made(&plan), [""; 0], "the limit has lapsed");
    assert!(plan.warnings.iter().any(|words| words.contains("lapsed on Wednesday 6 May 2026, 6:20pm")));
    // A release goes through, whatever lapsed.
    let plan = report.on("Thursday 7 May 2026", &late);
    assert!(plan.warnings.iter().all(|words| !words.contains("no letter that maintains it")));
}

#[test]
fn a_pregnancy_with_a_minister_has_a_week() {
    let mut path = Path::begins("brook-house", "2026-05-01T09:00+01:00", &json!({}));
    path.on("Sunday 3 May 2026", &pregnant("2026-05-03T18:20+01:00"));
    let authority = json!({ "type": "minister_authorised", "on": "2026-05-05", "extends": "pregnancy",
                            "attached": ["minister_authority"] });
    let plan = path.on("Tuesday 5 May 2026", &authority);
    assert_eq!(made(&plan), ["limit-warning to caseworker", "limit-warning to senior_caseworker"]);
    assert!(plan.despatches.iter().all(|one| one.attachments.is_empty()), "the authority is kept");
    assert!(
        path.clocks().contains(&"pregnancy_limit 2026-05-10T18:20+01:00".to_owned()),
        "{:?}",
        path.clocks()
    );
    assert_eq!(path.clocks().iter().filter(|clock| clock.starts_with("pregnancy_limit")).count(), 1);
    // A minister cannot extend what is not limited.
    let mut other = Path::begins("brook-house", "2026-05-01T09:00+01:00", &json!({}));
    assert_eq!(other.refuses("5 May 2026", &authority), ["/event/extends history.limit"]);
}

#[test]
fn a_child_alone_has_24_hours_from_the_first_one() {
    let more = json!({ "age": "under_18", "origin": "port" });
    let mut path = Path::begins("quay-side", "2026-07-10T14:00+01:00", &more);
    let arrival = |at: &str| json!({ "type": "arrived", "arrived_at": at });
    assert!(path.clocks().contains(&"stay_limit 2026-07-11T14:00+01:00".to_owned()), "{:?}", path.clocks());
    // To hospital and back to a holding facility: the hours go on.
    path.at("st-osyth").on("Friday 10 July 2026", &arrival("2026-07-10T18:00+01:00"));
    let plan = path.at("manchester-sthf").on("Saturday 11 July 2026", &arrival("2026-07-11T09:00+01:00"));
    assert_eq!(made(&plan), ["limit-warning to caseworker", "limit-warning to senior_caseworker"]);
    let first = path.clocks().into_iter().find(|clock| clock.starts_with("stay_limit")).expect("a limit");
    assert_eq!(first, "stay_limit 2026-07-11T14:00+01:00");
    let plan = path.at("brook-house").on("Saturday 11 July 2026", &arrival("2026-07-11T13:00+01:00"));
    assert!(
        plan.warnings.iter().any(|words| words.contains("must not be held in an immigration removal centre"))
    );
}

#[test]
fn larne_house_has_five_days_or_seven_if_removal_is_set_within_them() {
    for (removal, until) in [
        (Value::Null, "2026-03-21T20:00+00:00"),
        (json!("2026-03-22T10:00+00:00"), "2026-03-23T20:00+00:00"),
        (json!("2026-03-24T10:00+00:00"), "2026-03-21T20:00+00:00"),
    ] {
        let mut path = Path::begins("kirk-street", "2026-03-16T15:00+00:00", &json!({}));
        let arrival =
            json!({ "type": "arrived", "arrived_at": "2026-03-16T20:00+00:00", "removal_at": removal });
        path.at("larne-house").on("Monday 16 March 2026", &arrival);
        let limits: Vec<String> =
            path.clocks().into_iter().filter(|clock| clock.starts_with("stay_")).collect();
        assert_eq!(limits, [format!("stay_limit {until}")]);
    }
}
