//! Enters: the event that a report of healthcare staff was answered. Leaves: everything the program knows about it.
//! Never: weighs the report, or lets words go unseen that would dismiss it.

use super::authorised::{self, Authorised, lowest};
use super::{AttachmentKind, CaseEvent, Due, Known};
use crate::case_state::CaseState;
use crate::circumstances::Circumstance;
use crate::deadlines::{Deadline, DeadlineRule};
use crate::detention::decisions::required;
use crate::detention::facts::{ReportDecidedFact, ReportReceivedFact};
use crate::detention::london_time::LondonTime;
use crate::detention::stages::Stage;
use crate::detention::state::Began;
use crate::detention::terms::{Deciding, DetainedTeam, Limb, ReportOutcome, ReportRule};
use crate::facts::Level;
use crate::fields::check::Checker;
use crate::fields::prose::Prose;
use crate::fields::{IN_DETENTION, When, ask, codes, fields, need};
use crate::history::PastEvent;
use crate::plan::builder::PlanBuilder;
use crate::plan::detention::Proof;
use crate::plan::detention_outcome::ReportNote;
use crate::purpose::Purpose;
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::BTreeSet;

const OF_TORTURE: When = When::Is("limb", &["3"]);

fields! {
    /// A report under rule 35, or rule 32 of the Short-term Holding Facility Rules, was answered.
    Rule35Decided {
        rule: ReportRule = ask("Under which rule was the report made?");
        limb: Limb = ask("Under which part of the rule?");
        received_at: LondonTime = ask("When was the report received? As it is on record");
        decided_on: NaiveDate = ask("The day of the decision").past().order(IN_DETENTION);
        review: Prose = ask("The review of detention in light of the report");
        level: Level = ask("The level of evidence of vulnerability in force now");
        torture_definition_met: Option<bool> = ask("Does it meet the definition of torture of these rules?")
            .asked(OF_TORTURE)
            .needed(need(
                OF_TORTURE,
                codes::FACT_REASONS,
                "the report is a concern of torture, and it is not said whether it meets the definition",
                "add torture_definition_met; the pack has the definition",
            ));
        reasons: Prose = ask("The reasons for the person");
        outcome: ReportOutcome = ask("The outcome");
        authorised: Option<Authorised> = ask("Has anybody authorised it?").note("Whoever authorised it");
    }
}

impl CaseEvent for Rule35Decided {
    type Fact = ReportDecidedFact;
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] = &[(AttachmentKind::Dcpr, Due::May)];

    fn check(checker: &mut Checker<'_, '_>) {
        authorised::check(checker, "/event/authorised");
    }

    /// The place, the casework command and the healthcare team get the answer; a release of somebody of Foreign National
    /// Offender Returns Command goes to the Strategic Director.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<ReportDecidedFact> {
        const AT: &str = "/event/decided_on";
        plan.not_future(AT, self.decided_on);
        authorised::check_day(plan, "/event/authorised", self.authorised.as_ref());
        let began = plan.must_have_begun(AT)?;
        self.check_moments(plan);
        let lowest = lowest(&plan.detention_rules()?.reviews, began.detained.team);
        if let Some(signer) = &self.authorised {
            signer.check_grade(plan, "/event/authorised", lowest);
        }
        self.tell_clocks(plan)?;
        let (limb, received_at) = (self.limb, self.received_at);
        let authorised = match self.outcome {
            ReportOutcome::Release => self.release(plan, began),
            ReportOutcome::Maintain => self.maintain(plan, began)?,
        };
        dismissive(plan, &[&self.review, &self.reasons]);
        plan.because(format!("The report of healthcare staff that was received on {} is answered.", received_at.words()));
        plan.note_on(&format!("Report under {} answered: {}", self.rule.label(), self.outcome.label()), self.decided_on);
        let needs = plan.detention().needs.filter(|_| !authorised);
        Some(ReportDecidedFact { on: self.decided_on, received_at, limb, authorised, needs })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        let of_it =
            |report: &ReportReceivedFact| report.received_at == fact.received_at && report.limb == fact.limb;
        let Some(index) = state.detention.reports.iter().position(of_it).filter(|_| fact.authorised) else {
            return;
        };
        let report = state.detention.reports.remove(index);
        let hours = |clock: &Deadline| {
            clock.rule == DeadlineRule::ReportHours && clock.at == Some(report.within_hours)
        };
        let days = |clock: &Deadline| clock.rule == DeadlineRule::ReportDays && clock.due == report.within_days;
        // Two reports of one moment have clocks alike: one of each goes.
        let of_hours = state.clocks.iter().position(hours);
        of_hours.map(|index| state.clocks.remove(index));
        let of_days = state.clocks.iter().position(days);
        of_days.map(|index| state.clocks.remove(index));
    }

    fn given_besides(&self, known: &Known<'_>) -> Value {
        known.detention()
    }
}

impl Rule35Decided {
    fn check_moments(&self, plan: &mut PlanBuilder<'_>) {
        let known = |report: &ReportReceivedFact| {
            report.received_at == self.received_at && report.limb == self.limb
        };
        if !plan.state.detention.reports.iter().any(known) {
            let cause = "the record has no unanswered report that was received at this moment under this part";
            plan.contradiction("/event/received_at", "history.report", cause);
        }
        if self.decided_on < self.received_at.date() {
            let cause = "the decision is said to be before the report was received";
            plan.fault("/event/decided_on", "report.order", cause, "correct the day, or the moment of receipt");
        }
    }

    /// Shows the clocks of the report to the letters.
    fn tell_clocks(&self, plan: &mut PlanBuilder<'_>) -> Option<()> {
        let rules = &plan.detention_rules()?.reports;
        let due = rules.due(self.received_at, &plan.calendars);
        let due = plan.covered("/event/received_at", due)?;
        plan.detention().report = Some(ReportNote {
            rule: self.rule,
            within_hours: due.within_hours,
            within_days: due.within_days,
            plan_by: due.plan_by,
        });
        Some(())
    }

    /// Detention goes on: the answer goes once somebody signed it who may, and before a limit lapses.
    fn maintain(&self, plan: &mut PlanBuilder<'_>, began: Began) -> Option<bool> {
        let rules = &plan.detention_rules()?.reviews;
        let outstanding = rules.outstanding(began.detained, &plan.state.detention.reviews, &plan.calendars);
        let next = plan.covered("/event/decided_on", outstanding)?.first().map(|due| due.stage);
        let last = plan.state.detention.last_stage();
        let needed = rules.needs(began.detained.team, Stage::AdHoc, (last, next))?;
        let signer = self.authorised.as_ref().map(Authorised::signer);
        let proof = Proof { signer, signed_paper: plan.is_attached(AttachmentKind::Dcpr) };
        let authorised = plan.must_be_authorised(needed, proof, &[Purpose::ReportResponse]);
        if plan.may_maintain() {
            plan.circumstances.insert(Circumstance::ReportAnswered);
        }
        plan.warn("An ad hoc review was done for this report: record it as review_completed too.");
        Some(authorised)
    }

    /// Release is recommended: nothing keeps the answer back.
    fn release(&self, plan: &mut PlanBuilder<'_>, began: Began) -> bool {
        plan.circumstances.insert(Circumstance::ReportAnswered);
        let team = began.detained.team;
        let lines = plan.detention_rules().map_or(&[][..], |rules| &rules.authorities);
        let needed = required(lines, Deciding::Release, team, &BTreeSet::new());
        plan.detention().needs = needed.map(|needed| needed.authority);
        if team == DetainedTeam::FnoRc {
            plan.circumstances.insert(Circumstance::ReleaseEscalates);
            let what = "refer the release to the Strategic Director";
            plan.start_immediately(plan.today, what, &[Purpose::ReleaseReferral]);
        }
        plan.warn("Release is recommended: record the review with the outcome release as soon as it is authorised.");
        true
    }
}

/// Shows the reviewer words that might dismiss the report: each is taken to be made in good faith.
fn dismissive(plan: &mut PlanBuilder<'_>, texts: &[&Prose]) {
    let words = plan.detention_rules().map_or(&[][..], |rules| &rules.reports.dismissive);
    for text in texts.iter().map(|prose| prose.text().to_lowercase()) {
        for word in words.iter().filter(|word| text.contains(&word.to_lowercase())) {
            plan.warn(format!(
                "The answer holds \"{word}\": check that it does not dismiss the report, for it is taken to be made in good \
                 faith."
            ));
        }
    }
}
