//! Enters: the bytes of a case file, however faulty. Leaves: the ids that it seems to state.
//! Never: a value that its type does not accept, or anything that decides who may do what.

use despatch_core::words::{CaseId, EventId, StaffId};
use serde_json::Value;
use std::str::FromStr;

/// What a case file that may be at fault says of itself: enough to tell people which one it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    pub case_id: Option<CaseId>,
    pub event_id: Option<EventId>,
    pub prepared_by: Option<StaffId>,
}

impl Said {
    /// Reads what can be read: also of text that is not JSON, which a hand or a word processor has spoilt.
    pub fn in_file(bytes: &[u8]) -> Said {
        let case = serde_json::from_slice::<Value>(bytes).ok();
        let text = String::from_utf8_lossy(bytes);
        Said {
            case_id: named(case.as_ref(), &text, "case_id"),
            event_id: named(case.as_ref(), &text, "event_id"),
            prepared_by: named(case.as_ref(), &text, "prepared_by"),
        }
    }
}

fn named<T: FromStr>(case: Option<&Value>, text: &str, field: &str) -> Option<T> {
    match case {
        Some(case) => case.get(field)?.as_str()?.parse().ok(),
        None => after(text, field)?.parse().ok(),
    }
}

/// The word after a field's name, whatever quotes stand around the two.
fn after<'t>(text: &'t str, field: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(field)?;
    let rest =
        rest.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, ',' | '{' | '}' | '\n'));
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_./".contains(c)).unwrap_or(rest.len());
    rest.get(..end)
}
