//! Enters: the event that a minister authorised a longer time. Leaves: everything the program knows about that event.
//! Never: sends the authority to anybody: it is kept.

use super::arrived::STAY;
use super::{AttachmentKind, CaseEvent, Due, Known};
use crate::case_state::CaseState;
use crate::deadlines::DeadlineRule;
use crate::detention::facts::MinisterFact;
use crate::detention::state::{HourLimit, StayOnRecord};
use crate::detention::terms::Extends;
use crate::fields::{IN_DETENTION, ask, fields};
use crate::history::PastEvent;
use crate::plan::builder::PlanBuilder;
use crate::plan::detention::Proof;
use crate::purpose::Purpose;
use chrono::NaiveDate;
use serde_json::Value;

fields! {
    /// A minister authorised a longer time.
    MinisterAuthorised {
        on: NaiveDate = ask("The day of the authority").past().order(IN_DETENTION);
        extends: Extends = ask("What does it extend?");
    }
}

impl CaseEvent for MinisterAuthorised {
    type Fact = MinisterFact;
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] = &[(AttachmentKind::MinisterAuthority, Due::One)];

    /// The longer limit takes the place of the shorter one, with its alarms.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<MinisterFact> {
        plan.not_future("/event/on", self.on);
        let began = plan.must_have_begun("/event/on")?;
        plan.not_before_detention("/event/on", began, self.on);
        let nothing = match (self.extends, plan.state.detention.hour_limit, plan.state.detention.stays.last().copied()) {
            (Extends::Pregnancy, Some(set), _) => {
                plan.start_hour_limit(began, HourLimit { minister: true, ..set })?;
                !set.limited
            }
            (Extends::Stay, _, Some(stay)) => {
                plan.start_stay(began, StayOnRecord { minister: true, ..stay }, Proof::default())?;
                plan.detention().limits.iter().all(|limit| limit.norm)
            }
            _ => true,
        };
        if nothing {
            let cause = format!("the record has no limit of {} that a minister could extend", self.extends.label());
            plan.contradiction("/event/extends", "history.limit", cause);
        }
        plan.start_immediately(plan.today, "tell those who decide of the longer limit", &[Purpose::LimitWarning]);
        plan.note_on("A minister authorised a longer time", self.on);
        Some(MinisterFact { on: self.on, extends: self.extends })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        match fact.extends {
            Extends::Pregnancy => {
                if let Some(set) = &mut state.detention.hour_limit {
                    set.minister = true;
                }
                state.stop(&[DeadlineRule::PregnancyLimit]);
            }
            Extends::Stay => {
                if let Some(stay) = state.detention.stays.last_mut() {
                    stay.minister = true;
                }
                state.stop(STAY);
            }
        }
    }

    fn given_besides(&self, known: &Known<'_>) -> Value {
        known.detention()
    }
}
