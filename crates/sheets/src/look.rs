//! Enters: the XML of one sheet of an Excel workbook. Leaves: what a list of its values does not show: hidden rows and
//! columns, joined cells, formulas that nobody computed, numbers that are shown with leading zeros.
//! Never: holds the sheet: it is read as it comes.

use crate::package::{Package, attribute, no_xml};
use crate::sheet::{CELLS_MAX, COLUMNS_MAX, Refused, SheetFault, column_letters, too_many_cells, within};
use quick_xml::events::{BytesStart, Event};
use std::collections::{BTreeMap, BTreeSet};

/// The most faults of one kind that are told one by one.
pub(crate) const TOLD_MAX: usize = 200;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Look {
    pub(crate) faults: Vec<SheetFault>,
    /// The number of digits that a number is shown with, by its place from 0.
    pub(crate) digits: BTreeMap<(u32, u32), usize>,
}

/// A sheet as it is passed through.
#[derive(Default)]
struct Pass {
    look: Look,
    hidden_columns: Vec<(u32, u32)>,
    filled_columns: BTreeSet<u32>,
    cells: usize,
    row: Option<u32>,
    row_hidden: bool,
    row_filled: bool,
    cell: Option<OpenCell>,
    next_column: u32,
    in_value: bool,
}

/// The cell that is being read.
struct OpenCell {
    column: u32,
    style: Option<usize>,
    is_number: bool,
    computed: bool,
    has_value: bool,
    /// What its value is, as far as it matters: up to a few characters.
    value: String,
}

/// Looks through a sheet. `zeros` has the number of digits by the number of a style.
///
/// # Errors
/// It is damaged, or beyond the bounds.
pub(crate) fn look(
    package: &mut Package<'_>,
    path: &str,
    zeros: &BTreeMap<usize, usize>,
) -> Result<Look, Refused> {
    let mut reader = package.xml(path)?;
    let (mut pass, mut buffer) = (Pass::default(), Vec::new());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|error| no_xml(&error))? {
            Event::Start(element) => pass.begin(&element)?,
            Event::Empty(element) => {
                pass.begin(&element)?;
                pass.end(element.local_name().as_ref(), zeros)?;
            }
            Event::End(element) => pass.end(element.local_name().as_ref(), zeros)?,
            Event::Text(text) if pass.in_value => pass.text(&text),
            Event::CData(text) if pass.in_value => pass.text(&text),
            Event::Eof => break,
            _ => {}
        }
    }
    pass.columns();
    Ok(pass.look)
}

impl Pass {
    fn begin(&mut self, element: &BytesStart<'_>) -> Result<(), Refused> {
        let number = |name: &str| attribute(element, name).and_then(|text| text.parse::<u32>().ok());
        match element.local_name().as_ref() {
            "col" if is_yes(attribute(element, "hidden")) => {
                if let (Some(from), Some(to)) = (number("min"), number("max")) {
                    self.hidden_columns.push((from.saturating_sub(1), to.saturating_sub(1)));
                }
            }
            "row" => {
                let after = self.row.map_or(0, |row| row.saturating_add(1));
                self.row = Some(number("r").map_or(after, |row| row.saturating_sub(1)));
                self.row_hidden = is_yes(attribute(element, "hidden"));
                self.row_filled = false;
                self.next_column = 0;
            }
            "c" => {
                let column = attribute(element, "r").and_then(|place| column_of(&place));
                let kind = attribute(element, "t");
                self.cell = Some(OpenCell {
                    column: column.unwrap_or(self.next_column),
                    style: number("s").map(|style| style as usize),
                    is_number: kind.is_none_or(|kind| kind == "n"),
                    computed: false,
                    has_value: false,
                    value: String::new(),
                });
            }
            "f" => self.cell.iter_mut().for_each(|cell| cell.computed = true),
            "v" | "t" => {
                self.in_value = true;
                self.cell.iter_mut().for_each(|cell| cell.has_value = true);
            }
            "mergeCell" => self.joined(attribute(element, "ref").unwrap_or_default()),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if let Some(cell) = &mut self.cell {
            let room = 32_usize.saturating_sub(cell.value.len());
            cell.value.extend(text.chars().take(room));
        }
    }

    fn end(&mut self, name: &str, zeros: &BTreeMap<usize, usize>) -> Result<(), Refused> {
        match name {
            "v" | "t" => self.in_value = false,
            "c" => {
                if let Some(cell) = self.cell.take() {
                    self.next_column = cell.column.saturating_add(1);
                    self.finished(&cell, zeros)?;
                }
            }
            "row" if self.row_hidden && self.row_filled => {
                let row = self.row;
                let cause = "this row is hidden, and something stands in it";
                self.told(row, None, cause, "show it (right click on the rows around it), or remove it");
            }
            _ => {}
        }
        Ok(())
    }

    fn finished(&mut self, cell: &OpenCell, zeros: &BTreeMap<usize, usize>) -> Result<(), Refused> {
        let row = self.row.unwrap_or(0);
        let filled = !cell.value.trim().is_empty();
        // A program that writes a formula without computing it writes no value, or a nought.
        let never_computed = cell.computed
            && (!cell.has_value || cell.is_number && (cell.value == "0" || cell.value.is_empty()));
        if filled || cell.computed {
            within(row, cell.column)?;
            self.cells += 1;
            if self.cells > CELLS_MAX {
                return Err(too_many_cells());
            }
            self.row_filled = true;
            self.filled_columns.insert(cell.column);
        }
        if never_computed {
            let cause = "this is a formula, and the file has no value of it";
            let cure = "open the sheet in a spreadsheet program and save it, or write the value itself";
            self.told(Some(row), Some(cell.column), cause, cure);
        }
        if cell.is_number
            && let Some(digits) = cell.style.and_then(|style| zeros.get(&style))
        {
            self.look.digits.insert((row, cell.column), *digits);
        }
        Ok(())
    }

    fn joined(&mut self, place: String) {
        let (from, to) = place.split_once(':').unwrap_or((&place, &place));
        let (row, column) = (row_of(from), column_of(from));
        if from == to || column.is_none_or(|column| column >= COLUMNS_MAX) {
            return;
        }
        let cause =
            format!("the cells {from} to {to} are joined into one, so that only the first has a value");
        self.told(row, column, &cause, "split them (\"Unmerge cells\"), and fill in each");
    }

    fn columns(&mut self) {
        let filled = std::mem::take(&mut self.filled_columns);
        for (from, to) in std::mem::take(&mut self.hidden_columns) {
            for column in filled.range(from..=to.max(from)) {
                let cause =
                    format!("column {} is hidden, and something stands in it", column_letters(*column));
                self.told(
                    None,
                    Some(*column),
                    &cause,
                    "show it (right click on the columns around it), or remove it",
                );
            }
        }
    }

    fn told(&mut self, row: Option<u32>, column: Option<u32>, cause: &str, cure: &str) {
        if self.look.faults.len() < TOLD_MAX {
            self.look.faults.push(SheetFault {
                row: row.map(|row| row.saturating_add(1)),
                column,
                cause: cause.to_owned(),
                cure: cure.to_owned(),
            });
        }
    }
}

fn is_yes(value: Option<String>) -> bool {
    value.is_some_and(|value| value == "1" || value == "true")
}

/// The column of a place such as `B7`, from 0.
fn column_of(place: &str) -> Option<u32> {
    let letters = place.bytes().take_while(u8::is_ascii_uppercase);
    let number = letters.take(4).fold(0_u32, |sum, letter| sum * 26 + u32::from(letter - b'A') + 1);
    number.checked_sub(1)
}

/// The row of a place such as `B7`, from 0.
fn row_of(place: &str) -> Option<u32> {
    place.trim_start_matches(|c: char| c.is_ascii_uppercase()).parse::<u32>().ok()?.checked_sub(1)
}
