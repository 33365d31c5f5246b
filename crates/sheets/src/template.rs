//! Enters: the columns of an event. Leaves: an empty workbook to fill in: headings, help and drop-down lists.
//! Never: has a value of anybody's.

use crate::mended::{DATE_FORM, TIME_FORM, WIDTH, bounded, new_workbook};
use crate::sheet::{COLUMNS_MAX, column_letters};
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, Format, FormatAlign, Formula, Worksheet, XlsxError,
};

/// The bounds that spreadsheet programs have for what they show beside a cell, in characters.
const MESSAGE_MAX: usize = 255;
const MESSAGE_TITLE_MAX: usize = 32;
/// The height of the line of headings, in points: three lines.
const HEADING_HEIGHT: f64 = 48.0;

/// How a column is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Text, which is never taken for a number.
    Text,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// One of these.
    Choice(Vec<String>),
}

/// A column to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What stands above it.
    pub heading: String,
    /// The name of the field that it fills.
    pub field: String,
    /// What helps to fill it in.
    pub help: String,
    /// Whether each row needs it.
    pub needed: bool,
    /// How it is answered.
    pub answer: Answer,
}

/// An empty workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// What it is for.
    pub title: String,
    /// What to know before filling it in, a line each.
    pub says: Vec<String>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// How many rows the drop-down lists reach.
    pub rows: u32,
}

/// Writes an empty workbook: the rows, the help, the lists. The same template gives the same bytes.
///
/// # Errors
/// The workbook cannot be written; the text says why.
pub fn template(template: &Template) -> Result<Vec<u8>, String> {
    written(template).map_err(|error| error.to_string())
}

fn written(template: &Template) -> Result<Vec<u8>, XlsxError> {
    let mut book = new_workbook()?;
    let rows = book.add_worksheet();
    rows.set_name("Rows")?;
    rows.set_freeze_panes(1, 0)?;
    rows.set_row_height(0, HEADING_HEIGHT)?;
    let columns = || template.columns.iter().take(COLUMNS_MAX as usize).zip(0_u16..);
    let mut lists = 0_u16;
    for (column, at) in columns() {
        lists += u16::from(head(rows, column, at, template.rows, lists)?);
    }
    help(book.add_worksheet(), template)?;
    let page = book.add_worksheet();
    page.set_name("Lists")?;
    let choices = columns().filter_map(|(column, _)| match &column.answer {
        Answer::Choice(words) if !words.is_empty() => Some((column, words)),
        _ => None,
    });
    for ((column, words), at) in choices.zip(0_u16..) {
        page.set_column_width(at, WIDTH * 2.0)?;
        page.write_string(0, at, bounded(&column.heading))?;
        for (word, row) in words.iter().zip(1_u32..) {
            page.write_string(row, at, bounded(word))?;
        }
    }
    book.save_to_buffer()
}

/// Writes the heading of a column and what its cells take; whether it has a list.
fn head(page: &mut Worksheet, column: &Column, at: u16, rows: u32, list: u16) -> Result<bool, XlsxError> {
    let heading = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let heading = match column.needed {
        true => heading.set_bold().set_background_color(Color::RGB(0x00DD_EBF7)),
        false => heading.set_background_color(Color::RGB(0x00F2_F2F2)),
    };
    let cells = Format::new().set_align(FormatAlign::Top).set_num_format(match column.answer {
        Answer::Date => DATE_FORM,
        Answer::Time => TIME_FORM,
        Answer::Text | Answer::Choice(_) => "@",
    });
    page.set_column_width(at, WIDTH)?;
    page.set_column_format(at, &cells)?;
    page.write_string_with_format(0, at, bounded(&column.heading), &heading)?;
    let short = |text: &str, most: usize| -> String { text.chars().take(most).collect() };
    let mut takes = DataValidation::new();
    let has_list = if let Answer::Choice(words) = &column.answer
        && !words.is_empty()
    {
        let letters = column_letters(list.into());
        takes = takes
            .allow_list_formula(Formula::new(format!("=Lists!${letters}$2:${letters}${}", words.len() + 1)));
        // A warning and no more: what is right may be known elsewhere first.
        takes = takes
            .set_error_style(DataValidationErrorStyle::Warning)
            .set_error_title("Not in the list")?
            .set_error_message("Choose one of the list.")?;
        true
    } else {
        takes = takes.allow_any_value();
        false
    };
    let title = if column.needed { "Needed" } else { "May be left empty" };
    takes = takes
        .set_input_title(short(title, MESSAGE_TITLE_MAX))?
        .set_input_message(short(&column.help, MESSAGE_MAX))?;
    page.add_data_validation(1, at, rows.max(1), at, &takes)?;
    Ok(matches!(column.answer, Answer::Choice(_)) && has_list)
}

fn help(page: &mut Worksheet, template: &Template) -> Result<(), XlsxError> {
    page.set_name("Help")?;
    let bold = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (column, width) in [(0, WIDTH * 2.0), (1, WIDTH * 1.5), (2, 12.0), (3, WIDTH * 3.0)] {
        page.set_column_width(column, width)?;
    }
    page.write_string_with_format(0, 0, &template.title, &bold)?;
    let mut row = 1;
    for line in &template.says {
        page.write_string(row, 0, bounded(line))?;
        row += 1;
    }
    row += 1;
    for (column, words) in (0_u16..).zip(["Heading", "Field", "Needed", "What to write"]) {
        page.write_string_with_format(row, column, words, &bold)?;
    }
    for column in &template.columns {
        row += 1;
        let needed = if column.needed { "yes" } else { "" };
        let words = [column.heading.as_str(), &column.field, needed, &column.help];
        for (at, words) in (0_u16..).zip(words) {
            page.write_string_with_format(row, at, bounded(words), &wrapped)?;
        }
    }
    Ok(())
}
