//! Enters: nothing by itself. Leaves: the rules that set deadlines, and a deadline with its arithmetic.
//! Never: counts a day (`case_calendars` does).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A due date and how it was calculated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deadline {
    pub rule: DeadlineRule,
    pub due: NaiveDate,
    /// What must be done by then ("refer to the DMRT").
    pub what: String,
    /// The sentence of the guidance.
    pub source: String,
    /// "7 working days after 31 March 2026, by the calendar of England and Wales; 3 and 6 April are bank holidays"
    pub arithmetic: String,
}

/// A deadline that a row or an event sets (B4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineRule {
    /// The referral to the DMRT.
    Refer,
    /// On the day of the event.
    Immediately,
    /// The assessment.
    Assess,
    /// Service in person.
    Serve,
    /// The answer to the invitation.
    Respond,
    /// The second opinion report.
    Report,
    /// A new date for a cancelled assessment.
    Rebook,
    /// The response, before removal (row 33).
    BeforeRemoval,
}

impl DeadlineRule {
    /// Returns what must be done by the deadline.
    pub fn what(self) -> &'static str {
        match self {
            DeadlineRule::Refer => "refer the report to the Detained Medical Reports Team",
            DeadlineRule::Immediately => "send it at once",
            DeadlineRule::Assess => "hold the assessment",
            DeadlineRule::Serve => "serve the letter in person",
            DeadlineRule::Respond => "respond to the invitation",
            DeadlineRule::Report => "complete the second opinion report",
            DeadlineRule::Rebook => "hold the assessment that was cancelled",
            DeadlineRule::BeforeRemoval => "serve the response to the external medical report before removal",
        }
    }
}
