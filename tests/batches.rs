//! Enters: sheets of people of a made-up office, right and wrong in every way that a sheet can be. Leaves: proof that a
//! manager is told all of it at once, that a sheet mended in its copy stands, and that a hostile one harms nothing.
//! Never: a real person; every name is made up.

use crate::support::office::{DemoOffice, PROGRAM, Said, TODAY};
use despatch_app::operations::batch::reading::{self, ReadBatch, Source};
use despatch_app::operations::batch::{Files, Mapping, Reading};
use despatch_app::operations::drop_case::{DropOutcome, drop_case};
use despatch_app::operations::{Actor, OpenOffice};
use despatch_core::clock::Clock;
use despatch_letters::render::pool::{Pool, TIME_LIMIT};
use despatch_process::case::EventName;
use despatch_sheets::{Cell, ReadAs, Row, Sheet, read, with_faults};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

mod formats;

const HEAD: [&str; 12] = [
    "case_id",
    "home_office_reference",
    "place",
    "since",
    "person.name",
    "person.date_of_birth",
    "person.nationality",
    "person.interpreter_needed",
    "The responsible caseworker",
    "raised_on",
    "representative.authority_date",
    "The concern",
];

/// A row about somebody of whom nothing is on record.
fn row(number: usize) -> Vec<String> {
    let words = [
        format!("TEST-{number:04}"),
        format!("T900{number:04}"),
        "brook-house".to_owned(),
        "2026-08-03".to_owned(),
        format!("Person Number{}", letters(number)),
        "1990-05-09".to_owned(),
        "Eritrean".to_owned(),
        "no".to_owned(),
        "caseworker-marisol".to_owned(),
        "2026-10-01".to_owned(),
        String::new(),
        format!("What was seen on the day {number}, in the words of somebody who saw it."),
    ];
    words.to_vec()
}

fn letters(number: usize) -> String {
    number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}

fn csv(head: &[&str], rows: &[Vec<String>]) -> String {
    let quoted = |value: &str| format!("\"{}\"", value.replace('"', "\"\""));
    let line = |row: &[&str]| row.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(",") + "\r\n";
    let lines = rows.iter().map(|row| line(&row.iter().map(String::as_str).collect::<Vec<_>>()));
    line(head) + &lines.collect::<String>()
}

fn written(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    fs::write(&path, bytes).expect("a file");
    path.to_str().expect("UTF-8").to_owned()
}

fn check(office: &DemoOffice, words: &[&str]) -> Said {
    let all = [&["--json", "batch"], words, &["--event", "concerns-raised", "--check"]].concat();
    office.run_as("imran-castellan", &all)
}

/// What is told of each fault: row, column, cause.
fn faults(said: Said) -> Vec<(u64, String, String)> {
    let said = said.expect(1).json();
    let words = |fault: &Value, name: &str| fault[name].as_str().unwrap_or_default().to_owned();
    let told = said["faults"].as_array().expect("faults").iter();
    told.map(|fault| (fault["row"].as_u64().unwrap_or(0), words(fault, "column"), words(fault, "cause")))
        .collect()
}

#[test]
fn a_sheet_that_is_right_stands_whatever_its_format() {
    let office = DemoOffice::new();
    let folder = tempfile::tempdir().expect("a folder");
    let rows: Vec<Vec<String>> = (1..=5).map(row).collect();
    let text = csv(&HEAD, &rows);
    let sheet = read(text.as_bytes(), &ReadAs::default()).expect("a sheet");
    let book = with_faults(&sheet, &BTreeMap::new()).expect("a workbook");
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for (name, bytes, said) in [
        ("rows.csv", text.clone().into_bytes(), "UTF-8"),
        ("rows.txt", utf16, "UTF-16"),
        ("rows", book, "an Excel workbook"),
    ] {
        let path = written(folder.path(), name, bytes);
        let read = check(&office, &[&path]).expect(0).json();
        assert_eq!(read["rows"], json!([2, 3, 4, 5, 6]), "{name}");
        assert_eq!(read["said"][0], said);
        assert_eq!(read["event"], "concerns_raised");
    }
    let plain = office.run_as(
        "imran-castellan",
        &["batch", &written(folder.path(), "again.csv", &text), "--event", "concerns-raised", "--check"],
    );
    assert!(plain.expect(0).stdout.contains("5 rows stand: nothing is wrong."));
}

#[test]
fn every_fault_of_every_row_is_told_and_a_mended_copy_stands() {
    let office = DemoOffice::new();
    let folder = tempfile::tempdir().expect("a folder");
    let mut rows: Vec<Vec<String>> = (1..=6).map(row).collect();
    rows[0][3] = "soon".to_owned();
    rows[1][8] = "nobody-known".to_owned();
    rows[2][2] = "a-place-nobody-knows".to_owned();
    rows[3] = rows[4].clone();
    rows[5][9] = "2031-01-01".to_owned();
    let path = written(folder.path(), "rows.csv", csv(&HEAD, &rows));
    let copy = folder.path().join("to-mend.xlsx");
    let told = faults(check(&office, &[&path, "--copy", copy.to_str().expect("UTF-8")]));
    let places: Vec<(u64, &str)> = told.iter().map(|(row, column, _)| (*row, column.as_str())).collect();
    assert!(places.contains(&(2, "since")), "{told:?}");
    assert!(places.contains(&(3, "The responsible caseworker")), "{told:?}");
    assert!(places.contains(&(4, "place")), "{told:?}");
    assert!(told.iter().any(|(row, _, cause)| *row == 6 && cause.contains("the same as row 5")), "{told:?}");
    assert!(places.contains(&(7, "raised_on")), "{told:?}");

    let mut sheet = read(&fs::read(&copy).expect("the copy"), &ReadAs::default()).expect("a sheet");
    let last = sheet.rows[0].cells.len() - 1;
    assert_eq!(sheet.rows[0].cell(last), &Cell::Text("What is wrong".to_owned()));
    let said = |sheet: &Sheet, row: usize| match sheet.rows[row].cell(last) {
        Cell::Text(words) => words.clone(),
        other => panic!("{other:?}"),
    };
    assert!(said(&sheet, 1).starts_with("since: "), "{}", said(&sheet, 1));
    // Somebody mends each cell, and leaves the column of faults as it is.
    let mend = |sheet: &mut Sheet, row: usize, column: usize, words: &str| {
        sheet.rows[row].cells[column] = Cell::Text(words.to_owned());
    };
    mend(&mut sheet, 1, 3, "2026-08-03");
    mend(&mut sheet, 2, 8, "caseworker-marisol");
    mend(&mut sheet, 3, 2, "brook-house");
    mend(&mut sheet, 6, 9, "2026-10-01");
    for (column, words) in row(4).iter().enumerate() {
        mend(&mut sheet, 4, column, words);
    }
    let mended =
        with_faults(&sheet, &BTreeMap::from([(2, "what was wrong".to_owned())])).expect("a workbook");
    let mended = written(folder.path(), "mended.xlsx", mended);
    assert_eq!(check(&office, &[&mended]).expect(0).json()["rows"], json!([2, 3, 4, 5, 6, 7]));
}

#[test]
fn rows_about_other_people_than_the_record_has_stop_the_sheet() {
    let office = DemoOffice::new();
    let folder = tempfile::tempdir().expect("a folder");
    // Two people of the demo, whose cases are on record, with their names exchanged.
    let people = [
        ("DEMO-0901", "X9000901", "Amanuel Weldeab Kidane", "1994-05-09"),
        ("TEST-0001", "X9000901", "Somebody Else", "1970-01-01"),
    ];
    let with = |(case, reference, name, born): (&str, &str, &str, &str), number: usize| {
        let mut row = row(number);
        for (column, words) in [(0, case), (1, reference), (4, name), (5, born)] {
            row[column] = words.to_owned();
        }
        // The record has that somebody represents them, and not since when.
        if case == "DEMO-0901" {
            for (column, words) in [(3, "2026-10-06"), (9, "2026-11-01"), (10, "2026-10-14")] {
                row[column] = words.to_owned();
            }
        }
        row
    };
    let right = written(folder.path(), "right.csv", csv(&HEAD, &[with(people[0], 1)]));
    assert_eq!(check(&office, &[&right]).expect(0).json()["rows"], json!([2]));
    for (name, wrong, cause) in [
        ("name", ("DEMO-0901", "X9000901", "Amanuel Other Example", "1994-05-09"), "name is another"),
        (
            "birth",
            ("DEMO-0901", "X9000901", "Amanuel Weldeab Kidane", "1970-01-01"),
            "date of birth is another",
        ),
        (
            "reference",
            ("DEMO-0901", "X9000902", "Amanuel Weldeab Kidane", "1994-05-09"),
            "reference is another",
        ),
        ("all", ("DEMO-0901", "X9990902", "Somebody Else", "1970-01-01"), "about somebody else"),
        ("elsewhere", people[1], "is about somebody else"),
    ] {
        let path = written(folder.path(), &format!("{name}.csv"), csv(&HEAD, &[with(wrong, 1)]));
        let told = faults(check(&office, &[&path]));
        assert!(told.iter().any(|(row, _, said)| *row == 2 && said.contains(cause)), "{name}: {told:?}");
    }
    let twice = [row(1), {
        let mut row = row(2);
        row[1] = "T9000001".to_owned();
        row
    }];
    let told = faults(check(&office, &[&written(folder.path(), "twice.csv", csv(&HEAD, &twice))]));
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].0, told[0].1.as_str()), (3, "home_office_reference"));
    assert!(told[0].2.contains("row 2 has the same Home Office reference"), "{told:?}");
}

#[test]
fn the_same_reasons_in_many_rows_are_asked_about() {
    let office = DemoOffice::new();
    let folder = tempfile::tempdir().expect("a folder");
    let same = |count: usize| -> Vec<Vec<String>> {
        let mut rows: Vec<Vec<String>> = (1..=count).map(row).collect();
        rows.iter_mut().for_each(|row| row[11] = "The same words for everybody, whoever it is.".to_owned());
        rows
    };
    let two = written(folder.path(), "two.csv", csv(&HEAD, &same(2)));
    assert_eq!(check(&office, &[&two]).expect(0).json()["identical_reasons"], false);
    let three = written(folder.path(), "three.csv", csv(&HEAD, &same(3)));
    let told = faults(check(&office, &[&three]));
    assert!(told.len() == 1 && told[0].2.contains("3 rows give the same reasons"), "{told:?}");
    assert!(told[0].2.contains("2, 3, 4"), "{told:?}");
    let meant = check(&office, &[&three, "--identical-reasons"]).expect(0).json();
    assert_eq!(meant["identical_reasons"], true);
}

#[test]
fn lines_and_folders_of_case_files_are_read_as_they_are() {
    let office = DemoOffice::new();
    let folder = tempfile::tempdir().expect("a folder");
    let case = |number: usize| {
        let row = row(number);
        json!({
            "schema": "despatch-case/1", "case_id": row[0], "home_office_reference": row[1],
            "event_id": format!("line-{number}"), "prepared_by": "imran-castellan",
            "event": { "type": "concerns_raised", "raised_on": row[9], "concerns": row[11] },
            "person": { "name": row[4], "date_of_birth": row[5], "nationality": row[6], "interpreter_needed": false },
            "detention": { "place": row[2], "since": row[3] },
            "caseworker": { "entry": row[8] }, "attachments": [],
        })
    };
    let lines = format!("{}\n\n{}\n", case(1), case(2));
    let path = written(folder.path(), "cases.ndjson", &lines);
    let read = office.run_as("imran-castellan", &["--json", "batch", &path, "--check"]).expect(0).json();
    assert_eq!((&read["rows"], &read["event"]), (&json!([1, 3]), &json!("concerns_raised")));
    let broken = format!("{}\n{{\"schema\": 1}}\nnothing\n", case(1));
    let path = written(folder.path(), "broken.ndjson", broken);
    let told = faults(office.run_as("imran-castellan", &["--json", "batch", &path, "--check"]));
    assert!(told.iter().any(|(row, column, _)| *row == 2 && column == "schema"), "{told:?}");
    assert!(told.iter().any(|(row, ..)| *row == 3), "{told:?}");

    let cases = folder.path().join("cases");
    fs::create_dir(&cases).expect("a folder");
    written(&cases, "one.json", case(1).to_string());
    written(&cases, "two.json", case(2).to_string());
    let path = cases.to_str().expect("UTF-8");
    let read = office.run_as("imran-castellan", &["--json", "batch", path, "--check"]).expect(0).json();
    assert_eq!(read["rows"], json!([1, 2]));
    written(&cases, "three.json", case(2).to_string());
    let told = faults(office.run_as("imran-castellan", &["--json", "batch", path, "--check"]));
    assert!(told.len() == 1 && told[0].2.contains("the same as row"), "{told:?}");
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).expect("a folder");
    let said =
        office.run_as("imran-castellan", &["batch", empty.to_str().expect("UTF-8"), "--check"]).expect(1);
    assert!(said.stderr.contains("no case file"), "{}", said.stderr);
}

#[test]
fn the_empty_workbook_of_an_event_is_written_once_and_offers_what_the_office_has() {
    let office = DemoOffice::new();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("empty.xlsx");
    let to = path.to_str().expect("UTF-8");
    let words = ["batch", "template", "concerns-raised", "--to", to];
    office.run_as("imran-castellan", &words).expect(0);
    let bytes = fs::read(&path).expect("a workbook");
    let lists = read(&bytes, &ReadAs { sheet: Some("Lists".to_owned()) }).expect("its lists");
    let offered = |words: &str| {
        lists
            .rows
            .iter()
            .flat_map(|row| &row.cells)
            .any(|cell| matches!(cell, Cell::Text(text) if text.contains(words)))
    };
    assert!(offered("(brook-house)") && offered("(caseworker-marisol)"));
    office.run_as("imran-castellan", &words).expect(1);
    assert_eq!(fs::read(&path).expect("a workbook"), bytes, "the file was overwritten");
    // Chosen from its lists, the words are understood.
    let chosen = |words: &str| {
        let of = |cell: &&Cell| matches!(cell, Cell::Text(text) if text.ends_with(words));
        match lists.rows.iter().flat_map(|row| &row.cells).find(of) {
            Some(Cell::Text(text)) => text.clone(),
            _ => panic!("nothing ends with {words}"),
        }
    };
    let mut filled = row(1);
    filled[2] = chosen("(brook-house)");
    filled[8] = chosen("(caseworker-marisol)");
    let path = written(folder.path(), "filled.csv", csv(&HEAD, &[filled]));
    assert_eq!(check(&office, &[&path]).expect(0).json()["rows"], json!([2]));
}

#[test]
fn a_sheet_that_needs_more_memory_than_a_worker_has_is_refused_and_the_next_is_read() {
    let pool = Pool::start(Path::new(PROGRAM), &BTreeMap::new(), 1, 6 * TIME_LIMIT).expect("a pool");
    // Millions of strings of no letters: small as a file, large once they are held.
    let strings = "<si><t/></si>".repeat(8_500_000);
    let strings =
        format!("<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">{strings}</sst>");
    let sheet = Sheet {
        said: Vec::new(),
        rows: vec![Row { number: 1, cells: vec![Cell::Text("a".to_owned())] }],
        faults: Vec::new(),
    };
    let sound = with_faults(&sheet, &BTreeMap::new()).expect("a workbook");
    let mut bomb = ZipWriter::new(Cursor::new(Vec::new()));
    let mut whole = zip::ZipArchive::new(Cursor::new(&sound)).expect("a zip");
    for index in 0..whole.len() {
        let mut file = whole.by_index(index).expect("a file");
        let name = file.name().expect("a name").into_owned();
        bomb.start_file(&name, SimpleFileOptions::default()).expect("a file");
        if name.ends_with("sharedStrings.xml") {
            bomb.write_all(strings.as_bytes()).expect("its strings");
        } else {
            std::io::copy(&mut file, &mut bomb).expect("its content");
        }
    }
    let bomb = bomb.finish().expect("a zip").into_inner();
    assert!(bomb.len() < 2 << 20, "{} bytes", bomb.len());
    let refused = pool.read_sheet(&bomb, &ReadAs::default()).expect("a worker").expect_err("a bomb");
    assert!(refused.cause.contains("memory") || refused.cause.contains("damaged"), "{refused:?}");
    let read = pool.read_sheet(&sound, &ReadAs::default()).expect("a worker").expect("a sheet");
    assert_eq!(read.rows.len(), 1);
    let cut = pool.read_sheet(&sound[..sound.len() / 2], &ReadAs::default()).expect("a worker");
    assert!(cut.expect_err("half a workbook").cause.contains("damaged"));
}

/// What the record offers is what it offered before the row's own event, so that a sheet that is given again is known.
#[test]
fn a_row_that_went_is_the_same_file_when_its_sheet_is_given_again() {
    const SHEET: &str = "case_id,home_office_reference,detention.place,person.name,person.date_of_birth,\
        person.nationality,person.interpreter_needed,person.language,caseworker.entry,representative.authority_date,\
        event.on\nDEMO-0901,X9000901,yarls-wood,Amanuel Weldeab Kidane,1994-05-09,Eritrean,yes,Tigrinya,\
        caseworker-marisol,2026-10-14,2026-11-20\n";
    let office = DemoOffice::new();
    let request = ReadBatch {
        source: Source::File("rows.csv".to_owned(), SHEET.as_bytes().to_vec().into()),
        event: Some(EventName::Transferred),
        mapping: Mapping::default(),
        files: Files::default(),
        sheet: None,
        days_first: false,
        identical_reasons: false,
    };
    let read_again = || {
        let clock = Clock::Fixed(TODAY.parse().expect("a day"));
        let mut open = OpenOffice::open(&office.dir, clock, PROGRAM.into()).expect("an office");
        let actor = Actor::of_process(&open.office, Some(&"imran-castellan".parse().expect("an id")));
        let Reading::Prepared(prepared) =
            reading::read(&mut open, &actor, &request).expect("a sheet").reading
        else {
            panic!("something is wrong with it")
        };
        let file = prepared.rows.into_iter().next().expect("a row").file;
        let bytes = String::from_utf8(file.bytes().expect("its bytes").to_vec()).expect("UTF-8");
        (bytes, drop_case(&mut open, &actor, file).expect("a case"))
    };
    let (first, dropped) = read_again();
    assert!(first.contains("\"from\": \"brook-house\""), "{first}");
    assert!(matches!(dropped, DropOutcome::Dropped(_)));
    office.run(&["run", "--once"]);
    let (second, known) = read_again();
    assert_eq!(second, first);
    assert!(matches!(known, DropOutcome::Known { .. }));
}
