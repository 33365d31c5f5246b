//! Enters: the tables of fields. Leaves: the JSON Schema of a case file (draft 2020-12), for editors and other
//! programs.
//! Never: knows a field that the tables do not have, or expresses contradictions with other parts of the file: the
//! reader checks those.

use crate::case;
use crate::events::{self, EventName};
use crate::fields::prose::MAX_PROSE;
use crate::fields::{Field, Sort, When};
use serde_json::{Map, Value, json};

/// Matches a date in the years allowed in a case file, as far as a pattern can.
const DATE: &str = "^(19[0-9]{2}|20[0-9]{2}|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";

/// Returns the schema of a case file for one event, or for any.
pub fn schema(event: Option<EventName>) -> Value {
    let mut schema = object(&[case::HEAD, case::fields()], event);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("A case file of despatch");
    schema
}

fn object(tables: &[&[Field]], event: Option<EventName>) -> Value {
    let fields = || tables.iter().flat_map(|table| table.iter());
    let properties: Map<String, Value> =
        fields().map(|field| (field.name.to_owned(), property(field, event))).collect();
    let required: Vec<&str> = fields().filter(|field| !field.optional).map(|field| field.name).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
        "allOf": fields().flat_map(conditions).collect::<Vec<_>>(),
    })
}

fn property(field: &Field, event: Option<EventName>) -> Value {
    let mut value = match field.sort {
        Sort::Line => json!({ "type": "string", "minLength": 1, "maxLength": field.most }),
        Sort::Prose => json!({ "type": "string", "minLength": 1, "maxLength": MAX_PROSE }),
        Sort::Pattern(pattern) => {
            let (least, most) = pattern.length;
            json!({ "type": "string", "pattern": pattern.regex, "minLength": least, "maxLength": most })
        }
        Sort::Date => json!({ "type": "string", "format": "date", "pattern": DATE }),
        Sort::Time => json!({ "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$" }),
        Sort::Flag => json!({ "type": "boolean" }),
        Sort::Whole => json!({ "type": "integer", "minimum": 1, "maximum": field.most }),
        Sort::Choice(words) => json!({ "enum": words.iter().map(|(word, _)| word).collect::<Vec<_>>() }),
        Sort::Object(inner) => object(&[inner], event),
        Sort::List(inner) => {
            json!({ "type": "array", "maxItems": field.most, "items": object(&[inner], event) })
        }
        Sort::Event => match event {
            Some(event) => of_event(event),
            None => {
                json!({ "oneOf": EventName::WORDS.iter().map(|(_, event)| of_event(*event)).collect::<Vec<_>>() })
            }
        },
    };
    if field.optional {
        value = json!({ "anyOf": [value, { "type": "null" }] });
    }
    value["description"] = json!(field.text());
    value
}

fn of_event(event: EventName) -> Value {
    let mut value = object(&[events::HEAD, event.table().fields], Some(event));
    value["title"] = json!(event.label());
    value["properties"]["type"] = json!({ "const": event });
    value
}

/// Returns the conditions under which a field is required or barred by another field of the same object.
fn conditions(field: &Field) -> impl Iterator<Item = Value> {
    let name = field.name;
    let needed = field.needed.and_then(|need| {
        let there = json!({ "required": [name], "properties": { name: { "not": { "type": "null" } } } });
        Some(json!({ "if": holds(need.when)?, "then": there }))
    });
    let barred = field.barred.and_then(|need| {
        Some(json!({ "if": holds(need.when)?, "then": { "properties": { name: { "type": "null" } } } }))
    });
    needed.into_iter().chain(barred)
}

fn holds(when: When) -> Option<Value> {
    let there = |at: &str| json!({ "required": [at], "properties": { at: { "not": { "type": "null" } } } });
    match when {
        When::Is(at, _) | When::There(at) | When::Absent(at) if at.starts_with('/') => None,
        When::Is(at, words) => {
            let words: Vec<Value> = words
                .iter()
                .map(|word| match *word {
                    "true" => json!(true),
                    "false" => json!(false),
                    word => json!(word),
                })
                .collect();
            Some(json!({ "required": [at], "properties": { at: { "enum": words } } }))
        }
        // JSON Schema knows no scripts.
        When::Foreign(_) => None,
        When::There(at) => Some(there(at)),
        When::Absent(at) => Some(json!({ "not": there(at) })),
    }
}
