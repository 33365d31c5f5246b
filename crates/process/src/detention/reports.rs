//! Enters: when a report of healthcare staff was received, and a pack's numbers. Leaves: the two clocks of the answer,
//! and what is unusual about the report.
//! Never: rejects a report: what is unusual goes to a person.

use super::LondonTime;
use super::rules::{OfRule, ReportRules};
use super::terms::{ReportAuthor, ReportRule};
use crate::calendar::BeyondCalendar;
use crate::case_calendars::CaseCalendars;
use crate::places::PlaceKind;
use chrono::NaiveDate;

/// The two clocks of one report. The sooner one is the target, the other one the last day.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportDue {
    pub within_hours: LondonTime,
    /// To the end of this day.
    pub within_days: NaiveDate,
    /// The last day within the hours on which the team works.
    pub plan_by: NaiveDate,
    pub hours_arithmetic: String,
    pub days_arithmetic: String,
}

impl ReportRules {
    /// Returns what the pack says of a rule.
    pub fn rule(&self, rule: ReportRule) -> Option<&OfRule> {
        self.rules.iter().find(|one| one.rule == rule)
    }

    /// Returns by when a report that was received then is to be answered.
    ///
    /// # Errors
    /// The calendar does not cover a day that has to be counted.
    pub fn due(
        &self,
        received_at: LondonTime,
        calendars: &CaseCalendars<'_>,
    ) -> Result<ReportDue, BeyondCalendar> {
        let within_hours = received_at.after_hours(self.hours);
        let received_on = received_at.date();
        let (within_days, counted) = calendars.stricter(received_on, self.working_days)?;
        // Before the team begins, nothing is answered on that day.
        let opens = within_hours.time() >= self.works_from;
        let last = if opens { within_hours.date() } else { within_hours.before_hours(24).date() };
        let (plan_by, _) = calendars.on_or_before(last)?;
        Ok(ReportDue {
            within_hours,
            within_days,
            plan_by,
            hours_arithmetic: format!("{} hours after {}", self.hours, received_at.words()),
            days_arithmetic: counted.arithmetic(self.working_days, received_on, within_days),
        })
    }
}

impl OfRule {
    /// Returns what is unusual about a report at such a place by such an author, for a person to look at.
    pub fn unusual(&self, kind: PlaceKind, author: ReportAuthor) -> Vec<String> {
        let mut found = Vec::new();
        if !self.places.contains(&kind) {
            found.push(format!(
                "{} is not for a {}: a person decides how the report is dealt with",
                self.rule.label(),
                kind.label()
            ));
        }
        if !self.authors.contains(&author) {
            found.push(format!(
                "under {} {} makes no report: a person decides how it is dealt with",
                self.rule.label(),
                author.label()
            ));
        }
        found
    }
}
