//! Enters: what a reviewer decides about one message. Leaves: the text that they sign for it, and back again.
//! Never: two texts for one decision, or one text for two.
//!
//! ```text
//! despatch-approval/1
//! office: despatch.example.org
//! despatch: 17-3
//! message: 3f9a…
//! decision: approve
//! entry: harbour-lane-law
//! address: post@harbour-lane.example.org
//! opening: age
//! key: 5c1d…
//! confirmed: identity
//! by: the-reviewer
//! number: 90b1…
//! until: 2026-11-23T12:30:00.000Z
//! ```
//! Each line ends with a line feed; `key` and `confirmed` stand there as often as there are any. Whoever has ssh-keygen
//! can check a signature over it (namespace [`NAMESPACE`]).

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use despatch_core::shown::has_controls;
use despatch_core::words::{EntryId, Sha256, StaffId};
use std::fmt;

/// The namespace of these signatures: a signature for anything else is no approval.
pub const NAMESPACE: &str = "despatch.approval@v1";

const BEGINS: &str = "despatch-approval/1";

/// What may be decided by a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// One of the approvals that it takes.
    Approve,
    /// Let a safety message go on one person's word.
    ReleaseUrgently,
}

impl Choice {
    const ALL: [Choice; 2] = [Choice::Approve, Choice::ReleaseUrgently];

    /// Returns the word that is signed.
    pub fn code(self) -> &'static str {
        match self {
            Choice::Approve => "approve",
            Choice::ReleaseUrgently => "release_urgently",
        }
    }
}

/// One decision of one person about one message to one recipient, which counts once and until a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The office's domain of Message-IDs.
    pub office: String,
    pub despatch: String,
    /// The hash of the whole message: its version.
    pub message: Sha256,
    pub choice: Choice,
    pub entry: EntryId,
    pub address: String,
    /// How the recipient opens it.
    pub opening: String,
    /// The fingerprints of the keys to which it is sealed; none where words open it.
    pub keys: Vec<String>,
    /// The checks that the person made in the machine's place.
    pub confirmed: Vec<String>,
    pub by: StaffId,
    /// The single-use number of the service.
    pub number: String,
    /// In whole milliseconds.
    pub until: DateTime<Utc>,
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{BEGINS}")?;
        writeln!(f, "office: {}", self.office)?;
        writeln!(f, "despatch: {}", self.despatch)?;
        writeln!(f, "message: {}", self.message)?;
        writeln!(f, "decision: {}", self.choice.code())?;
        writeln!(f, "entry: {}", self.entry)?;
        writeln!(f, "address: {}", self.address)?;
        writeln!(f, "opening: {}", self.opening)?;
        self.keys.iter().try_for_each(|key| writeln!(f, "key: {key}"))?;
        self.confirmed.iter().try_for_each(|check| writeln!(f, "confirmed: {check}"))?;
        writeln!(f, "by: {}", self.by)?;
        writeln!(f, "number: {}", self.number)?;
        writeln!(f, "until: {}", self.until.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Statement {
    /// Returns the text to sign; `None` if a value has a character that would make another text of it.
    pub fn text(&self) -> Option<String> {
        let text = Self { until: self.until.trunc_subsecs(3), ..self.clone() };
        let written = text.to_string();
        (Self::read(&written).as_ref() == Some(&text)).then_some(written)
    }

    /// Reads a text; `None` if it is not, to the last byte, one that [`Statement::text`] writes.
    pub fn read(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n').peekable();
        if has_controls(text) || lines.next()? != BEGINS {
            return None;
        }
        let mut one = |name: &str| value(lines.next()?, name);
        let (office, despatch, message) = (one("office")?, one("despatch")?, one("message")?);
        let (decision, entry, address) = (one("decision")?, one("entry")?, one("address")?);
        let opening = one("opening")?;
        let mut all = |name: &str| {
            let mut found = Vec::new();
            while let Some(next) = lines.peek().and_then(|line| value(line, name)) {
                found.push(next);
                lines.next();
            }
            found
        };
        let (keys, confirmed) = (all("key"), all("confirmed"));
        let mut one = |name: &str| value(lines.next()?, name);
        let (by, number, until) = (one("by")?, one("number")?, one("until")?);
        let read = Self {
            office,
            despatch,
            message: message.parse().ok()?,
            choice: Choice::ALL.into_iter().find(|choice| choice.code() == decision)?,
            entry: entry.parse().ok()?,
            address,
            opening,
            keys,
            confirmed,
            by: by.parse().ok()?,
            number,
            until: until.parse().ok()?,
        };
        (lines.next().is_none() && read.to_string() == text).then_some(read)
    }
}

/// Returns the value of the line `name: value`.
fn value(line: &str, name: &str) -> Option<String> {
    let value = line.strip_prefix(name)?.strip_prefix(": ")?;
    (!value.is_empty()).then(|| value.to_owned())
}
