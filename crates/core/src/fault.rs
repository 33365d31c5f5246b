//! Enters: a problem that a check found. Leaves: a [`Fault`] that says where it is, what it is and how to fix it.
//! Never: holds free text copied from a case: faults are shown in lists and logs.

use crate::shown::{has_controls, shown, shown_lines};
use serde::Serialize;
use std::fmt;

/// One problem, reported to the person who can fix it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Where: a JSON pointer in a case file (`/person/name`), elsewhere `file:line` or a plain location.
    pub at: String,
    /// A code from a closed list, for logs, tests and `--json` (`field.unknown`); never holds content.
    pub code: &'static str,
    /// What is wrong: one sentence without a full stop.
    pub cause: String,
    /// How to fix it: one imperative sentence without a full stop.
    pub cure: String,
}

impl Fault {
    /// Creates a fault at `at`; `code` comes from a closed list, `cause` and `cure` are sentences. A place may be the name
    /// of somebody's file, and a cause may quote it: control characters are written out (F22).
    pub fn new(
        at: impl Into<String>,
        code: &'static str,
        cause: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        let (at, cause, cure) = (at.into(), cause.into(), cure.into());
        let lines = |text: String| if has_controls(&text) { shown_lines(&text).into_owned() } else { text };
        Self { at: shown(&at).into_owned(), code, cause: lines(cause), cure: lines(cure) }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n  mend: {}", self.at, self.cause, self.cure)
    }
}

/// Why a value was refused, without quoting the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong: one sentence without a full stop.
    pub cause: &'static str,
    /// How to fix it: one sentence without a full stop.
    pub cure: &'static str,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.cause, self.cure)
    }
}

impl std::error::Error for Refusal {}
