//! Enters: every case file of the tests and the examples, as a row of the empty workbook of its event; and sheets with
//! every kind of fault. Leaves: proof that a row is the file that it was, that columns are mapped in each of three ways,
//! and that a sheet with a fault gives no file. Never: a real person; every name is made up.

use despatch_app::operations::batch::sheet::{SheetOf, SheetRows, case_files};
use despatch_app::operations::batch::template::sheet_of;
use despatch_app::operations::batch::{Files, Mapping, NamedFile, RowFault};
use despatch_app::operations::new_case::desk::{Desk, OnFile};
use despatch_core::words::{Sha256, StaffId};
use despatch_process::case::{self, EventName};
use despatch_sheets::{Cell, FAULTS_HEADING, ReadAs, Row, Sheet, read, with_faults};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

/// Every valid case file there is.
fn valid() -> Vec<(String, Value)> {
    let folders = ["tests/cases/valid", "examples/cases"].map(folder);
    let paths = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("a folder of cases"));
    let mut files: Vec<(String, Value)> = paths
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .map(|path| (path.display().to_string(), fs::read(&path).expect("a case")))
        .filter(|(_, bytes)| case::parse(bytes).is_ok())
        .map(|(name, bytes)| (name, serde_json::from_slice(&bytes).expect("JSON")))
        .collect();
    files.sort_by(|one, other| one.0.cmp(&other.0));
    files
}

fn preparer() -> StaffId {
    "p-lark".parse().expect("an id")
}

fn desk() -> Desk {
    Desk { today: "2026-12-31".parse().expect("a date"), ..Desk::default() }
}

/// A file that a case names: one of ours, with the size and the hash that it has.
fn attachment(name: &str) -> NamedFile {
    NamedFile { name: name.to_owned(), bytes: format!("%PDF-1.7\n{name}\n%%EOF\n").into_bytes().into() }
}

/// What a file says, each value by its pointer, as text.
fn leaves(at: &str, value: &Value, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| leaves(&format!("{at}/{name}"), value, found));
        }
        Value::Array(entries) => {
            entries
                .iter()
                .enumerate()
                .for_each(|(index, value)| leaves(&format!("{at}/{index}"), value, found));
        }
        Value::Null => {}
        value => drop(found.insert(at.to_owned(), value.clone())),
    }
}

/// The name of the column that fills a field.
fn column(at: &str) -> String {
    let name = at.trim_start_matches('/').replace('/', ".");
    name.strip_suffix(".file").map(str::to_owned).unwrap_or(name)
}

/// How a manager fills in a field.
fn cell(value: &Value) -> Cell {
    match value {
        Value::Bool(flag) => Cell::Flag(*flag),
        Value::Number(number) => Cell::Number(number.as_f64().expect("a number")),
        Value::String(text) => match text.parse() {
            Ok(date) => Cell::Date(date),
            Err(_) => Cell::Text(text.clone()),
        },
        other => panic!("{other} is no value of a cell"),
    }
}

/// A sheet of text.
fn sheet(rows: &[&[&str]]) -> Sheet {
    let cell = |text: &&str| if text.is_empty() { Cell::Empty } else { Cell::Text((*text).to_owned()) };
    let rows = rows.iter().zip(1..);
    let rows = rows.map(|(row, number)| Row { number, cells: row.iter().map(cell).collect() }).collect();
    Sheet { said: Vec::new(), rows, faults: Vec::new() }
}

struct Given {
    event: EventName,
    mapping: Mapping,
    files: Files,
    days_first: bool,
    desk: Desk,
}

impl Given {
    fn of(event: EventName) -> Given {
        Given { event, mapping: Mapping::default(), files: Files::default(), days_first: false, desk: desk() }
    }

    fn made(&self, sheet: &Sheet) -> SheetRows {
        let preparer = preparer();
        let of = SheetOf {
            sheet,
            event: self.event,
            preparer: &preparer,
            owner: 0,
            mapping: &self.mapping,
            files: &self.files,
            desk: &self.desk,
            days_first: self.days_first,
        };
        case_files(of, &mut |_, _, _| Ok(Ok(OnFile::default()))).expect("a mapping")
    }

    fn faults(&self, sheet: &Sheet) -> Vec<(Option<u32>, String, String)> {
        let told = |fault: RowFault| (fault.row, fault.column.unwrap_or_default(), fault.cause);
        self.made(sheet).faults.into_iter().map(told).collect()
    }
}

/// The empty workbook of an event, filled in with what a file says: by the names of fields in the second sheet.
fn filled_in(event: EventName, said: &BTreeMap<String, Value>, files: usize) -> Sheet {
    let desk = Desk { standards: vec![(String::new(), String::new()); 8], ..desk() };
    let empty = sheet_of(event, &desk, Some(files)).expect("a workbook");
    let mut sheet = read(&empty, &ReadAs::default()).expect("a sheet");
    let help = read(&empty, &ReadAs { sheet: Some("Help".to_owned()) }).expect("its help");
    let fields: BTreeMap<String, String> = help
        .rows
        .iter()
        .filter_map(|row| match (row.cell(0), row.cell(1)) {
            (Cell::Text(heading), Cell::Text(field)) => Some((field.clone(), heading.clone())),
            _ => None,
        })
        .collect();
    let head = sheet.rows[0].cells.clone();
    let mut cells = vec![Cell::Empty; head.len()];
    for (at, value) in said {
        let field = column(at);
        let heading = fields.get(&field).unwrap_or_else(|| panic!("{event:?}: no column for {field}"));
        let place = head.iter().position(|cell| *cell == Cell::Text(heading.clone())).expect("the column");
        cells[place] = cell(value);
    }
    sheet.rows.push(Row { number: 2, cells });
    sheet
}

#[test]
fn a_row_of_the_empty_workbook_is_the_file_that_it_was() {
    let mut events = BTreeSet::new();
    for (name, mut file) in valid() {
        file["prepared_by"] = json!("p-lark");
        let event = case::parse(file.to_string().as_bytes()).expect("a case").event.name();
        let mut given = Given::of(event);
        let listed = file["attachments"].as_array_mut().expect("a list");
        for one in listed.iter_mut() {
            let attached = attachment(one["file"].as_str().expect("a name"));
            one["size"] = json!(attached.bytes.len());
            one["sha256"] = json!(Sha256::of(&attached.bytes));
            given.files.read.push(attached);
        }
        let files = listed.len();
        let meant = case::parse(file.to_string().as_bytes()).expect("a case");
        let mut said = BTreeMap::new();
        leaves("", &file, &mut said);
        let own = |at: &str| {
            ["/schema", "/prepared_by", "/event/type"].contains(&at)
                || at.starts_with("/attachments/") && (at.ends_with("/size") || at.ends_with("/sha256"))
        };
        said.retain(|at, _| !own(at));
        let sheet = filled_in(event, &said, files);
        let made = given.made(&sheet);
        assert_eq!(made.faults, [], "{name}");
        let bytes = &made.made.first().expect("a row").bytes;
        assert_eq!(case::parse(bytes).as_ref(), Ok(&meant), "{name} is another file once it was a row");
        // A copy that was given back says the same.
        let copy = with_faults(&sheet, &BTreeMap::from([(2, "a fault".to_owned())])).expect("a workbook");
        let again = given.made(&read(&copy, &ReadAs::default()).expect("a sheet"));
        assert_eq!(again.faults, [], "{name}");
        assert_eq!(&again.made.first().expect("a row").bytes, bytes, "{name} is another file in a copy");
        events.insert(event);
    }
    assert_eq!(events.len(), EventName::WORDS.len());
}

const TRANSFER: [&str; 11] = [
    "case_id",
    "home_office_reference",
    "detention.place",
    "detention.since",
    "person.name",
    "person.date_of_birth",
    "person.nationality",
    "person.interpreter_needed",
    "caseworker.entry",
    "event.on",
    "event.from",
];

const ROW: [&str; 11] = [
    "EMR-2026-0142",
    "M1234567",
    "brook-house",
    "2026-01-12",
    "Bereket Tesfay Example",
    "1991-07-14",
    "Eritrean",
    "no",
    "caseworker-4",
    "2026-03-05",
    "manchester-sthf",
];

/// The sheet of one transfer, with one value put in the place of another.
fn transfer(field: &str, value: &str) -> Sheet {
    let row: Vec<&str> =
        TRANSFER.iter().zip(ROW).map(|(of, own)| if *of == field { value } else { own }).collect();
    sheet(&[&TRANSFER, &row])
}

#[test]
fn columns_are_mapped_by_heading_by_a_saved_file_and_by_hand() {
    let given = Given::of(EventName::Transferred);
    let whole = given.made(&transfer("", ""));
    assert_eq!(whole.faults, []);
    let bytes = &whole.made[0].bytes;

    // By the words of the questions, in any case; by the last part of a name.
    let mut words = TRANSFER;
    words[0] = "THE NUMBER OF THE CASE (one external medical report is one case, and so is one continuous detention)";
    words[1] = "the person's Home Office reference?";
    words[3] = "Since";
    words[5] = "Date of birth";
    words[8] = "The responsible caseworker";
    words[9] = "the  day of\nthe transfer";
    let by_words = given.made(&sheet(&[&words, &ROW]));
    assert_eq!(by_words.faults, []);
    assert_eq!(&by_words.made[0].bytes, bytes);

    // By a saved file, in which a heading without a field is left out; by hand, which counts before the file.
    let mut own = TRANSFER.to_vec();
    own[4] = "Surname";
    own.push("Team");
    let mut row = ROW.to_vec();
    row.push("North");
    let strange = sheet(&[&own, &row]);
    let told = given.faults(&strange);
    assert_eq!(
        told.iter().map(|(row, column, _)| (*row, column.as_str())).collect::<Vec<_>>(),
        [(None, "Surname"), (None, "Team"), (None, "person.name")]
    );
    let saved = |text: &str, by_hand: &[(&str, &str)]| Given {
        mapping: Mapping {
            by_hand: by_hand
                .iter()
                .map(|(heading, field)| ((*heading).to_owned(), (*field).to_owned()))
                .collect(),
            saved: Some(text.to_owned()),
        },
        ..Given::of(EventName::Transferred)
    };
    for given in [
        saved("Surname = \"person.name\"\nTeam = \"\"\n", &[]),
        saved("surname = \"person.nationality\"\nTeam = \"\"\n", &[("SURNAME", "person.name")]),
        saved("", &[("Surname", "person.name"), ("team", "")]),
    ] {
        let made = given.made(&strange);
        assert_eq!(made.faults, []);
        assert_eq!(&made.made[0].bytes, bytes);
    }
    let other = saved("Forename = \"person.name\"\n", &[("Surname", "person.names"), ("Team", "")]);
    let told = other.faults(&strange);
    assert!(
        told.iter().any(|(_, column, cause)| column == "Forename" && cause.contains("the sheet has none")),
        "{told:?}"
    );
    assert!(
        told.iter().any(|(_, column, cause)| column == "Surname" && cause.contains("no such field")),
        "{told:?}"
    );
}

#[test]
fn missing_double_and_nameless_columns_are_told_before_any_row() {
    let given = Given::of(EventName::Transferred);
    let mut head = TRANSFER.to_vec();
    head[6] = "person.name";
    head[1] = "";
    let mut row = ROW.to_vec();
    row[5] = "no date";
    let told = given.faults(&sheet(&[&head, &row]));
    let told: Vec<(Option<u32>, &str)> =
        told.iter().map(|(row, column, _)| (*row, column.as_str())).collect();
    assert_eq!(
        told,
        [(None, "B"), (None, "person.name"), (None, "home_office_reference"), (None, "person.nationality")]
    );
    // A heading that may mean several fields.
    head = TRANSFER.to_vec();
    head[4] = "name";
    let report = Given::of(EventName::ResponseDecided);
    let told = report.faults(&sheet(&[&["name"], &["x"]]));
    assert!(told.iter().any(|(_, column, cause)| column == "name" && cause.contains("may mean")), "{told:?}");
    assert_eq!(given.faults(&sheet(&[&head, &ROW])), []);
    assert_eq!(given.faults(&sheet(&[&TRANSFER])), [(None, String::new(), "there is no row".to_owned())]);
}

#[test]
fn each_kind_of_bad_cell_is_told_with_its_row_its_column_and_what_to_do() {
    let given = Given::of(EventName::Transferred);
    for (field, value, cause) in [
        ("case_id", "nobody", "small letter"),
        ("home_office_reference", "", "missing"),
        ("detention.place", "Brook House!", ""),
        ("detention.since", "soon", "no date"),
        ("detention.since", "03/12/2025", "which is the day and which the month"),
        ("detention.since", "12/31/2025", "month stands before the day"),
        ("detention.since", "31/02/2026", "no date"),
        ("person.name", "Pat\u{202e}", "character"),
        ("person.date_of_birth", "2026-02-01", "not before"),
        ("person.interpreter_needed", "maybe", "neither yes nor no"),
        ("event.from", "brook-house", "moved from the place"),
        ("event.on", "2025-12-01", "before the first day of detention"),
    ] {
        let told = given.faults(&transfer(field, value));
        assert!(!told.is_empty(), "{field} took {value:?}");
        let (row, column, said) = &told[0];
        assert_eq!((*row, column.as_str()), (Some(2), field), "{value:?}: {told:?}");
        assert!(said.contains(cause), "{field}: {said}");
    }
    let mut typed = transfer("", "");
    for (column, value, cause) in [
        (1, Cell::Number(12_345_678_901_234_567.0), "more digits"),
        (1, Cell::Date("2026-01-02".parse().expect("a day")), "this is a date"),
        (4, Cell::Error("#REF!".to_owned()), "an error"),
        (5, Cell::Number(33_433.0), "no date"),
        (7, Cell::Number(1.0), "neither yes nor no"),
    ] {
        let before = std::mem::replace(&mut typed.rows[1].cells[column], value);
        let told = given.faults(&typed);
        assert!(told.len() == 1 && told[0].2.contains(cause), "{told:?}");
        typed.rows[1].cells[column] = before;
    }
    typed.rows[1].cells[8] = Cell::Text("  caseworker-4 ".to_owned());
    typed.rows[1].cells[7] = Cell::Flag(false);
    assert_eq!(given.faults(&typed), []);
}

#[test]
fn all_rows_are_told_of_at_once() {
    let given = Given::of(EventName::Transferred);
    let mut rows = vec![TRANSFER.to_vec()];
    for number in 0..50 {
        let mut row = ROW.to_vec();
        row[if number % 2 == 0 { 5 } else { 9 }] = "no date";
        rows.push(row);
    }
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let told = given.faults(&sheet(&rows));
    let numbers: Vec<u32> = told.iter().filter_map(|(row, ..)| *row).collect();
    assert_eq!(numbers, (2..=51).collect::<Vec<u32>>());
}

#[test]
fn dates_of_a_column_are_read_with_the_day_first_where_one_of_them_shows_it() {
    let mut given = Given::of(EventName::Transferred);
    let with = |since: [&str; 2]| {
        let row = |since, case| {
            let mut row = ROW.to_vec();
            (row[3], row[0]) = (since, case);
            row
        };
        let rows = [TRANSFER.to_vec(), row(since[0], "EMR-2026-0142"), row(since[1], "EMR-2026-0143")];
        sheet(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
    };
    let since = |made: &SheetRows| -> Vec<String> {
        let of = |bytes: &[u8]| case::parse(bytes).expect("a case").detention.since.to_string();
        made.made.iter().map(|one| of(&one.bytes)).collect()
    };
    let shown = given.made(&with(["03/12/2025", "31/12/2025"]));
    assert_eq!(shown.faults, []);
    assert_eq!(since(&shown), ["2025-12-03", "2025-12-31"]);
    assert_eq!(given.faults(&with(["03/12/2025", "12/31/2025"])).len(), 2);
    assert_eq!(given.faults(&with(["03/12/2025", "04/11/2025"])).len(), 2);
    assert_eq!(given.faults(&with(["4 November 2025", "05/05/2025"])), []);
    given.days_first = true;
    assert_eq!(since(&given.made(&with(["03/12/2025", "04/11/2025"]))), ["2025-12-03", "2025-11-04"]);
}

#[test]
fn the_same_row_gives_the_same_bytes_and_another_row_another_id() {
    let given = Given::of(EventName::Transferred);
    let made = |sheet: &Sheet| given.made(sheet).made[0].bytes.clone();
    let id = |bytes: &[u8]| case::parse(bytes).expect("a case").event_id.to_string();
    let (one, other) = (made(&transfer("", "")), made(&transfer("person.nationality", "Kenyan")));
    assert_eq!(made(&transfer("", "")), one);
    assert!(id(&one).starts_with("emr-2026-0142-transferred-"), "{}", id(&one));
    assert_ne!(id(&one), id(&other));
    // The order of the columns and a column of faults change nothing.
    let mut turned: Vec<Vec<&str>> = [TRANSFER, ROW].map(|row| row.iter().rev().copied().collect()).to_vec();
    turned[0].push(FAULTS_HEADING);
    turned[1].push("something is wrong");
    assert_eq!(made(&sheet(&turned.iter().map(Vec::as_slice).collect::<Vec<_>>())), one);
}

#[test]
fn attachments_are_found_by_name_and_what_is_said_of_a_missing_one_is_told() {
    let mut given = Given::of(EventName::Transferred);
    given.files.read = vec![attachment("Report 1.pdf"), attachment("second.pdf"), attachment("SECOND.pdf")];
    given.files.unread = vec![("large.pdf".to_owned(), "it has more than 25 MiB".to_owned())];
    let with = |columns: &[&'static str], values: &[&'static str]| {
        let rows = [[&TRANSFER[..], columns].concat(), [&ROW[..], values].concat()];
        sheet(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
    };
    // The second column of files alone is filled: the case file has one attachment.
    let columns = ["attachments.0", "Attachment 2", "attachment 2 kind", "attachments.0.kind"];
    let made = given.made(&with(&columns, &["", "report 1.PDF", "Second opinion report", ""]));
    assert_eq!(made.faults, []);
    let case = made.made[0].case.clone().expect("a case");
    assert_eq!(case.attachments.len(), 1);
    assert_eq!(case.attachments[0].title, "Second opinion report");
    assert_eq!(made.made[0].file.files().len(), 1);
    for (value, kind, cause) in [
        ("none.pdf", "Another record", "there is no file"),
        ("Second.pdf", "Another record", "several files"),
        ("large.pdf", "Another record", "was not read"),
        ("", "Another record", "names no file for it"),
        ("second.pdf", "", "missing"),
        ("second.pdf", "A poem", "none of the answers"),
    ] {
        let told = given.faults(&with(&["attachment 1", "attachment 1 kind"], &[value, kind]));
        assert!(
            told.iter().any(|(row, _, said)| *row == Some(2) && said.contains(cause)),
            "{value}: {told:?}"
        );
    }
}

#[test]
fn what_the_other_answers_of_a_row_leave_no_place_for_is_told() {
    let given = Given::of(EventName::Transferred);
    let with = |columns: &[&'static str], values: &[&'static str]| {
        let rows = [[&TRANSFER[..], columns].concat(), [&ROW[..], values].concat()];
        given.faults(&sheet(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>()))
    };
    // Nobody would ask for it, and no rule is against it: it is kept.
    assert_eq!(with(&["person.latin_name"], &["Bereket Tesfay"]), []);
    // A yes is implied where more is said, and a no stands alone.
    assert_eq!(
        with(&["representative.entry", "representative.authority_date"], &["harbour-law", "2026-02-01"]),
        []
    );
    assert_eq!(with(&["representative"], &["no"]), []);
    let told = with(&["representative", "representative.entry"], &["no", "harbour-law"]);
    assert!(told.iter().any(|(row, ..)| *row == Some(2)), "{told:?}");
    let told = with(&["representative"], &["yes"]);
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn what_a_reader_found_in_cells_is_told_where_a_column_is_used() {
    let given = Given::of(EventName::Transferred);
    let mut found = transfer("", "");
    let fault = |row, column| despatch_sheets::SheetFault {
        row,
        column,
        cause: "hidden".to_owned(),
        cure: "show it".to_owned(),
    };
    found.faults = vec![fault(Some(2), Some(4)), fault(Some(2), Some(40))];
    let made = given.made(&found);
    assert_eq!(made.made.len(), 1);
    assert_eq!(given.faults(&found), [(Some(2), "person.name".to_owned(), "hidden".to_owned())]);
    // A formula without a value is an empty cell as well, and that is told once.
    found.rows[1].cells[4] = Cell::Empty;
    assert_eq!(given.faults(&found), [(Some(2), "person.name".to_owned(), "hidden".to_owned())]);
    found.faults = vec![fault(None, Some(4))];
    let made = given.made(&found);
    assert!(made.of_columns && made.made.is_empty());
}
