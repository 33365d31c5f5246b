//! Enters: a case file, however faulty. Leaves: what of it a form can hold: the values of fields that the tables have.
//! Never: believes what it says of its format, its event or its preparer.

use super::answers::Answers;
use despatch_process::case::{self, EventName};
use despatch_process::fields::{Field, Sort};
use serde_json::{Map, Value, json};

/// What whoever makes the form says.
const OWN: [&str; 2] = ["/schema", "/prepared_by"];

/// Copies the values of a case file into a new one.
pub(super) fn copy(file: &Value, event: EventName, answers: &mut Answers) {
    let Some(given) = file.as_object() else { return };
    for (name, value) in known(given, case::fields(), event) {
        let at = format!("/{name}");
        if OWN.contains(&at.as_str()) {
            continue;
        }
        match value {
            Value::Object(fields) if at == "/event" => {
                fields.into_iter().for_each(|(name, value)| answers.set(&format!("/event/{name}"), value));
            }
            value => answers.set(&at, value),
        }
    }
}

fn known(given: &Map<String, Value>, table: &[Field], event: EventName) -> Map<String, Value> {
    let fields = table.iter().filter_map(|field| {
        let value = kept(given.get(field.name)?, field.sort, event)?;
        Some((field.name.to_owned(), value))
    });
    fields.collect()
}

fn kept(value: &Value, sort: Sort, event: EventName) -> Option<Value> {
    match sort {
        Sort::Event => Some(known(value.as_object()?, event.table().fields, event).into()),
        Sort::Object(inner) => Some(known(value.as_object()?, inner, event).into()),
        Sort::List(inner) => {
            let entries = value.as_array()?.iter();
            let kept =
                entries.map(|one| one.as_object().map(|one| known(one, inner, event)).unwrap_or_default());
            Some(kept.collect::<Vec<_>>().into())
        }
        Sort::Flag | Sort::Whole => {
            (!value.is_null() && !value.is_object() && !value.is_array()).then(|| value.clone())
        }
        _ => match value {
            Value::String(text) => Some(json!(text)),
            // What somebody meant as text is shown as text.
            Value::Number(_) | Value::Bool(_) => Some(json!(value.to_string())),
            _ => None,
        },
    }
}
