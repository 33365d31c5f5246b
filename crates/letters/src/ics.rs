//! Enters: appointments and days with their words. Leaves: the text of an iCalendar file (RFC 5545).
//! Never: reads the clock, invents a length for an appointment, or adds a word of its own about anybody.

use chrono::{DateTime, LocalResult, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::London;
use despatch_core::words::CaseId;

/// Octets of a line before it is folded, the line break apart (RFC 5545, 3.1).
const LINE_OCTETS: usize = 75;

/// One entry of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The same for as long as it is the same thing, so that a calendar which takes it again moves it.
    pub uid: String,
    pub when: EventTime,
    pub summary: String,
    pub description: String,
    pub location: Option<String>,
}

/// On which day, or at which moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventTime {
    AllDay(NaiveDate),
    /// A time of day in Europe/London.
    At(NaiveDate, NaiveTime),
}

/// A calendar of one appointment, whose time is in Europe/London; `stamp` is when the text is made.
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
    };
    calendar(&[entry], stamp)
}

/// A calendar of these entries; `stamp` is when the text is made. Every line ends in CRLF.
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
        // A calendar that others can see must not show more of it than that somebody is busy.
        put(&mut text, "CLASS:PRIVATE");
        put(&mut text, "END:VEVENT");
    }
    put(&mut text, "END:VCALENDAR");
    text
}

/// Moments stand in UTC, which needs no table of the clock's changes in the file; a day without a time is the same
/// day wherever the calendar is read.
fn put_when(text: &mut String, when: EventTime) {
    match when {
        EventTime::AllDay(day) => {
            put(text, &format!("DTSTART;VALUE=DATE:{}", day.format("%Y%m%d")));
            // A deadline on that day leaves the day itself free.
            put(text, "TRANSP:TRANSPARENT");
        }
        EventTime::At(date, time) => put(text, &format!("DTSTART:{}", utc(in_london(date, time)))),
    }
}

/// The moment at which London's clocks show this time: the earlier of two in the hour that comes twice, and an hour
/// later in the one that is left out.
fn in_london(date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let shown = date.and_time(time);
    match London.from_local_datetime(&shown) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.with_timezone(&Utc),
        // Winter time is UTC: the left-out 1:30am, read so, is what the clocks show as 2:30am.
        LocalResult::None => Utc.from_utc_datetime(&shown),
    }
}

fn utc(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A value in which nothing ends a line or a list (RFC 5545, 3.3.11). Control characters have no place in one.
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

/// One line, folded between characters: each further piece begins with a space, which counts.
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
