//! Enters: one sheet, as LibreOffice itself saved it in each of its two formats. Leaves: proof that both are read as the
//! cells that it shows, and that what it hides is told.
//! Never: a real person; LibreOffice is needed only to make the files anew:
//! `cd crates/sheets/tests/libreoffice; for to in ods xlsx; do soffice --headless --convert-to $to rows.fods; done`
//! (version 7.4.7 of Debian 12 made these; `rows.fods` is written by hand.)

use crate::made::{rows, text};
use despatch_sheets::{Cell, ReadAs, Sheet, read};

const SAVED: [(&str, &[u8]); 2] = [
    ("an OpenDocument spreadsheet", include_bytes!("libreoffice/rows.ods")),
    ("an Excel workbook", include_bytes!("libreoffice/rows.xlsx")),
];

fn named(bytes: &[u8], name: &str) -> Sheet {
    let how = ReadAs { sheet: Some(name.to_owned()) };
    read(bytes, &how).unwrap_or_else(|refused| panic!("{refused:?}"))
}

fn day(text: &str) -> Cell {
    Cell::Date(text.parse().expect("a day"))
}

#[test]
fn rows_of_a_batch_are_those_that_it_shows() {
    for (format, bytes) in SAVED {
        let sheet = named(bytes, "Rows");
        assert_eq!(sheet.said, [format, "the sheet \"Rows\" of 3"]);
        assert_eq!(sheet.faults, [], "{format}");
        assert_eq!(sheet.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2, 3, 4], "{format}");
        let second = vec![
            text("TEST-0002"),
            // A formula, of which its value counts.
            text("T9000002"),
            text("brook-house"),
            day("2026-08-03"),
            text("Person Numberc"),
            day("1990-05-09"),
            text("Eritrean"),
            Cell::Flag(false),
            text("caseworker-marisol"),
            day("2026-10-01"),
            Cell::Empty,
            text("What was seen on the day 2, \u{201c}in the words\u{201d} of somebody who saw it."),
        ];
        assert_eq!(sheet.rows[2].cells, second, "{format}");
    }
}

#[test]
fn dates_references_and_formulas_are_what_it_shows_and_what_it_hides_is_told() {
    for (format, bytes) in SAVED {
        let sheet = named(bytes, "Odd");
        let morning = "2026-03-27T09:05:00".parse().expect("a moment");
        let expected = [
            (
                2,
                vec![
                    text("00123"),
                    text("001234"),
                    day("2026-03-27"),
                    Cell::Time("14:30:00".parse().expect("a time")),
                    Cell::Moment(morning),
                    text("00123-1234"),
                    text("behind the scenes"),
                    Cell::Flag(true),
                ],
            ),
            (3, vec![text("nobody sees it")]),
            (
                4,
                vec![
                    text("two cells in one"),
                    Cell::Empty,
                    Cell::Error("#DIV/0!".to_owned()),
                    day("2026-03-27"),
                    text("first line\nsecond line"),
                    Cell::Number(0.5),
                ],
            ),
        ];
        assert_eq!(rows(&sheet)[1..], expected, "{format}");
        let told: Vec<_> = sheet.faults.iter().map(|fault| (fault.row, fault.column)).collect();
        assert_eq!(
            told,
            [(Some(3), None), (Some(4), Some(0)), (None, Some(6))],
            "{format}: {:?}",
            sheet.faults
        );
    }
}

#[test]
fn a_sheet_that_it_hides_is_refused() {
    for (format, bytes) in SAVED {
        let how = ReadAs { sheet: Some("Secret".to_owned()) };
        let refused = read(bytes, &how).expect_err(format);
        assert_eq!(refused.cause, "its sheet \"Secret\" is hidden", "{format}");
    }
}
