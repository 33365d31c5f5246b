//! Enters: the event that a Case Progression Panel made a recommendation. Leaves: everything the program knows about it.
//! Never: takes a recommendation for a decision.

use super::{CaseEvent, FreeText, Known};
use crate::case_state::CaseState;
use crate::circumstances::Circumstance;
use crate::deadlines::{Deadline, DeadlineRule};
use crate::detention::facts::PanelFact;
use crate::detention::terms::Recommendation;
use crate::fields::prose::Prose;
use crate::fields::{IN_DETENTION, When, ask, codes, fields, need};
use crate::history::PastEvent;
use crate::plan::builder::PlanBuilder;
use crate::purpose::Purpose;
use chrono::NaiveDate;
use despatch_core::words::date_words;
use serde_json::Value;

const REJECTED: When = When::Is("accepted", &["false"]);

fields! {
    /// A Case Progression Panel made a recommendation (general instructions, "Case Progression Panels").
    PanelRecommended {
        on: NaiveDate = ask("The day of the panel").past().order(IN_DETENTION);
        recommendation: Recommendation = ask("What does it recommend?");
        accepted: Option<bool> = ask("Is the recommendation accepted?").note("Left out while that is undecided");
        rejection: Option<Prose> = ask("The clear reasons for which it is rejected")
            .asked(REJECTED)
            .needed(need(
                REJECTED,
                codes::FACT_REASONS,
                "the recommendation is rejected, and the clear reasons for that are not given",
                "add the rejection: it is recorded, and stands in the next review",
            ));
    }
}

impl CaseEvent for PanelRecommended {
    type Fact = PanelFact;

    fn free_texts(&self) -> Vec<FreeText> {
        self.rejection.iter().map(|reasons| ("the reasons of the rejection", reasons.text())).collect()
    }

    /// The Panel Team is answered once it is decided; the next panel is due within the pack's months.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<PanelFact> {
        plan.not_future("/event/on", self.on);
        let began = plan.must_have_begun("/event/on")?;
        plan.not_before_detention("/event/on", began, self.on);
        let rules = plan.detention_rules()?;
        let (due, months) = (rules.panel_by(self.on), rules.panel.months);
        let (rule, arithmetic) = (DeadlineRule::CasePanel, format!("{months} calendar months after {}", date_words(self.on)));
        plan.clocks.push(Deadline::of_day(rule, due, rule.label(), &rules.panel.source, arithmetic));
        let rejected = self.accepted == Some(false);
        match self.accepted {
            Some(_) => {
                plan.circumstances.insert(Circumstance::PanelAnswered);
                plan.start_immediately(plan.today, "answer the panel's recommendation", &[Purpose::PanelAnswer]);
            }
            None => plan.warn("Whether the recommendation is accepted is not decided: correct this file once it is."),
        }
        if rejected {
            plan.warn("The clear reasons for the rejection must stand in the next review of detention (panel_rejection).");
        }
        let accepted_release = self.recommendation == Recommendation::Release && self.accepted == Some(true);
        if accepted_release {
            plan.warn("Release was recommended and accepted: record the review with the outcome release at once.");
        }
        plan.note_on(&format!("Case Progression Panel: {}", self.recommendation.label()), self.on);
        Some(PanelFact { on: self.on, rejected })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        state.detention.rejected_panel |= fact.rejected;
        state.stop(&[DeadlineRule::CasePanel]);
    }

    fn given_besides(&self, known: &Known<'_>) -> Value {
        known.detention()
    }
}
