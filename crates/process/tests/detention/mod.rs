//! The rules of detention: the vectors by name, sentences with weekdays, and properties.

mod factors;
mod gate;
mod pack;
mod page;
pub mod path;
mod paths;
mod properties;
mod rows;
mod sentences;
mod stays;
mod vectors;

use super::{the_calendar, the_places};
use despatch_process::case::Grade;
use despatch_process::detention::DetentionRules;
use despatch_process::packs::pack::CalendarRule;
use despatch_process::{Calendar, CaseCalendars, Division, Pack, Places};
use std::sync::LazyLock;

pub const REVIEWS_FILE: &str = "policy/gi-v3-reviews.toml";
pub const REVIEWS: &str = include_str!("../../../../policy/gi-v3-reviews.toml");

static CALENDAR: LazyLock<Calendar> = LazyLock::new(the_calendar);
static PLACES: LazyLock<Places> = LazyLock::new(the_places);
static RULES: LazyLock<DetentionRules> =
    LazyLock::new(|| the_reviews_pack().detention().expect("its family").clone());

pub fn the_reviews_pack() -> Pack {
    Pack::parse(REVIEWS_FILE, REVIEWS).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// The working days of a place in this division, for an office in another one or none.
fn working_days(place: Division, office: Option<Division>) -> CaseCalendars<'static> {
    let rule = office.map_or(CalendarRule::Place, CalendarRule::PlaceAndOffice);
    CaseCalendars::of(&CALENDAR, rule, place)
}

/// What the guidance prints, set against the pack: Table 1 and Table 2, as they were read off by somebody else.
#[test]
fn the_tables_of_the_pack_are_those_that_were_read_off_the_guidance() {
    let read: serde_json::Value = serde_json::from_str(include_str!("../review-grades.json")).expect("JSON");
    let mut tried = 0;
    for (table, key) in RULES.reviews.tables.iter().zip(["table1_non_fno", "table2_fno_rc"]) {
        let listed = read[key].as_object().expect("a table");
        for (stage, grade) in listed {
            let grade: Grade = serde_json::from_value(grade.clone()).expect("a grade");
            let found = table.grade(stage.parse().expect("a stage"));
            assert_eq!(found, Some(grade.into()), "{key} {stage}");
            tried += 1;
        }
        assert_eq!(table.initial.len() + table.months.len(), listed.len(), "{key}");
    }
    assert_eq!(tried, 15 + 25);
}
