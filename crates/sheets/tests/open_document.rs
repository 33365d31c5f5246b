//! Enters: OpenDocument spreadsheets. Leaves: proof that their cells are those that a spreadsheet program shows, however
//! often they are repeated. Never: a real person.

use crate::made::{open_document, rows, sheet, text};
use despatch_sheets::Cell;

#[test]
fn cells_have_the_types_that_a_spreadsheet_shows() {
    let table = "<table:table-column table:number-columns-repeated=\"16384\"/>\
        <table:table-row><table:table-cell office:value-type=\"string\"><text:p>a</text:p></table:table-cell></table:table-row>\
        <table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>\
        <table:table-row>\
        <table:table-cell office:value-type=\"date\" office:date-value=\"2026-03-27\"><text:p>27/03/26</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"time\" office:time-value=\"PT14H30M00S\"><text:p>14:30</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"float\" office:value=\"1234\"><text:p>001234</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"float\" office:value=\"123456\"><text:p>123,456</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"><text:p>TRUE</text:p></table:table-cell>\
        <table:table-cell/>\
        <table:table-cell office:value-type=\"string\"><office:annotation><text:p>a note</text:p></office:annotation>\
        <text:p>one<text:s text:c=\"2\"/>&amp; <text:span>two</text:span></text:p><text:p>three</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"string\" calcext:value-type=\"error\"><text:p>#REF!</text:p></table:table-cell>\
        </table:table-row>\
        <table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-repeated=\"2\" \
        office:value-type=\"string\"><text:p>same</text:p></table:table-cell></table:table-row>\
        <table:table-row table:number-rows-repeated=\"1048569\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
    let read = sheet(&open_document(table));
    assert_eq!(
        rows(&read),
        [
            (1, vec![text("a")]),
            (
                4,
                vec![
                    Cell::Date("2026-03-27".parse().expect("a day")),
                    Cell::Time("14:30:00".parse().expect("a time")),
                    text("001234"),
                    Cell::Number(123_456.0),
                    Cell::Flag(true),
                    Cell::Empty,
                    text("one  & two\nthree"),
                    Cell::Error("#REF!".to_owned()),
                ]
            ),
            (5, vec![text("same"), text("same")]),
            (6, vec![text("same"), text("same")]),
        ]
    );
    assert_eq!(read.faults, []);
    assert_eq!(read.said, ["an OpenDocument spreadsheet"]);
}

#[test]
fn what_is_hidden_joined_or_never_computed_is_told_with_its_place() {
    let cell = "<table:table-cell office:value-type=\"string\"><text:p>c</text:p></table:table-cell>";
    let table = format!(
        "<table:table-column/><table:table-column table:visibility=\"collapse\"/>\
         <table:table-row>{cell}{cell}</table:table-row>\
         <table:table-row table:visibility=\"filter\">{cell}</table:table-row>\
         <table:table-row table:visibility=\"collapse\"><table:table-cell/></table:table-row>\
         <table:table-row><table:table-cell table:formula=\"of:=1+1\"/>\
         <table:table-cell table:number-rows-spanned=\"2\" office:value-type=\"string\"><text:p>x</text:p></table:table-cell>\
         </table:table-row>"
    );
    let read = sheet(&open_document(&table));
    let told: Vec<_> = read.faults.iter().map(|fault| (fault.row, fault.column)).collect();
    assert_eq!(told, [(Some(2), None), (Some(4), Some(0)), (Some(4), Some(1)), (None, Some(1))]);
}
