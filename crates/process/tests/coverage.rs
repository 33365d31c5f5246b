//! Nothing in the pack is dead: every circumstance is asked for, and every row can be reached.

use super::detention::the_reviews_pack;
use super::paths;
use super::walks::rows_of;
use super::{day, the_calendar, the_pack};
use despatch_process::PlaceKind;
use despatch_process::case::EventName;
use despatch_process::circumstances::Circumstance;
use std::collections::BTreeSet;

/// Every circumstance, as its source lists it.
fn circumstances() -> Vec<Circumstance> {
    let source = include_str!("../src/circumstances.rs");
    let body = source.split_once("pub enum Circumstance {").expect("the enum").1;
    let names = body.lines().map(str::trim).filter_map(|line| line.strip_suffix(','));
    let snake = |name: &str| {
        let mut snake = String::new();
        for c in name.chars() {
            if c.is_uppercase() && !snake.is_empty() {
                snake.push('_');
            }
            snake.extend(c.to_lowercase());
        }
        snake
    };
    let parse = |name: &str| serde_json::from_value(snake(name).into()).expect("a circumstance");
    names.map(parse).collect()
}

#[test]
fn every_circumstance_is_one_that_a_row_asks_for() {
    let asked: BTreeSet<Circumstance> = {
        let rows = the_pack().rows.into_iter().chain(the_reviews_pack().rows);
        rows.flat_map(|row| row.when).collect()
    };
    let known = circumstances();
    assert!(known.len() > 20, "they were not found");
    let unused: Vec<&Circumstance> = known.iter().filter(|when| !asked.contains(when)).collect();
    assert!(unused.is_empty(), "no row asks for {unused:?}");
}

/// The paths stop at one or two of the temporary places and of those of the prison service, which the rules treat alike.
fn alike(kind: PlaceKind) -> PlaceKind {
    match kind {
        kind if kind.is_temporary() => PlaceKind::Sthf,
        kind if kind.is_of_prison_service() => PlaceKind::Prison,
        kind => kind,
    }
}

/// A row of the shipped pack that holds at one temporary place holds at all of them, as the guidance has it; and so it is
/// with the places of the prison service.
#[test]
fn every_row_holds_at_all_places_that_are_alike_or_at_none() {
    for row in the_pack().rows {
        let temporary = row.places.iter().filter(|kind| kind.is_temporary()).count();
        let prisons = row.places.iter().filter(|kind| kind.is_of_prison_service()).count();
        assert!([0, 6].contains(&temporary) && [0, 3].contains(&prisons), "row {} {}", row.number, row.kind);
    }
}

/// Wherever somebody is, both packs have an answer: rows that hold there, and no kind of place that one of them leaves out
/// in silence.
#[test]
fn no_kind_of_place_is_left_out_in_silence() {
    for pack in [the_pack(), the_reviews_pack()] {
        for kind in PlaceKind::ALL {
            assert!(pack.lists.place_kinds.contains(&kind), "{} says nothing of a {}", pack.id, kind.label());
            let first = match pack.second_opinion() {
                Some(_) => EventName::ExternalReportReceived,
                None => EventName::DetentionBegan,
            };
            let made = pack.rows.iter().any(|row| row.events.contains(&first) && row.places.contains(&kind));
            assert!(made, "{} makes nothing at a {}", pack.id, kind.label());
        }
    }
}

/// Each row is made on some path for each of its events and at each of its kinds of place.
#[test]
fn every_row_can_be_reached_by_each_of_its_events_and_at_each_of_its_places() {
    let mut events: BTreeSet<(usize, EventName)> = BTreeSet::new();
    let mut places: BTreeSet<(usize, PlaceKind)> = BTreeSet::new();
    let mut reach = |story: &super::story::Story| {
        for (row, event, kind) in rows_of(story) {
            events.insert((row, event));
            places.insert((row, alike(kind)));
        }
    };
    for (_, path) in paths::all() {
        reach(&path());
    }
    let mut unreached = Vec::new();
    for (index, row) in the_pack().rows.iter().enumerate() {
        let name = format!("{} {} to {:?}", row.number, row.kind, row.role);
        let no_event = row.events.iter().filter(|event| !events.contains(&(index, **event)));
        unreached.extend(no_event.map(|event| format!("{name} by {}", event.label())));
        let no_place = row.places.iter().filter(|kind| !places.contains(&(index, alike(**kind))));
        unreached.extend(no_place.map(|kind| format!("{name} at {}", kind.label())));
    }
    assert!(unreached.is_empty(), "never made:\n{}", unreached.join("\n"));
}

/// The office's calendar must reach further than any deadline; bank holidays are published about two years ahead.
#[test]
fn the_bank_holidays_cover_at_least_twelve_months_from_today() {
    let today = despatch_core::clock::Clock::System.now().today;
    let covered = the_calendar().last_covered_day();
    let needed = today.checked_add_months(chrono::Months::new(12)).expect("a day");
    assert!(
        covered >= needed,
        "policy/bank-holidays.json ends on {covered}, less than twelve months from today ({today}): replace it with the \
         newest list from https://www.gov.uk/bank-holidays.json, compare the years that both cover, keep the holidays \
         that were proclaimed and are missing there, and release a new version"
    );
    assert!(day("Monday 2 March 2026") < covered);
}
