//! Enters: appointments and days with their descriptions. Leaves: the text of an iCalendar file (RFC 5545).
//! Never: reads the clock, invents the length of an appointment, or adds personal data.

use chrono::{DateTime, LocalResult, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::London;
use despatch_core::words::CaseId;

/// The longest unfolded line, in octets without the line break (RFC 5545, 3.1).
const LINE_OCTETS: usize = 75;

/// One entry of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Stays the same when the entry changes, so that a calendar which imports it again moves it.
    pub uid: String,
    pub when: EventTime,
    pub summary: String,
    pub description: String,
    pub location: Option<String>,
    /// When whoever has the calendar is reminded.
    pub alarms: Vec<DateTime<Utc>>,
}

/// A day, or a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventTime {
    AllDay(NaiveDate),
    /// A time of day in Europe/London.
    At(NaiveDate, NaiveTime),
}

/// Formats a calendar of one appointment, whose time is in Europe/London; `stamp` is when the text is made.
pub fn appointment(
    case_id: &CaseId,
    date: NaiveDate,
    time: NaiveTime,
    location: Option<&str>,
    description: &str,
    uid: &str,
    stamp: DateTime<Utc>,
) -> String {
    let entry = Entry {
        uid: uid.to_owned(),
        when: EventTime::At(date, time),
        summary: format!("{case_id}: second opinion assessment"),
        description: description.to_owned(),
        location: location.map(str::to_owned),
        alarms: Vec::new(),
    };
    calendar(&[entry], stamp)
}

/// Formats a calendar of these entries; `stamp` is when the text is made. Every line ends in CRLF.
pub fn calendar(entries: &[Entry], stamp: DateTime<Utc>) -> String {
    let mut text = String::new();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//despatch//despatch//EN", "CALSCALE:GREGORIAN"] {
        put(&mut text, line);
    }
    for entry in entries {
        put(&mut text, "BEGIN:VEVENT");
        put(&mut text, &format!("UID:{}", escaped(&entry.uid)));
        put(&mut text, &format!("DTSTAMP:{}", utc(stamp)));
        put_when(&mut text, entry.when);
        put(&mut text, &format!("SUMMARY:{}", escaped(&entry.summary)));
        if !entry.description.is_empty() {
            put(&mut text, &format!("DESCRIPTION:{}", escaped(&entry.description)));
        }
        if let Some(location) = &entry.location {
            put(&mut text, &format!("LOCATION:{}", escaped(location)));
        }
        // A shared calendar must show only that somebody is busy.
        put(&mut text, "CLASS:PRIVATE");
        for alarm in &entry.alarms {
            put(&mut text, "BEGIN:VALARM");
            put(&mut text, "ACTION:DISPLAY");
            put(&mut text, &format!("DESCRIPTION:{}", escaped(&entry.summary)));
            put(&mut text, &format!("TRIGGER;VALUE=DATE-TIME:{}", utc(*alarm)));
            put(&mut text, "END:VALARM");
        }
        put(&mut text, "END:VEVENT");
    }
    put(&mut text, "END:VCALENDAR");
    text
}

/// Moments are in UTC, so that the file needs no time zone table; a day without a time is the same day wherever the
/// calendar is read.
fn put_when(text: &mut String, when: EventTime) {
    match when {
        EventTime::AllDay(day) => {
            put(text, &format!("DTSTART;VALUE=DATE:{}", day.format("%Y%m%d")));
            // A deadline must not block the day as busy.
            put(text, "TRANSP:TRANSPARENT");
        }
        EventTime::At(date, time) => put(text, &format!("DTSTART:{}", utc(in_london(date, time)))),
    }
}

/// Returns the moment at which London's clocks show this time: the earlier of two in the repeated hour of autumn, and
/// an hour later in the skipped hour of spring.
fn in_london(date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let shown = date.and_time(time);
    match London.from_local_datetime(&shown) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.with_timezone(&Utc),
        // Winter time is UTC: the skipped 1:30am, read as UTC, is shown by the clocks as 2:30am.
        LocalResult::None => Utc.from_utc_datetime(&shown),
    }
}

fn utc(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// Escapes a text value (RFC 5545, 3.3.11), and replaces control characters, which are not allowed in one.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.replace("\r\n", "\n").chars() {
        match c {
            '\\' => text.push_str("\\\\"),
            ';' => text.push_str("\\;"),
            ',' => text.push_str("\\,"),
            '\n' | '\r' => text.push_str("\\n"),
            c if c.is_control() => text.push(' '),
            c => text.push(c),
        }
    }
    text
}

/// Appends one line, folded between characters: each continuation begins with a space, which counts as an octet.
fn put(text: &mut String, line: &str) {
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > LINE_OCTETS {
            text.push_str("\r\n ");
            octets = 1;
        }
        text.push(c);
        octets += c.len_utf8();
    }
    text.push_str("\r\n");
}
