//! One letter typeset: what a value cannot do, and every fault of a template told by its place.

use despatch_letters::render::engine::Engine;
use despatch_letters::render::job::{Job, RenderFault, Why};
use despatch_testing::pdf::text;
use serde_json::json;
use std::collections::BTreeMap;

const LETTER: &str = "#let document(data) = [\n  #set page(paper: \"a4\")\n  = Letter\n  #data.text\n]\n";

fn files(letter: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("/note/letter.typ".to_owned(), letter.to_owned())])
}

fn job(text: &str) -> Job {
    Job {
        main: "/note/letter.typ".to_owned(),
        title: "A letter".to_owned(),
        author: "Detained Medical Reports Team".to_owned(),
        keywords: vec!["EMR-2026-0142".to_owned()],
        date: chrono::NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day"),
        ident: "EMR-2026-0142/12".to_owned(),
        language: None,
        data: json!({"text": text}),
    }
}

fn fault(letter: &str, job: &Job) -> RenderFault {
    Engine::new(files(letter)).pdf(job).unwrap_err()
}

#[test]
fn markup_in_a_value_is_printed_as_it_stands() {
    let engine = Engine::new(files(LETTER));
    for value in
        [r#"#eval("1")"#, "#read(x)", "*b*", "_i_", "$x$", "@ref", r"a\b", "= no heading", "<lbl>", "`r`"]
    {
        let text = text(&engine.pdf(&job(value)).unwrap());
        assert!(text.contains(value), "{value}: {text}");
    }
}

#[test]
fn a_character_that_no_font_has_stops_the_letter_and_is_named() {
    let fault = fault(LETTER, &job("Ali \u{13000}\u{13001} Baker"));
    assert_eq!(fault.code(), "render.glyph");
    let told = &fault.faults()[0];
    assert_eq!(told.at, "/text");
    assert!(told.cause.contains("U+13000") && told.cause.contains("U+13001"), "{told}");
    assert!(!told.to_string().contains("Ali"), "{told}");
}

#[test]
fn a_template_reaches_no_package_no_file_no_clock() {
    for line in [
        r#"#import "@preview/cetz:0.3.0": canvas"#,
        r#"#read("/etc/passwd")"#,
        r#"#read("../../../etc/passwd")"#,
        r#"#read("/proc/self/environ")"#,
        r#"#include "/etc/hostname""#,
        r#"#image("/etc/logo.png", alt: "x")"#,
        r#"#plugin("/x.wasm")"#,
        "#datetime.today().display()",
    ] {
        let letter = format!("#let document(data) = [\n  = Letter\n  {line}\n]\n");
        let fault = fault(&letter, &job("x"));
        assert_eq!(fault.why, Why::Template, "{line}");
        assert!(fault.problems[0].at.starts_with("templates/note/letter.typ:3:"), "{line}: {fault:?}");
    }
}

#[test]
fn a_broken_template_is_told_by_file_line_column_and_the_line_itself_and_no_value_of_the_case() {
    for (line, at, says) in [
        ("#data.txet", "templates/note/letter.typ:2:10", "dictionary does not contain key \"txet\""),
        ("#panic(data.text)", "templates/note/letter.typ:2:5", "panicked with: …"),
        ("#panic(upper(data.text))", "templates/note/letter.typ:2:5", "panicked with: …"),
        ("#assert(false, message: \"no reason\")", "templates/note/letter.typ:2:5", "failed: no reason"),
        ("#int(data.text)", "templates/note/letter.typ:2:9", "invalid digits"),
        ("#ref(label(data.text))", "templates/note/letter.typ:2:5", "label `label(\"…\")` does not exist"),
        ("#(1 + data.text)", "templates/note/letter.typ:2:6", "cannot add integer and string"),
        ("#text(font: \"Arial\")[x]", "templates/note/letter.typ:2:16", "unknown font family: arial"),
    ] {
        let letter = format!("#let document(data) = [\n   {line}\n]\n");
        let fault = fault(&letter, &job("Mbali \"Q\" Ndlovu"));
        let told = &fault.problems[0];
        assert_eq!(told.at, at, "{told:?}");
        assert_eq!(told.line.as_deref(), Some(format!("   {line}").as_str()));
        assert!(told.cause.contains(says), "{told:?}");
        let all = fault.faults()[0].to_string().to_lowercase();
        assert!(!all.contains("ndlovu"), "{told:?}");
    }
}

#[test]
fn a_job_for_a_template_that_is_not_there_is_a_fault() {
    let job = Job { main: "/gone/letter.typ".to_owned(), ..job("x") };
    assert_eq!(fault(LETTER, &job).code(), "render.job");
}
