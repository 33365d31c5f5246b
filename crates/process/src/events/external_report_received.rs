//! Enters: the event that an external medical report was received. Leaves: everything the program knows about it.
//! Never: says what a second opinion found.

use super::report::Report;
use super::{AttachmentKind, CaseEvent, Due, Known, Method};
use crate::calendar::{BeyondCalendar, count_words};
use crate::case_state::CaseState;
use crate::circumstances::Circumstance;
use crate::deadlines::DeadlineRule;
use crate::facts::{Level, ReportFact};
use crate::fields::{ask, fields};
use crate::history::PastEvent;
use crate::plan::builder::PlanBuilder;
use crate::purpose::Purpose;
use chrono::NaiveDate;
use despatch_core::words::{date_words, weekday_words};
use serde_json::{Value, json};

fields! {
    /// An external medical report was received (rows 1 and 2, and G14).
    ExternalReportReceived {
        received_on: NaiveDate = ask("The day on which the report came in").past();
        report: Report = ask("What the report says of itself");
        /// The date of a decision to release, if one was made.
        release_decided_on: Option<NaiveDate> = ask("The date of a decision to release, where there is one").past().withheld();
        /// The date for which removal is set, if any.
        removal_set_for: Option<NaiveDate> = ask("The date for which removal is set, where it is").withheld();
        /// The vulnerability level in force when the report was received; unchanged while an opinion is pending (G9).
        level_in_force: Option<Level> = ask("The vulnerability level in force")
            .unlabelled()
            .note("It stays in force while an opinion is pending");
    }
}

impl CaseEvent for ExternalReportReceived {
    type Fact = ReportFact;
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] =
        &[(AttachmentKind::ExternalMedicalReport, Due::One)];

    fn given_besides(&self, known: &Known<'_>) -> Value {
        let outcome = known.outcome;
        json!({ "second_opinion_requested": outcome.second_opinion_requested, "reason": outcome.reason })
    }

    /// Rows 1, 2 and G14 (G0, "When to refer an external medical report for a second opinion").
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<ReportFact> {
        const AT: &str = "/event/received_on";
        plan.not_future(AT, self.received_on);
        // One case is one report (G18).
        plan.must_be_first();
        if let Some(decided) = self.release_decided_on {
            plan.not_future("/event/release_decided_on", decided);
        }
        if self.removal_set_for.is_some_and(|removal| removal < self.received_on) {
            plan.fault(
                "/event/removal_set_for",
                "removal.before_receipt",
                "the removal is set for a day before the report was received",
                "give the day for which removal is set now, or leave it out",
            );
        }
        let numbers = &plan.second_opinion()?.numbers;
        let refer_by = plan.start(AT, DeadlineRule::Refer, &numbers.refer, self.received_on);
        let opinion = opinion(plan, self, numbers.removal_exclusion.days);
        let refer_by = refer_by?;
        let Opinion { requested, barred, barred_by_release, reason } = plan.covered(AT, opinion)?;
        plan.start_immediately(
            self.received_on,
            "send the report to the healthcare team",
            &[Purpose::ReportToHealthcare],
        );
        plan.need_copy(Purpose::ReportToHealthcare, AttachmentKind::ExternalMedicalReport);
        warn(plan, self, refer_by, requested);
        if !self.report.author_regulated {
            plan.circumstances.insert(Circumstance::BelowBaseline);
        }
        let since = plan.case.detained_since;
        if self.report.report_date < since || self.received_on < since {
            plan.circumstances.insert(Circumstance::PreDates);
            plan.note(
                "The report pre-dates the current detention: it is considered on its merits, in light of the evidence \
                 which was relevant when it was written, and of the impact that it may continue to have.",
            );
        }
        plan.must_be_under_immigration_powers();
        if let Some(removal) = self.removal_set_for {
            plan.start_before_removal("/event/removal_set_for", removal);
        }
        plan.outcome.second_opinion_requested = Some(requested);
        plan.because(reason);
        Some(ReportFact {
            received_on: self.received_on,
            requested,
            barred,
            removal_on: self.removal_set_for,
            level: self.level_in_force,
            rejected: !self.report.author_regulated,
            barred_by_release,
        })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        state.received_on = Some(fact.received_on);
        state.requested = Some(fact.requested);
        state.wanted = state.requested;
        state.barred = fact.barred;
        state.barred_by_release = fact.barred_by_release;
        state.removal_on = fact.removal_on;
        state.level = fact.level;
        state.rejected = fact.rejected;
    }

    fn summary(fact: &Self::Fact, what: &str, on: &str) -> String {
        let asked = if fact.requested { "is asked for" } else { "is not asked for" };
        let removal =
            fact.removal_on.map_or_else(String::new, |day| format!("; removal {}", date_words(day)));
        format!("{what} on {on}; a second opinion {asked}{removal}")
    }
}

/// Whether a second opinion is requested.
struct Opinion {
    requested: bool,
    barred: bool,
    barred_by_release: bool,
    reason: String,
}

/// Decides whether a second opinion is requested, with the reason in one sentence that names nobody. Judged as of the
/// day of the referral: a decision to release made by then ends the need for an opinion.
fn opinion(
    plan: &PlanBuilder<'_>,
    event: &ExternalReportReceived,
    exclusion: u32,
) -> Result<Opinion, BeyondCalendar> {
    // The person gets the longer time: a holiday in only one calendar excludes nobody (G3).
    let (excluded_to, _) = plan.calendars.stricter(event.received_on, exclusion)?;
    let within = count_words(exclusion);
    let since = plan.case.detained_since;
    let mut against = Vec::new();
    if event.received_on < since {
        against.push("the report was received before the current detention began".to_owned());
    }
    if event.report.report_date < since {
        against.push("the report pre-dates the current detention".to_owned());
    }
    let released = event.release_decided_on.is_some_and(|decided| decided <= plan.today);
    if released {
        against.push("a decision to release has already been made".to_owned());
    }
    if !event.report.author_regulated {
        against.push("the report's author is not regulated, so the baseline standard is not met".to_owned());
    }
    // Only what rules out an opinion by itself outlasts a failed removal (B10).
    let barred = !against.is_empty();
    let barred_by_release = released && against.len() == 1;
    if event.removal_set_for.is_some_and(|removal| removal <= excluded_to) {
        against.push(format!("removal is set to take effect within {within} of receipt of the report"));
    }
    let requested = against.is_empty();
    let reason = if requested {
        format!(
            "A second opinion is requested: the report belongs to the current detention and was received during \
             it, its author is regulated, no decision to release has been made and no removal is set to take \
             effect within {within} of receipt."
        )
    } else {
        format!("No second opinion is requested: {}.", against.join("; "))
    };
    Ok(Opinion { requested, barred, barred_by_release, reason })
}

fn warn(plan: &mut PlanBuilder<'_>, event: &ExternalReportReceived, refer_by: NaiveDate, requested: bool) {
    let since = plan.case.detained_since;
    let temporary = plan.place_kind().is_temporary();
    if event.report.assessed_on < since && since <= event.report.report_date {
        plan.warn(
            "The report's assessment was made before the current detention began: consider whether the report is \
             contemporaneous with it.",
        );
    }
    if event.report.method != Method::InPerson && event.report.limitations_stated != Some(true) {
        plan.warn(
            "The report's assessment was not in person, and the case does not say that the report sets out the limits \
             of that: it is given weight where it does.",
        );
    }
    if event.received_on < plan.today {
        let received = weekday_words(event.received_on);
        plan.warn(format!(
            "The report was received on {received} and was to go to the healthcare team immediately."
        ));
    }
    if refer_by < plan.today {
        plan.warn(format!("The referral is late: it was due by {}.", weekday_words(refer_by)));
    }
    if requested && temporary {
        plan.warn(
            "The person is at a temporary place of detention: no assessment is arranged there. Report the transfer \
             when it happens.",
        );
    }
}
