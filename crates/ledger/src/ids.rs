//! Enters: an id as people type it, or as the record has it. Leaves: the id as a value, and back again.
//! Never: two spellings of one id.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The id of a despatch, as people type it: the submission number and its position in the plan (`17-3`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DespatchId {
    pub submission: i64,
    pub position: usize,
}

impl fmt::Display for DespatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}-{}", self.submission, self.position))
    }
}

impl FromStr for DespatchId {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (submission, position) = pair(text, '-').ok_or("a despatch id, such as 17-3")?;
        Ok(Self { submission, position })
    }
}

impl TryFrom<String> for DespatchId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<DespatchId> for String {
    fn from(id: DespatchId) -> String {
        id.to_string()
    }
}

/// The id of a note, as people type it: its submission and its own number, counted from 1 (`17.2`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NoteId {
    pub submission: i64,
    pub note: usize,
}

impl fmt::Display for NoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.submission, self.note)
    }
}

impl TryFrom<String> for NoteId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<NoteId> for String {
    fn from(id: NoteId) -> String {
        id.to_string()
    }
}

impl FromStr for NoteId {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (submission, note) = pair(text, '.').ok_or("a note's number, such as 17.2")?;
        Ok(Self { submission, note })
    }
}

/// Reads the number of a submission and of something of it, each counted from 1 and without leading zeros.
fn pair(text: &str, between: char) -> Option<(i64, usize)> {
    let number = |part: &str| {
        let plain = !part.starts_with('0') && part.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| part.parse::<u32>().ok()).flatten()
    };
    let (submission, of_it) = text.split_once(between)?;
    Some((number(submission)?.into(), number(of_it)? as usize))
}

/// The number of an incident, as people type it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IncidentId(pub u32);

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for IncidentId {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| "the number of an incident, such as 3")
    }
}
