//! Enters: nothing by itself. Leaves: a sheet as values: rows of typed cells, each with its place, and what is wrong with
//! them. Never: knows what a column means.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

/// The most bytes of a sheet as it is given.
pub const SHEET_BYTES_MAX: usize = 16 << 20;
/// The most bytes of the files in a workbook, unpacked, all together.
pub const UNPACKED_BYTES_MAX: u64 = 256 << 20;
/// The most rows, the heading and empty ones among them.
pub const ROWS_MAX: u32 = 20_000;
/// The most columns.
pub const COLUMNS_MAX: u32 = 500;
/// The most cells with anything in them.
pub const CELLS_MAX: usize = 1_000_000;
/// The most characters of a cell: the bound of spreadsheet programs.
pub const CELL_CHARS_MAX: usize = 32_767;
/// The most bytes of the text of all cells together.
pub const TEXT_BYTES_MAX: usize = 32 << 20;

/// The heading of the column that a copy of a sheet has more than the sheet: it is left out when the copy is read.
pub const FAULTS_HEADING: &str = "What is wrong";

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Cell {
    /// Nothing, or white space alone.
    Empty,
    /// Text, as it was typed.
    Text(String),
    /// A number.
    Number(f64),
    /// A day.
    Date(NaiveDate),
    /// A time of day.
    Time(NaiveTime),
    /// A day and a time.
    Moment(NaiveDateTime),
    /// Yes or no.
    Flag(bool),
    /// Something that is no value: `#REF!`.
    Error(String),
}

/// A row with something in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its number in the sheet, from 1.
    pub number: u32,
    /// Its cells from the first column on; what is not there is empty.
    pub cells: Vec<Cell>,
}

/// What is wrong with a part of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SheetFault {
    /// The number of the row, from 1; `None` for a whole column, or the sheet.
    pub row: Option<u32>,
    /// The column, from 0; `None` for a whole row, or the sheet.
    pub column: Option<u32>,
    /// What is wrong.
    pub cause: String,
    /// What to do about it.
    pub cure: String,
}

/// A sheet that was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// What was found out about its form, each a phrase: "Windows-1252", "separated by semicolons".
    pub said: Vec<String>,
    /// The rows with something in them, in order; the first has the headings.
    pub rows: Vec<Row>,
    /// What no reader should guess at.
    pub faults: Vec<SheetFault>,
}

/// Why a sheet cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// What is wrong.
    pub cause: String,
    /// What to do about it.
    pub cure: String,
}

impl Refused {
    pub(crate) fn new(cause: impl Into<String>, cure: impl Into<String>) -> Refused {
        Refused { cause: cause.into(), cure: cure.into() }
    }

    /// The sheet that is wanted is one that nobody sees.
    pub(crate) fn hidden(name: &str) -> Refused {
        let cure = "show it in a spreadsheet program, or name another one";
        Refused::new(format!("its sheet \"{name}\" is hidden"), cure)
    }
}

impl Row {
    /// What stands in a column, from 0.
    pub fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }
}

impl Cell {
    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        *self == Cell::Empty
    }

    pub(crate) fn of_text(text: &str) -> Cell {
        if text.trim().is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
    }
}

/// The name of a column, from 0: A, B, … Z, AA.
pub fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut left = u64::from(column) + 1;
    while left > 0 {
        let letter = u8::try_from((left - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + letter));
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// The rows of a sheet as they come, within the bounds.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    rows: Vec<Row>,
    cells: usize,
    bytes: usize,
}

impl Rows {
    /// Puts a value at a place, both from 0. Cells come row by row.
    ///
    /// # Errors
    /// It lies beyond the bounds, or the sheet has too many.
    pub(crate) fn put(&mut self, row: u32, column: u32, cell: Cell) -> Result<(), Refused> {
        if cell.is_empty() {
            return Ok(());
        }
        within(row, column)?;
        self.cells += 1;
        if self.cells > CELLS_MAX {
            return Err(too_many_cells());
        }
        if let Cell::Text(text) = &cell {
            self.bytes += text.len();
            if text.chars().nth(CELL_CHARS_MAX).is_some() {
                let place = format!("{}{}", column_letters(column), u64::from(row) + 1);
                let cause = format!("the cell {place} has more than {CELL_CHARS_MAX} characters");
                return Err(Refused::new(
                    cause,
                    "shorten it; or see whether a quotation mark is missing before it",
                ));
            }
        }
        if self.bytes > TEXT_BYTES_MAX {
            let cause = format!("its cells have more than {} MiB of text", TEXT_BYTES_MAX >> 20);
            return Err(Refused::new(cause, SPLIT));
        }
        let number = row + 1;
        let last = match self.rows.last_mut() {
            Some(last) if last.number == number => last,
            _ => {
                self.rows.push(Row { number, cells: Vec::new() });
                match self.rows.last_mut() {
                    Some(last) => last,
                    None => return Ok(()),
                }
            }
        };
        let column = column as usize;
        if last.cells.len() <= column {
            last.cells.resize(column + 1, Cell::Empty);
        }
        if let Some(place) = last.cells.get_mut(column) {
            *place = cell;
        }
        Ok(())
    }

    /// The rows, in order.
    pub(crate) fn into_rows(mut self) -> Vec<Row> {
        self.rows.sort_by_key(|row| row.number);
        self.rows
    }
}

/// What to do about a sheet that is too large.
pub(crate) const SPLIT: &str = "split it into several sheets, and remove what is no row of the batch";

pub(crate) fn too_many_cells() -> Refused {
    Refused::new(format!("it has more than {CELLS_MAX} cells with something in them"), SPLIT)
}

/// Checks that a place, from 0, lies within the bounds.
pub(crate) fn within(row: u32, column: u32) -> Result<(), Refused> {
    if row >= ROWS_MAX {
        let cause = format!(
            "something stands in row {}, and a sheet has {ROWS_MAX} rows at most",
            u64::from(row) + 1
        );
        return Err(Refused::new(cause, SPLIT));
    }
    if column >= COLUMNS_MAX {
        let letters = column_letters(column);
        let cause =
            format!("something stands in column {letters}, and a sheet has {COLUMNS_MAX} columns at most");
        return Err(Refused::new(cause, SPLIT));
    }
    Ok(())
}
