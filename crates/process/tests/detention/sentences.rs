//! Sentences of the general instructions, with weekdays: each fails if a weekday is not the date's.

use super::super::day;
use super::{RULES, working_days};
use chrono::NaiveDate;
use despatch_process::Division::{self, EnglandAndWales as England, NorthernIreland, Scotland};
use despatch_process::detention::limits::Limit;
use despatch_process::detention::london_time::NoLondonTime;
use despatch_process::detention::reasons::Served;
use despatch_process::detention::reviews::{Detained, Done};
use despatch_process::detention::terms::{DetainedTeam, Origin};
use despatch_process::detention::{LondonTime, Stage};

pub(super) fn at(text: &str) -> LondonTime {
    text.parse().unwrap_or_else(|why| panic!("{text}: {why}"))
}

/// "Friday 6 March 2026, 4pm".
fn said(time: LondonTime) -> String {
    time.words()
}

fn detained(text: &str) -> Detained {
    Detained { at: at(text), team: DetainedTeam::NonFno, origin: Origin::Community }
}

fn month(number: u32, on: &str) -> Done {
    Done { stage: Stage::Month(number), on: day(on) }
}

/// The next monthly review: the last day, and the working day to plan for.
fn next_month(done: &[Done], place: Division, office: Option<Division>) -> (Stage, NaiveDate, NaiveDate) {
    let days = working_days(place, office);
    let all = RULES.reviews.outstanding(detained("2026-01-12T10:00+00:00"), done, &days).expect("covered");
    let due = all.iter().find(|due| due.stage.month().is_some()).expect("a monthly review");
    (due.stage, due.on, due.plan_by.expect("a day to plan for"))
}

#[test]
fn monthly_reviews_are_due_every_28_days_and_planned_before_easter_monday() {
    let (feb, mar) = ("Monday 9 February 2026", "Monday 9 March 2026");
    let easter = "Monday 6 April 2026";
    let thursday = "Thursday 2 April 2026";
    for (done, number, due, plan, place, office) in [
        (vec![], 1, feb, feb, England, None),
        (vec![month(1, feb)], 2, mar, mar, England, None),
        (vec![month(1, feb), month(2, mar)], 3, easter, thursday, England, None),
        (vec![month(1, feb), month(2, mar)], 3, easter, easter, Scotland, None),
        (vec![month(1, feb), month(2, mar)], 3, easter, thursday, Scotland, Some(England)),
        (vec![month(1, feb), month(2, mar)], 3, easter, thursday, NorthernIreland, None),
    ] {
        let found = next_month(&done, place, office);
        assert_eq!(found, (Stage::Month(number), day(due), day(plan)), "{done:?} in {place:?}");
    }
}

#[test]
fn an_early_review_pulls_the_next_one_forward_and_an_ad_hoc_one_moves_nothing() {
    let early = [month(3, "Thursday 2 April 2026")];
    let (stage, due, _) = next_month(&early, England, None);
    assert_eq!((stage, due), (Stage::Month(4), day("Thursday 30 April 2026")));
    let on_time = [month(3, "Monday 6 April 2026")];
    assert_eq!(next_month(&on_time, England, None).1, day("Monday 4 May 2026"));
    let first = month(1, "Monday 9 February 2026");
    let ad_hoc = Done { stage: Stage::AdHoc, on: day("Friday 20 February 2026") };
    assert_eq!(next_month(&[first, ad_hoc], England, None), next_month(&[first], England, None));
}

#[test]
fn reviews_that_were_missed_stay_and_come_first() {
    let days = working_days(England, None);
    let who = detained("2026-01-12T10:00+00:00");
    let stages = |done: &[Done]| -> Vec<String> {
        let all = RULES.reviews.outstanding(who, done, &days).expect("covered");
        all.iter().map(|due| format!("{} {}", due.stage, due.on)).collect()
    };
    assert_eq!(stages(&[]), ["24h 2026-01-13", "7d 2026-01-19", "14d 2026-01-26", "m1 2026-02-09"]);
    let day_review = Done { stage: Stage::Day, on: day("Tuesday 13 January 2026") };
    assert_eq!(stages(&[day_review]), ["7d 2026-01-19", "14d 2026-01-26", "m1 2026-02-09"]);
    // The 7-day review was never done: a later one closes it, and nothing else does.
    let ad_hoc = Done { stage: Stage::AdHoc, on: day("Wednesday 28 January 2026") };
    assert_eq!(stages(&[day_review, ad_hoc]), ["7d 2026-01-19", "14d 2026-01-26", "m1 2026-02-09"]);
    let fortnight = Done { stage: Stage::Fortnight, on: day("Monday 26 January 2026") };
    assert_eq!(stages(&[day_review, fortnight]), ["m1 2026-02-09"]);
    // Found late: the next one is 28 days after it was done.
    assert_eq!(stages(&[month(1, "Monday 16 February 2026")]), ["m2 2026-03-16"]);
}

#[test]
fn people_from_prison_have_no_review_of_the_fourteenth_day() {
    let days = working_days(England, None);
    let stages = |origin| -> Vec<Stage> {
        let who = Detained { at: at("2026-01-12T10:00+00:00"), team: DetainedTeam::FnoRc, origin };
        let all = RULES.reviews.outstanding(who, &[], &days).expect("covered");
        all.iter().map(|due| due.stage).collect()
    };
    assert_eq!(stages(Origin::Prison), [Stage::Month(1)]);
    assert_eq!(stages(Origin::Port), [Stage::Fortnight, Stage::Month(1)]);
}

#[test]
fn a_holiday_on_the_fourteenth_day_is_planned_for_before_it() {
    let days = working_days(Scotland, None);
    let all = RULES.reviews.outstanding(detained("2026-12-19T10:00+00:00"), &[], &days).expect("covered");
    let due = all.iter().find(|due| due.stage == Stage::Fortnight).expect("it is due");
    assert_eq!(due.on, day("Saturday 2 January 2027"));
    assert_eq!(due.plan_by, Some(day("Thursday 31 December 2026")));
    assert_eq!(
        due.arithmetic,
        "14 days after 19 December 2026 is Saturday 2 January 2027; the last working day on or before it is Thursday 31 \
         December 2026, by the calendar of Scotland"
    );
}

#[test]
fn reasons_count_from_their_service_and_not_from_the_review() {
    let days = working_days(England, None);
    let served = |on: &str, refused| Served { on: day(on), refused };
    let first = day("Monday 12 January 2026");
    let last = RULES.reasons.last_given(first, &[served("Wednesday 1 April 2026", false)]);
    let due = RULES.reasons.after(last, &days).expect("covered");
    assert_eq!(due.serve_by, day("Wednesday 29 April 2026"));
    let review = next_month(&[month(3, "Monday 30 March 2026")], England, None);
    assert_eq!(review.1, day("Monday 27 April 2026"));
    // A refusal is no service, unless an office reads it so.
    let refused = [served("Monday 9 February 2026", false), served("Monday 9 March 2026", true)];
    assert_eq!(RULES.reasons.last_given(first, &refused), day("Monday 9 February 2026"));
    let mut other = RULES.reasons.clone();
    other.refused_service_restarts = true;
    assert_eq!(other.last_given(first, &refused), day("Monday 9 March 2026"));
}

#[test]
fn a_report_has_two_clocks_and_a_day_to_plan_for() {
    for (received, hours, last, plan, place) in [
        (
            "2026-03-06T16:00+00:00",
            "Sunday 8 March 2026, 4pm",
            "Tuesday 10 March 2026",
            "Friday 6 March 2026",
            England,
        ),
        (
            "2026-04-02T15:00+01:00",
            "Saturday 4 April 2026, 3pm",
            "Wednesday 8 April 2026",
            "Thursday 2 April 2026",
            England,
        ),
        (
            "2026-04-02T15:00+01:00",
            "Saturday 4 April 2026, 3pm",
            "Tuesday 7 April 2026",
            "Thursday 2 April 2026",
            Scotland,
        ),
        // 12 July is a Sunday, so Monday 13 July is Northern Ireland's holiday.
        (
            "2026-07-10T08:00+01:00",
            "Sunday 12 July 2026, 8am",
            "Wednesday 15 July 2026",
            "Friday 10 July 2026",
            NorthernIreland,
        ),
        // The team is not there at 8am, so it plans for the day before.
        (
            "2026-03-02T08:00+00:00",
            "Wednesday 4 March 2026, 8am",
            "Wednesday 4 March 2026",
            "Tuesday 3 March 2026",
            England,
        ),
    ] {
        let due = RULES.reports.due(at(received), &working_days(place, None)).expect("covered");
        let found = (said(due.within_hours), due.within_days, due.plan_by);
        assert_eq!(found, (hours.to_owned(), day(last), day(plan)), "{received} in {place:?}");
    }
}

#[test]
fn pregnancy_is_limited_in_hours_from_the_later_moment() {
    for (detained, satisfied, minister, until) in [
        ("2026-05-01T09:00+01:00", "2026-05-03T18:20+01:00", false, "Wednesday 6 May 2026, 6:20pm"),
        ("2026-05-01T09:00+01:00", "2026-05-03T18:20+01:00", true, "Sunday 10 May 2026, 6:20pm"),
        ("2026-10-23T22:00+01:00", "2026-10-20T10:00+01:00", false, "Monday 26 October 2026, 9pm"),
        // In spring the same time of day comes sooner than 168 hours.
        ("2026-03-27T22:00+00:00", "2026-03-20T10:00+00:00", true, "Friday 3 April 2026, 10pm"),
    ] {
        let limit = RULES.pregnancy.limit(at(satisfied), at(detained), minister);
        assert_eq!(said(limit.until), until);
    }
}

#[test]
fn alarms_come_before_a_limit_lapses() {
    let limit = |hours| {
        let from = at("2026-03-02T10:00+00:00");
        Limit { from, until: from.after_hours(hours), extended: false }
    };
    let alarms = |hours| -> Vec<String> {
        RULES.alarms.of(&limit(hours)).into_iter().map(|alarm| alarm.to_string()).collect()
    };
    // At once, halfway, and two hours before.
    assert_eq!(alarms(24), ["2026-03-02T10:00+00:00", "2026-03-02T22:00+00:00", "2026-03-03T08:00+00:00"]);
    assert_eq!(alarms(48), ["2026-03-02T10:00+00:00", "2026-03-03T10:00+00:00", "2026-03-04T08:00+00:00"]);
    // 48, 24 and 2 hours before.
    assert_eq!(alarms(72), ["2026-03-03T10:00+00:00", "2026-03-04T10:00+00:00", "2026-03-05T08:00+00:00"]);
    // What would be before the beginning is not given: of an hour, at once and halfway.
    assert_eq!(alarms(1), ["2026-03-02T10:00+00:00", "2026-03-02T10:30+00:00"]);
}

#[test]
fn only_moments_that_london_had_are_read() {
    for (text, why) in [
        ("2026-03-02T15:30+00:00", None),
        ("2026-03-02T15:30:59+00:00", None),
        ("2026-03-02T15:30Z", None),
        ("2026-07-02T15:30+01:00", None),
        ("2026-07-02T15:30+00:00", Some("London was not at this offset then, but at +01:00")),
        ("2026-07-02T15:30Z", Some("London was not at this offset then, but at +01:00")),
        ("2026-03-02T15:30+01:00", Some("London was not at this offset then, but at +00:00")),
        // The hour that is left out in spring, and the one that comes twice in autumn.
        ("2026-03-29T01:30+00:00", Some("London was not at this offset then, but at +01:00")),
        ("2026-10-25T01:30+01:00", None),
        ("2026-10-25T01:30+00:00", None),
        ("2026-03-02 15:30+00:00", Some("")),
        ("2026-3-2T15:30+00:00", Some("")),
        ("2026-03-02T15:30", Some("")),
        ("2026-02-30T15:30+00:00", Some("")),
        ("2026-03-02T24:30+00:00", Some("")),
        ("2026-03-02T15:30+00:00 ", Some("")),
        ("1899-03-02T15:30+00:00", Some("")),
        ("yesterday", Some("")),
    ] {
        let found = text.parse::<LondonTime>();
        match why {
            None => assert_eq!(found.map(|at| at.to_string()), Ok(text.replace('Z', "+00:00"))),
            Some("") => assert_eq!(found, Err(NoLondonTime::Form), "{text}"),
            Some(words) => assert_eq!(found.expect_err(text).to_string(), words, "{text}"),
        }
    }
}
