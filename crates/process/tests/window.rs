//! The response window (B4, B5), as sentences with weekdays.

use super::{day, the_calendar, the_pack};
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_process::response_window::{AssessBy, Opened, response_window};
use despatch_process::{CaseCalendars, Division, PlaceKind};

/// In a centre, within 7 working days of the referral.
fn assess_by(referred: NaiveDate, days: &CaseCalendars<'_>) -> AssessBy {
    let (due, _) = days.stricter(referred, 7).expect("covered");
    AssessBy {
        due,
        within: "7 working days".to_owned(),
        start: "referral",
        kind: PlaceKind::Irc,
        booked: false,
    }
}

fn open(appointment: &str, referred: &str, issued: &str) -> Result<Opened, Fault> {
    let (calendar, pack) = (the_calendar(), the_pack());
    let days = CaseCalendars::of(&calendar, pack.calendar, Division::EnglandAndWales);
    response_window(
        day(appointment),
        &assess_by(day(referred), &days),
        day(issued),
        &days,
        &pack.second_opinion().expect("its family").numbers,
    )
}

/// Appointment, referral, issue; then serve by, latest service, respond by and what the warnings say.
type Lawful = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const LAWFUL: &[Lawful] = &[
    // The full three days for service: on the 7th working day, issued the day after the referral.
    (
        "Wednesday 11 March 2026",
        "Monday 2 March 2026",
        "Tuesday 3 March 2026",
        "Friday 6 March 2026",
        "Friday 6 March 2026",
        "Tuesday 10 March 2026",
        &[],
    ),
    // Time to spare: the DET still has three days and no more.
    (
        "Wednesday 11 March 2026",
        "Monday 2 March 2026",
        "Monday 2 March 2026",
        "Thursday 5 March 2026",
        "Friday 6 March 2026",
        "Tuesday 10 March 2026",
        &[],
    ),
    // A day later each: two, one and none left for service.
    (
        "Wednesday 11 March 2026",
        "Monday 2 March 2026",
        "Wednesday 4 March 2026",
        "Friday 6 March 2026",
        "Friday 6 March 2026",
        "Tuesday 10 March 2026",
        &["only 2 working days"],
    ),
    (
        "Wednesday 11 March 2026",
        "Monday 2 March 2026",
        "Thursday 5 March 2026",
        "Friday 6 March 2026",
        "Friday 6 March 2026",
        "Tuesday 10 March 2026",
        &["only 1 working day"],
    ),
    (
        "Wednesday 11 March 2026",
        "Monday 2 March 2026",
        "Friday 6 March 2026",
        "Friday 6 March 2026",
        "Friday 6 March 2026",
        "Tuesday 10 March 2026",
        &["nothing after the day of issue"],
    ),
    // A weekend appointment: the clear days are Thursday and Friday.
    (
        "Saturday 14 March 2026",
        "Friday 6 March 2026",
        "Friday 6 March 2026",
        "Wednesday 11 March 2026",
        "Wednesday 11 March 2026",
        "Friday 13 March 2026",
        &["not on a working day"],
    ),
    (
        "Sunday 15 March 2026",
        "Friday 6 March 2026",
        "Saturday 7 March 2026",
        "Wednesday 11 March 2026",
        "Wednesday 11 March 2026",
        "Friday 13 March 2026",
        &["not on a working day"],
    ),
    // Issued at a weekend.
    (
        "Monday 16 March 2026",
        "Friday 6 March 2026",
        "Sunday 8 March 2026",
        "Wednesday 11 March 2026",
        "Wednesday 11 March 2026",
        "Friday 13 March 2026",
        &[],
    ),
    // Christmas.
    (
        "Thursday 31 December 2026",
        "Friday 18 December 2026",
        "Monday 21 December 2026",
        "Thursday 24 December 2026",
        "Thursday 24 December 2026",
        "Wednesday 30 December 2026",
        &[],
    ),
    // An appointment on Good Friday.
    (
        "Friday 3 April 2026",
        "Wednesday 25 March 2026",
        "Wednesday 25 March 2026",
        "Monday 30 March 2026",
        "Tuesday 31 March 2026",
        "Thursday 2 April 2026",
        &["not on a working day"],
    ),
];

#[test]
fn a_lawful_appointment_leaves_two_clear_working_days() {
    for &(appointment, referred, issued, serve_by, latest, respond_by, warnings) in LAWFUL {
        let opened = open(appointment, referred, issued).expect(appointment);
        let window = &opened.window;
        assert_eq!(window.serve_by, day(serve_by), "{appointment} from {issued}");
        assert_eq!(window.latest_service, day(latest), "{appointment} from {issued}");
        assert_eq!(window.respond_by, day(respond_by), "{appointment} from {issued}");
        assert_eq!(opened.warnings.len(), warnings.len(), "{:?}", opened.warnings);
        for (warning, says) in opened.warnings.iter().zip(warnings) {
            assert!(warning.contains(says), "{warning}");
        }
    }
}

const NONE_LEFT: &str = "respond to the casework team and explain";

const UNLAWFUL: &[(&str, &str, &str, &str, &str)] = &[
    (
        "Wednesday 25 November 2026",
        "Wednesday 18 November 2026",
        "Monday 23 November 2026",
        "appointment.too_soon",
        "book a date from Thursday 26 November 2026 to Friday 27 November 2026",
    ),
    (
        "Monday 30 November 2026",
        "Wednesday 18 November 2026",
        "Monday 23 November 2026",
        "appointment.too_late",
        "book a date from Thursday 26 November 2026 to Friday 27 November 2026",
    ),
    // The Saturday after the seventh working day is too late as well.
    (
        "Saturday 28 November 2026",
        "Wednesday 18 November 2026",
        "Monday 23 November 2026",
        "appointment.too_late",
        "book a date from Thursday 26 November 2026 to Friday 27 November 2026",
    ),
    (
        "Friday 20 November 2026",
        "Wednesday 18 November 2026",
        "Monday 23 November 2026",
        "appointment.past",
        "book a date from Thursday 26 November 2026 to Friday 27 November 2026",
    ),
    (
        "Monday 23 November 2026",
        "Wednesday 18 November 2026",
        "Monday 23 November 2026",
        "appointment.too_soon",
        "book a date from Thursday 26 November 2026 to Friday 27 November 2026",
    ),
    // Issued on Saturday or Sunday: service on Monday at the soonest.
    (
        "Wednesday 25 November 2026",
        "Wednesday 18 November 2026",
        "Saturday 21 November 2026",
        "appointment.too_soon",
        "book a date from Thursday 26 November 2026 to Friday 27 November 2026",
    ),
    (
        "Thursday 26 November 2026",
        "Wednesday 18 November 2026",
        "Tuesday 24 November 2026",
        "appointment.too_soon",
        "book Friday 27 November 2026, the only lawful date left",
    ),
    (
        "Friday 27 November 2026",
        "Wednesday 18 November 2026",
        "Wednesday 25 November 2026",
        "appointment.too_soon",
        NONE_LEFT,
    ),
    (
        "Monday 30 November 2026",
        "Wednesday 18 November 2026",
        "Wednesday 25 November 2026",
        "appointment.too_late",
        NONE_LEFT,
    ),
];

#[test]
fn an_appointment_that_cannot_be_names_the_lawful_dates() {
    for &(appointment, referred, issued, code, cure) in UNLAWFUL {
        let fault = open(appointment, referred, issued).expect_err(appointment);
        assert_eq!((fault.at.as_str(), fault.code), ("/event/date", code), "{appointment}: {fault}");
        assert!(fault.cure.starts_with(cure), "{appointment}: {fault}");
    }
}

#[test]
fn every_date_that_a_fault_names_is_lawful_and_the_days_around_are_not() {
    let (calendar, pack) = (the_calendar(), the_pack());
    for division in Division::ALL {
        let days = CaseCalendars::of(&calendar, pack.calendar, division);
        let joint = days.persons();
        for referred in day("1 February 2026").iter_days().take(400) {
            let assess_by = assess_by(referred, &days);
            for issued in referred.iter_days().take(9) {
                let open = |date| {
                    response_window(
                        date,
                        &assess_by,
                        issued,
                        &days,
                        &pack.second_opinion().expect("its family").numbers,
                    )
                };
                let working = |date: &NaiveDate| joint.is_working_day(*date) == Ok(true);
                let soon = issued.iter_days().take(25).filter(working);
                let lawful: Vec<_> = soon.filter(|date| open(*date).is_ok()).collect();
                let fault = open(issued).expect_err("no time at all");
                if let (Some(first), Some(last)) = (lawful.first(), lawful.last()) {
                    assert!(*last <= assess_by.due);
                    assert!(joint.after(*last, 1).expect("covered") > assess_by.due, "{referred} {issued}");
                    let first = despatch_core::words::weekday_words(*first);
                    assert!(fault.cure.contains(&first), "{referred} {issued}: {fault}");
                } else {
                    assert!(fault.cure.contains("respond to the casework team"), "{fault}");
                }
                for date in lawful {
                    let window = open(date).expect("lawful").window;
                    assert!(issued <= window.serve_by && window.serve_by <= window.latest_service);
                    assert!(joint.after(window.latest_service, 2).expect("covered") <= window.respond_by);
                    assert!(window.respond_by < window.appointment);
                }
            }
        }
    }
}

#[test]
fn the_window_closes_after_the_last_day_of_service() {
    let window =
        open("Wednesday 11 March 2026", "Monday 2 March 2026", "Monday 2 March 2026").expect("lawful").window;
    assert!(window.is_open_on(day("Monday 2 March 2026")));
    assert!(window.is_open_on(day("Friday 6 March 2026")));
    assert!(!window.is_open_on(day("Saturday 7 March 2026")));
    assert!(!window.is_open_on(day("Monday 9 March 2026")));
}

/// Whichever is sooner, in the calendar of the place too: nobody serves on its holiday.
#[test]
fn a_letter_is_served_on_no_holiday_of_the_place() {
    let (calendar, pack) = (the_calendar(), the_pack());
    let days = CaseCalendars::of(&calendar, pack.calendar, Division::NorthernIreland);
    for (appointment, referred, issued, serve_by) in [
        // Monday 13 July is the third working day in England, and a holiday in Northern Ireland.
        ("Friday 17 July 2026", "Wednesday 8 July 2026", "Wednesday 8 July 2026", "Friday 10 July 2026"),
        // So is Tuesday 17 March.
        ("Monday 23 March 2026", "Thursday 12 March 2026", "Thursday 12 March 2026", "Monday 16 March 2026"),
        // After the holiday it is the sooner day of the two calendars, here the one of England.
        ("Tuesday 21 July 2026", "Friday 10 July 2026", "Friday 10 July 2026", "Wednesday 15 July 2026"),
    ] {
        let by = assess_by(day(referred), &days);
        let opened = response_window(
            day(appointment),
            &by,
            day(issued),
            &days,
            &pack.second_opinion().expect("its family").numbers,
        );
        let window = opened.expect(appointment).window;
        assert_eq!(window.serve_by, day(serve_by), "{appointment} from {issued}");
        assert!(window.serve_by >= day(issued) && window.serve_by <= window.latest_service);
    }
}
