//! Enters: text files as spreadsheet programs save them. Leaves: proof that each is read as it was meant, and that what was
//! detected is said. Never: a real person.

use crate::made::{refused, rows, sheet, text};
use despatch_sheets::Cell;
use despatch_testing::swap::Swap;

const ROWS: &str = "name,reference\r\nZoë Müller,\"AB12, C\"\r\n\r\nPat O'Brien,00123\r\n";

fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2], mark: [u8; 2]) -> Vec<u8> {
    mark.into_iter().chain(text.encode_utf16().flat_map(bytes_of)).collect()
}

fn expected() -> Vec<(u32, Vec<Cell>)> {
    vec![
        (1, vec![text("name"), text("reference")]),
        (2, vec![text("Zoë Müller"), text("AB12, C")]),
        (4, vec![text("Pat O'Brien"), text("00123")]),
    ]
}

#[test]
fn each_encoding_and_separator_is_found_and_said() {
    let windows: Vec<u8> =
        ROWS.chars().map(|c| u8::try_from(u32::from(c)).expect("a character of Windows-1252")).collect();
    let semicolons =
        ROWS.swapped("name,reference", "name;reference").swapped("ller,", "ller;").swapped("ien,", "ien;");
    let tabs = semicolons.replace(';', "\t");
    let marked = format!("\u{feff}{semicolons}");
    let announced = format!("sep=;\r\n{semicolons}");
    for (bytes, said) in [
        (ROWS.as_bytes().to_vec(), ["UTF-8", "separated by commas"]),
        (windows, ["Windows-1252 (a guess: see that accents are right)", "separated by commas"]),
        (semicolons.clone().into_bytes(), ["UTF-8", "separated by semicolons"]),
        (marked.into_bytes(), ["UTF-8", "separated by semicolons"]),
        (utf16(&tabs, u16::to_le_bytes, [0xff, 0xfe]), ["UTF-16", "separated by tabs"]),
        (utf16(&tabs, u16::to_be_bytes, [0xfe, 0xff]), ["UTF-16", "separated by tabs"]),
        (ROWS.swapped("\r\n", "\n").into_bytes(), ["UTF-8", "separated by commas"]),
    ] {
        let read = sheet(&bytes);
        assert_eq!(read.said, said);
        assert_eq!(rows(&read), expected(), "{said:?}");
        assert_eq!(read.faults, []);
    }
    // Excel hides its line `sep=;` and counts it all the same.
    let read = sheet(announced.as_bytes());
    assert_eq!(rows(&read).iter().map(|(row, _)| *row).collect::<Vec<_>>(), [2, 3, 5]);
}

#[test]
fn rows_keep_the_numbers_that_a_spreadsheet_shows() {
    let read = sheet(b"\n\na,b\n\"first\nsecond\",1\n\n\nlast,2");
    assert_eq!(
        rows(&read),
        [
            (3, vec![text("a"), text("b")]),
            (4, vec![text("first\nsecond"), text("1")]),
            (7, vec![text("last"), text("2")]),
        ]
    );
    let blank = sheet(b"a,b\n  , \nc,d\n");
    assert_eq!(rows(&blank).iter().map(|(row, _)| *row).collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn a_row_with_more_values_than_headings_is_a_fault() {
    let read = sheet(b"a,b\n1,2\n1,2,3\n4,5,\n");
    let faults: Vec<_> = read.faults.iter().map(|fault| (fault.row, fault.column)).collect();
    assert_eq!(faults, [(Some(3), None)]);
}

#[test]
fn what_is_no_text_is_refused() {
    assert!(refused(b"a,b\0\n1,2\n").contains("NUL"));
    assert!(refused(&[0xff, 0xfe, 0x00, 0xd8, 0x41]).contains("damaged"));
    assert_eq!(refused(b""), "nothing stands in it");
    assert_eq!(refused(b" \n,,\n"), "nothing stands in it");
    assert!(refused(b"%PDF-1.7 and so on").contains("PDF"));
    assert!(refused(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").contains("old form"));
}
