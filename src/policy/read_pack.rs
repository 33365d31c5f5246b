//! Enters: the text of one policy pack. Leaves: the pack, or everything that is wrong with it, line by line.
//! Never: reads the file itself, or fills in a value that the pack does not give.

use super::pack::{Marking, Number, Numbers, Pack, Row, Rule, SourceDocument, Stale, StatusChange};
use crate::case::EventName;
use crate::fault::Fault;
use crate::settings::{Section, Settings};
use crate::words::{PackId, Role, Sha256};
use std::collections::BTreeSet;
use std::path::Path;

/// The two spellings of the marking (domain D).
const MARKINGS: [&str; 2] = ["OFFICIAL SENSITIVE", "OFFICIAL-SENSITIVE"];
/// The longest time that a pack may set, in working days: more is a slip of the pen.
const DAYS_MAX: i64 = 260;
/// The rows of domain.md, section A.
const ROWS: std::ops::RangeInclusive<u8> = 1..=37;

impl Pack {
    /// Reads one pack; `file_name` is its path, whose stem must be the pack's id.
    ///
    /// # Errors
    /// Everything in it that is not written as it must be or cannot be meant, with its line.
    pub fn parse(file_name: &str, text: &str) -> Result<Pack, Vec<Fault>> {
        let settings = Settings::parse(file_name, text);
        let pack = pack(settings.top(), file_name);
        let faults = settings.into_faults();
        match pack {
            Some(pack) if faults.is_empty() => Ok(pack),
            _ => Err(faults),
        }
    }
}

fn pack(top: Section<'_, '_>, file: &str) -> Option<Pack> {
    let id = top.need::<PackId>("id", PackId::PATTERN);
    if id.as_ref().is_some_and(|id| Path::new(file).file_stem() != Some(id.as_str().as_ref())) {
        let cure = "give the file the name of the id, followed by .toml";
        top.fault_at("id", "pack.id", "the pack's id is not its file's name", cure);
    }
    let title = top.sentence("title");
    let copy_grade_min = top.word("copy_grade_min");
    let handling = top.sentence("handling");
    let source = top.need_table("source").and_then(source);
    let marking = top.need_table("marking").and_then(marking);
    let status = status(&top);
    let numbers = top.need_table("working_days").and_then(numbers);
    let rows = rows(&top);
    top.end();
    Some(Pack {
        id: id?,
        title: title?,
        status,
        source: source?,
        marking: marking?,
        handling: handling?,
        copy_grade_min: copy_grade_min?,
        numbers: numbers?,
        rows,
    })
}

fn source(section: Section<'_, '_>) -> Option<SourceDocument> {
    let name = section.sentence("name");
    let sha256 = section.need::<Sha256>("sha256", "64 lower-case hex digits");
    section.end();
    Some(SourceDocument { name: name?, sha256: sha256? })
}

fn marking(section: Section<'_, '_>) -> Option<Marking> {
    let text = section.sentence("text");
    if text.as_ref().is_some_and(|text| !MARKINGS.contains(&text.as_str())) {
        let cause = "this is not the marking that the guidance prescribes";
        section.fault_at("text", "pack.marking", cause, "write OFFICIAL SENSITIVE or OFFICIAL-SENSITIVE");
    }
    let letters = section.word("letters");
    section.end();
    Some(Marking { text: text?, letters: letters? })
}

fn status(top: &Section<'_, '_>) -> Vec<StatusChange> {
    let mut changes: Vec<StatusChange> = Vec::new();
    for section in top.tables("status") {
        let (from, status, by) = (section.need_date("from"), section.word("status"), section.sentence("by"));
        if let (Some(from), Some(status), Some(by)) = (from, status, by) {
            if changes.last().is_some_and(|earlier| earlier.from >= from) {
                let cause = "this change of status is not later than the one before it";
                section.fault("pack.status", cause, "list the changes oldest first, one a day");
            }
            changes.push(StatusChange { from, status, by });
        }
        section.end();
    }
    if !top.has("status") {
        top.fault("pack.status", "the pack has no status", "say since when it is in force");
    }
    changes
}

fn numbers(section: Section<'_, '_>) -> Option<Numbers> {
    let number = |key| section.need_table(key).and_then(number);
    let numbers = (
        number("refer"),
        number("assess"),
        number("serve"),
        number("respond"),
        number("report"),
        number("removal_exclusion"),
    );
    section.end();
    Some(Numbers {
        refer: numbers.0?,
        assess: numbers.1?,
        serve: numbers.2?,
        respond: numbers.3?,
        report: numbers.4?,
        removal_exclusion: numbers.5?,
    })
}

fn number(section: Section<'_, '_>) -> Option<Number> {
    let days = section.need_number("days", 1, DAYS_MAX);
    let source = section.sentence("source");
    section.end();
    Some(Number { days: u32::try_from(days?).ok()?, source: source? })
}

fn rows(top: &Section<'_, '_>) -> Vec<Row> {
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    for section in top.tables("row") {
        if let Some(row) = row(&section) {
            check(&section, &row);
            if !seen.insert((row.event, row.number.clone(), row.role)) {
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

fn row(section: &Section<'_, '_>) -> Option<Row> {
    let number = section.sentence("number");
    let event = section.word("event");
    let team = section.word("team");
    let kind = section.word("kind");
    let role = section.word("role");
    let copy = section.flag("copy").unwrap_or(false);
    let places = section.words("places");
    let encloses = section.words("encloses");
    let stale = section.word("stale");
    let deadline = section.may_word("deadline");
    let source = section.sentence("source");
    Some(Row {
        number: number?,
        event: event?,
        team: team?,
        kind: kind?,
        role: role?,
        copy,
        places: places.into_iter().collect(),
        encloses: encloses.into_iter().collect(),
        stale: stale?,
        deadline,
        source: source?,
    })
}

/// What the event of a row cannot give: a person it does not name, a date it does not set.
fn check(section: &Section<'_, '_>, row: &Row) {
    let appointment = row.event == EventName::AppointmentConfirmed;
    let number = &row.number;
    if !number.parse().is_ok_and(|number| ROWS.contains(&number)) {
        let cause = "the process has no row of this number";
        section.fault_at("number", "pack.row_number", cause, "give a number from 1 to 37");
    }
    if row.places.is_empty() {
        let cause = format!("row {number} holds at no kind of place");
        section.fault_at("places", "pack.row_places", cause, "name the kinds of place at which it holds");
    }
    if row.role == Role::Doctor && !appointment {
        let cause = format!("the event of row {number} names no doctor");
        section.fault_at("role", "pack.row_role", cause, "give the row to another role or to another event");
    }
    if row.stale != Stale::Never && !appointment {
        let cause = format!("the event of row {number} sets no appointment");
        section.fault_at("stale", "pack.row_stale", cause, "write `stale = \"never\"`");
    }
    let of_appointment = |rule| matches!(rule, Rule::Serve | Rule::Respond | Rule::Report);
    if row.deadline.is_some_and(|rule| of_appointment(rule) != appointment) {
        let cause = format!("the event of row {number} does not set this deadline");
        let cure =
            "use `refer` or `immediately` for a report, `serve`, `respond` or `report` for an appointment";
        section.fault_at("deadline", "pack.row_deadline", cause, cure);
    }
}
