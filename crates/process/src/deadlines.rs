//! Enters: nothing by itself. Leaves: the rules that set deadlines, and a deadline with its arithmetic.
//! Never: counts a day (`case_calendars` does).

use chrono::NaiveDate;
use despatch_core::words::Role;
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

despatch_core::closed! {
    /// A deadline that a row or an event sets (B4); its label says what must be done by it.
    DeadlineRule {
        /// The referral to the DMRT.
        Refer = "refer", "refer the report to the Detained Medical Reports Team";
        /// On the day of the event.
        Immediately = "immediately", "send it at once";
        /// The assessment.
        Assess = "assess", "carry out the assessment";
        /// Service in person.
        Serve = "serve", "serve the letter in person";
        /// The answer to the invitation.
        Respond = "respond", "respond to the invitation";
        /// The second opinion report.
        Report = "report", "complete the second opinion report";
        /// A new date for a cancelled assessment.
        Rebook = "rebook", "carry out the assessment that was cancelled";
        /// The response, before removal (row 33).
        BeforeRemoval = "before_removal", "serve the response to the external medical report before removal";
        /// The review of detention that was outstanding when the response went before a removal.
        Review = "review", "complete the Detention and Case Progression Review";
    }
}

impl DeadlineRule {
    /// Returns whether whoever has this role must act by it: other deadlines are the sender's, and no message tells its
    /// recipient to meet them.
    pub fn is_of(self, role: Role) -> bool {
        match self {
            DeadlineRule::Serve | DeadlineRule::BeforeRemoval => matches!(role, Role::Det | Role::Ost),
            DeadlineRule::Respond => role == Role::Representative,
            DeadlineRule::Report => role == Role::Doctor,
            DeadlineRule::Assess => role == Role::Dmrt,
            DeadlineRule::Refer | DeadlineRule::Immediately | DeadlineRule::Rebook | DeadlineRule::Review => {
                false
            }
        }
    }
}
