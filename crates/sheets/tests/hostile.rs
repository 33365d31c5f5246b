//! Enters: files that somebody made to harm a reader. Leaves: proof that each is refused before it takes memory or time.
//! Never: waits: a reader that unpacks them would not end.

use crate::made::{excel, open_document, refused, zip_of};
use despatch_sheets::{COLUMNS_MAX, ROWS_MAX, SHEET_BYTES_MAX, UNPACKED_BYTES_MAX};

fn inline(place: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>x</t></is></c>")
}

#[test]
fn a_cell_at_the_far_end_of_a_sheet_takes_no_memory() {
    let far = |place: &str, row: u32| {
        excel(&format!(
            "<sheetData><row r=\"1\">{}</row><row r=\"{row}\">{}</row></sheetData>",
            inline("A1"),
            inline(place)
        ))
    };
    assert!(refused(&far("XFD1048576", 1_048_576)).contains("row 1048576"));
    assert!(refused(&far("XFD2", 2)).contains("column XFD"));
    let rows = format!("row {}", ROWS_MAX + 1);
    assert!(refused(&far(&format!("A{}", ROWS_MAX + 1), ROWS_MAX + 1)).contains(&rows));
    let columns = (0..=COLUMNS_MAX).map(|_| "x").collect::<Vec<_>>().join(",");
    assert!(refused(columns.as_bytes()).contains("column SG"));
}

#[test]
fn millions_of_cells_are_refused_before_the_last() {
    let row = "<c><v>1</v></c>".repeat(500);
    let rows: String = (1..=2_001).map(|number| format!("<row r=\"{number}\">{row}</row>")).collect();
    assert!(refused(&excel(&format!("<sheetData>{rows}</sheetData>"))).contains("cells"));
    let repeated = "<table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell \
        table:number-columns-repeated=\"10\" office:value-type=\"float\" office:value=\"1\"/></table:table-row>";
    assert!(refused(&open_document(repeated)).contains("row 20001"));
    let wide = "<table:table-row><table:table-cell table:number-columns-repeated=\"4000000000\" \
        office:value-type=\"float\" office:value=\"1\"/></table:table-row>";
    assert!(refused(&open_document(wide)).contains("columns at most"));
}

#[test]
fn a_zip_that_unpacks_to_more_than_its_bound_is_refused() {
    let much = vec![b' '; usize::try_from(UNPACKED_BYTES_MAX).expect("a size") + 1];
    let bomb = zip_of(&[("xl/workbook.xml", &much)]);
    assert!(bomb.len() < 1 << 20);
    assert!(refused(&bomb).contains("unpacks to more than"));
}

#[test]
fn every_cut_of_a_workbook_is_refused_and_none_harms() {
    let whole = excel(&format!("<sheetData><row r=\"1\">{}</row></sheetData>", inline("A1")));
    for length in (4..whole.len()).step_by(7) {
        assert!(!refused(&whole[..length]).is_empty());
    }
    for at in (0..whole.len()).step_by(5) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        // Whatever it is now, it is read or refused.
        drop(crate::made::first(&damaged));
    }
}

#[test]
fn a_sheet_without_end_and_one_of_nothing_but_marks_are_refused() {
    assert!(refused(&vec![b'a'; SHEET_BYTES_MAX + 1]).contains("MiB"));
    let open = format!("a,b\n\"{}", "x,\n".repeat(20_000));
    assert!(refused(open.as_bytes()).contains("characters"));
    assert!(refused(&zip_of(&[("xl/other.xml", b"<a/>")])).contains("not that of a workbook"));
    assert!(refused(&zip_of(&[("xl/workbook.xml", b"<workbook><sheets/></workbook>")])).contains("no sheet"));
    assert!(refused(&excel("<sheetData><row><c></row>")).contains("damaged"));
}
