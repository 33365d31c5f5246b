//! Enters: appointments in summer and in winter. Leaves: proof that a calendar shows them at London's time.
//! Never: trusts the text to be read: its lines are unfolded and their values unescaped as a calendar does.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use despatch_core::words::CaseId;
use despatch_letters::ics::{Entry, EventTime, appointment, calendar};

fn case_id() -> CaseId {
    "DEMO-0902".parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn stamp() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn at(date: &str, time: &str) -> String {
    let time: NaiveTime = time.parse().unwrap();
    appointment(&case_id(), day(date), time, None, "", "uid-1", stamp())
}

/// The value of a property, unfolded and unescaped.
fn value(text: &str, name: &str) -> Option<String> {
    let unfolded = text.replace("\r\n ", "");
    let line = unfolded.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?.to_owned();
    let mut plain = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => plain.push('\n'),
                Some(other) => plain.push(other),
                None => panic!("a lone backslash: {line}"),
            },
            (c, _) => plain.push(c),
        }
    }
    Some(plain)
}

#[test]
fn half_past_two_in_london_is_another_hour_of_utc_in_summer_than_in_winter() {
    for (date, time, utc) in [
        ("2026-12-01", "14:30:00", "20261201T143000Z"),
        ("2026-07-01", "14:30:00", "20260701T133000Z"),
        // The clocks go forward on 29 March 2026 and back on 25 October 2026.
        ("2026-03-28", "09:00:00", "20260328T090000Z"),
        ("2026-03-30", "09:00:00", "20260330T080000Z"),
        ("2026-10-24", "09:00:00", "20261024T080000Z"),
        ("2026-10-26", "09:00:00", "20261026T090000Z"),
        // Half past one comes twice in October, and not at all in March.
        ("2026-10-25", "01:30:00", "20261025T003000Z"),
        ("2026-03-29", "01:30:00", "20260329T013000Z"),
        // The night in which the day in UTC is the one before.
        ("2026-07-01", "00:15:00", "20260630T231500Z"),
    ] {
        assert_eq!(value(&at(date, time), "DTSTART").as_deref(), Some(utc), "{date} {time}");
    }
}

#[test]
fn whatever_stands_in_a_room_or_a_note_is_read_back_and_starts_no_line_of_its_own() {
    let room = "Room 2, wing A; \\ behind\r\nBEGIN:VEVENT\nEND:VCALENDAR\u{7}";
    let note = "Ångström — 面談 ".repeat(40);
    let time: NaiveTime = "10:00:00".parse().unwrap();
    let text =
        appointment(&case_id(), day("2026-12-01"), time, Some(room), &note, "DEMO-0902.a.1@x", stamp());
    let read = room.replace("\r\n", "\n").replace('\u{7}', " ");
    assert_eq!(value(&text, "LOCATION").as_deref(), Some(read.as_str()));
    assert_eq!(value(&text, "DESCRIPTION").as_deref(), Some(note.as_str()));
    assert_eq!(value(&text, "UID").as_deref(), Some("DEMO-0902.a.1@x"));
    assert_eq!(value(&text, "DTSTAMP").as_deref(), Some("20261123T120000Z"));
    assert!(value(&text, "SUMMARY").unwrap().contains("DEMO-0902"));
    assert_eq!(text.matches("\r\nBEGIN:VEVENT\r\n").count(), 1, "{text}");
    assert_eq!(text.matches("\r\nEND:VCALENDAR\r\n").count(), 1, "{text}");
}

#[test]
fn every_line_ends_in_crlf_and_has_at_most_75_octets() {
    let entry = |n: usize| Entry {
        uid: format!("DEMO-0902.assess.{n}@despatch.example"),
        when: EventTime::AllDay(day("2026-12-01")),
        summary: "é".repeat(n),
        description: "日".repeat(n),
        location: None,
        alarms: Vec::new(),
    };
    for n in 0..120 {
        let text = calendar(&[entry(n), entry(n + 1)], stamp());
        let text = text.strip_suffix("\r\n").expect("a last line break");
        for line in text.split("\r\n") {
            assert!(!line.is_empty() && line.len() <= 75 && !line.contains(['\r', '\n']), "{n}: {line:?}");
        }
        assert_eq!(value(text, "SUMMARY"), Some("é".repeat(n)));
    }
}

#[test]
fn a_deadline_is_a_whole_day_and_keeps_nobody_busy() {
    let entry = Entry {
        uid: "u".to_owned(),
        when: EventTime::AllDay(day("2026-03-29")),
        summary: "DEMO-0902: serve the letter in person".to_owned(),
        description: String::new(),
        location: None,
        alarms: Vec::new(),
    };
    let text = calendar(&[entry], stamp());
    assert!(text.contains("\r\nDTSTART;VALUE=DATE:20260329\r\n"), "{text}");
    assert!(text.contains("\r\nTRANSP:TRANSPARENT\r\n") && !text.contains("DESCRIPTION"), "{text}");
    assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"), "{text}");
}

#[test]
fn an_alarm_is_given_at_its_moment_whatever_the_zone() {
    let entry = Entry {
        uid: "u".to_owned(),
        when: EventTime::At(day("2026-07-01"), "18:20:00".parse().unwrap()),
        summary: "DET-0031: release the person, at once".to_owned(),
        description: String::new(),
        location: None,
        alarms: ["2026-06-29T17:20:00Z", "2026-07-01T15:20:00Z"].map(|at| at.parse().unwrap()).to_vec(),
    };
    let text = calendar(&[entry], stamp());
    assert_eq!(text.matches("BEGIN:VALARM\r\nACTION:DISPLAY\r\n").count(), 2, "{text}");
    assert!(text.contains("\r\nDESCRIPTION:DET-0031: release the person\\, at once\r\nTRIGGER"), "{text}");
    assert!(text.contains("\r\nTRIGGER;VALUE=DATE-TIME:20260701T152000Z\r\nEND:VALARM\r\n"), "{text}");
    assert!(text.contains("\r\nDTSTART:20260701T172000Z\r\n"), "{text}");
}
