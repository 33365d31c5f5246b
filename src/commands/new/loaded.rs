//! Enters: a case file to begin from. Leaves: its values as proposals, and its attachments. Never: a value that is taken
//! without having been asked for.

use despatch_app::intake::LocalCase;
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use despatch_process::case::EventName;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Where the bytes of an attachment are.
#[derive(Debug, Clone)]
pub enum Source {
    Path(PathBuf),
    /// They came with the case file that this one begins from.
    Loaded(Secret),
}

/// A case file whose values are proposed.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    values: Value,
    pub(super) files: BTreeMap<String, Secret>,
}

impl Loaded {
    /// Takes a case file, however faulty, as long as it is JSON. What is proposed of its event is for the same event.
    ///
    /// # Errors
    /// It cannot be read, or is not JSON.
    pub fn of(case: &LocalCase, event: EventName) -> Result<Loaded, Fault> {
        let bytes = case.bytes()?;
        let mut values: Value = serde_json::from_slice(bytes).map_err(|_| {
            let unread =
                despatch_process::case::parse(bytes).err().and_then(|faults| faults.into_iter().next());
            let Fault { at, code, cause, cure } =
                unread.unwrap_or_else(|| Fault::new("", "json.syntax", "the text is not JSON", "mend it"));
            Fault::new(format!("{}, {at}", case.shown), code, cause, cure)
        })?;
        let same =
            values.pointer("/event/type").and_then(Value::as_str).and_then(EventName::of_word) == Some(event);
        if let Some(fields) = values.as_object_mut()
            && !same
        {
            for name in ["event", "event_id", "attachments", "replaces", "correction", "despite_history"] {
                fields.remove(name);
            }
        }
        Ok(Loaded { values, files: case.files() })
    }

    /// What is proposed at a pointer: a text, a number or a flag as somebody would type it, `yes` for an object.
    pub(super) fn offer(&self, at: &str) -> Option<String> {
        match self.values.pointer(at)? {
            Value::String(text) => Some(text.clone()),
            Value::Bool(flag) => Some(if *flag { "yes" } else { "no" }.to_owned()),
            Value::Object(_) => Some("yes".to_owned()),
            Value::Number(number) => Some(number.to_string()),
            Value::Array(_) | Value::Null => None,
        }
    }
}
