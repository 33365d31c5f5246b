//! Enters: the event that a report of healthcare staff came in. Leaves: everything the program knows about that event.
//! Never: rejects a report because of its author or its place: a person looks at what is unusual.

use super::{AttachmentKind, CaseEvent, Due, Known};
use crate::case_state::CaseState;
use crate::deadlines::{Deadline, DeadlineRule};
use crate::detention::facts::ReportReceivedFact;
use crate::detention::london_time::LondonTime;
use crate::detention::terms::{Limb, ReportAuthor, ReportRule};
use crate::fields::{ask, fields};
use crate::history::PastEvent;
use crate::plan::builder::PlanBuilder;
use crate::plan::detention_outcome::ReportNote;
use crate::purpose::Purpose;
use serde_json::Value;

fields! {
    /// A report under rule 35, or rule 32 of the Short-term Holding Facility Rules, was received.
    Rule35Received {
        rule: ReportRule = ask("Under which rule?");
        limb: Limb = ask("Under which part of the rule? One report has one");
        author: ReportAuthor = ask("Who made it?");
        received_at: LondonTime = ask("When was it received?")
            .note("The moment in London with its offset");
    }
}

impl CaseEvent for Rule35Received {
    type Fact = ReportReceivedFact;
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] = &[(AttachmentKind::Rule35Report, Due::One)];

    /// The Rule 35 Team gets the report with both clocks. What is unusual about it is for a person to look at.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<ReportReceivedFact> {
        const AT: &str = "/event/received_at";
        plan.moment_not_future(AT, self.received_at);
        let began = plan.must_have_begun(AT)?;
        let on = self.received_at.date();
        plan.not_before_detention(AT, began, on);
        let same = |report: &ReportReceivedFact| report.received_at == self.received_at && report.limb == self.limb;
        if plan.state.detention.reports.iter().any(same) {
            let cause = "the record has this report already: received at the same moment, under the same part";
            plan.contradiction("/event/type", "history.twice", cause);
        }
        let rules = &plan.detention_rules()?.reports;
        let due = rules.due(self.received_at, &plan.calendars);
        let due = plan.covered(AT, due)?;
        plan.clocks.push(Deadline {
            at: Some(due.within_hours),
            plan_by: Some(due.plan_by),
            ..Deadline::of_day(
                DeadlineRule::ReportHours,
                due.within_hours.last_day(),
                DeadlineRule::ReportHours.label(),
                &rules.hours_source,
                due.hours_arithmetic,
            )
        });
        let rule = DeadlineRule::ReportDays;
        let days = Deadline::of_day(rule, due.within_days, rule.label(), &rules.days_source, due.days_arithmetic);
        plan.clocks.push(days);
        let kind = plan.place_kind();
        let unusual = rules.rule(self.rule).map(|of| of.unusual(kind, self.author)).unwrap_or_default();
        if !unusual.is_empty() {
            let words = format!("Look at this report before it goes on, at once: {}.", unusual.join("; "));
            plan.warn(words.clone());
            plan.hold(&[Purpose::ReportTask], "report_unusual", words);
        }
        plan.detention().report = Some(ReportNote {
            rule: self.rule,
            within_hours: due.within_hours,
            within_days: due.within_days,
            plan_by: due.plan_by,
        });
        plan.because(format!("A report of healthcare staff was received on {}.", self.received_at.words()));
        plan.note_on(&format!("Report under {} received", self.rule.label()), on);
        let (received_at, limb) = (self.received_at, self.limb);
        let (within_hours, within_days) = (due.within_hours, due.within_days);
        Some(ReportReceivedFact { on, received_at, limb, within_hours, within_days })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        state.detention.reports.push(fact.clone());
    }

    fn given_besides(&self, known: &Known<'_>) -> Value {
        known.detention()
    }
}
