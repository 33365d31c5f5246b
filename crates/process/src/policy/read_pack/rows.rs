//! Enters: the rows of a pack. Leaves: them, or everything that is wrong with one.
//! Never: knows what an event of a case holds beyond whether it can give what the row asks for.

use crate::case::EventName;
use crate::policy::pack::{At, Awaited, Row, Stale};
use crate::policy::places::PlaceClass;
use crate::policy::rule::Rule;
use despatch_core::settings::Section;
use std::collections::BTreeSet;

/// The rows of the process, and the readings that imply one.
const ROWS: std::ops::RangeInclusive<u8> = 1..=37;
const READINGS: [&str; 5] = ["G5", "G6", "G10", "G14", "G16"];

/// The rows that make something.
pub(super) fn read(top: &Section<'_, '_>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for section in top.tables("row") {
        if let Some(row) = row(&section) {
            check(&section, &row);
            let same = |other: &Row| {
                (&other.number, other.role, &other.kind, &other.when)
                    == (&row.number, row.role, &row.kind, &row.when)
                    && !other.events.is_disjoint(&row.events)
                    && !other.places.is_disjoint(&row.places)
            };
            if rows.iter().any(same) {
                let cause = format!("row {} stands here twice for the same role", row.number);
                section.fault_at("number", "pack.row_twice", cause, "keep one of the two");
            }
            rows.push(row);
        }
        section.end();
    }
    if !top.has("row") {
        top.fault("pack.rows", "the pack routes nothing", "add its rows");
    }
    rows
}

/// The rows of which the office writes nothing, each with the reason.
pub(super) fn awaited(top: &Section<'_, '_>) -> Vec<Awaited> {
    let mut awaited = Vec::new();
    for section in top.tables("awaited") {
        let number = section.sentence("number");
        let event = section.may_word("event");
        let (reason, source) = (section.sentence("reason"), section.sentence("source"));
        if let Some(number) = &number {
            check_number(&section, number);
        }
        if let (Some(number), Some(reason), Some(source)) = (number, reason, source) {
            awaited.push(Awaited { number, event, reason, source });
        }
        section.end();
    }
    awaited
}

fn row(section: &Section<'_, '_>) -> Option<Row> {
    let number = section.sentence("number");
    let events: BTreeSet<EventName> = section.words("events").into_iter().collect();
    let when = section.words("when");
    let team = section.word("team");
    let kind = section.word("kind");
    let role = section.word("role");
    let copy = section.flag("copy").unwrap_or(false);
    let places = section.words("places");
    let at = section.may_word("at");
    let encloses = section.words("encloses");
    let stale = section.word("stale");
    let deadline = section.may_word("deadline");
    let safety = section.flag("safety").unwrap_or(false);
    let source = section.sentence("source");
    Some(Row {
        number: number?,
        events,
        when: when.into_iter().collect(),
        team: team?,
        kind: kind?,
        role: role?,
        copy,
        places: places.into_iter().collect(),
        at: at.unwrap_or(At::Detention),
        encloses: encloses.into_iter().collect(),
        stale: stale?,
        deadline,
        safety,
        source: source?,
    })
}

fn check_number(section: &Section<'_, '_>, number: &str) {
    let row = number.parse().is_ok_and(|number| ROWS.contains(&number));
    if !row && !READINGS.contains(&number) {
        let cure = format!("give a number from 1 to 37, or one of {}", READINGS.join(", "));
        section.fault_at("number", "pack.row_number", "the process has no row of this number", cure);
    }
}

/// What the events of a row cannot give: an invitation's window, a removal.
fn check(section: &Section<'_, '_>, row: &Row) {
    let number = &row.number;
    check_number(section, number);
    if row.events.is_empty() {
        let cause = format!("row {number} follows from no event");
        section.fault("pack.row_events", cause, "name the events that make it");
    }
    if row.places.is_empty() {
        let cause = format!("row {number} holds at no kind of place");
        section.fault_at("places", "pack.row_places", cause, "name the kinds of place at which it holds");
    }
    let invites = |event: &EventName| *event == EventName::AppointmentConfirmed;
    if row.stale == Stale::LatestService && !row.events.iter().all(invites) {
        let cause = format!("an event of row {number} opens no window for service");
        section.fault_at("stale", "pack.row_stale", cause, "write `stale = \"never\"` or \"appointment\"");
    }
    if row.places.contains(&PlaceClass::Temporary) && row.events.iter().any(invites) {
        let cause = format!("row {number} would arrange an assessment at a temporary place");
        section.fault_at("places", "pack.row_places", cause, "leave \"temporary\" out");
    }
    let of_invitation = |rule| matches!(rule, Rule::Serve | Rule::Respond);
    if row.deadline.is_some_and(of_invitation) && !row.events.iter().all(invites) {
        let cause = format!("an event of row {number} does not set this deadline");
        section.fault_at("deadline", "pack.row_deadline", cause, "use a deadline that the event sets");
    }
}
