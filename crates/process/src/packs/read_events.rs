//! Enters: the events that a pack says it owns. Leaves: each with its fields, and every fault in them.
//! Never: takes an event of another family, or a field that the program does not know.

use crate::events::list::{EventName, Family};
use crate::packs::pack::{OwnedEvent, Row};
use despatch_core::settings::Section;
use std::collections::BTreeSet;

/// Reads the events of a pack.
pub(super) fn read(top: &Section<'_, '_>, family: Family) -> Vec<OwnedEvent> {
    let mut events: Vec<OwnedEvent> = Vec::new();
    for section in top.tables("event") {
        let name = section.word::<EventName>("name");
        let fields: BTreeSet<String> =
            section.list::<String>("fields", "names of fields").into_iter().collect();
        if let Some(name) = name {
            check(&section, name, &fields, family);
            if events.iter().any(|earlier| earlier.name == name) {
                let cause = format!("{} is listed twice", name.word());
                section.fault_at("name", "pack.event", cause, "keep one of the two");
            }
            events.push(OwnedEvent { name, fields });
        }
        section.end();
    }
    if !top.has("event") {
        top.fault("pack.event", "the pack owns no event", "add an [[event]] for each of its events");
    }
    events
}

/// Checks that the program knows the event as one of the family, and its fields, and that none is left out without which
/// the event says nothing.
fn check(section: &Section<'_, '_>, name: EventName, fields: &BTreeSet<String>, family: Family) {
    if name.family() != family {
        let cause = format!("{} is an event of {}", name.word(), name.family().label());
        section.fault_at("name", "pack.event", cause, "take it out, or correct `family`");
        return;
    }
    let known = name.table().fields;
    for field in fields.iter().filter(|field| known.iter().all(|one| one.name != **field)) {
        let all: Vec<&str> = known.iter().map(|field| field.name).collect();
        let cause = format!("{} has no field {field}", name.word());
        section.fault_at(
            "fields",
            "pack.field",
            cause,
            format!("write only fields of it: {}", all.join(", ")),
        );
    }
    for field in known.iter().filter(|field| !field.optional && !fields.contains(field.name)) {
        let cause = format!("{} says nothing without its field {}", name.word(), field.name);
        section.fault_at("fields", "pack.field", cause, "add the field");
    }
}

/// Checks that the pack owns the events of its rows.
pub(super) fn check_rows(top: &Section<'_, '_>, events: &[OwnedEvent], rows: &[Row]) {
    let owned: BTreeSet<EventName> = events.iter().map(|event| event.name).collect();
    for row in rows {
        for event in row.events.iter().filter(|event| !owned.contains(event)) {
            let cause =
                format!("row {} follows from {}, which the pack does not own", row.number, event.word());
            top.fault_at("row", "pack.row_events", cause, "correct the row, or add the event to [[event]]");
        }
    }
}
