//! Enters: Excel workbooks. Leaves: proof that dates are dates, that references keep their zeros, and that what is hidden,
//! joined or never computed is told. Never: a real person.

use crate::made::{excel, excel_with, refused, rows, sheet, text};
use despatch_sheets::{Cell, ReadAs, read};

/// Styles: 1 is a date, 2 a time, 3 a number of six digits, 4 a date with a time.
const STYLES: &str = "<numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"000000\"/></numFmts>\
    <cellXfs count=\"5\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"20\"/><xf numFmtId=\"164\"/>\
    <xf numFmtId=\"22\"/></cellXfs>";

fn inline(place: &str, words: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{words}</t></is></c>")
}

#[test]
fn cells_have_the_types_that_a_spreadsheet_shows() {
    let data = format!(
        "<sheetData><row r=\"1\">{}{}</row><row r=\"3\">\
         <c r=\"A3\" s=\"1\"><v>46108</v></c><c r=\"B3\" s=\"2\"><v>0.6041666666666666</v></c>\
         <c r=\"C3\" s=\"3\"><v>1234</v></c><c r=\"D3\"><v>123456</v></c><c r=\"E3\" t=\"b\"><v>1</v></c>\
         <c r=\"F3\" t=\"e\"><v>#REF!</v></c><c r=\"G3\" s=\"4\"><v>46108.5</v></c>\
         <c r=\"H3\" t=\"str\"><f>A1&amp;\"x\"</f><v>computed</v></c>{}</row></sheetData>",
        inline("A1", "a"),
        inline("B1", "b"),
        inline("I3", "  ")
    );
    let read = sheet(&excel_with(&data, STYLES, ""));
    let day = "2026-03-27".parse().expect("a day");
    let time = |text: &str| text.parse().expect("a time");
    assert_eq!(
        rows(&read),
        [
            (1, vec![text("a"), text("b")]),
            (
                3,
                vec![
                    Cell::Date(day),
                    Cell::Time(time("14:30:00")),
                    text("001234"),
                    Cell::Number(123_456.0),
                    Cell::Flag(true),
                    Cell::Error("#REF!".to_owned()),
                    Cell::Moment(day.and_time(time("12:00:00"))),
                    text("computed"),
                ]
            )
        ]
    );
    assert_eq!(read.faults, []);
    assert_eq!(read.said, ["an Excel workbook"]);
}

#[test]
fn what_is_hidden_joined_or_never_computed_is_told_with_its_place() {
    let data = format!(
        "<cols><col min=\"2\" max=\"2\" hidden=\"1\"/><col min=\"9\" max=\"16384\" hidden=\"1\"/></cols><sheetData>\
         <row r=\"1\">{}{}</row><row r=\"2\" hidden=\"1\">{}</row><row r=\"3\" hidden=\"1\"><c r=\"A3\"/></row>\
         <row r=\"4\"><c r=\"A4\"><f>1+1</f></c><c r=\"C4\"><f>1-1</f><v>0</v></c>\
         <c r=\"D4\" t=\"str\"><f>\"\"</f><v></v></c></row>\
         </sheetData><mergeCells count=\"1\"><mergeCell ref=\"A5:A7\"/></mergeCells>",
        inline("A1", "a"),
        inline("B1", "b"),
        inline("A2", "c")
    );
    let read = sheet(&excel(&data));
    let told: Vec<(Option<u32>, Option<u32>, bool)> =
        read.faults.iter().map(|fault| (fault.row, fault.column, fault.cause.contains("hidden"))).collect();
    assert_eq!(
        told,
        [
            (Some(2), None, true),
            (Some(4), Some(0), false),
            (Some(4), Some(2), false),
            (Some(5), Some(0), false),
            (None, Some(1), true),
        ],
        "{:?}",
        read.faults
    );
}

#[test]
fn a_hidden_sheet_and_a_name_that_no_sheet_has_are_refused() {
    let data = format!("<sheetData><row r=\"1\">{}</row></sheetData>", inline("A1", "a"));
    assert!(refused(&excel_with(&data, "", "state=\"hidden\"")).contains("is hidden"));
    let named = ReadAs { sheet: Some("Others".to_owned()) };
    let refused = read(&excel(&data), &named).expect_err("no such sheet");
    assert_eq!(refused.cure, "name one of: Rows");
    let named = ReadAs { sheet: Some("rows".to_owned()) };
    assert_eq!(read(&excel(&data), &named).map(|sheet| sheet.rows.len()), Ok(1));
}
