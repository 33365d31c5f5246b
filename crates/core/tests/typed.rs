//! Dates and times as people type them.

use chrono::NaiveDate;
use despatch_core::typed::{date, moment, time};

const TODAY: &str = "2026-11-23";

#[test]
fn a_date_is_read_in_every_way_that_people_write_it() {
    let today: NaiveDate = TODAY.parse().unwrap();
    for typed in [
        "2026-10-12",
        "12/10/2026",
        "12.10.2026",
        "12-10-2026",
        "12 Oct 2026",
        "12 october 2026",
        "12th October 2026",
        "12th of October, 2026",
        "October 12, 2026",
        "Monday 12 October 2026",
        "Mon, 12 Oct. 2026",
        " 12   October  2026 ",
        "12-Oct-2026",
        "12/oct/2026",
    ] {
        assert_eq!(date(typed, Some(today)), NaiveDate::from_ymd_opt(2026, 10, 12), "{typed}");
    }
    for (typed, day) in [("today", TODAY), ("Yesterday", "2026-11-22"), ("tomorrow", "2026-11-24")] {
        assert_eq!(date(typed, Some(today)), day.parse().ok(), "{typed}");
        assert_eq!(date(typed, None), None, "{typed}");
    }
    assert_eq!(date("1 Sept 2026", None), NaiveDate::from_ymd_opt(2026, 9, 1));
}

#[test]
fn what_may_be_another_day_is_no_date() {
    for typed in [
        "",
        "12",
        "12/10/26",
        "10/12/26",
        "31/06/2026",
        "31 June 2026",
        "12/13/2026",
        "2026/10/12",
        "12 10 2026",
        "Tuesday 12 October 2026",
        "0/10/2026",
        "12/10/1826",
        "12 Oct",
        "12 Octember 2026",
        "12/10/2026/1",
        "next week",
        "1 2 October 2026",
        "２/10/2026",
    ] {
        assert_eq!(date(typed, None), None, "{typed}");
    }
}

#[test]
fn a_moment_is_one_of_london() {
    for typed in
        ["23/11/2026 2.30pm", "23 November 2026, 14:30", "2026-11-23T14:30:00Z", "23/11/2026 2.30 pm"]
    {
        assert_eq!(
            moment(typed).map(|at| at.to_rfc3339()).as_deref(),
            Some("2026-11-23T14:30:00+00:00"),
            "{typed}"
        );
    }
    // In summer London is an hour ahead.
    assert_eq!(
        moment("1 July 2026 10am").map(|at| at.to_rfc3339()).as_deref(),
        Some("2026-07-01T09:00:00+00:00")
    );
    // The hour that the clocks skip is none.
    for typed in ["23/11/2026", "2.30pm", "29/03/2026 1.30am", "23/11/2026 at 2.30pm", ""] {
        assert_eq!(moment(typed), None, "{typed}");
    }
}

#[test]
fn a_time_is_read_in_every_way_that_people_write_it() {
    for typed in ["14:30", "14.30", "2.30pm", "2:30 pm", "2.30 p.m.", "02:30PM"] {
        assert_eq!(time(typed).map(|time| time.to_string()).as_deref(), Some("14:30:00"), "{typed}");
    }
    for (typed, at) in [
        ("10am", "10:00:00"),
        ("12pm", "12:00:00"),
        ("12 am", "00:00:00"),
        ("midday", "12:00:00"),
        ("9.05", "09:05:00"),
    ] {
        assert_eq!(time(typed).map(|time| time.to_string()).as_deref(), Some(at), "{typed}");
    }
    for typed in [
        "",
        "14",
        "25:00",
        "14:60",
        "14:3",
        "13pm",
        "0am",
        "midnight",
        "14:30pm",
        "+2:30",
        "2:30:00",
        "half past two",
    ] {
        assert_eq!(time(typed), None, "{typed}");
    }
}
