//! Enters: every case file of the tests and the examples, as somebody fills it in or mends it. Leaves: proof that a form
//! loses nothing of a file, that each fault stands beside its field, and that nobody posts what no form asks for.
//! Never: a real person; every name is made up.

use despatch_app::operations::new_case::desk::{Desk, OnFile};
use despatch_app::operations::new_case::form::{Form, Known};
use despatch_app::operations::new_case::inputs::{Input, Kind, date_of, date_parts, moment_of, moment_parts};
use despatch_app::operations::new_case::placed::Placed;
use despatch_core::words::StaffId;
use despatch_process::case::{self, EventName};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

fn files_in(folder_name: &str) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder(folder_name))
        .expect("a folder of cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .map(|path| (path.display().to_string(), fs::read(&path).expect("a case")))
        .collect();
    files.sort();
    files
}

/// Every valid case file there is.
fn valid() -> Vec<(String, Value)> {
    let all = files_in("tests/cases/valid").into_iter().chain(files_in("examples/cases"));
    let valid = all.filter(|(_, bytes)| case::parse(bytes).is_ok());
    valid.map(|(name, bytes)| (name, serde_json::from_slice(&bytes).expect("JSON"))).collect()
}

fn preparer() -> StaffId {
    "p-lark".parse().expect("an id")
}

fn desk() -> Desk {
    Desk { today: "2026-12-31".parse().expect("a date"), ..Desk::default() }
}

/// What a browser posts of an input.
fn posted(input: &Input) -> Vec<(String, String)> {
    let (name, typed) = (input.name.clone(), input.typed.clone());
    match input.kind {
        Kind::Date(_) => {
            let parts = date_parts(&typed);
            ["day", "month", "year"]
                .iter()
                .zip(parts)
                .map(|(end, part)| (format!("{name}-{end}"), part))
                .collect()
        }
        Kind::Moment => {
            let ends = ["day", "month", "year", "time"].iter();
            ends.zip(moment_parts(&typed)).map(|(end, part)| (format!("{name}-{end}"), part)).collect()
        }
        Kind::List(..) | Kind::File => Vec::new(),
        Kind::YesNo | Kind::Choice(_) | Kind::Gate if typed.is_empty() => Vec::new(),
        // Browsers end the lines of a text with both.
        Kind::Text(_) => vec![(name, typed.replace('\n', "\r\n"))],
        _ => vec![(name, typed)],
    }
}

/// What is left of a file before anybody fills in its form: its event, and what the server knows of its attachments.
fn unfilled(file: &Value) -> Value {
    let mut bare =
        json!({ "schema": file["schema"], "event": { "type": file["event"]["type"] }, "attachments": [] });
    let attachments = file["attachments"].as_array().into_iter().flatten();
    bare["attachments"] = attachments
        .map(|one| json!({ "file": one["file"], "size": one["size"], "sha256": one["sha256"] }))
        .collect();
    bare
}

/// Fills in an empty form with what another one shows, as often as answers make new questions due.
fn filled_in(file: &Value, shown: &Form, known: Known<'_>) -> Form {
    let bytes = unfilled(file).to_string();
    let mut form = Form::of_file(bytes.as_bytes(), &preparer(), known).expect("a form");
    for input in shown.inputs(known) {
        if let Kind::List(count, _) = input.kind {
            (0..count).for_each(|_| form.add(&input.at, known));
        }
    }
    let fields: Vec<(String, String)> = shown.inputs(known).iter().flat_map(posted).collect();
    for _ in 0..4 {
        form.take(&fields, known);
        for input in shown.inputs(known) {
            if let Kind::List(count, _) = input.kind {
                let there = form.answers().count(&input.at);
                (there..count).for_each(|_| form.add(&input.at, known));
            }
        }
    }
    form
}

#[test]
fn whoever_posts_what_a_form_shows_of_a_file_gets_that_file() {
    let (desk, on_file) = (desk(), OnFile::default());
    let known = Known { desk: &desk, on_file: &on_file };
    let mut events = BTreeSet::new();
    for (name, mut file) in valid() {
        file["prepared_by"] = json!("p-lark");
        let meant = case::parse(file.to_string().as_bytes()).expect("a case");
        let shown = Form::of_file(file.to_string().as_bytes(), &preparer(), known).expect("a form");
        assert_eq!(
            case::parse(&shown.bytes()).as_ref(),
            Ok(&meant),
            "{name} is another file once it is opened"
        );
        let form = filled_in(&file, &shown, known);
        assert_eq!(
            case::parse(&form.bytes()).as_ref(),
            Ok(&meant),
            "{name} is another file once it is posted"
        );
        events.insert(file["event"]["type"].to_string());
    }
    assert_eq!(events.len(), EventName::WORDS.len(), "{events:?}");
}

#[test]
fn each_fault_of_a_rejected_file_stands_beside_the_question_that_mends_it() {
    let (desk, on_file) = (desk(), OnFile::default());
    let known = Known { desk: &desk, on_file: &on_file };
    let (mut beside, mut shown) = (0, 0);
    for (name, bytes) in files_in("tests/cases/rejected") {
        let Err(faults) = case::parse(&bytes) else { panic!("{name} is valid") };
        let Some(form) = Form::of_file(&bytes, &preparer(), known) else { continue };
        // Of two fields with one name, a form has one.
        if faults.iter().any(|fault| fault.code == "json.duplicate") {
            continue;
        }
        shown += 1;
        let placed = Placed::of(&faults, &form.inputs(known));
        for fault in &faults {
            // A field that no form has, and a whole file that no parser reads, have no question.
            let nowhere = fault.code == "field.unknown"
                || ["/prepared_by", "/schema", "the whole file"].contains(&fault.at.as_str());
            let told = placed.rest.iter().any(|words| words.starts_with(&format!("{}: ", fault.at)));
            assert!(!told || nowhere, "{name}: {fault} stands beside nothing: {:?}", placed.rest);
        }
        beside += placed.beside.len();
    }
    assert!(shown > 20 && beside > 60, "{shown} forms, {beside} faults");
}

#[test]
fn an_empty_form_says_field_by_field_what_is_missing() {
    let (desk, on_file) = (desk(), OnFile::default());
    let known = Known { desk: &desk, on_file: &on_file };
    for (word, event) in EventName::WORDS {
        let form = Form::begin(*event, &preparer(), &"TEST-00001".parse().expect("an id"), known);
        let inputs = form.inputs(known);
        let placed = Placed::of(&form.faults(), &inputs);
        assert_eq!(placed.rest, [""; 0], "{word}");
        let needed = inputs
            .iter()
            .filter(|input| input.needed && input.typed.is_empty() && !matches!(input.kind, Kind::List(..)));
        for input in needed {
            // What is wanted in the place of another thing is told beside that.
            let beside = match input.at.as_str() {
                "/event/no_second_opinion_because" => "/event/second_opinion",
                at => at,
            };
            assert!(placed.at(beside).count() > 0, "{word}: {} may be left out", input.at);
        }
        for input in &inputs {
            assert!(!input.label.is_empty() && !input.section.is_empty(), "{word}: {input:?}");
            if let Kind::Line(most) | Kind::Text(most) = input.kind {
                assert!(most > 0, "{word}: {} takes nothing", input.at);
            }
        }
        let names: BTreeSet<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
        assert_eq!(names.len(), inputs.len(), "{word}: two inputs have one name");
    }
}

#[test]
fn a_text_that_is_too_long_is_kept_and_told_beside_its_question() {
    let (desk, on_file) = (desk(), OnFile::default());
    let known = Known { desk: &desk, on_file: &on_file };
    let mut tried = 0;
    for (name, file) in valid() {
        let shown = Form::of_file(file.to_string().as_bytes(), &preparer(), known).expect("a form");
        for input in shown.inputs(known) {
            let (Kind::Line(most) | Kind::Text(most)) = input.kind else { continue };
            let long = "n".repeat(most + 1);
            let mut form = shown.clone();
            form.take(&[(input.name.clone(), long.clone())], known);
            let inputs = form.inputs(known);
            let now = inputs.iter().find(|one| one.at == input.at).expect("the question");
            assert_eq!(now.typed, long, "{name}: {}", input.at);
            let placed = Placed::of(&form.faults(), &inputs);
            assert!(placed.at(&input.at).count() > 0, "{name}: {} takes {} characters", input.at, most + 1);
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}

#[test]
fn what_no_form_asks_for_cannot_be_posted() {
    let (desk, on_file) = (desk(), OnFile::default());
    let known = Known { desk: &desk, on_file: &on_file };
    for (name, file) in valid() {
        let mut form = Form::of_file(file.to_string().as_bytes(), &preparer(), known).expect("a form");
        let before = form.bytes();
        let posted = [
            ("prepared_by", "somebody-else"),
            ("schema", "despatch-case/2"),
            ("event.type", "died"),
            ("event", "died"),
            ("attachments", "none"),
            ("attachments.0.file", "../../etc/passwd"),
            ("attachments.0.size", "1"),
            ("attachments.0.sha256", "0"),
            ("attachments.40.title", "another"),
            ("attachments.40.kind", "other_record"),
            ("attachments.x.kind", "other_record"),
            ("event.standards.40.met", "yes"),
            ("nothing.like.this", "x"),
            ("", "x"),
            (".", "x"),
            ("person", "no"),
            ("detention", "no"),
            ("person..name", "x"),
            ("/person/name", "x"),
        ];
        form.take(&posted.map(|(name, value)| (name.to_owned(), value.to_owned())), known);
        assert_eq!(String::from_utf8(form.bytes()), String::from_utf8(before), "{name}");
    }
}

#[test]
fn what_an_answer_makes_moot_is_dropped_and_what_a_file_brought_is_shown() {
    let (desk, on_file) = (desk(), OnFile::default());
    let known = Known { desk: &desk, on_file: &on_file };
    let (_, file) =
        valid().into_iter().find(|(name, _)| name.ends_with("report-received-full.json")).expect("a file");
    let mut form = Form::of_file(file.to_string().as_bytes(), &preparer(), known).expect("a form");
    assert!(form.answers().get("/representative/entry").is_some());
    form.take(&[("representative".to_owned(), "no".to_owned())], known);
    assert!(form.answers().get("/representative").is_none());
    let input = |form: &Form, at: &str| form.inputs(known).into_iter().find(|one| one.at == at);
    assert_eq!(input(&form, "/representative").map(|one| one.typed).as_deref(), Some("no"));
    form.take(&[("representative".to_owned(), "yes".to_owned())], known);
    let placed = Placed::of(&form.faults(), &form.inputs(known));
    assert_eq!(placed.at("/representative/entry").collect::<Vec<_>>(), ["Answer this question"]);

    // A correction of nothing: the file brought it, so it can be seen and taken out.
    let mut contradicts = file.clone();
    contradicts["correction"] = json!("The date.");
    contradicts.as_object_mut().expect("an object").remove("replaces");
    let form = Form::of_file(contradicts.to_string().as_bytes(), &preparer(), known).expect("a form");
    assert_eq!(input(&form, "/correction").map(|one| one.typed).as_deref(), Some("The date."));
    let placed = Placed::of(&form.faults(), &form.inputs(known));
    assert_eq!(placed.at("/correction").count(), 1);
}

#[test]
fn a_date_is_three_parts_and_comes_back_as_it_was_typed() {
    assert_eq!(date_of(["7", "3", "2026"]), "2026-03-07");
    assert_eq!(date_of(["", " ", ""]), "");
    for typed in [["7", "3", "2026"], ["31", "2", "2026"], ["", "3", "2026"], ["xx", "yy", "z"]] {
        assert_eq!(date_parts(&date_of(typed)), typed);
    }
    let (desk, on_file) = (desk(), OnFile::default());
    let known = Known { desk: &desk, on_file: &on_file };
    let case = "TEST-00001".parse().expect("an id");
    let mut form = Form::begin(EventName::Died, &preparer(), &case, known);
    let part = |part: &str, typed: &str| (format!("person.date_of_birth-{part}"), typed.to_owned());
    form.take(&[part("day", "31"), part("month", "2"), part("year", "1990")], known);
    let told = Placed::of(&form.faults(), &form.inputs(known));
    let told: Vec<&str> = told.at("/person/date_of_birth").collect();
    assert!(told.len() == 1 && told[0].ends_with("like 27 3 2026"), "{told:?}");
}

#[test]
fn a_moment_is_a_day_and_a_time_in_london_and_comes_back_as_it_was_typed() {
    for (typed, written) in [
        (["6", "3", "2026", "16:00"], "2026-03-06T16:00+00:00"),
        (["6", "7", "2026", "4.05pm"], "2026-07-06T16:05+01:00"),
        // An hour that the clocks show twice: the first.
        (["25", "10", "2026", "01:30"], "2026-10-25T01:30+01:00"),
        // One that they never show, and what is none, stay as they were typed: they are refused as they stand.
        (["29", "3", "2026", "01:30"], "2026-03-29T01:30"),
        (["6", "3", "2026", ""], "2026-03-06T"),
        (["", "", "", "16:00"], "T16:00"),
        (["", " ", "", ""], ""),
    ] {
        assert_eq!(moment_of(typed), written);
    }
    for typed in [["7", "3", "2026", "09:05"], ["31", "2", "2026", "9"], ["", "3", "", "16:00"]] {
        assert_eq!(moment_parts(&moment_of(typed)), typed);
    }
    let (desk, on_file) = (desk(), OnFile::default());
    let known = Known { desk: &desk, on_file: &on_file };
    let case = "TEST-00001".parse().expect("an id");
    let mut form = Form::begin(EventName::DetentionBegan, &preparer(), &case, known);
    let part = |part: &str, typed: &str| (format!("event.detained_at-{part}"), typed.to_owned());
    form.take(&[part("day", "7"), part("month", "3"), part("year", "2026"), part("time", "25:00")], known);
    let told = Placed::of(&form.faults(), &form.inputs(known));
    let told: Vec<&str> = told.at("/event/detained_at").collect();
    assert_eq!(told, ["Give a day and a time that London had, like 27 3 2026 and 14:30"]);
    form.take(&[part("day", "7"), part("month", "3"), part("year", "2026"), part("time", "13:00")], known);
    let told = Placed::of(&form.faults(), &form.inputs(known));
    assert_eq!(told.at("/event/detained_at").count(), 0, "{told:?}");
}

#[test]
fn an_attachment_has_a_plain_name_and_its_kind_gives_it_a_title() {
    let (desk, on_file) = (desk(), OnFile::default());
    let known = Known { desk: &desk, on_file: &on_file };
    let case = "TEST-00001".parse().expect("an id");
    let mut form = Form::begin(EventName::ExternalReportReceived, &preparer(), &case, known);
    for given in
        ["../../etc/pass\u{202e}wd.pdf", "C:\\a\\report.PDF", "report.pdf", "", "..", "\u{1f600}.pdf"]
    {
        let bytes = format!("%PDF-1.7 {given}");
        let found = form.attach(given, bytes.as_bytes(), known).expect("a PDF");
        assert!(found.name.parse::<case::FileName>().is_ok(), "{given:?} became {}", found.name);
    }
    assert!(form.attach("a.pdf", b"<html>", known).is_err());
    form.take(&[("attachments.0.kind".to_owned(), "external_medical_report".to_owned())], known);
    assert_eq!(form.answers().word("/attachments/0/title").as_deref(), Some("External medical report"));
    let files = form.files();
    assert_eq!(files.iter().collect::<BTreeSet<_>>().len(), 6, "{files:?}");
    assert_eq!(form.take_out("/attachments", 1), files.get(1).cloned());
    assert_eq!(form.files().len(), 5);
}
