//! Enters: case files as hands and word processors spoil them. Leaves: the proof that each is told what is wrong with it, in
//! words that help, at its line and column. Never: a message that repeats the file.

use super::{REPORT, change, faults, valid};
use despatch_process::case;
use serde_json::json;

/// A spoilt text, the place and a part of the cause and of the cure.
type Spoilt = (&'static str, &'static str, &'static str, &'static str);

const SPOILT: &[Spoilt] = &[
    (
        "{\n  \u{201c}case_id\u{201d}: \"A1\"\n}",
        "line 2, column 3",
        "a curly quote stands here (U+201C)",
        "straight double",
    ),
    (
        "{\"case_id\": \u{201e}A1\u{201c}}",
        "line 1, column 13",
        "a curly quote stands here (U+201E)",
        "straight double",
    ),
    (
        "{\"é\": 1, \u{2018}case_id\u{2019}: 1}",
        "line 1, column 10",
        "a curly quote stands here (U+2018)",
        "straight double",
    ),
    (
        "{\"a\": \"the \u{201c}end\u{201d}, it said\", \"b\": 1,}",
        "line 1, column 35",
        "this comma is one too many",
        "remove it",
    ),
    ("{\"a\": \"one\u{201d},\n  \"b\": 1}", "line 1, column 7", "has a curly quote in it", "straight double"),
    ("{\"case_id\u{201d}: \"A1\"}", "line 1, column 2", "has a curly quote in it", "straight double"),
    ("{'case_id': 'A1'}", "line 1, column 2", "a single quote stands here", "straight double"),
    ("{`case_id`: 1}", "line 1, column 2", "a backtick", "straight double"),
    ("{\n  \"case_id\": \"A1\",\n}", "line 2, column 18", "this comma is one too many", "remove it"),
    ("{\"attachments\": [1, 2, ]}", "line 1, column 22", "this comma is one too many", "remove it"),
    ("{\n  \"a\": \"1\"\n  \"b\": 2\n}", "line 2, column 11", "a comma is missing", "write a comma"),
    ("{\"a\" 1}", "line 1, column 5", "a colon is missing", "write a colon"),
    ("{case_id: \"A1\"}", "line 1, column 2", "a word stands here without quotes", "straight double quotes"),
    (
        "{\"a\": True}",
        "line 1, column 7",
        "a word stands here without quotes",
        "true, false and null are small",
    ),
    ("{\"a\": yes}", "line 1, column 7", "a word stands here without quotes", "true, false"),
    ("{\"a\": \"one\ntwo\"}", "line 1, column 7", "has a line break or a tab in it", "write \\n"),
    ("{\"a\": \"C:\\users\"}", "line 1, column 7", "a backslash that stands for nothing", "write \\\\"),
    ("{\"a\": 1 // one\n}", "line 1, column 9", "a comment stands here", "remove it"),
    ("{\"a\": 1; \"b\": 2}", "line 1, column 8", "a semicolon", "write a comma"),
    ("{\"a\" = 1}", "line 1, column 6", "an equals sign", "write a colon"),
    ("{\"a\":\u{a0}1}", "line 1, column 6", "the character U+00A0", "cannot be seen"),
    ("{\"a\": 01}", "line 1, column 8", "a number stands here", "in quotes"),
    ("{\"a\": }", "line 1, column 7", "a value is expected here", "write a text"),
    ("{\"a\": 1", "line 1, column 8", "the file ends too early", "close every {"),
    ("{\"a\": \"1}", "line 1, column 7", "no quote at its end", "straight double quote"),
    ("", "line 1, column 1", "the file is empty", "despatch new"),
    (
        "{\"a\": \"he said \"no\" twice\"}",
        "line 1, column 17",
        "a comma is missing here, or a quote",
        "write \\\"",
    ),
];

#[test]
fn what_a_hand_did_is_named_with_its_line_and_column() {
    for (text, at, cause, cure) in SPOILT {
        let found = case::parse(text.as_bytes()).expect_err(text);
        let [fault] = found.as_slice() else { panic!("{text}: {found:?}") };
        assert_eq!((fault.at.as_str(), fault.code), (*at, "json.syntax"), "{text}: {fault:?}");
        assert!(fault.cause.contains(cause), "{text}: {fault:?}");
        assert!(fault.cure.contains(cure), "{text}: {fault:?}");
    }
}

/// A whole case, spoilt at each place in each of these ways, is refused at that place or the one before it.
#[test]
fn a_whole_case_that_is_spoilt_is_never_told_in_a_parsers_words() {
    let text = serde_json::to_string_pretty(&valid(REPORT)).expect("JSON");
    let ways = [("\"", "\u{201d}"), ("\"", "'"), (",", ""), (":", ""), ("}", ",}"), ("]", ",]"), ("\"", "")];
    for (was, becomes) in ways {
        for (at, _) in text.match_indices(was).step_by(7) {
            let spoilt = format!("{}{becomes}{}", &text[..at], &text[at + was.len()..]);
            let Err(found) = case::parse(spoilt.as_bytes()) else { continue };
            for fault in found.iter().filter(|fault| fault.code == "json.syntax") {
                for words in ["expected", "EOF", "at line", "key must"] {
                    let is_own = words == "expected" && fault.cause.contains("is expected here");
                    assert!(is_own || !fault.cause.contains(words), "{was} at {at}: {fault:?}");
                }
            }
        }
    }
}

#[test]
fn an_id_that_breaks_its_pattern_is_told_in_what_way() {
    for (at, value, cause) in [
        ("/case_id", "emr-1", "character 1 is a small letter"),
        ("/case_id", "EMR 1", "character 4 is a space"),
        ("/case_id", "EMR-2026\u{2013}1", "character 9 is U+2013"),
        ("/case_id", "EMR", "this has no digit"),
        ("/case_id", "A", "3 is the least"),
        ("/case_id", "", "nothing is written here"),
        ("/case_id", &"1".repeat(40), "this has 40 characters, and 32 is the most"),
        ("/detention/place", "Brook House", "character 1 is a capital letter"),
        ("/detention/place", "brook--house", "or two follow each other"),
        ("/event_id", "-one", "at the beginning"),
        ("/replaces", "ABC", "character 1 is a capital letter"),
    ] {
        let mut case = valid(REPORT);
        change(&mut case, at, Some(json!(value)));
        let found = case::parse(case.to_string().as_bytes()).expect_err(value);
        let fault = found.iter().find(|fault| fault.at == at).unwrap_or_else(|| panic!("{value}: {found:?}"));
        assert_eq!(fault.code, "value.pattern");
        assert!(fault.cause.contains(cause), "{value}: {fault:?}");
    }
}

#[test]
fn what_stands_after_a_case_has_its_place_too() {
    assert_eq!(faults(b"{} \xe2\x80\x9d"), "json.trailing line 1, column 4\n");
}
