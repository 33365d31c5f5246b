//! Enters: the rows of a pack. Leaves: the parsed rows, and every fault in them.
//! Never: knows more about an event than whether it can provide what the row requires.

use crate::attachments::AttachmentKind;
use crate::circumstances::Circumstance;
use crate::deadlines::DeadlineRule;
use crate::events::list::EventName;
use crate::packs::lists::{Lists, check_use};
use crate::packs::pack::{At, Awaited, Row, RowNumber, Stale};
use despatch_core::settings::Section;
use despatch_core::words::KindName;
use std::collections::BTreeSet;

/// Maximum length of a row's number, in characters: sources write "12", "4.2(b)" or "Annex A, 3".
const NUMBER_MAX: usize = 20;

/// Reads the rows that produce a message, of the words that the pack lists.
pub(super) fn read(top: &Section<'_, '_>, lists: Option<&Lists>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for section in top.tables("row") {
        if let Some(row) = row(&section) {
            check(&section, &row);
            check_words(&section, &row, lists);
            let same = |other: &Row| {
                (other.purpose, other.role, &other.kind, &other.when)
                    == (row.purpose, row.role, &row.kind, &row.when)
                    && !other.events.is_disjoint(&row.events)
                    && !other.places.is_disjoint(&row.places)
            };
            if rows.iter().any(same) {
                let cause = format!("row {} is listed twice for the same purpose and role", row.number);
                section.fault_at("purpose", "pack.row_twice", cause, "keep one of the two");
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

/// Checks that each kind of which a sample is opened is one that the pack makes, and says nothing for which every message
/// must be opened.
pub(super) fn check_sampled(top: &Section<'_, '_>, sampled: &[KindName], rows: &[Row]) {
    for kind in sampled {
        let fault = |cause: String, cure: &str| top.fault_at("sampled", "pack.sampled", cause, cure);
        let mut own = rows.iter().filter(|row| row.kind == *kind).peekable();
        if own.peek().is_none() {
            fault(format!("no row of the pack makes {kind}"), "take it out, or name a kind of its rows");
        }
        let tells = own.find(|row| !row.purpose.may_be_sampled() || row.safety || !row.encloses.is_empty());
        if let Some(row) = tells {
            let (number, purpose) = (&row.number, row.purpose.label());
            let cause = format!(
                "row {number} makes {kind} to {purpose}, which tells of somebody's health or of a decision: each of these \
                 messages is opened"
            );
            fault(
                cause,
                "take it out: a sample is for bookings and questions that say nothing about anybody",
            );
        }
    }
}

/// Reads the rows for which the office writes nothing, each with the reason.
pub(super) fn awaited(top: &Section<'_, '_>) -> Vec<Awaited> {
    let mut awaited = Vec::new();
    for section in top.tables("awaited") {
        let number = section.line("number", NUMBER_MAX).map(RowNumber::new);
        let event = section.may_word("event");
        let (reason, source) = (section.sentence("reason"), section.sentence("source"));
        if let (Some(number), Some(reason), Some(source)) = (number, reason, source) {
            awaited.push(Awaited { number, event, reason, source });
        }
        section.end();
    }
    awaited
}

fn row(section: &Section<'_, '_>) -> Option<Row> {
    let number = section.line("number", NUMBER_MAX).map(RowNumber::new);
    let purpose = section.word("purpose");
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
        purpose: purpose?,
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

/// Checks that the pack lists the words of a row.
fn check_words(section: &Section<'_, '_>, row: &Row, lists: Option<&Lists>) {
    check_use(section, "team", ("teams", lists.map(|lists| &lists.teams)), [&row.team]);
    check_use(section, "role", ("roles", lists.map(|lists| &lists.roles)), [&row.role]);
    check_use(section, "when", ("circumstances", lists.map(|lists| &lists.circumstances)), &row.when);
    check_use(section, "places", ("place_kinds", lists.map(|lists| &lists.place_kinds)), &row.places);
    check_use(section, "encloses", ("attachments", lists.map(|lists| &lists.attachments)), &row.encloses);
    check_use(section, "deadline", ("deadlines", lists.map(|lists| &lists.deadlines)), &row.deadline);
}

/// Checks that the events of a row can provide what it requires: an invitation's window, a removal.
fn check(section: &Section<'_, '_>, row: &Row) {
    let number = &row.number;
    check_purpose(section, row);
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
    if row.places.iter().any(|kind| kind.is_temporary()) && row.events.iter().any(invites) {
        let cause = format!("row {number} would arrange an assessment at a temporary place");
        section.fault_at(
            "places",
            "pack.row_places",
            cause,
            "name immigration removal centres and prisons alone",
        );
    }
    let of_invitation = |rule| matches!(rule, DeadlineRule::Serve | DeadlineRule::Respond);
    if row.deadline.is_some_and(of_invitation) && !row.events.iter().all(invites) {
        let cause = format!("an event of row {number} does not set this deadline");
        section.fault_at("deadline", "pack.row_deadline", cause, "use a deadline that the event sets");
    }
}

/// Checks the purpose, by which rules treat a message: with contradictory enclosures or circumstances, records would
/// go out without consent, or a cancellation to somebody who must not be told.
fn check_purpose(section: &Section<'_, '_>, row: &Row) {
    const OF_RECORDS: [AttachmentKind; 2] =
        [AttachmentKind::HealthcareRecords, AttachmentKind::SignedConsent];
    let (number, purpose) = (&row.number, row.purpose);
    let fault = |cause: String, cure: &str| section.fault_at("purpose", "pack.row_purpose", cause, cure);
    let of_records = OF_RECORDS.iter().any(|kind| row.encloses.contains(kind));
    if of_records != purpose.concerns_records() {
        let cause = match of_records {
            true => {
                format!("row {number} encloses records or a consent, and its purpose says nothing of them")
            }
            false => format!("row {number} encloses neither records nor a consent, as its purpose has it"),
        };
        fault(
            cause,
            "write \"records_request\" or \"records_to_doctor\" for these enclosures, and for no others",
        );
    }
    let when = |one: Circumstance| row.when.contains(&one);
    let nature = (
        when(Circumstance::PersonTold),
        when(Circumstance::Cancelled) || when(Circumstance::RecordsWithdrawn),
    );
    let fits = match nature {
        (true, _) => purpose.cancels_for_person(),
        (false, true) => purpose.stops_work(),
        (false, false) => !purpose.cancels_for_person() && !purpose.stops_work(),
    };
    if !fits {
        let cause =
            format!("the circumstances of row {number} are not those of its purpose, {}", purpose.code());
        fault(
            cause,
            "correct the purpose, or `when`: person_told, cancelled and records_withdrawn belong to what stops something",
        );
    }
}
