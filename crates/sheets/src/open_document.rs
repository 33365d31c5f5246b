//! Enters: an OpenDocument spreadsheet. Leaves: the cells of one of its sheets, and what is hidden in it.
//! Never: unpacks what is repeated before it has counted it. calamine unpacks a whole table at once, and does not tell
//! what is hidden or joined: so this format is read here.

use crate::look::TOLD_MAX;
use crate::package::{Package, attribute, no_xml};
use crate::sheet::{Cell, Refused, Rows, Sheet, SheetFault, column_letters};
use crate::workbook::{chosen, of_day};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use std::collections::{BTreeMap, BTreeSet};

/// Where the sheets stand.
pub(crate) const CONTENT: &str = "content.xml";

/// Reads the sheet of this name, else the first.
///
/// # Errors
/// There is none; it is damaged, or beyond the bounds.
pub(crate) fn read(package: &mut Package<'_>, wanted: Option<&str>) -> Result<Sheet, Refused> {
    let listed = listed(package)?;
    let (index, mut said) = chosen(listed.iter().map(|(name, _)| name.as_str()), wanted)?;
    if let Some((name, true)) = listed.get(index) {
        return Err(Refused::hidden(name));
    }
    let mut pass = Pass::default();
    let mut tables = 0_usize;
    events(package, &mut |event| {
        match event {
            Event::Start(element) | Event::Empty(element) if is(element, "table") => tables += 1,
            _ => {}
        }
        if tables == index + 1 { pass.take(event) } else { Ok(()) }
    })?;
    pass.columns();
    said.insert(0, "an OpenDocument spreadsheet".to_owned());
    Ok(Sheet { said, rows: pass.rows.into_rows(), faults: pass.faults })
}

/// The name of each sheet, and whether it is hidden. That stands in its style, and the styles stand before the sheets.
fn listed(package: &mut Package<'_>) -> Result<Vec<(String, bool)>, Refused> {
    let (mut listed, mut style, mut hiding) = (Vec::new(), None, BTreeSet::new());
    events(package, &mut |event| {
        let (Event::Start(element) | Event::Empty(element)) = event else { return Ok(()) };
        match element.local_name().as_ref() {
            "style" => style = attribute(element, "name"),
            "table-properties" if attribute(element, "display").is_some_and(|shown| shown == "false") => {
                hiding.extend(style.take());
            }
            "table" => {
                let hidden = attribute(element, "style-name").is_some_and(|style| hiding.contains(&style));
                listed.push((attribute(element, "name").unwrap_or_default(), hidden));
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(listed)
}

fn is(element: &BytesStart<'_>, name: &str) -> bool {
    element.local_name().as_ref() == name
}

/// Gives every event of the content to `take`; an element without content as its beginning and its end.
fn events(
    package: &mut Package<'_>,
    take: &mut dyn FnMut(&Event<'_>) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let mut reader = package.xml(CONTENT)?;
    reader.config_mut().expand_empty_elements = true;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|error| no_xml(&error))? {
            Event::Eof => return Ok(()),
            event => take(&event)?,
        }
    }
}

/// A sheet as it is passed through.
#[derive(Default)]
struct Pass {
    rows: Rows,
    faults: Vec<SheetFault>,
    /// The number of the next row and column, from 0.
    row: u32,
    column: u32,
    times: u32,
    row_hidden: bool,
    /// The cells of this row with something in them, each with how often it is repeated.
    of_row: Vec<(u32, u32, Cell)>,
    next_column: u32,
    hidden_columns: Vec<(u32, u32)>,
    filled_columns: BTreeMap<u32, ()>,
    cell: Option<OpenCell>,
    /// How deep the reader is inside a note, whose words are not the cell's.
    in_note: usize,
}

/// The cell that is being read.
#[derive(Default)]
struct OpenCell {
    kind: Option<String>,
    value: Option<String>,
    is_error: bool,
    computed: bool,
    times: u32,
    joined: bool,
    paragraphs: usize,
    text: String,
}

impl Pass {
    fn take(&mut self, event: &Event<'_>) -> Result<(), Refused> {
        match event {
            Event::Start(element) => self.begin(element),
            Event::End(element) => return self.end(element.local_name().as_ref()),
            Event::Text(text) => {
                if self.in_note == 0
                    && let Some(cell) = &mut self.cell
                    && cell.paragraphs > 0
                {
                    cell.text.push_str(text);
                }
            }
            Event::GeneralRef(name) => {
                if self.in_note == 0
                    && let Some(cell) = &mut self.cell
                {
                    cell.text.push_str(&entity(name));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, element: &BytesStart<'_>) {
        let times =
            |name: &str| attribute(element, name).and_then(|text| text.parse().ok()).unwrap_or(1_u32).max(1);
        let hidden =
            || attribute(element, "visibility").is_some_and(|how| how == "collapse" || how == "filter");
        match element.local_name().as_ref() {
            "table-column" => {
                let (from, count) = (self.next_column, times("number-columns-repeated"));
                self.next_column = from.saturating_add(count);
                if hidden() {
                    self.hidden_columns.push((from, self.next_column.saturating_sub(1)));
                }
            }
            "table-row" => {
                (self.column, self.times, self.row_hidden) = (0, times("number-rows-repeated"), hidden());
            }
            "table-cell" | "covered-table-cell" => {
                let value = ["value", "date-value", "time-value", "boolean-value", "string-value"];
                self.cell = Some(OpenCell {
                    kind: kind_of(element),
                    is_error: of_prefix(element, "calcext:value-type").as_deref() == Some("error"),
                    value: value.iter().find_map(|name| attribute(element, name)),
                    computed: attribute(element, "formula").is_some(),
                    times: times("number-columns-repeated"),
                    joined: times("number-columns-spanned") > 1 || times("number-rows-spanned") > 1,
                    ..OpenCell::default()
                });
            }
            "annotation" => self.in_note += 1,
            name if self.in_note == 0 => {
                let Some(cell) = &mut self.cell else { return };
                match name {
                    "p" => {
                        if cell.paragraphs > 0 {
                            cell.text.push('\n');
                        }
                        cell.paragraphs += 1;
                    }
                    "s" => {
                        let spaces = times("c").min(1_000);
                        (0..spaces).for_each(|_| cell.text.push(' '));
                    }
                    "tab" => cell.text.push(' '),
                    "line-break" => cell.text.push('\n'),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) -> Result<(), Refused> {
        match name {
            "annotation" => self.in_note = self.in_note.saturating_sub(1),
            "table-cell" | "covered-table-cell" => {
                if let Some(cell) = self.cell.take() {
                    self.finished(&cell);
                }
            }
            "table-row" => return self.finished_row(),
            _ => {}
        }
        Ok(())
    }

    fn finished(&mut self, cell: &OpenCell) {
        let (from, times) = (self.column, cell.times);
        self.column = from.saturating_add(times);
        let no_value = cell.kind.is_none()
            || cell.kind.as_deref() == Some("float") && cell.value.as_deref() == Some("0");
        if cell.computed && no_value {
            let cause = "this is a formula, and the file has no value of it";
            let cure = "open the sheet in a spreadsheet program and save it, or write the value itself";
            self.told(Some(self.row), Some(from), cause, cure);
        }
        if cell.joined {
            let cause = "this cell is joined with others, so that only the first has a value";
            self.told(Some(self.row), Some(from), cause, "split them (\"Split Cells\"), and fill in each");
        }
        let value = cell.value();
        if !value.is_empty() {
            self.of_row.push((from, times, value));
        }
    }

    fn finished_row(&mut self) -> Result<(), Refused> {
        let filled = std::mem::take(&mut self.of_row);
        let (first, times) = (self.row, self.times.max(1));
        self.row = first.saturating_add(times);
        if filled.is_empty() {
            return Ok(());
        }
        for row in first..self.row {
            for (from, times, value) in &filled {
                for column in *from..from.saturating_add(*times) {
                    self.rows.put(row, column, value.clone())?;
                    self.filled_columns.insert(column, ());
                }
            }
        }
        if self.row_hidden {
            let cause = "this row is hidden, and something stands in it";
            self.told(Some(first), None, cause, "show it, or remove it");
        }
        Ok(())
    }

    fn columns(&mut self) {
        let filled = std::mem::take(&mut self.filled_columns);
        for (from, to) in std::mem::take(&mut self.hidden_columns) {
            for column in filled.range(from..=to.max(from)).map(|(column, ())| *column) {
                let cause =
                    format!("column {} is hidden, and something stands in it", column_letters(column));
                self.told(None, Some(column), &cause, "show it, or remove it");
            }
        }
    }

    fn told(&mut self, row: Option<u32>, column: Option<u32>, cause: &str, cure: &str) {
        if self.faults.len() < TOLD_MAX {
            let row = row.map(|row| row.saturating_add(1));
            self.faults.push(SheetFault { row, column, cause: cause.to_owned(), cure: cure.to_owned() });
        }
    }
}

impl OpenCell {
    fn value(&self) -> Cell {
        let (text, value) = (self.text.as_str(), self.value.as_deref().unwrap_or_default());
        if self.is_error {
            return Cell::Error(text.to_owned());
        }
        let known = match self.kind.as_deref() {
            Some("float" | "currency" | "percentage") => of_number(value, text),
            Some("date") => date(value),
            Some("time") => time(value).map(Cell::Time),
            Some("boolean") => Some(Cell::Flag(value == "true")),
            _ => None,
        };
        known.unwrap_or_else(|| Cell::of_text(if text.is_empty() { value } else { text }))
    }
}

/// A number; one that is shown with leading zeros is what it is shown as.
fn of_number(value: &str, shown: &str) -> Option<Cell> {
    let number: f64 = value.parse().ok().filter(|number: &f64| number.is_finite())?;
    let digits = shown.starts_with('0') && shown.len() > 1 && shown.bytes().all(|byte| byte.is_ascii_digit());
    Some(if digits { Cell::Text(shown.to_owned()) } else { Cell::Number(number) })
}

fn date(value: &str) -> Option<Cell> {
    let day = value.parse::<NaiveDate>().ok().map(Cell::Date);
    day.or_else(|| value.parse::<NaiveDateTime>().ok().map(of_day))
}

/// A time of day, as a duration since midnight: `PT14H30M00S`.
fn time(value: &str) -> Option<NaiveTime> {
    let (hours, rest) = value.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?.split('.').next()?;
    NaiveTime::from_hms_opt(hours.parse().ok()?, minutes.parse().ok()?, seconds.parse().ok()?)
}

fn kind_of(element: &BytesStart<'_>) -> Option<String> {
    of_prefix(element, "office:value-type")
}

/// The value of an attribute by its whole name: two of one name differ by their prefix here.
fn of_prefix(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = element.attributes();
    let mut all = all.with_checks(false).filter_map(Result::ok);
    let found = all.find(|one| one.key.as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
}

/// What an entity stands for.
fn entity(name: &str) -> String {
    let known = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => name.strip_prefix('#').and_then(|number| {
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }),
    };
    known.map(String::from).unwrap_or_default()
}
