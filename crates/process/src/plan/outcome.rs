//! Enters: nothing by itself. Leaves: what the rules found about an event, and the dates that its letters print.
//! Never: names anybody.

use crate::answers::Answers;
use crate::case_state::Booked;
use crate::deadlines::DeadlineRule;
use crate::plan::detention_outcome::DetentionOutcome;
use crate::response_window::ResponseWindow;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The rules' findings about the event, for the letters.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Why these messages are sent: a sentence that names nobody.
    pub reason: Option<String>,
    /// Whether a second opinion is requested (B1, B2).
    pub second_opinion_requested: Option<bool>,
    /// The dates that the letters may print.
    pub dates: Dates,
    /// The appointment that the event concerns, or the one on record.
    pub appointment: Option<Booked>,
    /// The appointment that is cancelled.
    pub cancelled: Option<Booked>,
    /// The answers to the invitation that count (B6).
    pub answers: Answers,
    /// Before this event the doctor was told to assess on papers alone.
    pub papers_only: bool,
    /// What was found about a detention and its reviews.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detention: Option<DetentionOutcome>,
}

/// The dates of a case that letters print; `None` if unknown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Dates {
    pub referred_on: Option<NaiveDate>,
    pub refer_by: Option<NaiveDate>,
    pub assess_by: Option<NaiveDate>,
    /// The first day for which an assessment can be booked with time for its invitation.
    #[serde(default)]
    pub earliest: Option<NaiveDate>,
    pub serve_by: Option<NaiveDate>,
    pub latest_service: Option<NaiveDate>,
    pub respond_by: Option<NaiveDate>,
    pub report_by: Option<NaiveDate>,
    pub rebook_by: Option<NaiveDate>,
    pub served_on: Option<NaiveDate>,
    pub removal_on: Option<NaiveDate>,
}

impl Dates {
    /// Takes over the due date of a rule, if letters print it.
    pub(crate) fn set(&mut self, rule: DeadlineRule, due: NaiveDate) {
        let date = match rule {
            DeadlineRule::Refer => &mut self.refer_by,
            DeadlineRule::Assess => &mut self.assess_by,
            DeadlineRule::Report => &mut self.report_by,
            DeadlineRule::Rebook => &mut self.rebook_by,
            _ => return,
        };
        *date = Some(due);
    }

    /// Takes over the dates of an invitation.
    pub(crate) fn set_window(&mut self, window: &ResponseWindow) {
        self.serve_by = Some(window.serve_by);
        self.latest_service = Some(window.latest_service);
        self.respond_by = Some(window.respond_by);
    }
}
