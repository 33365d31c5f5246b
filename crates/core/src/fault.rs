//! Enters: what a check found wrong. Leaves: a [`Fault`] that says where, what and how to mend it.
//! Never: free text copied out of a case, for faults are shown in lists and logs.

use serde::Serialize;
use std::fmt;

/// One thing wrong, told to the person who can mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Where: a JSON pointer in a case file (`/person/name`), elsewhere `file:line` or a plain place.
    pub at: String,
    /// A closed word for logs, tests and `--json` (`field.unknown`); never holds content.
    pub code: &'static str,
    /// What is wrong, one sentence without a full stop.
    pub cause: String,
    /// How to mend it, one sentence without a full stop, in the imperative.
    pub cure: String,
}

impl Fault {
    /// A fault at `at`; `code` is a closed word, `cause` and `cure` are sentences.
    pub fn new(
        at: impl Into<String>,
        code: &'static str,
        cause: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self { at: at.into(), code, cause: cause.into(), cure: cure.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n  mend: {}", self.at, self.cause, self.cure)
    }
}

/// Why a value was refused, in words that hold nothing of the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong, one sentence without a full stop.
    pub cause: &'static str,
    /// How to mend it, one sentence without a full stop.
    pub cure: &'static str,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.cause, self.cure)
    }
}

impl std::error::Error for Refusal {}
