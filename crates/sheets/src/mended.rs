//! Enters: a sheet that was read, and what is wrong with its rows. Leaves: a workbook with the same rows in the same
//! places and a column of faults. Never: writes a formula: what looks like one in a cell is text.

use crate::sheet::{CELL_CHARS_MAX, COLUMNS_MAX, Cell, FAULTS_HEADING, Sheet};
use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};
use std::collections::{BTreeMap, BTreeSet};

/// The form of a date in our workbooks.
pub(crate) const DATE_FORM: &str = "yyyy-mm-dd";
/// The form of a time.
pub(crate) const TIME_FORM: &str = "hh:mm";
/// The widths of columns, in characters.
pub(crate) const WIDTH: f64 = 22.0;
const FAULTS_WIDTH: f64 = 70.0;

/// The forms of the cells of a copy.
struct Forms {
    heading: Format,
    text: Format,
    date: Format,
    time: Format,
    moment: Format,
    fault: Format,
}

/// Writes a copy of a sheet with a column of faults, by the numbers of the rows. A column of faults that it has is
/// replaced. The same sheet with the same faults gives the same bytes.
///
/// # Errors
/// The workbook cannot be written; the text says why.
pub fn with_faults(sheet: &Sheet, faults: &BTreeMap<u32, String>) -> Result<Vec<u8>, String> {
    written(sheet, faults).map_err(|error| error.to_string())
}

fn written(sheet: &Sheet, faults: &BTreeMap<u32, String>) -> Result<Vec<u8>, XlsxError> {
    let top = Format::new().set_align(FormatAlign::Top);
    let forms = Forms {
        heading: top.clone().set_bold().set_text_wrap(),
        text: top.clone().set_num_format("@").set_text_wrap(),
        date: top.clone().set_num_format(DATE_FORM),
        time: top.clone().set_num_format(TIME_FORM),
        moment: top.clone().set_num_format("yyyy-mm-dd hh:mm"),
        fault: top.set_text_wrap().set_background_color(Color::RGB(0x00FF_F2CC)),
    };
    let old = sheet.rows.first().and_then(|head| head.cells.iter().position(is_faults_heading));
    let width = sheet.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let width = old.filter(|old| old + 1 == width).unwrap_or(width);
    let mut book = new_workbook()?;
    let page = book.add_worksheet();
    page.set_name("Rows")?;
    let last = u16::try_from(width.min(COLUMNS_MAX as usize)).unwrap_or(u16::MAX);
    (0..last).try_for_each(|column| page.set_column_width(column, WIDTH).map(drop))?;
    page.set_column_width(last, FAULTS_WIDTH)?;
    page.set_freeze_panes(1, 0)?;
    for (place, row) in sheet.rows.iter().enumerate() {
        let at = row.number.saturating_sub(1);
        let is_head = place == 0;
        for (column, cell) in row.cells.iter().enumerate().filter(|(column, _)| Some(*column) != old) {
            let column = u16::try_from(column).unwrap_or(u16::MAX);
            put(page, (at, column), cell, is_head, &forms)?;
        }
        if is_head {
            page.write_string_with_format(at, last, FAULTS_HEADING, &forms.heading)?;
        } else if let Some(said) = faults.get(&row.number) {
            page.write_string_with_format(at, last, bounded(said), &forms.fault)?;
        }
    }
    lone_faults(page, sheet, faults, last, &forms)?;
    book.save_to_buffer()
}

/// A fault of a row that has nothing in it stands in its place all the same.
fn lone_faults(
    page: &mut Worksheet,
    sheet: &Sheet,
    faults: &BTreeMap<u32, String>,
    column: u16,
    forms: &Forms,
) -> Result<(), XlsxError> {
    let there: BTreeSet<u32> = sheet.rows.iter().map(|row| row.number).collect();
    for (number, said) in faults.iter().filter(|(number, _)| !there.contains(number)) {
        page.write_string_with_format(number.saturating_sub(1), column, bounded(said), &forms.fault)?;
    }
    Ok(())
}

fn put(
    page: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    is_head: bool,
    forms: &Forms,
) -> Result<(), XlsxError> {
    let text = if is_head { &forms.heading } else { &forms.text };
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(words) | Cell::Error(words) => page.write_string_with_format(row, column, words, text)?,
        Cell::Number(number) => page.write_number(row, column, *number)?,
        Cell::Flag(flag) => page.write_boolean(row, column, *flag)?,
        Cell::Date(date) => page.write_datetime_with_format(row, column, day(*date)?, &forms.date)?,
        Cell::Time(time) => page.write_datetime_with_format(row, column, clock(*time)?, &forms.time)?,
        Cell::Moment(at) => {
            let time = at.time();
            let (hour, minute) = (small(time.hour()), small(time.minute()));
            let moment = day(at.date())?.and_hms(hour.into(), minute, f64::from(time.second()))?;
            page.write_datetime_with_format(row, column, moment, &forms.moment)?
        }
    };
    Ok(())
}

/// A workbook that says nothing of when it was made.
pub(crate) fn new_workbook() -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_author("despatch").set_creation_datetime(&made));
    Ok(book)
}

fn day(date: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(date.year()).unwrap_or(0);
    ExcelDateTime::from_ymd(year, small(date.month()), small(date.day()))
}

fn clock(time: NaiveTime) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_hms(small(time.hour()).into(), small(time.minute()), f64::from(time.second()))
}

fn small(number: u32) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

/// As much of a text as a cell takes.
pub(crate) fn bounded(text: &str) -> String {
    text.chars().take(CELL_CHARS_MAX).collect()
}

/// Whether a heading is that of the column of faults.
fn is_faults_heading(cell: &Cell) -> bool {
    matches!(cell, Cell::Text(words) if words.trim().eq_ignore_ascii_case(FAULTS_HEADING))
}
