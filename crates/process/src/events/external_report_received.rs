//! Enters: that an external medical report came in. Leaves: all that the program knows of that event.
//! Never: says what a second opinion found.

use super::report::{Level, Report};
use super::{AttachmentKind, CaseEvent, Due, EventFact, Known};
use crate::fields::{ask, fields};
use chrono::NaiveDate;
use despatch_core::words::date_words;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

fields! {
    /// An external medical report came in (rows 1 and 2, and G14).
    ExternalReportReceived {
        received_on: NaiveDate = ask("The day on which the report came in");
        report: Report = ask("What the report says of itself");
        /// The date of a decision to release, if one was made.
        release_decided_on: Option<NaiveDate> = ask("The date of a decision to release, where there is one");
        /// The date for which removal is set, if it is.
        removal_set_for: Option<NaiveDate> = ask("The date for which removal is set, where it is");
        /// The vulnerability level in force when the report came in; it stays so while an opinion is pending (G9).
        level_in_force: Option<Level> = ask("The vulnerability level in force")
            .note("It stays in force while an opinion is pending");
    }
}

impl CaseEvent for ExternalReportReceived {
    type Fact = ReportFact;
    const LABEL: &'static str = "external medical report received";
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] =
        &[(AttachmentKind::ExternalMedicalReport, Due::One)];

    fn given_besides(&self, known: &Known<'_>) -> Value {
        let outcome = known.outcome;
        json!({ "second_opinion_requested": outcome.second_opinion_requested, "reason": outcome.reason })
    }
}

/// What goes on record of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportFact {
    pub received_on: NaiveDate,
    pub requested: bool,
    /// No second opinion can be requested, and not only because of a removal.
    pub barred: bool,
    pub removal_on: Option<NaiveDate>,
    pub level: Option<Level>,
}

impl EventFact for ReportFact {
    fn happened_on(&self) -> NaiveDate {
        self.received_on
    }

    fn summary(&self, what: &str, on: &str) -> String {
        let asked = if self.requested { "is asked for" } else { "is not asked for" };
        let removal =
            self.removal_on.map_or_else(String::new, |day| format!("; removal {}", date_words(day)));
        format!("{what} on {on}; a second opinion {asked}{removal}")
    }
}
