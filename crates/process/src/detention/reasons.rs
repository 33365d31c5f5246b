//! Enters: when written reasons were last served, and the pack's number. Leaves: when the next ones are due.
//! Never: counts from a sending: only what was served has reached the person.

use super::reviews::{later, planned};
use super::rules::ReasonsRules;
use crate::calendar::BeyondCalendar;
use crate::case_calendars::CaseCalendars;
use chrono::NaiveDate;

/// When the next written reasons are due.
#[derive(Debug, Clone, PartialEq)]
pub struct ReasonsDue {
    pub serve_by: NaiveDate,
    /// The last working day on or before it.
    pub plan_by: NaiveDate,
    pub arithmetic: String,
}

/// Written reasons that were handed over, or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    pub on: NaiveDate,
    /// The person did not take them.
    pub refused: bool,
}

impl ReasonsRules {
    /// Returns when reasons are due after those last given at `last`.
    ///
    /// # Errors
    /// The calendar does not cover a day that has to be looked at.
    pub fn after(
        &self,
        last: NaiveDate,
        calendars: &CaseCalendars<'_>,
    ) -> Result<ReasonsDue, BeyondCalendar> {
        let serve_by = later(last, self.days);
        let (plan_by, arithmetic) = planned(last, self.days, serve_by, calendars)?;
        Ok(ReasonsDue { serve_by, plan_by, arithmetic })
    }

    /// Returns the day from which the next reasons count: the last service that the pack counts, or `first`.
    pub fn last_given(&self, first: NaiveDate, served: &[Served]) -> NaiveDate {
        let counted = served.iter().filter(|one| !one.refused || self.refused_service_restarts);
        counted.map(|one| one.on).fold(first, NaiveDate::max)
    }
}
