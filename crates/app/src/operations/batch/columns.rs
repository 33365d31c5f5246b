//! Enters: the headings of a sheet, and what somebody says of them. Leaves: which field each column fills, or which columns
//! are missing, double or unknown. Never: passes over a column in silence.

use super::RowFault;
use super::targets::{Target, Targets, normal};
use despatch_core::fault::Fault;
use despatch_process::case::EventName;
use despatch_sheets::{Cell, FAULTS_HEADING, Row, Sheet, SheetFault, column_letters};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the record may know, so that a sheet need not say it.
const MAY_BE_ON_RECORD: [&str; 7] = [
    "/detention/since",
    "/detention/place",
    "/event/from",
    "/event/previous",
    "/event/doctor/entry",
    "/event/referred_on",
    "/event/date",
];
/// What is made of the row where no column gives it.
const MADE: &str = "/event_id";

/// What somebody says of the columns of a sheet: which field each heading stands for; an empty field leaves the column
/// out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// Said by hand: heading and field. It counts before the file.
    pub by_hand: Vec<(String, String)>,
    /// The text of a saved mapping, TOML: `"Surname" = "person.name"`.
    pub saved: Option<String>,
}

impl Mapping {
    /// Every heading of which something is said, with what is said by hand in the place of what is saved.
    fn all(&self) -> Result<Vec<(String, String)>, Fault> {
        let mut said: BTreeMap<String, (String, String)> = BTreeMap::new();
        let saved: BTreeMap<String, String> = match &self.saved {
            None => BTreeMap::new(),
            Some(text) => toml::from_str(text).map_err(|error| {
                let cure = "write a line for each heading: \"Surname\" = \"person.name\"";
                Fault::new("the mapping", "batch.mapping", error.message().to_owned(), cure)
            })?,
        };
        for (heading, field) in saved.into_iter().chain(self.by_hand.iter().cloned()) {
            said.insert(normal(&heading), (heading, field));
        }
        Ok(said.into_values().collect())
    }
}

/// A column that fills a field.
#[derive(Debug, Clone)]
pub(super) struct Filling {
    /// Its place in the sheet, from 0.
    pub(super) index: usize,
    /// What stands above it.
    pub(super) heading: String,
    /// What it fills.
    pub(super) target: Target,
}

/// A column of a sheet as somebody who maps it sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnSeen {
    /// What stands above it.
    pub heading: String,
    /// The name of the field that it fills; `None` where nobody knows, or where it is left out.
    pub field: Option<String>,
    /// What stands in its first cells.
    pub first: Vec<String>,
}

/// The columns of a sheet.
pub(super) struct Columns {
    /// Those that fill something, in their order.
    pub(super) fillings: Vec<Filling>,
    /// What is wrong with them.
    pub(super) faults: Vec<RowFault>,
}

impl Columns {
    /// Finds out which field each column fills.
    ///
    /// # Errors
    /// The saved mapping is none.
    pub(super) fn of(event: EventName, sheet: &Sheet, mapping: &Mapping) -> Result<Columns, Fault> {
        let targets = Targets::of(event);
        let said = mapping.all()?;
        let mut columns = Columns { fillings: Vec::new(), faults: Vec::new() };
        let Some(head) = sheet.rows.first() else { return Ok(columns) };
        let width = sheet.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let mut met = vec![false; said.len()];
        for index in 0..width {
            let Some(heading) = columns.heading(sheet, head, index) else { continue };
            let plain = normal(&heading);
            if heading.trim().eq_ignore_ascii_case(FAULTS_HEADING) {
                continue;
            }
            let by_person = said.iter().position(|(of, _)| normal(of) == plain);
            by_person.and_then(|at| met.get_mut(at)).into_iter().for_each(|met| *met = true);
            let named = by_person.and_then(|at| said.get(at)).map(|(_, field)| field.as_str());
            columns.take(&targets, index, heading, named);
        }
        for ((heading, _), _) in said.iter().zip(&met).filter(|(_, met)| !**met) {
            columns.fault(
                heading,
                "the mapping names this heading, and the sheet has none",
                "correct the mapping",
            );
        }
        columns.missing(&targets);
        Ok(columns)
    }

    /// The heading of a column; `None` where nothing stands in all of it.
    fn heading(&mut self, sheet: &Sheet, head: &Row, index: usize) -> Option<String> {
        match head.cell(index) {
            Cell::Text(words) => return Some(words.split_whitespace().collect::<Vec<_>>().join(" ")),
            Cell::Empty => {}
            _ => {
                let letters = column_letters(u32::try_from(index).unwrap_or(u32::MAX));
                let cause = format!("what stands above column {letters} is no text");
                self.fault(&letters, &cause, "write the name of a field above it");
                return None;
            }
        }
        let filled = sheet.rows.iter().find(|row| !row.cell(index).is_empty())?;
        let letters = column_letters(u32::try_from(index).unwrap_or(u32::MAX));
        let cause = format!("column {letters} has no heading, and something stands in row {}", filled.number);
        self.fault(&letters, &cause, "write the name of a field above it, or remove the column");
        None
    }

    fn take(&mut self, targets: &Targets, index: usize, heading: String, named: Option<&str>) {
        if named.is_some_and(|named| named.trim().is_empty()) {
            return;
        }
        let words = named.unwrap_or(&heading);
        let target = match targets.find(words).as_slice() {
            [one] => *one,
            [] => {
                let (cause, cure) = unknown(&heading, named, targets.nearest(words));
                return self.fault(&heading, &cause, &cure);
            }
            several => {
                let names: Vec<&str> = several.iter().take(6).map(|target| target.name.as_str()).collect();
                let cause = format!("\"{words}\" may mean {} fields: {}", several.len(), names.join(", "));
                let cure = format!("say which: --column \"{heading}={}\"", names.first().unwrap_or(&""));
                return self.fault(&heading, &cause, &cure);
            }
        };
        if let Some(other) = self.fillings.iter().find(|other| other.target.at == target.at) {
            let cause = format!("this column fills {}, and so does \"{}\"", target.name, other.heading);
            return self.fault(
                &heading,
                &cause,
                "remove one of the two, or leave it out: --column \"HEADING=\"",
            );
        }
        self.fillings.push(Filling { index, heading, target: target.clone() });
    }

    /// The columns as somebody who maps them sees them.
    pub(super) fn seen(&self, sheet: &Sheet, rows: usize, chars: usize) -> Vec<ColumnSeen> {
        let Some(head) = sheet.rows.first() else { return Vec::new() };
        let seen = head.cells.iter().enumerate().filter_map(|(index, cell)| {
            let Cell::Text(heading) = cell else { return None };
            let filling = self.fillings.iter().find(|filling| filling.index == index);
            let first = sheet.rows.iter().skip(1).take(rows).map(|row| shown(row.cell(index), chars));
            Some(ColumnSeen {
                heading: heading.split_whitespace().collect::<Vec<_>>().join(" "),
                field: filling.map(|filling| filling.target.name.clone()),
                first: first.collect(),
            })
        });
        seen.collect()
    }

    /// The fields of an event that a column may fill: the name and the words of each, of lists the first entry alone.
    pub(super) fn fields(event: EventName) -> Vec<(String, String)> {
        let targets = Targets::of(event);
        let numbered =
            |name: &str| name.split('.').any(|part| part.parse::<usize>().is_ok_and(|number| number > 0));
        let first = targets.all().iter().filter(|target| !numbered(&target.name));
        first.map(|target| (target.name.clone(), target.label.clone())).collect()
    }

    /// What a reader found about cells, at the headings of their columns; columns that fill nothing do not matter.
    pub(super) fn of_cells(&self, found: &[SheetFault]) -> Vec<RowFault> {
        let at = |fault: &SheetFault| match fault.column {
            None => Some(None),
            Some(column) => {
                let filling = self.fillings.iter().find(|filling| filling.index == column as usize)?;
                Some(Some(filling.heading.clone()))
            }
        };
        let placed = found.iter().filter_map(|fault| {
            let column = at(fault)?;
            Some(RowFault { row: fault.row, column, cause: fault.cause.clone(), cure: fault.cure.clone() })
        });
        placed.collect()
    }

    fn missing(&mut self, targets: &Targets) {
        let lacking = targets.all().iter().filter(|target| {
            target.always
                && target.at != MADE
                && !MAY_BE_ON_RECORD.contains(&target.at.as_str())
                && !self.fillings.iter().any(|filling| filling.target.at == target.at)
        });
        let lacking: Vec<RowFault> = lacking
            .map(|target| RowFault {
                row: None,
                column: Some(target.name.clone()),
                cause: format!("no column gives this, and each row needs it: {}", target.label),
                cure: format!(
                    "add a column with the heading {0}, or say which it is: --column \"HEADING={0}\"",
                    target.name
                ),
            })
            .collect();
        self.faults.extend(lacking);
    }

    fn fault(&mut self, column: &str, cause: &str, cure: &str) {
        self.faults.push(RowFault {
            row: None,
            column: Some(column.to_owned()),
            cause: cause.to_owned(),
            cure: cure.to_owned(),
        });
    }

    /// The heading of the column that fills a field, or of the nearest thing in it or around it.
    pub(super) fn heading_of(&self, at: &str) -> Option<&Filling> {
        let of = |at: &str| self.fillings.iter().find(|filling| filling.target.at == at);
        let file = at.strip_suffix("/size").or_else(|| at.strip_suffix("/sha256"));
        if let Some(found) = of(at).or_else(|| of(&format!("{}/file", file?))) {
            return Some(found);
        }
        let below = format!("{at}/");
        self.fillings.iter().find(|filling| filling.target.at.starts_with(&below))
    }
}

fn unknown(heading: &str, named: Option<&str>, nearest: Option<&Target>) -> (String, String) {
    let cause = match named {
        None => "no field of this event is called so".to_owned(),
        Some(named) => {
            format!("the mapping says that it fills \"{named}\", and this event has no such field")
        }
    };
    let near = nearest.map(|target| target.name.as_str()).unwrap_or("FIELD");
    let cure = format!(
        "say which it fills: --column \"{heading}={near}\"; or that it fills none: --column \"{heading}=\""
    );
    (cause, cure)
}

/// What stands in a cell, for somebody who looks at a few of them.
fn shown(cell: &Cell, chars: usize) -> String {
    let whole = match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Error(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Time(time) => time.to_string(),
        Cell::Moment(at) => at.to_string(),
        Cell::Flag(flag) => flag.to_string(),
    };
    whole.chars().take(chars).collect()
}
