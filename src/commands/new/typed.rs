//! Enters: typed text. Leaves: the value that a case file has for it. Never: decides whether it is valid: text that is
//! not understood is passed on as it is, and the parser of case files says what is wrong with it.

use chrono::{Datelike, NaiveDate, NaiveTime};
use despatch_process::case::YEARS;
use std::path::PathBuf;

/// Parses a date: 2026-03-03, 3 March 2026, today, yesterday or tomorrow.
pub fn date(typed: &str, today: NaiveDate) -> Option<NaiveDate> {
    let words = typed.to_lowercase().replace(',', " ");
    let date = match words.trim() {
        "today" => Some(today),
        "yesterday" => today.pred_opt(),
        "tomorrow" => today.succ_opt(),
        words => {
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            let forms = ["%Y-%m-%d", "%d %B %Y", "%A %d %B %Y"];
            forms.iter().find_map(|form| NaiveDate::parse_from_str(&words, form).ok())
        }
    };
    date.filter(|date| YEARS.contains(&date.year()))
}

/// Parses a time of day: 14:30, 9:05, 2:30pm, 10am or midday.
pub fn time(typed: &str) -> Option<NaiveTime> {
    let words = typed.to_lowercase().replace([' ', '.'], "");
    if words == "midday" {
        return NaiveTime::from_hms_opt(12, 0, 0);
    }
    let whole = words.strip_suffix("am").or(words.strip_suffix("pm")).filter(|hour| !hour.contains(':'));
    let words = match whole {
        Some(hour) => words.replacen(hour, &format!("{hour}:00"), 1),
        None => words,
    };
    let forms = ["%H:%M", "%I:%M%p"];
    forms.iter().find_map(|form| NaiveTime::parse_from_str(&words, form).ok())
}

/// Parses a yes or a no.
pub fn flag(typed: &str) -> Option<bool> {
    match typed.to_lowercase().as_str() {
        "yes" | "y" | "true" => Some(true),
        "no" | "n" | "false" => Some(false),
        _ => None,
    }
}

/// Finds an item of a numbered list by its number, its word or its label.
pub fn choice<'a, W: AsRef<str>>(typed: &str, list: &'a [(W, String)]) -> Option<&'a str> {
    let same = |words: &str| words.to_lowercase() == typed.to_lowercase();
    let named = list.iter().find(|(word, words)| same(word.as_ref()) || same(words));
    let number = || typed.parse::<usize>().ok()?.checked_sub(1);
    named.or_else(|| list.get(number()?)).map(|(word, _)| word.as_ref())
}

/// Parses a path as terminals paste it: quoted, or relative to the home folder (`~/`).
pub fn path(typed: &str) -> PathBuf {
    let quoted = |mark: char| typed.strip_prefix(mark).and_then(|typed| typed.strip_suffix(mark));
    let plain = quoted('\'').or_else(|| quoted('"')).unwrap_or(typed);
    match (plain.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(plain),
    }
}
