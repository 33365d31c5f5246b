//! Enters: every valid case file, with one day of it in the future. Leaves: the proof that the questions refuse the days that
//! the rules refuse. Never: a rule of its own.

use super::{files, read};
use crate::plan::plan_on;
use despatch_process::case::{self, EventName};
use despatch_process::fields::Sort;
use serde_json::{Value, json};

/// Every pointer of a date in a case file.
fn dates(event: EventName, value: &Value, at: &str, found: &mut Vec<(String, bool)>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| dates(event, field, &format!("{at}/{name}"), found));
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(n, one)| dates(event, one, &format!("{at}/{n}"), found));
        }
        Value::String(_) => {
            let field = case::field_at(event, at).filter(|field| matches!(field.sort, Sort::Date));
            found.extend(field.map(|field| (at.to_owned(), field.past)));
        }
        _ => {}
    }
}

/// The questions refuse a day to come where the table says so, and the rules where they say so: these are the same days.
#[test]
fn the_table_knows_which_days_have_come() {
    const TODAY: &str = "Thursday 31 December 2026";
    let mut seen = 0;
    for path in files("valid", ".json") {
        let file: Value = serde_json::from_slice(&read(&path)).expect("JSON");
        let event = case::parse(file.to_string().as_bytes()).expect("a valid case").event.name();
        // Nothing but what harms keeps the healthcare team's copy back.
        if event == EventName::CopiedToHealthcare {
            continue;
        }
        let mut found = Vec::new();
        dates(event, &file, "", &mut found);
        // An appointment inside another event is checked as that event needs it.
        for (at, past) in found.into_iter().filter(|(at, _)| !at.starts_with("/event/appointment/")) {
            let mut ahead = file.clone();
            *ahead.pointer_mut(&at).expect("it") = json!("2027-01-01");
            let refused: Vec<(String, &str)> = match case::parse(ahead.to_string().as_bytes()) {
                Err(faults) => faults.into_iter().map(|fault| (fault.at, fault.code)).collect(),
                Ok(case) => plan_on(&case, TODAY)
                    .err()
                    .unwrap_or_default()
                    .into_iter()
                    .map(|fault| (fault.at, fault.code))
                    .collect(),
            };
            let future = refused.iter().any(|(place, code)| *place == at && *code == "date.future");
            let otherwise = refused.iter().any(|(_, code)| code.starts_with("fact."));
            assert!(!future || past, "{}: the rules refuse {at}, and the table does not", path.display());
            assert!(!past || future || otherwise, "{}: {at}: {refused:?}", path.display());
            seen += usize::from(future);
        }
    }
    assert!(seen > 20, "{seen} dates were tried");
}
