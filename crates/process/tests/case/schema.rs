//! Enters: the schema that the program gives out, and every case file of the tests. Leaves: the proof that the schema
//! takes what the reader takes, and refuses what the reader refuses for one field's sake.
//! Never: another reading of JSON Schema than the words that our schema uses; a word that is new here fails.

use super::{REPORT, change, changes, files, read, valid};
use despatch_process::case;
use despatch_process::events::EventName;
use despatch_process::schema::schema;
use regex::Regex;
use serde_json::{Value, json};

/// What of the schema a value breaks, each with where.
fn broken(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    let holds = |schema: &Value| broken(schema, value, at).is_empty();
    let list = |schema: &Value| schema.as_array().expect("a list").clone();
    for (word, says) in schema.as_object().expect("a schema") {
        let length = || value.as_str().map(|text| text.chars().count() as u64);
        let number = says.as_u64().unwrap_or_default();
        let good = match word.as_str() {
            "$schema" | "title" | "description" | "format" | "then" => true,
            "type" => match says.as_str().expect("a word") {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "integer" => value.is_u64(),
                "null" => value.is_null(),
                other => panic!("the type {other}"),
            },
            "const" => value == says,
            "enum" => list(says).contains(value),
            "minLength" => length().is_none_or(|length| length >= number),
            "maxLength" => length().is_none_or(|length| length <= number),
            "minimum" => value.as_u64().is_none_or(|value| value >= number),
            "maximum" => value.as_u64().is_none_or(|value| value <= number),
            "maxItems" => value.as_array().is_none_or(|list| list.len() as u64 <= number),
            "pattern" => {
                let pattern = Regex::new(says.as_str().expect("a pattern")).expect("a regular expression");
                value.as_str().is_none_or(|text| pattern.is_match(text))
            }
            "required" => list(says)
                .iter()
                .all(|name| !value.is_object() || value.get(name.as_str().expect("a name")).is_some()),
            "additionalProperties" => {
                let known = schema["properties"].as_object().expect("properties");
                value.as_object().is_none_or(|fields| fields.keys().all(|name| known.contains_key(name)))
            }
            "properties" => {
                for (name, schema) in says.as_object().expect("properties") {
                    if let Some(field) = value.get(name) {
                        found.extend(broken(schema, field, &format!("{at}/{name}")));
                    }
                }
                true
            }
            "items" => {
                for (index, one) in value.as_array().into_iter().flatten().enumerate() {
                    found.extend(broken(says, one, &format!("{at}/{index}")));
                }
                true
            }
            "allOf" => list(says).iter().all(holds),
            "anyOf" => list(says).iter().any(holds),
            "oneOf" => list(says).iter().filter(|schema| holds(schema)).count() == 1,
            "not" => !holds(says),
            "if" => !holds(says) || holds(&schema["then"]),
            other => panic!("the schema uses {other}"),
        };
        if !good {
            found.push(format!("{word} at {at}"));
        }
    }
    found
}

#[test]
fn every_valid_case_file_is_one_by_the_schema_of_its_event_and_of_any() {
    for path in files("valid", ".json") {
        let file: Value = serde_json::from_slice(&read(&path)).expect("JSON");
        let event = EventName::of_word(file["event"]["type"].as_str().expect("a word"));
        for schema in [schema(None), schema(event)] {
            assert_eq!(broken(&schema, &file, ""), [""; 0], "{}", path.display());
        }
    }
}

#[test]
fn a_file_of_another_event_is_none_by_the_schema_of_one() {
    let file = valid("died.json");
    for (_, event) in EventName::WORDS {
        assert_eq!(
            broken(&schema(Some(*event)), &file, "").is_empty(),
            *event == EventName::Died,
            "{event:?}"
        );
    }
}

/// The schema says less than the reader: these are about characters, other fields or the whole file.
const BEYOND: [&str; 13] = [
    "text.empty",
    "text.edges",
    "text.character",
    "text.marks",
    "text.scripts",
    "fact.",
    "clear.",
    "prose.",
    "attachment.report",
    "attachment.name_twice",
    "attachment.same",
    "attachment.needed",
    "attachment.misplaced",
];

#[test]
fn what_the_reader_refuses_for_one_fields_sake_the_schema_refuses_too() {
    let mut refused = 0;
    for (line, file, expected) in changes() {
        let event = EventName::of_word(file["event"]["type"].as_str().unwrap_or_default());
        let found = broken(&schema(event), &file, "");
        if expected.is_empty() {
            assert_eq!(found, [""; 0], "{line}");
        } else if !BEYOND.iter().any(|beyond| expected.starts_with(beyond)) {
            refused += 1;
            assert!(!found.is_empty() || is_no_day(&file), "{line}");
        }
    }
    assert!(refused > 60, "only {refused} changes were refused");
}

/// Whether some date is well written and no day of the calendar: `format` alone says that, which not everybody asserts.
fn is_no_day(file: &Value) -> bool {
    file.to_string().contains("2023-02-29")
}

#[test]
fn a_field_that_another_one_calls_for_is_required_by_the_schema() {
    let table = [
        (REPORT, "/event/report/regulator", None),
        (REPORT, "/person/language", None),
        (REPORT, "/attachments/1/relevance", None),
        ("outcome-cancelled.json", "/event/rebooking", None),
        ("outcome-completed.json", "/event/rebooking", Some(json!("possible"))),
        ("second-opinion-on-papers.json", "/event/assessed_on", Some(json!("2026-03-13"))),
        ("response-decided.json", "/event/agreement", None),
        ("response-decided.json", "/event/no_second_opinion_because", Some(json!("None was free"))),
    ];
    for (name, at, value) in table {
        let mut file = valid(name);
        assert_eq!(broken(&schema(None), &file, ""), [""; 0], "{name}");
        change(&mut file, at, value);
        assert!(case::parse(file.to_string().as_bytes()).is_err(), "{name} {at}");
        assert!(!broken(&schema(None), &file, "").is_empty(), "{name} {at}");
    }
}
