//! Enters: the event that the limit of section 60 of the Immigration Act 2016 begins. Leaves: everything the program knows
//! about that event. Never: holds anything about health beyond the fact.

use super::{AttachmentKind, CaseEvent, Due, Known};
use crate::case_state::CaseState;
use crate::deadlines::DeadlineRule;
use crate::detention::facts::HourLimitFact;
use crate::detention::london_time::LondonTime;
use crate::detention::state::HourLimit;
use crate::detention::terms::PowerFor;
use crate::fields::prose::Prose;
use crate::fields::{When, ask, codes, fields, need};
use crate::history::PastEvent;
use crate::plan::builder::PlanBuilder;
use crate::purpose::Purpose;
use chrono::NaiveDate;
use serde_json::Value;

fields! {
    /// It was established that the person is pregnant.
    PregnancyEstablished {
        satisfied_at: LondonTime = ask("When was the Home Office first satisfied of it?")
            .note("The moment in London with its offset");
        power_for: PowerFor = ask("For what is she detained?");
        removal_shortly: bool = ask("Will she shortly be removed?");
        exceptional: Option<Prose> = ask("The exceptional circumstances, if any");
        minister_on: Option<NaiveDate> = ask("The day of the minister's authority, if there is one").past()
            .needed(need(
                When::There("exceptional"),
                codes::FACT_REASONS,
                "exceptional circumstances are given, and no minister's authority",
                "add minister_on, or remove the exceptional circumstances: without a minister the limit is 72 hours",
            ));
    }
}

impl CaseEvent for PregnancyEstablished {
    type Fact = HourLimitFact;
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] = &[(AttachmentKind::MinisterAuthority, Due::May)];

    /// A hard limit in hours begins, with its alarms; those who decide are warned at once.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<HourLimitFact> {
        const AT: &str = "/event/satisfied_at";
        plan.moment_not_future(AT, self.satisfied_at);
        if let Some(on) = self.minister_on {
            plan.not_future("/event/minister_on", on);
        }
        let began = plan.must_have_begun(AT)?;
        let set = HourLimit {
            satisfied_at: self.satisfied_at,
            limited: self.power_for == PowerFor::Removal,
            minister: plan.minister_is_proved(self.minister_on),
        };
        plan.start_hour_limit(began, set)?;
        if !set.limited {
            plan.warn("The limit of section 60 is of detention for removal or deportation: this is for another purpose, and no limit is shown.");
        }
        if !self.removal_shortly && self.exceptional.is_none() {
            plan.warn("Neither is she to be removed shortly, nor are exceptional circumstances given: detention may not be authorised at all. Take this to a manager at once.");
        }
        plan.start_immediately(plan.today, "warn those who decide of the limit", &[Purpose::LimitWarning]);
        let on = self.satisfied_at.date();
        plan.note_on("The limit of section 60 of the Immigration Act 2016 began", on);
        Some(HourLimitFact { on, satisfied_at: set.satisfied_at, limited: set.limited, minister: set.minister })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        let HourLimitFact { satisfied_at, limited, minister, .. } = *fact;
        // What was first established counts.
        let first = state.detention.hour_limit.map_or(satisfied_at, |known| known.satisfied_at.min(satisfied_at));
        state.detention.hour_limit = Some(HourLimit { satisfied_at: first, limited, minister });
        state.stop(&[DeadlineRule::PregnancyLimit]);
    }

    fn given_besides(&self, known: &Known<'_>) -> Value {
        known.detention()
    }
}
