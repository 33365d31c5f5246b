//! Enters: case files under `tests/cases`, and broken copies of them made here.
//! Leaves: the proof that a case is read whole, or refused with every fault at its place.
//! Never: a real person; every name is made up.

mod by_hand;
mod events;
mod fuzz;
mod page;
mod past;
mod prose;
mod schema;

use despatch_process::case::{self, AttachmentKind, Case, Event, EventName, Grade, Method};
use despatch_testing::swap::Swap;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The files of `tests/cases/FOLDER` with that ending, sorted.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases").join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no case was found");
    files
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn valid(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/valid").join(name);
    serde_json::from_slice(&read(&path)).expect("JSON")
}

fn good(name: &str) -> Case {
    case::parse(valid(name).to_string().as_bytes()).expect("a valid case")
}

/// `code pointer`, one line a fault.
fn faults(bytes: &[u8]) -> String {
    match case::parse(bytes) {
        Ok(_) => String::new(),
        Err(faults) => faults.iter().map(|fault| format!("{} {}\n", fault.code, fault.at)).collect(),
    }
}

/// Sets what stands at `pointer`, whose parent exists; `None` removes it.
fn change(case: &mut Value, pointer: &str, value: Option<Value>) {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let fields = case.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    match value {
        Some(value) => fields.insert(name.to_owned(), value),
        None => fields.remove(name),
    };
}

/// The faults of a valid case of which one thing was changed.
fn faults_after(name: &str, pointer: &str, value: Option<Value>) -> String {
    let mut case = valid(name);
    change(&mut case, pointer, value);
    faults(case.to_string().as_bytes())
}

const REPORT: &str = "report-received-full.json";
const APPOINTMENT: &str = "appointment-full.json";

#[test]
fn every_valid_case_is_accepted() {
    for path in files("valid", ".json") {
        assert_eq!(faults(&read(&path)), "", "{}", path.display());
    }
}

#[test]
fn every_rejected_case_has_exactly_the_faults_beside_it() {
    let mut wrong = String::new();
    for path in files("rejected", ".json") {
        let expected = String::from_utf8(read(&path.with_extension("faults.txt"))).expect("UTF-8");
        let found = faults(&read(&path));
        if found != expected {
            wrong += &format!("{}\nexpected:\n{expected}found:\n{found}\n", path.display());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_code_has_a_rejected_case() {
    let mut shown: BTreeSet<String> = files("rejected", ".faults.txt")
        .iter()
        .flat_map(|path| {
            String::from_utf8(read(path)).expect("UTF-8").lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .filter_map(|line| line.split(' ').next().map(str::to_owned))
        .collect();
    // Its case is made below: a file of a mebibyte is no use to a reader.
    shown.insert("file.large".to_owned());
    let listed: BTreeSet<String> = case::CODES.iter().map(|code| (*code).to_owned()).collect();
    assert_eq!(shown, listed);
}

#[test]
fn a_file_over_a_mebibyte_is_not_read() {
    let file = format!("{}{}", valid(REPORT), " ".repeat(case::MAX_BYTES));
    assert_eq!(faults(file.as_bytes()), "file.large the whole file\n");
}

#[test]
fn depth_that_would_break_a_stack_is_one_fault() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let levels = case::MAX_BYTES / 8;
        let file = format!("{}1{}", open.repeat(levels), close.repeat(levels));
        let found = faults(file.as_bytes());
        assert_eq!(found.matches("json.deep").count(), 1, "{found}");
    }
    assert!(faults("[".repeat(case::MAX_BYTES).as_bytes()).starts_with("json.syntax"));
}

#[test]
fn a_report_received_is_read_whole() {
    let case = good(REPORT);
    assert_eq!(case.case_id.as_str(), "EMR-2026-0142");
    assert_eq!(case.person.name, "Bereket Tesfay Example");
    assert_eq!(case.manager.map(|manager| manager.grade), Some(Grade::HEO));
    assert_eq!(case.representative.and_then(|r| r.reference).as_deref(), Some("HL/2026/31"));
    assert!(case.replaces.is_some());
    let Event::ExternalReportReceived(event) = case.event else { panic!("another event") };
    assert_eq!(event.report.method, Method::Video);
    assert_eq!(event.report.limitations_stated, Some(true));
    assert_eq!(event.removal_set_for.map(|date| date.to_string()).as_deref(), Some("2026-04-20"));
    let kinds: Vec<_> = case.attachments.iter().map(|attachment| attachment.kind).collect();
    assert_eq!(kinds, [AttachmentKind::ExternalMedicalReport, AttachmentKind::SupportingInformation]);
}

#[test]
fn an_appointment_is_read_whole() {
    let Event::AppointmentConfirmed(event) = good(APPOINTMENT).event else { panic!("another event") };
    assert_eq!(event.date.to_string(), "2026-03-13");
    assert_eq!(event.time.to_string(), "14:30:00");
    assert_eq!(event.doctor.reference.as_deref(), Some("W-19"));
    assert_eq!(event.interpreter.map(|interpreter| interpreter.language).as_deref(), Some("tigrinya"));
}

#[test]
fn an_optional_field_may_be_null_or_absent() {
    assert_eq!(good("nulls-in-place-of-absence.json"), good("appointment-bare.json"));
}

/// Each change of the table: its line, the file that it makes, and the fault that is due; none where it is empty.
fn changes() -> Vec<(String, Value, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/changes.txt");
    let table = String::from_utf8(read(&path)).expect("UTF-8");
    let mut made = Vec::new();
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (told, code) = line.rsplit_once(" -> ").expect("an arrow");
        let [name, pointer, value] = told.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let file = match name {
            "report" => REPORT,
            "appointment" => APPOINTMENT,
            other => &format!("{other}.json"),
        };
        let values = match value {
            "NOTHING" => vec![None, Some(Value::Null)],
            value => vec![Some(repeated(serde_json::from_str(value).expect(line)))],
        };
        let (code, at) = code.split_once(' ').unwrap_or((code, pointer));
        let expected = if code == "ok" { String::new() } else { format!("{code} {at}\n") };
        for value in values {
            let mut file = valid(file);
            change(&mut file, pointer, value);
            made.push((line.to_owned(), file, expected.clone()));
        }
    }
    made
}

#[test]
fn one_change_makes_one_fault_at_its_place() {
    let mut wrong = String::new();
    for (line, file, expected) in changes() {
        let found = faults(file.to_string().as_bytes());
        if found != expected {
            wrong += &format!("{line}\nfound: {found}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// `x*201` as 201 times x; anything else as it is.
fn repeated(value: Value) -> Value {
    let times = value.as_str().and_then(|text| text.strip_prefix("x*")?.parse().ok());
    times.map_or(value, |times| json!("x".repeat(times)))
}

#[test]
fn a_number_too_large_to_be_exact_is_a_fault() {
    let file = valid(REPORT).to_string().swapped("48211", "123456789012345678901234567890");
    assert_eq!(faults(file.as_bytes()), "number.range /attachments/0/size\n");
}

#[test]
fn an_interpreter_who_is_not_needed_is_a_fault() {
    let found = faults_after(APPOINTMENT, "/person/interpreter_needed", Some(json!(false)));
    assert_eq!(found, "fact.interpreter /event/interpreter\n");
}

#[test]
fn a_field_that_is_nearly_right_is_told_what_was_meant() {
    let table = [
        ("/person/date_of_brith", Some("date_of_birth")),
        ("/person/dateOfBirth", Some("date_of_birth")),
        ("/Case-Id", Some("case_id")),
        ("/attachment", Some("attachments")),
        ("/person/email", None),
    ];
    for (pointer, meant) in table {
        let mut case = valid(REPORT);
        change(&mut case, pointer, Some(json!(1)));
        let found = case::parse(case.to_string().as_bytes()).expect_err("an unknown field");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].at, pointer);
        match meant {
            Some(meant) => {
                assert!(found[0].cure.contains(&format!("write \"{meant}\"")), "{}", found[0])
            }
            None => assert!(!found[0].cure.contains("mean"), "{}", found[0]),
        }
    }
}

#[test]
fn every_fault_has_a_cause_and_a_cure_and_repeats_nothing_of_the_case() {
    // Each is a value of some rejected case; none may be seen in a fault or in a shape.
    let secrets = [
        "Bereket",
        "Tesfay",
        "John",
        "Eritrean",
        "M1234567",
        "NGUYEN",
        "bereket",
        "btesfay",
        "\u{202e}",
        "Brook House",
        "urgent",
        "Dear",
        "example.invalid",
        "1986",
        "A tab",
    ];
    for path in files("rejected", ".json") {
        let bytes = read(&path);
        let found = case::parse(&bytes).expect_err("a rejected case");
        for fault in &found {
            assert!(!fault.cause.is_empty() && !fault.cause.ends_with('.'), "{fault}");
            assert!(!fault.cure.is_empty() && !fault.cure.ends_with('.'), "{fault}");
            assert!(case::CODES.contains(&fault.code), "{fault}");
        }
        let said: String = found.iter().map(|fault| format!("{fault}\n")).collect();
        for secret in secrets {
            assert!(!said.contains(secret), "{} tells {secret:?}", path.display());
        }
    }
}

#[test]
fn a_hidden_character_is_named_by_its_code_point_and_place() {
    let mut case = valid(REPORT);
    change(&mut case, "/person/name", Some(json!("Abel\u{202e}\u{200b}")));
    let found = case::parse(case.to_string().as_bytes()).expect_err("a hidden character");
    assert!(found[0].cause.starts_with("character 5 is U+202E, and 1 more such"), "{}", found[0]);
}

/// The page for caseworkers.
fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/case-file.md")
}

/// The examples of the page: the first is a whole file, each of the others says what it has in place of that.
fn examples(page: &str) -> Vec<Value> {
    let blocks = page.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut examples: Vec<Value> = Vec::new();
    for block in blocks {
        let own: Value = serde_json::from_str(block).unwrap_or_else(|error| panic!("{error} in {block}"));
        let mut example = examples.first().cloned().unwrap_or_else(|| json!({}));
        let whole = example.as_object_mut().expect("an object");
        whole.extend(own.as_object().expect("an object").clone());
        examples.push(example);
    }
    examples
}

#[test]
fn the_page_for_caseworkers_names_every_field_word_and_code_and_its_examples_are_valid() {
    let page = String::from_utf8(read(&page())).expect("UTF-8");
    let mut shown = BTreeSet::new();
    for example in examples(&page) {
        assert_eq!(faults(example.to_string().as_bytes()), "", "{}", example["event"]);
        assert!(shown.insert(example["event"]["type"].to_string()), "two examples of {}", example["event"]);
    }
    assert_eq!(shown.len(), EventName::WORDS.len(), "{shown:?}");
    let mut all = Vec::new();
    for path in files("valid", ".json") {
        fuzz::pointers(&serde_json::from_slice(&read(&path)).expect("JSON"), "", &mut all);
    }
    let fields: BTreeSet<&str> = all.iter().filter_map(|at| at.rsplit('/').next()).collect();
    let fields = fields.into_iter().filter(|name| name.parse::<u8>().is_err());
    let closed: Vec<&str> = events::words().chain(case::CODES.iter().copied()).collect();
    for word in fields.chain(closed) {
        assert!(page.contains(&format!("`{word}`")), "{word} is not on the page");
    }
}
