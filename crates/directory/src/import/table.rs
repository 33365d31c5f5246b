//! Enters: the directory as CSV. Leaves: its entries, or every fault at once with file and line; and entries as CSV.
//! Never: guesses a column, or accepts a formula: a cell that a spreadsheet would run is refused.

use super::fields::{Claimed, Fields, LINE_MAX, entry};
use super::sheet::{is_formula, quoted, unquoted};
use crate::entry::{Change, Entry};
use crate::opening::OpeningMethod;
use chrono::NaiveDate;
use csv::{Position, ReaderBuilder, StringRecord, Writer};
use despatch_core::address::EmailAddress;
use despatch_core::fault::{Fault, Refusal};
use despatch_core::words::{Role, is_plain_line};
use despatch_seal::keys::PublicKey;
use std::cell::RefCell;
use std::io;
use std::str::FromStr;

/// The columns. The first five are required; several values in one cell are separated by semicolons.
pub const COLUMNS: [&str; 12] = [
    "id",
    "role",
    "name",
    "organisation",
    "email",
    "telephone",
    "group",
    "places",
    "cases",
    "method",
    "keys",
    "expires",
];
/// The number of [`COLUMNS`] that a file must have.
const NEEDED: usize = 5;

/// Writes entries as CSV that a spreadsheet opens and [`super::read`] reads.
///
/// # Errors
/// No entry can cause one; the error is the writer's own.
pub fn write(entries: &[Entry]) -> io::Result<Vec<u8>> {
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for entry in entries {
        writer.write_record(cells(entry).map(quoted))?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// Returns the cells of one entry, in the order of the columns.
fn cells(entry: &Entry) -> [String; COLUMNS.len()] {
    fn several<T: ToString>(items: &[T]) -> String {
        items.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
    }
    [
        entry.id.to_string(),
        entry.role.code().to_owned(),
        entry.name.clone(),
        entry.organisation.clone(),
        entry.email.to_string(),
        entry.telephone.clone().unwrap_or_default(),
        if entry.group { "yes" } else { "no" }.to_owned(),
        several(&entry.places),
        several(&entry.cases),
        entry.method.map_or_else(String::new, |method| method.to_string()),
        several(&entry.keys),
        entry.expires.map_or_else(String::new, |day| day.to_string()),
    ]
}

/// Reads every row below the headings.
pub(super) fn entries(file: &str, text: &str, by: &Change) -> Result<Vec<Entry>, Vec<Fault>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let heads = reader.headers().cloned().unwrap_or_default();
    let wrong = headings(file, &heads);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let faults: RefCell<Vec<Fault>> = RefCell::default();
    let mut claimed = Claimed::default();
    let mut entries = Vec::new();
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    for row in reader.records() {
        match row {
            // Spreadsheets leave rows without a value at the end of a table.
            Ok(cells) if cells.iter().all(|cell| cell.trim().is_empty()) => {}
            Ok(cells) => {
                let line = lines.of(cells.position());
                if cells.len() != heads.len() {
                    faults.borrow_mut().push(uneven(file, line));
                    continue;
                }
                let row =
                    Row { at: format!("{file}:{line}"), line, heads: &heads, cells: &cells, faults: &faults };
                entries.extend(entry(&row, &mut claimed, by));
            }
            Err(error) => {
                let line = lines.of(error.position());
                faults.borrow_mut().push(uneven(file, line));
            }
        }
    }
    let faults = faults.into_inner();
    if faults.is_empty() { Ok(entries) } else { Err(faults) }
}

/// Counts the lines of a table. The reader's own count stands one behind where Windows wrote the line ends, and before
/// the blank lines that it passes over.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line on which the row at a position begins; positions only grow.
    fn of(&mut self, position: Option<&Position>) -> usize {
        let from = position.map_or(self.at, |at| usize::try_from(at.byte()).unwrap_or(self.at));
        let ends = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let blank = self.text.get(from..).unwrap_or_default().iter().take_while(ends).count();
        let passed = self.text.get(self.at..from + blank).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.at = from + blank;
        self.line
    }
}

fn uneven(file: &str, line: usize) -> Fault {
    let cause = "this line does not have as many cells as there are headings";
    Fault::new(format!("{file}:{line}"), "csv.cells", cause, "correct this line")
}

fn headings(file: &str, heads: &StringRecord) -> Vec<Fault> {
    let fault = |cause: String, cure: &str| Fault::new(format!("{file}:1"), "csv.heading", cause, cure);
    let shown = |head: &str| {
        if is_plain_line(head, LINE_MAX) { head.to_owned() } else { "(not plain text)".to_owned() }
    };
    let unknown = heads.iter().filter(|head| !COLUMNS.contains(head)).map(|head| {
        fault(format!("there is no column {}", shown(head)), &format!("use: {}", COLUMNS.join(", ")))
    });
    let lacks = |column: &&&str| !heads.iter().any(|head| head == **column);
    let missing = COLUMNS
        .iter()
        .take(NEEDED)
        .filter(lacks)
        .map(|column| fault(format!("the column {column} is missing"), "add it to the first line"));
    let repeated =
        heads.iter().enumerate().filter(|(at, head)| heads.iter().take(*at).any(|one| one == *head));
    let twice = repeated.map(|(_, head)| {
        fault(format!("the column {} appears twice", shown(head)), "leave one of the two out")
    });
    unknown.chain(missing).chain(twice).collect()
}

/// A row being read.
struct Row<'r> {
    at: String,
    line: usize,
    heads: &'r StringRecord,
    cells: &'r StringRecord,
    faults: &'r RefCell<Vec<Fault>>,
}

impl Row<'_> {
    /// Returns a cell as it stands, unless it is empty or its column is missing.
    fn raw(&self, column: &str) -> Option<&str> {
        let index = self.heads.iter().position(|head| head == column)?;
        self.cells.get(index).map(str::trim).filter(|cell| !cell.is_empty())
    }

    /// Returns the value of a cell.
    fn cell(&self, column: &str) -> Option<&str> {
        self.raw(column).map(unquoted)
    }

    /// Returns the semicolon-separated values of a cell.
    fn values(&self, column: &str) -> impl Iterator<Item = &str> {
        let all = self.cell(column).into_iter().flat_map(|cell| cell.split(';'));
        all.map(str::trim).filter(|one| !one.is_empty())
    }

    fn value_fault(&self, cause: impl Into<String>, cure: impl Into<String>) {
        self.faults.borrow_mut().push(Fault::new(&self.at, "csv.value", cause, cure));
    }

    /// Returns what was read; records a fault if it is missing.
    fn noted<T>(&self, read: Option<T>, cause: &str, cure: impl Into<String>) -> Option<T> {
        if read.is_none() {
            self.value_fault(cause, cure);
        }
        read
    }

    /// Parses a value whose type explains its own refusals.
    fn checked<T: FromStr<Err = Refusal>>(&self, text: &str) -> Option<T> {
        text.parse().map_err(|refusal: Refusal| self.value_fault(refusal.cause, refusal.cure)).ok()
    }

    /// Returns the only value of an optional cell.
    fn one<T: FromStr>(&self, column: &'static str, form: &str) -> Option<T> {
        let mut all = self.list::<T>(column, form);
        if all.len() > 1 {
            self.value_fault(format!("{column} has several values"), format!("write {form}"));
        }
        (!all.is_empty()).then(|| all.swap_remove(0))
    }
}

impl Fields for Row<'_> {
    fn need<T: FromStr>(&self, column: &'static str, form: &str) -> Option<T> {
        let read = self.cell(column).and_then(|cell| cell.parse().ok());
        let cause = format!("{column} is missing or is not of the right form");
        self.noted(read, &cause, format!("write {form}"))
    }

    fn list<T: FromStr>(&self, column: &'static str, form: &str) -> Vec<T> {
        let read: Vec<Option<T>> = self.values(column).map(|one| one.parse().ok()).collect();
        if read.iter().any(Option::is_none) {
            self.value_fault(format!("{column} is not of the right form"), format!("write {form}"));
        }
        read.into_iter().flatten().collect()
    }

    fn line(&self, column: &'static str) -> Option<String> {
        // What a spreadsheet runs is taken only with the quote that the export writes before it.
        let plain = |cell: &&str| !is_formula(cell) && is_plain_line(unquoted(cell), LINE_MAX);
        let read = self.raw(column).filter(plain).map(|cell| unquoted(cell).to_owned());
        let cause = format!("{column} is missing, too long, or not one line of plain text");
        self.noted(read, &cause, format!("write at most {LINE_MAX} characters, not beginning with = + - @"))
    }

    fn may_line(&self, column: &'static str) -> Option<String> {
        self.cell(column).and_then(|_| self.line(column))
    }

    fn role(&self) -> Option<Role> {
        let read = self.cell("role").and_then(|cell| Role::ALL.into_iter().find(|role| role.code() == cell));
        let cure = format!("use one of: {}", Role::ALL.map(|role| role.code()).join(", "));
        self.noted(read, "the role is missing or not known", cure)
    }

    fn email(&self) -> Option<EmailAddress> {
        self.checked(self.cell("email").unwrap_or_default())
    }

    fn group(&self) -> Option<bool> {
        let read = match self.cell("group")? {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        self.noted(read, "group is neither yes nor no", "write yes or no")
    }

    fn method(&self) -> Option<OpeningMethod> {
        self.one("method", &OpeningMethod::codes())
    }

    fn keys(&self) -> Vec<PublicKey> {
        self.values("keys").filter_map(|cell| self.checked(cell)).collect()
    }

    fn expires(&self) -> Option<NaiveDate> {
        self.one("expires", "a date such as 2027-01-31")
    }

    fn line_of(&self, _field: &'static str) -> usize {
        self.line
    }

    fn fault(&self, _field: &'static str, code: &'static str, cause: String, cure: String) {
        self.faults.borrow_mut().push(Fault::new(&self.at, code, cause, cure));
    }
}
