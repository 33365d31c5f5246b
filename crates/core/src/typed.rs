//! Enters: dates and times as people type them. Leaves: the day or the time, if there is only one that can be meant.
//! Never: guesses a century, or takes a day for a month: days come first, as in the United Kingdom.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::Europe::London;

/// The ways to write a date, for whoever wrote none of them.
pub const DATES: &str =
    "12/10/2026, 12 October 2026 or 2026-10-12, the day before the month and the year in four digits";
/// The ways to write a time, for whoever wrote none of them.
pub const TIMES: &str = "14:30, 2.30pm, 10am or midday";

/// The first and the last year that anybody means.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// The names of the months, in order.
pub const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Returns the number of a month by its name in small letters: whole, by its first three letters, or sept.
pub fn month(word: &str) -> Option<u32> {
    let short = word.len() == 3 || word == "sept";
    let named = |month: &&str| *month == word || short && month.starts_with(word);
    MONTHS.iter().zip(1..).find(|(month, _)| named(month)).map(|(_, number)| number)
}

/// Parses a day of a month such as 17, 1st or 22nd, in small letters.
pub fn day(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = word.get(digits.len()..)?;
    let lawful = ["", "st", "nd", "rd", "th"].contains(&ending) && (1..=2).contains(&digits.len());
    digits.parse().ok().filter(|day| lawful && (1..=31).contains(day))
}

/// Parses a date: 2026-10-12, 12/10/2026, 12.10.2026, 12 Oct 2026, Monday 12th of October 2026, October 12, 2026; and
/// today, yesterday and tomorrow, where somebody knows what day it is. A weekday must be right.
pub fn date(typed: &str, today: Option<NaiveDate>) -> Option<NaiveDate> {
    let lower = typed.trim().to_lowercase();
    match lower.as_str() {
        "today" => return today,
        "yesterday" => return today?.pred_opt(),
        "tomorrow" => return today?.succ_opt(),
        _ => {}
    }
    let words: Vec<&str> =
        lower.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty()).collect();
    let (weekday, words) = match words.split_first() {
        Some((first, rest)) if !rest.is_empty() => match weekday(first) {
            Some(weekday) => (Some(weekday), rest),
            None => (None, words.as_slice()),
        },
        _ => (None, words.as_slice()),
    };
    let date = match words {
        [one] => numbers(one)?,
        [first, "of", second, last] | [first, second, last] => named(first, second, last)?,
        _ => return None,
    };
    let right = weekday.is_none_or(|weekday| weekday == date.weekday()) && YEARS.contains(&date.year());
    right.then_some(date)
}

fn weekday(word: &str) -> Option<Weekday> {
    word.trim_end_matches('.').parse().ok()
}

fn year(word: &str) -> Option<i32> {
    (word.len() == 4).then(|| word.parse().ok()).flatten()
}

/// A date of digits: the year first with hyphens, else the day first.
fn numbers(word: &str) -> Option<NaiveDate> {
    let mark = ['/', '.', '-'].into_iter().find(|mark| word.contains(*mark))?;
    let parts: Vec<&str> = word.split(mark).collect();
    let [one, two, three] = parts.as_slice() else { return None };
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| (1..=2).contains(&text.len()));
    match (year(one).filter(|_| mark == '-'), year(three)) {
        (Some(year), None) => NaiveDate::from_ymd_opt(year, number(two)?, number(three)?),
        (None, Some(year)) => {
            let month = number(two).or_else(|| month(two))?;
            NaiveDate::from_ymd_opt(year, month, number(one)?)
        }
        _ => None,
    }
}

/// A date with the name of its month.
fn named(first: &str, second: &str, last: &str) -> Option<NaiveDate> {
    let month = |word: &str| month(word.trim_end_matches('.'));
    let (day, month) = match month(first) {
        Some(month) => (day(second)?, month),
        None => (day(first)?, month(second)?),
    };
    NaiveDate::from_ymd_opt(year(last)?, month, day)
}

/// Parses a moment in London: a date and a time in any of these forms, such as 23/11/2026 2.30pm or 23 November 2026,
/// 14:30; or one with its offset, 2026-11-23T14:30:00Z. Of an hour that the clocks repeat, the first.
pub fn moment(typed: &str) -> Option<DateTime<Utc>> {
    let typed = typed.trim();
    if let Ok(exact) = typed.parse() {
        return Some(exact);
    }
    let gaps = typed.rmatch_indices(char::is_whitespace).map(|(at, _)| at);
    let mut local = gaps.filter_map(|at| {
        let (day, clock) = typed.split_at_checked(at)?;
        Some(date(day, None)?.and_time(time(clock)?))
    });
    local
        .next()
        .and_then(|local| London.from_local_datetime(&local).earliest())
        .map(|at| at.with_timezone(&Utc))
}

/// Parses a time of day: 14:30, 9.05, 2.30pm, 2:30 p.m., 10am, midday or noon.
pub fn time(typed: &str) -> Option<NaiveTime> {
    let words: String = typed.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    if words == "midday" || words == "noon" {
        return NaiveTime::from_hms_opt(12, 0, 0);
    }
    let half = |ends: [&str; 2]| ends.into_iter().find_map(|end| words.strip_suffix(end));
    let (clock, afternoon) = match (half(["am", "a.m."]), half(["pm", "p.m."])) {
        (Some(clock), _) => (clock, Some(false)),
        (_, Some(clock)) => (clock, Some(true)),
        _ => (words.as_str(), None),
    };
    let digits = |text: &str, length: std::ops::RangeInclusive<usize>| {
        let are = length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        are.then(|| text.parse::<u32>().ok()).flatten()
    };
    let (hour, minute) = match clock.split_once([':', '.']) {
        Some((hour, minute)) => (digits(hour, 1..=2)?, digits(minute, 2..=2)?),
        None => (digits(clock, 1..=2).filter(|_| afternoon.is_some())?, 0),
    };
    let hour = match afternoon {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
    };
    NaiveTime::from_hms_opt(hour, minute, 0)
}
