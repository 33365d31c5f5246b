//! Enters: the same rows in every format that a batch can be given in, each row wrong in its own way. Leaves: proof that all
//! of them are told at once, each with its row, its column and its cause, and that none is taken.
//! Never: a real person; every name is made up.

use super::{HEAD, csv, faults, row, written};
use crate::support::office::{DemoOffice, paper, report_received};
use despatch_sheets::{ReadAs, read, with_faults};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

#[path = "../../crates/sheets/tests/made.rs"]
#[allow(dead_code, reason = "the tests of the sheets use all of it")]
mod made;

/// Where a case file has what stands in each column.
const IN_FILE: [&str; 12] = [
    "case_id",
    "home_office_reference",
    "detention.place",
    "detention.since",
    "person.name",
    "person.date_of_birth",
    "person.nationality",
    "person.interpreter_needed",
    "caseworker.entry",
    "event.raised_on",
    "representative.authority_date",
    "event.concerns",
];

/// What is wrong with a row: the column, what stands there, and what is told of it in a sheet and in a case file.
const BAD: [(usize, &str, &str, &str); 13] = [
    (0, "nobody", "small letter", "small letter"),
    (1, "", "missing", "missing"),
    (2, "a-place-nobody-knows", "no place of this id", "no place of this id"),
    (3, "soon", "no date", "date"),
    (3, "03/12/2025", "which is the day and which the month", "date"),
    (3, "31 February 2026", "no date", "date"),
    (4, "", "missing", "missing"),
    (4, "Zo\u{ad}ë", "reader cannot see it", "reader cannot see it"),
    (5, "2026-09-01", "not before", "not before"),
    (7, "maybe", "neither yes nor no", "true"),
    // The line makes a case file's message all the same, and holds it until the entry is there.
    (8, "nobody-known", "no such entry for a caseworker", ""),
    (9, "2031-01-01", "future", "future"),
    (11, "", "missing", "missing"),
];
/// What is told of the rows behind the bad ones, of which the first two are right: the same again, another name under one
/// reference, and somebody whom the record has under another name.
const BESIDE: [(&str, &str, &str); 3] = [
    ("row", "row", "the same as row"),
    ("home_office_reference", "home_office_reference", "has the same Home Office reference"),
    ("person.name", "person", "name is another"),
];

fn rows() -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = (1..=BAD.len()).map(row).collect();
    for (row, (column, value, ..)) in rows.iter_mut().zip(BAD) {
        row[column] = value.to_owned();
    }
    let (mut other_name, mut of_record) = (row(53), row(54));
    other_name[1] = row(52)[1].clone();
    for (column, words) in [
        (0, "DEMO-0901"),
        (1, "X9000901"),
        (3, "2026-10-06"),
        (4, "Amanuel Other Example"),
        (5, "1994-05-09"),
        (9, "2026-11-01"),
        (10, "2026-10-14"),
    ] {
        of_record[column] = words.to_owned();
    }
    rows.extend([row(51), row(52), row(51), other_name, of_record]);
    rows
}

/// A row as a case file.
fn case_file(row: &[String]) -> String {
    let mut file = json!({
        "schema": "despatch-case/1", "event_id": format!("row-{}", row[0].to_lowercase()),
        "prepared_by": "imran-castellan", "event": { "type": "concerns_raised" }, "attachments": [],
    });
    for (at, value) in IN_FILE.iter().zip(row).filter(|(_, value)| !value.is_empty()) {
        let mut place = &mut file;
        for part in at.split('.') {
            place = &mut place[part];
        }
        *place = if value == "no" { json!(false) } else { json!(value) };
    }
    if !row[10].is_empty() {
        file["representative"]["entry"] = json!("harbour-lane-law");
    }
    file.to_string()
}

/// The sheet of these rows in each format, by its name.
fn sheets(rows: &[Vec<String>], head: &[&str]) -> Vec<(&'static str, Vec<u8>)> {
    let commas = csv(head, rows);
    let other = |separator: &str| commas.replace("\",\"", &format!("\"{separator}\""));
    let (semicolons, tabs) = (other(";"), other("\t"));
    let windows =
        |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).expect("Windows-1252")).collect();
    let utf16 = |text: &str| -> Vec<u8> {
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    let sheet = read(commas.as_bytes(), &ReadAs::default()).expect("a sheet");
    vec![
        ("UTF-8, commas", commas.clone().into_bytes()),
        ("UTF-8 with a mark, semicolons", format!("\u{feff}{semicolons}").into_bytes()),
        ("UTF-16, tabs", utf16(&tabs)),
        ("Windows-1252, semicolons", windows(&semicolons)),
        ("Excel", with_faults(&sheet, &BTreeMap::new()).expect("a workbook")),
        ("OpenDocument", made::open_document(&table(head, rows))),
    ]
}

/// The table of an OpenDocument spreadsheet, in which every cell is text.
fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let cell = |words: &str| match words {
        "" => "<table:table-cell/>".to_owned(),
        words => format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{words}</text:p></table:table-cell>"
        ),
    };
    let line = |cells: String| format!("<table:table-row>{cells}</table:table-row>");
    let lines = rows.iter().map(|row| line(row.iter().map(|words| cell(words)).collect()));
    line(head.iter().map(|words| cell(words)).collect()) + &lines.collect::<String>()
}

/// Gives a sheet, or case files, as a batch that is to run: what is told of it, with nothing taken.
fn refused(office: &DemoOffice, path: &str, event: &[&str]) -> Vec<(u64, String, String)> {
    let before = office.events("");
    let words = [&["--json", "batch", path, "--name", "all-wrong"], event].concat();
    let told = faults(office.run_as("imran-castellan", &words));
    assert_eq!(office.events(""), before, "{path}: something was taken");
    assert!(!office.dir.join("inbox/all-wrong").exists());
    told
}

/// Every bad row is told of, in the row that `at` says it has, and no other row.
fn all_told(what: &str, told: &[(u64, String, String)], in_files: bool, at: impl Fn(u64) -> u64) {
    let bad = (0..).zip(BAD).map(|(place, (column, _, in_sheet, in_file))| match in_files {
        true => (at(place), IN_FILE[column], in_file),
        false => (at(place), HEAD[column], in_sheet),
    });
    let beside = (BAD.len() as u64 + 2..).zip(BESIDE);
    let beside = beside.map(|(place, (in_sheet, in_file, cause))| {
        (at(place), if in_files { in_file } else { in_sheet }, cause)
    });
    let expected: Vec<(u64, &str, &str)> =
        bad.filter(|(.., cause)| !cause.is_empty()).chain(beside).collect();
    for (row, column, cause) in &expected {
        assert!(
            told.iter().any(|(of, at, said)| of == row && at == column && said.contains(cause)),
            "{what}: row {row}, {column}: no {cause:?} in {told:#?}"
        );
    }
    let rows: BTreeSet<u64> = told.iter().map(|(row, ..)| *row).collect();
    assert_eq!(rows.len(), expected.len(), "{what}: another row is told of: {told:#?}");
}

#[test]
fn each_kind_of_bad_row_is_told_at_once_in_each_format_and_none_is_taken() {
    let office = DemoOffice::new();
    let folder = tempfile::tempdir().expect("a folder");
    let rows = rows();
    for (format, bytes) in sheets(&rows, &HEAD) {
        let path = written(folder.path(), "rows", bytes);
        let told = refused(&office, &path, &["--event", "concerns-raised"]);
        all_told(format, &told, false, |place| place + 2);
    }
    let files: Vec<String> = rows.iter().map(|row| case_file(row)).collect();
    // With a line without anything between any two.
    let lines = written(folder.path(), "rows.ndjson", files.join("\n\n"));
    all_told("a case a line", &refused(&office, &lines, &[]), true, |place| 2 * place + 1);
    let cases = folder.path().join("cases");
    fs::create_dir(&cases).expect("a folder");
    for (place, file) in files.iter().enumerate() {
        written(&cases, &format!("case-{place:02}.json"), file);
    }
    let told = refused(&office, cases.to_str().expect("UTF-8"), &[]);
    all_told("a folder", &told, true, |place| place + 1);
}

#[test]
fn missing_double_and_unknown_columns_are_told_first_in_each_format() {
    let office = DemoOffice::new();
    let folder = tempfile::tempdir().expect("a folder");
    let mut head = HEAD;
    (head[4], head[6], head[9]) = ("Surname", "person.date_of_birth", "Day");
    for (format, bytes) in sheets(&rows(), &head) {
        let path = written(folder.path(), "rows", bytes);
        let told = refused(&office, &path, &["--event", "concerns-raised"]);
        let columns: Vec<(u64, &str)> = told.iter().map(|(row, column, _)| (*row, column.as_str())).collect();
        assert_eq!(
            columns,
            [
                (0, "Surname"),
                (0, "person.date_of_birth"),
                (0, "Day"),
                (0, "person.name"),
                (0, "person.nationality"),
                (0, "event.raised_on")
            ],
            "{format}: {told:#?}"
        );
    }
}

/// A workbook of three rows in Excel's form or OpenDocument's, in which something stands otherwise than it seems: `odd` is
/// what is odd.
fn workbook(excel: bool, odd: &str) -> Vec<u8> {
    let rows: Vec<Vec<String>> = (1..=3).map(row).collect();
    let head = HEAD.map(str::to_owned).to_vec();
    let all: Vec<&Vec<String>> = [&head].into_iter().chain(&rows).collect();
    let mut lines = String::new();
    for (number, row) in (1..).zip(all) {
        let in_third = |what: &str, place: usize| odd == what && number == 3 && place == 3;
        let cells = row.iter().enumerate().map(|(place, words)| {
            let letter = char::from(b'A' + u8::try_from(place).expect("a letter"));
            match (excel, in_third("formula", place), in_third("error", place)) {
                (true, true, _) => format!("<c r=\"{letter}{number}\"><f>1+1</f></c>"),
                (true, _, true) => format!("<c r=\"{letter}{number}\" t=\"e\"><v>#REF!</v></c>"),
                (true, ..) if words.is_empty() => String::new(),
                (true, ..) => {
                    format!("<c r=\"{letter}{number}\" t=\"inlineStr\"><is><t>{words}</t></is></c>")
                }
                (false, true, _) => "<table:table-cell table:formula=\"of:=1+1\"/>".to_owned(),
                (false, _, true) => "<table:table-cell office:value-type=\"string\" \
                    calcext:value-type=\"error\"><text:p>#REF!</text:p></table:table-cell>"
                    .to_owned(),
                (false, ..) => {
                    let joined = number == 3 && place == 0 && odd == "joined";
                    let spans = if joined { "table:number-rows-spanned=\"2\"" } else { "" };
                    format!(
                        "<table:table-cell {spans} office:value-type=\"string\"><text:p>{words}</text:p>\
                         </table:table-cell>"
                    )
                }
            }
        });
        let cells: String = cells.collect();
        let hidden = odd == "row" && number == 3;
        lines += &match (excel, hidden) {
            (true, true) => format!("<row r=\"{number}\" hidden=\"1\">{cells}</row>"),
            (true, false) => format!("<row r=\"{number}\">{cells}</row>"),
            (false, true) => {
                format!("<table:table-row table:visibility=\"filter\">{cells}</table:table-row>")
            }
            (false, false) => format!("<table:table-row>{cells}</table:table-row>"),
        };
    }
    if excel {
        let columns =
            if odd == "column" { "<cols><col min=\"5\" max=\"5\" hidden=\"1\"/></cols>" } else { "" };
        let joined = if odd == "joined" {
            "<mergeCells count=\"1\"><mergeCell ref=\"A3:A4\"/></mergeCells>"
        } else {
            ""
        };
        return made::excel(&format!("{columns}<sheetData>{lines}</sheetData>{joined}"));
    }
    let columns = if odd == "column" {
        "<table:table-column table:number-columns-repeated=\"4\"/><table:table-column table:visibility=\"collapse\"/>"
    } else {
        ""
    };
    made::open_document(&format!("{columns}{lines}"))
}

#[test]
fn what_a_workbook_shows_otherwise_than_a_program_reads_is_told_and_no_row_is_taken() {
    let office = DemoOffice::new();
    let folder = tempfile::tempdir().expect("a folder");
    for excel in [true, false] {
        let sound = written(folder.path(), "rows", workbook(excel, ""));
        let words = ["--json", "batch", &sound, "--event", "concerns-raised", "--check"];
        assert_eq!(office.run_as("imran-castellan", &words).expect(0).json()["rows"], json!([2, 3, 4]));
        for (odd, row, column, cause) in [
            ("row", 3, "", "hidden"),
            ("column", 0, "person.name", "hidden"),
            ("joined", 3, "case_id", "joined"),
            ("formula", 3, "since", "formula"),
            ("error", 3, "since", "#REF!"),
        ] {
            let path = written(folder.path(), "rows", workbook(excel, odd));
            let told = refused(&office, &path, &["--event", "concerns-raised"]);
            assert!(
                told.iter().any(|(of, at, said)| *of == row && at == column && said.contains(cause)),
                "{odd}: {told:#?}"
            );
        }
    }
}

#[test]
fn what_libreoffice_itself_saved_stands() {
    let office = DemoOffice::new();
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in [
        ("rows.ods", &include_bytes!("../../crates/sheets/tests/libreoffice/rows.ods")[..]),
        ("rows.xlsx", include_bytes!("../../crates/sheets/tests/libreoffice/rows.xlsx")),
    ] {
        let path = written(folder.path(), name, bytes);
        let words = ["--json", "batch", &path, "--event", "concerns-raised", "--name", "saved"];
        let said = office.run_as("imran-castellan", &words).expect(0).json();
        // The second format says the same of the same people: its rows are known.
        let expected = if name == "rows.ods" { (json!(3), json!(0)) } else { (json!(0), json!(3)) };
        assert_eq!((said["dropped"].clone(), said["known"].clone()), expected, "{name}: {said}");
        let odd = [&words[..5], &["--sheet", "Odd", "--name", "odd"]].concat();
        let told = faults(office.run_as("imran-castellan", &odd));
        assert!(told.iter().any(|(_, column, _)| column == "six digits"), "{name}: {told:#?}");
    }
    office.run(&["run", "--once"]);
    let shown = office.run_as("beatrix-lund", &["--json", "batch", "show", "saved"]).expect(0).json();
    assert_eq!(shown["rows"], json!({ "queued": 3 }));
}

#[test]
fn an_attachment_that_is_missing_or_another_is_told_in_each_row_of_case_files() {
    const REPORT: &[u8] = paper!("A made-up report.");
    let office = DemoOffice::new();
    let folder = tempfile::tempdir().expect("a folder");
    let files: Vec<String> = (1..=2).map(|number| report_received(number, REPORT).to_string()).collect();
    let lines = written(folder.path(), "rows.ndjson", files.join("\n"));
    let cases = folder.path().join("cases");
    fs::create_dir(&cases).expect("a folder");
    for (number, file) in files.iter().enumerate() {
        written(&cases, &format!("case-{number}.json"), file);
    }
    for (beside, cause) in
        [(None, "is not there"), (Some(paper!("An actual report.")), "its SHA-256 differs")]
    {
        if let Some(bytes) = beside {
            written(folder.path(), "report.pdf", bytes);
            written(&cases, "report.pdf", bytes);
        }
        for path in [lines.as_str(), cases.to_str().expect("UTF-8")] {
            let told = refused(&office, path, &[]);
            let at: Vec<(u64, &str)> = told.iter().map(|(row, column, _)| (*row, column.as_str())).collect();
            assert_eq!(at, [(1, "attachments.0.file"), (2, "attachments.0.file")], "{path}: {told:#?}");
            assert!(told.iter().all(|(.., said)| said.contains(cause)), "{path}: {told:#?}");
        }
    }
}
