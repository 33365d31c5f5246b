//! Enters: the cases of all rows, and who is on record. Leaves: the rows that cannot be about whom they say, that say the
//! same twice, or that give one reason for many people. Never: says who somebody is: pseudonyms are compared.

use super::RowFault;
use super::targets::normal;
use despatch_guards::others::{IdentityKey, OpenCases};
use despatch_guards::persons::misfits;
use despatch_process::case::Case;
use despatch_process::fields::{Field, Sort};
use serde_json::Value;
use std::collections::BTreeMap;

/// From this number of rows on the same reasons are asked about.
const SAME_REASONS: usize = 3;
/// Shorter reasons are no reasons of one person: "None."
const REASON_CHARS: usize = 12;
/// From this share of the rows on, people who are not those on record are a shifted column.
const SHIFTED_SHARE: usize = 3;
/// The most rows that one fault names.
const NAMED_MAX: usize = 8;

/// A row whose case file is sound.
pub(super) struct Sound<'a> {
    pub(super) row: u32,
    pub(super) case: &'a Case,
    pub(super) bytes: &'a [u8],
}

/// Compares the person of each row with the one whom the record has of its case.
pub(super) fn with_record(rows: &[Sound<'_>], key: &IdentityKey, open: &OpenCases) -> Vec<RowFault> {
    let mut faults: Vec<RowFault> = rows
        .iter()
        .flat_map(|sound| misfits(key, open, sound.case).into_iter().map(|check| (sound.row, check.evidence)))
        .map(|(row, evidence)| RowFault {
            row: Some(row),
            column: Some("person".to_owned()),
            cause: evidence,
            cure: "correct the name, the date of birth, the reference or the number of the case; if the row is right, \
                   prepare this one by itself"
                .to_owned(),
        })
        .collect();
    let known = rows.iter().filter(|sound| open.person_of(&sound.case.case_id).is_some()).count();
    if faults.len() > 1 && faults.len() * SHIFTED_SHARE >= known {
        let cause = format!(
            "{} of {known} rows whose cases are on record are about other people than the record has: a column may have \
             been shifted, or sorted without the others",
            faults.len()
        );
        let cure = "compare the names with the numbers of the cases, row by row, with the sheet before it was changed";
        faults.insert(0, RowFault { row: None, column: None, cause, cure: cure.to_owned() });
    }
    faults
}

/// Compares the rows with one another.
pub(super) fn with_each_other(rows: &[Sound<'_>]) -> Vec<RowFault> {
    let mut faults = Vec::new();
    let (mut files, mut ids, mut people, mut cases) =
        (BTreeMap::new(), BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut tell = |row: u32, column: &str, cause: String, cure: &str| {
        faults.push(RowFault {
            row: Some(row),
            column: Some(column.to_owned()),
            cause,
            cure: cure.to_owned(),
        });
    };
    for Sound { row, case, bytes } in rows {
        let first = *files.entry(*bytes).or_insert(*row);
        if first != *row {
            tell(*row, "row", format!("this row says the same as row {first}"), "remove one of the two");
            continue;
        }
        let first = *ids.entry(case.event_id.as_str()).or_insert(*row);
        if first != *row {
            let cause = format!("row {first} has the same id of the event");
            tell(*row, "event_id", cause, "give each event an id of its own, or leave the column out");
        }
        let person = (normal(&case.person.name), case.person.date_of_birth);
        let (first, known) =
            people.entry(case.home_office_reference.as_str()).or_insert_with(|| (*row, person.clone()));
        if *known != person {
            let cause =
                format!("row {first} has the same Home Office reference, and another name or date of birth");
            tell(*row, "home_office_reference", cause, "correct one of the two rows");
        }
        let reference = case.home_office_reference.as_str();
        let (first, known) = cases.entry(case.case_id.as_str()).or_insert((*row, reference));
        if *known != reference {
            let cause = format!("row {first} is of the same case, and has another Home Office reference");
            tell(*row, "case_id", cause, "correct one of the two rows");
        }
    }
    faults
}

/// Reasons that many rows give in the same words, each with the rows.
pub(super) fn same_reasons(rows: &[Sound<'_>]) -> Vec<RowFault> {
    let mut given: BTreeMap<(String, String), Vec<u32>> = BTreeMap::new();
    for sound in rows {
        let Ok(file) = serde_json::from_slice::<Value>(sound.bytes) else { continue };
        let table = sound.case.event.name().table().fields;
        let mut found = Vec::new();
        if let Some(event) = file.get("event") {
            reasons("event", event, table, &mut found);
        }
        for (name, text) in found {
            given.entry((name, text)).or_default().push(sound.row);
        }
    }
    let many = given.into_iter().filter(|(_, rows)| rows.len() >= SAME_REASONS);
    many.map(|((name, _), rows)| {
        let named: Vec<String> = rows.iter().take(NAMED_MAX).map(u32::to_string).collect();
        let more = if rows.len() > NAMED_MAX { " and more" } else { "" };
        RowFault {
            row: None,
            column: Some(name),
            cause: format!("{} rows give the same reasons, word by word: {}{more}", rows.len(), named.join(", ")),
            cure: "give each person's own reasons; if these are meant for all of them, say so: --identical-reasons, \
                   which goes on record"
                .to_owned(),
        }
    })
    .collect()
}

/// The reasons in an object, by the name of their field.
fn reasons(base: &str, value: &Value, table: &'static [Field], found: &mut Vec<(String, String)>) {
    for field in table {
        let Some(given) = value.get(field.name) else { continue };
        let name = format!("{base}.{}", field.name);
        match (field.sort, given) {
            (Sort::Object(inner), given) => reasons(&name, given, inner, found),
            (Sort::List(inner), Value::Array(entries)) => {
                for (index, entry) in entries.iter().enumerate() {
                    reasons(&format!("{name}.{index}"), entry, inner, found);
                }
            }
            (Sort::Prose, Value::String(text)) => keep(name, text, found),
            (_, Value::String(text)) if field.name.ends_with("because") => keep(name, text, found),
            _ => {}
        }
    }
}

fn keep(name: String, text: &str, found: &mut Vec<(String, String)>) {
    let plain = normal(text);
    if plain.chars().count() >= REASON_CHARS {
        found.push((name, plain));
    }
}
