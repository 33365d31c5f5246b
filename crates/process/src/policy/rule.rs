//! Enters: nothing by itself. Leaves: the deadlines that the process knows, each with what must be done by then.
//! Never: counts a day (that is `timing`).

use serde::{Deserialize, Serialize};

/// A deadline that a row or an event sets (B4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The referral to the DMRT.
    Refer,
    /// On the day of the event.
    #[default]
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

impl Rule {
    /// What must be done by then.
    pub fn what(self) -> &'static str {
        match self {
            Rule::Refer => "refer the report to the Detained Medical Reports Team",
            Rule::Immediately => "send it at once",
            Rule::Assess => "hold the assessment",
            Rule::Serve => "serve the letter in person",
            Rule::Respond => "respond to the invitation",
            Rule::Report => "complete the second opinion report",
            Rule::Rebook => "hold the assessment that was cancelled",
            Rule::BeforeRemoval => "serve the response to the external medical report before removal",
        }
    }
}
