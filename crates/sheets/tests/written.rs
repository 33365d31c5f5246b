//! Enters: sheets and templates of ours. Leaves: proof that a copy says in each row what is wrong, has no formula, and is
//! read again as the sheet that it was; and that an empty workbook has its headings, help and lists.
//! Never: a real person.

use crate::made::{rows, sheet, text};
use despatch_sheets::{
    Answer, Cell, Column, FAULTS_HEADING, ReadAs, Template, column_letters, read, template, with_faults,
};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use zip::ZipArchive;

fn unpacked(bytes: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut text = String::new();
    archive.by_name(name).expect("a file").read_to_string(&mut text).expect("text");
    text
}

#[test]
fn a_copy_says_what_is_wrong_and_is_read_again_as_the_sheet_that_it_was() {
    let given = sheet(b"name,since,note\nPat,2026-03-27,=1+1\n\n@SUM(A1),x,+2\n");
    let faults = BTreeMap::from([(2, "since: too late".to_owned()), (4, "name: no".to_owned())]);
    let copy = with_faults(&given, &faults).expect("a workbook");
    assert!(!unpacked(&copy, "xl/worksheets/sheet1.xml").contains("<f>"), "a formula was written");
    let again = sheet(&copy);
    assert_eq!(again.faults, []);
    let expected = vec![
        (1, vec![text("name"), text("since"), text("note"), text(FAULTS_HEADING)]),
        (2, vec![text("Pat"), text("2026-03-27"), text("=1+1"), text("since: too late")]),
        (4, vec![text("@SUM(A1)"), text("x"), text("+2"), text("name: no")]),
    ];
    assert_eq!(rows(&again), expected);
    // A copy of a copy has one column of faults.
    let second = with_faults(&again, &BTreeMap::from([(4, "still".to_owned())])).expect("a workbook");
    let third = sheet(&second);
    assert_eq!(third.rows[0].cells.len(), 4);
    assert_eq!(third.rows[1].cell(3), &Cell::Empty);
    assert_eq!(third.rows[2].cell(3), &text("still"));
    assert_eq!(with_faults(&given, &faults), Ok(copy), "the same sheet gives other bytes");
}

#[test]
fn typed_cells_stay_what_they_are_in_a_copy() {
    let mut given = sheet(b"a,b,c,d,e\n1,2,3,4,5\n");
    let day = "2026-03-27".parse().expect("a day");
    given.rows[1].cells = vec![
        Cell::Date(day),
        Cell::Time("14:30:00".parse().expect("a time")),
        Cell::Number(12.0),
        Cell::Flag(false),
        Cell::Moment(day.and_hms_opt(9, 5, 0).expect("a time")),
    ];
    let copy = with_faults(&given, &BTreeMap::new()).expect("a workbook");
    assert_eq!(sheet(&copy).rows[1].cells, given.rows[1].cells);
}

#[test]
fn an_empty_workbook_has_headings_help_and_lists() {
    let column = |heading: &str, answer: Answer| Column {
        heading: heading.to_owned(),
        field: heading.to_lowercase(),
        help: "What to write. ".repeat(40),
        needed: heading == "Name",
        answer,
    };
    let words: Vec<String> = (0..300).map(|number| format!("choice number {number}, with a comma")).collect();
    let made = template(&Template {
        title: "A batch".to_owned(),
        says: vec!["One row is one case.".to_owned()],
        columns: vec![
            column("Name", Answer::Text),
            column("Since", Answer::Date),
            column("None", Answer::Choice(Vec::new())),
            column("Which", Answer::Choice(words)),
        ],
        rows: 1_000,
    })
    .expect("a workbook");
    let read_sheet = sheet(&made);
    assert_eq!(rows(&read_sheet), [(1, vec![text("Name"), text("Since"), text("None"), text("Which")])]);
    assert_eq!(read_sheet.faults, []);
    assert!(unpacked(&made, "xl/worksheets/sheet1.xml").contains("Lists!$A$2:$A$301"));
    let named = |name: &str| read(&made, &ReadAs { sheet: Some(name.to_owned()) }).expect("a sheet");
    assert_eq!(named("Lists").rows.len(), 301);
    assert!(named("Help").rows.len() >= 6);
}

#[test]
fn columns_are_named_as_spreadsheets_name_them() {
    let named = [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")];
    for (column, letters) in named {
        assert_eq!(column_letters(column), letters);
    }
}
