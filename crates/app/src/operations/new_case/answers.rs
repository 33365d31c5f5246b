//! Enters: answers, each with its JSON pointer. Leaves: the case file so far, and the faults that can be found in it.
//! Never: has a rule of its own.

use despatch_core::fault::Fault;
use despatch_core::words::StaffId;
use despatch_letters::render::fonts::without_glyph;
use despatch_process::case;
use despatch_process::case::{EventName, SCHEMA};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A case file in progress.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(Value);

impl Answers {
    /// Starts a case file with what is known before the first question.
    pub fn new(event: EventName, prepared_by: &StaffId) -> Answers {
        Answers(json!({ "schema": SCHEMA, "event": { "type": event }, "prepared_by": prepared_by }))
    }

    /// Returns the value at a pointer.
    pub fn get(&self, at: &str) -> Option<&Value> {
        self.0.pointer(at)
    }

    /// Returns an answer as text: a string as it is, a flag as `true` or `false`.
    pub fn word(&self, at: &str) -> Option<String> {
        match self.get(at)? {
            Value::String(text) => Some(text.clone()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// Returns the number of entries of a list.
    pub fn count(&self, at: &str) -> usize {
        self.get(at).and_then(Value::as_array).map_or(0, Vec::len)
    }

    /// Sets a value, creating the objects above it. The index after a list's last one appends an entry.
    pub fn set(&mut self, at: &str, value: Value) {
        let mut node = &mut self.0;
        for name in at.split('/').skip(1) {
            if node.is_null() {
                *node = Value::Object(Map::new());
            }
            node = match node {
                Value::Array(list) => {
                    let index = name.parse().unwrap_or(usize::MAX).min(list.len());
                    if index == list.len() {
                        list.push(Value::Null);
                    }
                    let Some(entry) = list.get_mut(index) else { return };
                    entry
                }
                Value::Object(fields) => fields.entry(name).or_insert(Value::Null),
                _ => return,
            };
        }
        *node = value;
    }

    /// Removes the value at a pointer.
    pub fn remove(&mut self, at: &str) -> Option<Value> {
        let (parent, name) = at.rsplit_once('/')?;
        match self.0.pointer_mut(parent)? {
            Value::Object(fields) => fields.remove(name),
            Value::Array(list) => {
                let index = name.parse().ok().filter(|index| *index < list.len())?;
                Some(list.remove(index))
            }
            _ => None,
        }
    }

    /// Returns the file as it will be written.
    pub fn bytes(&self) -> Vec<u8> {
        let mut text = serde_json::to_string_pretty(&self.0).unwrap_or_default();
        text.push('\n');
        text.into_bytes()
    }

    /// Returns the faults that can be found in the file alone: what its parser finds, and what no font can show. Until the
    /// last answer, fields are missing.
    pub fn faults(&self) -> Vec<Fault> {
        let bytes = self.bytes();
        let parsed = case::parse(&bytes).err().unwrap_or_default();
        parsed.into_iter().chain(without_glyph(&bytes)).collect()
    }
}
