//! Enters: case files, tables and stories made for tests. Leaves: the proof of the process: what is read, refused and
//! decided. Never: an office, a database, a typesetter or a letter.

mod alike;
mod calendar;
mod case;
mod cases;
mod conscience;
mod copies;
mod coverage;
mod cures;
mod detention;
mod events;
mod faults;
mod guidance;
mod marking;
mod moot;
mod pack;
mod paths;
mod plan;
mod process;
mod purposes;
mod readings;
mod rows;
mod rules;
mod story;
mod walks;
mod window;

use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_process::{Calendar, Pack, Places};

pub const HOLIDAYS: &str = include_str!("../../../policy/bank-holidays.json");
pub const PLACES: &str = include_str!("../../../policy/places.toml");
pub const PACK: &str = include_str!("../../../policy/hoso-2022-09-12.toml");
pub const PACK_FILE: &str = "policy/hoso-2022-09-12.toml";

pub fn the_calendar() -> Calendar {
    Calendar::parse(HOLIDAYS).expect("the calendar is sound")
}

pub fn the_places() -> Places {
    Places::parse(PLACES).expect("the places are sound")
}

pub fn the_pack() -> Pack {
    Pack::parse(PACK_FILE, PACK).expect("the pack is sound")
}

/// "Monday 2 March 2026" or "2 March 2026"; a weekday that isn't the date's fails the test.
pub fn day(words: &str) -> NaiveDate {
    let (weekday, date) = match words.split_once(' ') {
        Some((first, rest)) if first.ends_with("day") => (Some(first), rest),
        _ => (None, words),
    };
    let date = NaiveDate::parse_from_str(date, "%d %B %Y").expect(words);
    if let Some(weekday) = weekday {
        assert_eq!(date.format("%A").to_string(), weekday, "{words}");
    }
    date
}

pub fn codes(faults: &[Fault]) -> Vec<(&str, &str)> {
    faults.iter().map(|fault| (fault.at.as_str(), fault.code)).collect()
}
