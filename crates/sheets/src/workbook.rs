//! Enters: an Excel workbook. Leaves: the cells of one of its sheets, a cell at a time, and what is hidden in it.
//! Never: makes a table as wide and as high as the places of the cells say.

use crate::look::look;
use crate::package::{Package, SAVE_AGAIN, attribute, no_xml};
use crate::sheet::{Cell, Refused, Rows, Sheet};
use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx, XlsxError};
use chrono::{NaiveDateTime, NaiveTime};
use quick_xml::events::Event;
use std::collections::BTreeMap;
use std::io::Cursor;

/// Where the list of sheets stands.
pub(crate) const LIST: &str = "xl/workbook.xml";
/// Where it is said in which file each lies.
const PLACES: &str = "xl/_rels/workbook.xml.rels";
/// Where the forms of numbers stand.
const STYLES: &str = "xl/styles.xml";

/// A sheet in the list.
struct Listed {
    name: String,
    relation: String,
    hidden: bool,
}

/// Reads the sheet of this name, else the first.
///
/// # Errors
/// There is none; it is damaged, or beyond the bounds.
pub(crate) fn read(bytes: &[u8], package: &mut Package<'_>, wanted: Option<&str>) -> Result<Sheet, Refused> {
    let listed = listed(package)?;
    let names = listed.iter().map(|one| one.name.as_str());
    let (index, mut said) = chosen(names, wanted)?;
    let Some(sheet) = listed.get(index) else { return Err(none()) };
    if sheet.hidden {
        return Err(Refused::hidden(&sheet.name));
    }
    let path = path_of(package, &sheet.relation)?;
    let zeros = zeros(package)?;
    let found = look(package, &path, &zeros)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| unread(&error))?;
    let mut cells = book.worksheet_cells_reader(&sheet.name).map_err(|error| unread(&error))?;
    let mut rows = Rows::default();
    while let Some(cell) = cells.next_cell().map_err(|error| unread(&error))? {
        let place = cell.get_position();
        let value = of_value(cell.get_value(), found.digits.get(&place).copied());
        rows.put(place.0, place.1, value)?;
    }
    said.insert(0, "an Excel workbook".to_owned());
    Ok(Sheet { said, rows: rows.into_rows(), faults: found.faults })
}

/// The place in the list of the sheet that is wanted, and what is said of it.
pub(crate) fn chosen<'n>(
    names: impl Iterator<Item = &'n str>,
    wanted: Option<&str>,
) -> Result<(usize, Vec<String>), Refused> {
    let names: Vec<&str> = names.collect();
    let index = match wanted {
        None => 0,
        Some(wanted) => names.iter().position(|name| name.eq_ignore_ascii_case(wanted)).ok_or_else(|| {
            let cause = format!("it has no sheet \"{wanted}\"");
            Refused::new(cause, format!("name one of: {}", names.join(", ")))
        })?,
    };
    let Some(name) = names.get(index) else { return Err(none()) };
    let said = match names.len() {
        1 => Vec::new(),
        count => vec![format!("the sheet \"{name}\" of {count}")],
    };
    Ok((index, said))
}

fn none() -> Refused {
    Refused::new("it has no sheet", SAVE_AGAIN)
}

fn listed(package: &mut Package<'_>) -> Result<Vec<Listed>, Refused> {
    let mut listed = Vec::new();
    elements(package, LIST, &mut |name, element| {
        if name == "sheet" {
            listed.push(Listed {
                name: attribute(element, "name").unwrap_or_default(),
                relation: attribute(element, "id").unwrap_or_default(),
                hidden: attribute(element, "state").is_some_and(|state| state != "visible"),
            });
        }
    })?;
    Ok(listed)
}

fn path_of(package: &mut Package<'_>, relation: &str) -> Result<String, Refused> {
    let mut target = None;
    elements(package, PLACES, &mut |name, element| {
        if name == "Relationship" && attribute(element, "Id").as_deref() == Some(relation) {
            target = attribute(element, "Target");
        }
    })?;
    let target = target.ok_or_else(none)?;
    Ok(match target.strip_prefix('/') {
        Some(path) => path.to_owned(),
        None => format!("xl/{target}"),
    })
}

/// The numbers of the styles that show a number with leading zeros, each with the number of digits.
fn zeros(package: &mut Package<'_>) -> Result<BTreeMap<usize, usize>, Refused> {
    if !package.has(STYLES) {
        return Ok(BTreeMap::new());
    }
    let mut formats = BTreeMap::new();
    let (mut found, mut in_cells, mut count) = (BTreeMap::new(), false, 0);
    elements(package, STYLES, &mut |name, element| match name {
        "numFmt" => {
            let digits = attribute(element, "formatCode")
                .filter(|code| (2..=40).contains(&code.len()) && code.bytes().all(|byte| byte == b'0'));
            if let (Some(id), Some(code)) = (attribute(element, "numFmtId"), digits) {
                formats.insert(id, code.len());
            }
        }
        "cellXfs" => in_cells = true,
        "cellStyles" | "dxfs" => in_cells = false,
        "xf" if in_cells => {
            let format = attribute(element, "numFmtId").and_then(|id| formats.get(&id).copied());
            if let Some(digits) = format {
                found.insert(count, digits);
            }
            count += 1;
        }
        _ => {}
    })?;
    Ok(found)
}

/// Gives each element of a file, with its name without prefix, to `take`.
fn elements(
    package: &mut Package<'_>,
    path: &str,
    take: &mut dyn FnMut(&str, &quick_xml::events::BytesStart<'_>),
) -> Result<(), Refused> {
    let mut reader = package.xml(path)?;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|error| no_xml(&error))? {
            Event::Start(element) | Event::Empty(element) => take(element.local_name().as_ref(), &element),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn of_value(value: &DataRef<'_>, digits: Option<usize>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => Cell::of_text(text),
        DataRef::SharedString(text) => Cell::of_text(text),
        DataRef::Int(number) => of_number(*number as f64, digits),
        DataRef::Float(number) => of_number(*number, digits),
        DataRef::Bool(flag) => Cell::Flag(*flag),
        DataRef::DateTime(moment) => of_moment(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::of_text(text),
        DataRef::Error(error) => Cell::Error(error.to_string()),
    }
}

/// A number that is shown with leading zeros is what it is shown as.
fn of_number(number: f64, digits: Option<usize>) -> Cell {
    match digits {
        Some(digits) if number >= 0.0 && number.fract() == 0.0 => Cell::Text(format!("{number:0>digits$}")),
        _ => Cell::Number(number),
    }
}

fn of_moment(moment: &ExcelDateTime) -> Cell {
    let Some(at) = moment.as_datetime() else { return Cell::Number(moment.as_f64()) };
    if (0.0..1.0).contains(&moment.as_f64()) { Cell::Time(rounded(at).time()) } else { of_day(rounded(at)) }
}

/// A day without a time of day is a date.
pub(crate) fn of_day(at: NaiveDateTime) -> Cell {
    if at.time() == NaiveTime::MIN { Cell::Date(at.date()) } else { Cell::Moment(at) }
}

/// The nearest second: days are stored as fractions.
fn rounded(at: NaiveDateTime) -> NaiveDateTime {
    use chrono::DurationRound;
    at.duration_round(chrono::TimeDelta::seconds(1)).unwrap_or(at)
}

fn unread(error: &XlsxError) -> Refused {
    Refused::new(format!("it cannot be read as a workbook: {error}"), SAVE_AGAIN)
}
