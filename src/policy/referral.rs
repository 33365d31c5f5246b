//! Enters: what is known of an external medical report when it is referred. Leaves: whether a second opinion is
//! requested, and why. Never: decides whether the report is sent, for every report is (rows 1 and 2).

use super::calendar::{BeyondCalendar, WorkingDays, count_words};
use super::pack::Numbers;
use crate::case::ReportReceived;
use chrono::NaiveDate;

/// Whether a second opinion is requested, with the reason in one sentence that names nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    pub requested: bool,
    pub reason: String,
}

/// Applies B1 and B2 (G0, When to refer an external medical report for a second opinion) as they stand on
/// `today`, the day of the referral: a decision to release made by then ends the need for an opinion.
///
/// # Errors
/// The calendar does not cover the days in which a removal would exclude the opinion.
pub fn second_opinion(
    event: &ReportReceived,
    detained_since: NaiveDate,
    today: NaiveDate,
    days: &WorkingDays,
    numbers: &Numbers,
) -> Result<Opinion, BeyondCalendar> {
    let exclusion = numbers.removal_exclusion.days;
    let excluded_to = days.after(event.received_on, exclusion)?;
    let within = count_words(exclusion);
    let mut against = Vec::new();
    if event.received_on < detained_since {
        against.push("the report was received before the current detention began".to_owned());
    }
    if event.report.report_date < detained_since {
        against.push("the report pre-dates the current detention".to_owned());
    }
    if event.release_decided_on.is_some_and(|decided| decided <= today) {
        against.push("a decision to release has already been made".to_owned());
    }
    if event.removal_set_for.is_some_and(|removal| removal <= excluded_to) {
        against.push(format!("removal is set to take effect within {within} of receipt of the report"));
    }
    if !event.report.author_regulated {
        against.push("the report's author is not regulated, so the baseline standard is not met".to_owned());
    }
    Ok(Opinion {
        requested: against.is_empty(),
        reason: if against.is_empty() {
            format!(
                "A second opinion is requested: the report belongs to the current detention and was received during \
                 it, its author is regulated, no decision to release has been made and no removal is set to take \
                 effect within {within} of receipt."
            )
        } else {
            format!("No second opinion is requested: {}.", against.join("; "))
        },
    })
}
