//! Enters: nothing by itself. Leaves: the rules that set deadlines, and a deadline with its arithmetic.
//! Never: counts a day (`case_calendars` does).

use crate::detention::london_time::LondonTime;
use chrono::NaiveDate;
use despatch_core::words::{Role, weekday_words};
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
    /// The last moment, where the time is counted in hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<LondonTime>,
    /// The working day to plan for, where the day itself may be none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_by: Option<NaiveDate>,
    /// When alarms are given, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<LondonTime>,
}

impl Deadline {
    /// Returns what must be done, with the time of day where it is counted in hours, and the day to plan for where that is
    /// sooner.
    pub fn task(&self) -> String {
        let mut words = self.what.clone();
        if let Some(at) = self.at {
            words.push_str(&format!("; due by {}", at.end_time_words()));
        }
        if let Some(plan_by) = self.plan_by.filter(|plan_by| *plan_by < self.due) {
            words.push_str(&format!("; plan for {}", weekday_words(plan_by)));
        }
        words
    }

    /// Returns a deadline of a day.
    pub fn of_day(
        rule: DeadlineRule,
        due: NaiveDate,
        what: &str,
        source: &str,
        arithmetic: String,
    ) -> Deadline {
        Deadline {
            rule,
            due,
            what: what.to_owned(),
            source: source.to_owned(),
            arithmetic,
            at: None,
            plan_by: None,
            alarms: Vec::new(),
        }
    }
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
        /// A review of detention of the timetable.
        DetentionReview = "detention_review", "review detention";
        /// Further written reasons, from the service of the last.
        WrittenReasons = "written_reasons", "give the person written reasons";
        /// The answer to a report of healthcare staff, in hours: the target.
        ReportHours = "report_hours", "answer the report";
        /// The same, in working days: the last day.
        ReportDays = "report_days", "answer the report at the latest";
        /// The end of a stay at a place.
        StayLimit = "stay_limit", "move or release the person";
        /// The end of what is normal for a stay: no limit.
        StayNorm = "stay_norm", "move the person, as is normal";
        /// The authority without which a stay does not go on.
        StayAuthority = "stay_authority", "have the stay authorised";
        /// The end of a pregnant woman's detention.
        PregnancyLimit = "pregnancy_limit", "release the person";
        /// The next Case Progression Panel.
        CasePanel = "case_panel", "have a Case Progression Panel consider the case";
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
            DeadlineRule::DetentionReview => role == Role::ReviewAuthoriser,
            DeadlineRule::WrittenReasons => matches!(role, Role::Det | Role::Ost),
            DeadlineRule::ReportHours | DeadlineRule::ReportDays => role == Role::R35t,
            DeadlineRule::StayLimit
            | DeadlineRule::StayNorm
            | DeadlineRule::StayAuthority
            | DeadlineRule::PregnancyLimit => matches!(role, Role::Caseworker | Role::SeniorCaseworker),
            DeadlineRule::Refer
            | DeadlineRule::Immediately
            | DeadlineRule::Rebook
            | DeadlineRule::Review
            | DeadlineRule::CasePanel => false,
        }
    }
}
