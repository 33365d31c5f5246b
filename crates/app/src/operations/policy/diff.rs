//! Enters: two policy packs. Leaves: their differences, value by value and row by row.
//! Never: shows what is equal, or omits what is not.

use super::pack;
use crate::operations::{Actor, Failure, OpenOffice};
use despatch_core::words::PackId;
use despatch_process::Pack;
use despatch_process::packs::pack::Change;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The fields that are not values of the pack: its name, what it extends, and the lists that are compared row by row.
const APART: [&str; 4] = ["id", "extends", "row", "awaited"];
/// The fields that make rows of two packs correspond, whatever their numbers; rows that share them all are paired by
/// their other fields.
const SAME: [&str; 4] = ["purpose", "kind", "role", "event"];
/// The fields by which an item of a list of tables is named in its path.
const KEYS: [&str; 2] = ["id", "from"];

/// A request to compare two packs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DiffPacks {
    pub a: PackId,
    pub b: PackId,
}

/// The differences between two packs.
#[derive(Debug, Serialize)]
pub struct PackDiff {
    pub a: PackId,
    pub b: PackId,
    pub values: Vec<Difference>,
    pub rows: Vec<RowDifference>,
    #[serde(skip)]
    changes: Vec<Change>,
}

/// One value that differs.
#[derive(Debug, Serialize)]
pub struct Difference {
    pub path: String,
    /// `None` if the first pack has no such value.
    pub a: Option<String>,
    pub b: Option<String>,
}

/// One row that differs.
#[derive(Debug, Serialize)]
pub struct RowDifference {
    /// For example "row 12: service-pack to det".
    pub row: String,
    /// The pack that has the row, if only one has it.
    pub only_in: Option<PackId>,
    pub differences: Vec<Difference>,
}

impl PackDiff {
    /// The reasons that an office's own pack gives for changing a value.
    pub fn reasons(&self, path: &str) -> impl Iterator<Item = &str> {
        let within = move |change: &&Change| {
            path.strip_prefix(&change.value).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.changes.iter().filter(within).map(|change| change.reason.as_str())
    }
}

/// Compares two packs of the office.
///
/// # Errors
/// The office does not have one of them.
pub fn diff(open: &mut OpenOffice, _: &Actor, request: DiffPacks) -> Result<PackDiff, Failure> {
    let (a, b) = (pack(&open.office, &request.a)?, pack(&open.office, &request.b)?);
    let (whole_a, whole_b) = (table(a), table(b));
    let mut values = Vec::new();
    for key in keys(&whole_a, &whole_b).filter(|key| !APART.contains(&key.as_str())) {
        differences(&key, whole_a.get(&key), whole_b.get(&key), &mut values);
    }
    let mut rows = Vec::new();
    for list in ["row", "awaited"] {
        rows.extend(row_differences(list, (a, &whole_a), (b, &whole_b)));
    }
    let own = [a, b].into_iter().filter_map(|pack| pack.extends.as_ref());
    let changes = own.flat_map(|own| own.changes.clone()).collect();
    Ok(PackDiff { a: a.id.clone(), b: b.id.clone(), values, rows, changes })
}

fn table(pack: &Pack) -> Map<String, Value> {
    match serde_json::to_value(pack) {
        Ok(Value::Object(table)) => table,
        _ => Map::new(),
    }
}

/// The keys of both, those of the first in its order first.
fn keys(a: &Map<String, Value>, b: &Map<String, Value>) -> impl Iterator<Item = String> + use<> {
    let more = b.keys().filter(|key| !a.contains_key(*key));
    a.keys().chain(more).cloned().collect::<Vec<_>>().into_iter()
}

/// Collects the values below a path that differ.
fn differences(path: &str, a: Option<&Value>, b: Option<&Value>, found: &mut Vec<Difference>) {
    if a == b {
        return;
    }
    match (a.and_then(inside), b.and_then(inside)) {
        (Some(below_a), Some(below_b)) => {
            for key in keys(&below_a, &below_b) {
                differences(&format!("{path}.{key}"), below_a.get(&key), below_b.get(&key), found);
            }
        }
        _ => found.push(Difference { path: path.to_owned(), a: a.and_then(text), b: b.and_then(text) }),
    }
}

/// The contents of a table, or of a list of tables by their names; `None` for a single value.
fn inside(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(table) => Some(table.clone()),
        Value::Array(list) => {
            let named = |one: &Value| {
                let name = KEYS.iter().find_map(|key| one.get(key)?.as_str())?;
                Some((name.to_owned(), one.clone()))
            };
            let named: Option<Map<String, Value>> = list.iter().map(named).collect();
            named.filter(|named| !named.is_empty())
        }
        _ => None,
    }
}

/// A value as shown to people; `None` if it is null.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(list) => Some(list.iter().filter_map(text).collect::<Vec<_>>().join(", ")),
        Value::Object(table) => {
            let field = |(key, value): (&String, &Value)| Some(format!("{key}: {}", text(value)?));
            Some(table.iter().filter_map(field).collect::<Vec<_>>().join("; "))
        }
        other => Some(other.to_string()),
    }
}

/// The rows of a list that differ, by purpose, kind and role, or by the awaited event.
fn row_differences(
    list: &str,
    a: (&Pack, &Map<String, Value>),
    b: (&Pack, &Map<String, Value>),
) -> Vec<RowDifference> {
    let (mut in_a, mut in_b) = (named_rows(list, a.1), named_rows(list, b.1));
    let mut found = Vec::new();
    let names: Vec<[String; 4]> =
        in_a.keys().chain(in_b.keys().filter(|name| !in_a.contains_key(*name))).cloned().collect();
    for name in names {
        let (mut ours, mut theirs) =
            (in_a.remove(&name).unwrap_or_default(), in_b.remove(&name).unwrap_or_default());
        // Equal rows are paired first, so that one extra row does not make all later rows differ.
        let equal: Vec<Value> = ours.iter().filter(|row| theirs.contains(row)).cloned().collect();
        ours.retain(|row| !equal.contains(row));
        theirs.retain(|row| !equal.contains(row));
        let longest = ours.len().max(theirs.len());
        for index in 0..longest {
            let (one, other) = (ours.get(index), theirs.get(index));
            let only_in = match (one, other) {
                (Some(_), None) => Some(a.0.id.clone()),
                (None, Some(_)) => Some(b.0.id.clone()),
                _ => None,
            };
            let mut differences = Vec::new();
            if let (Some(Value::Object(one)), Some(Value::Object(other))) = (one, other) {
                for key in keys(one, other) {
                    self::differences(&key, one.get(&key), other.get(&key), &mut differences);
                }
            }
            let row = one.or(other).map(name_of).unwrap_or_default();
            found.push(RowDifference { row, only_in, differences });
        }
    }
    found.sort_by_key(|difference| difference.row.clone());
    found
}

/// The rows of a list by the fields that make them correspond to those of another pack.
fn named_rows(list: &str, pack: &Map<String, Value>) -> BTreeMap<[String; 4], Vec<Value>> {
    let mut rows: BTreeMap<[String; 4], Vec<Value>> = BTreeMap::new();
    for row in pack.get(list).and_then(Value::as_array).into_iter().flatten() {
        rows.entry(SAME.map(|name| field(row, name).to_owned())).or_default().push(row.clone());
    }
    rows
}

/// The row as people cite it.
fn name_of(row: &Value) -> String {
    let [number, kind, role] = ["number", "kind", "role"].map(|name| field(row, name));
    if kind.is_empty() { format!("awaited row {number}") } else { format!("row {number}: {kind} to {role}") }
}

fn field<'r>(row: &'r Value, name: &str) -> &'r str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}
