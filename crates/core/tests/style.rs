//! Enters: dates and times. Leaves: the words that letters print. Never: leaves the style guide of GOV.UK.

use chrono::{NaiveDate, NaiveTime};
use despatch_core::words::{date_words, time_words, weekday_words};

#[test]
fn times_are_written_as_gov_uk_writes_them() {
    for (time, said) in [
        ("12:00", "midday"),
        ("12:01", "12:01pm"),
        ("12:30", "12:30pm"),
        ("10:00", "10am"),
        ("09:05", "9:05am"),
        ("14:30", "2:30pm"),
        ("17:00", "5pm"),
        ("23:59", "11:59pm"),
        ("00:30", "12:30am"),
        ("00:00", "midnight"),
    ] {
        let time: NaiveTime = format!("{time}:00").parse().expect("a time");
        assert_eq!(time_words(time), said, "{time}");
    }
}

#[test]
fn dates_are_written_as_gov_uk_writes_them() {
    for (date, said, with_weekday) in [
        ("2026-03-03", "3 March 2026", "Tuesday 3 March 2026"),
        ("2026-12-25", "25 December 2026", "Friday 25 December 2026"),
        ("2024-02-29", "29 February 2024", "Thursday 29 February 2024"),
    ] {
        let date: NaiveDate = date.parse().expect("a date");
        assert_eq!((date_words(date).as_str(), weekday_words(date).as_str()), (said, with_weekday));
    }
}
