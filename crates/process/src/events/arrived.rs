//! Enters: the event that the person arrived at another place in the same detention. Leaves: everything the program knows
//! about that event. Never: lets a move restart what counts from the first hour of detention.

use super::authorised::{self, Authorised};
use super::detention_began::{REQUESTS, warn_of_child};
use super::{AttachmentKind, CaseEvent, Due, Known};
use crate::case_state::CaseState;
use crate::circumstances::Circumstance;
use crate::deadlines::DeadlineRule;
use crate::detention::facts::ArrivalFact;
use crate::detention::london_time::LondonTime;
use crate::detention::reviews::FourteenthDay;
use crate::detention::state::Began;
use crate::detention::terms::Origin;
use crate::fields::check::Checker;
use crate::fields::{ask, fields};
use crate::history::PastEvent;
use crate::pending_effects::PendingEffect;
use crate::places::PlaceKind;
use crate::plan::builder::PlanBuilder;
use crate::plan::detention::{Proof, StayAuthorised};
use crate::purpose::Purpose;
use chrono::NaiveDate;
use serde_json::Value;

/// The clocks of a stay, which every event that recounts them restarts.
pub(super) const STAY: &[DeadlineRule] =
    &[DeadlineRule::StayLimit, DeadlineRule::StayNorm, DeadlineRule::StayAuthority];

fields! {
    /// The person arrived at another place; the case's detention names it.
    Arrived {
        arrived_at: LondonTime = ask("When did the person arrive?")
            .note("The moment in London with its offset");
        released_between: Option<bool> = ask("Was the person free in between?");
        removal_at: Option<LondonTime> = ask("When is removal set for, if it is?");
        minister_on: Option<NaiveDate> = ask("The day of a minister's authority for a longer stay, if there is one").past();
        authorised: Option<Authorised> = ask("Has anybody authorised a stay that goes on there?")
            .note("Whoever authorised a stay that goes on there");
    }
}

impl CaseEvent for Arrived {
    type Fact = ArrivalFact;
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] =
        &[(AttachmentKind::MinisterAuthority, Due::May), (AttachmentKind::StayAuthority, Due::May)];

    fn check(checker: &mut Checker<'_, '_>) {
        authorised::check(checker, "/event/authorised");
    }

    /// The limits of the new place begin; those who decide are warned of them.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<ArrivalFact> {
        const AT: &str = "/event/arrived_at";
        plan.moment_not_future(AT, self.arrived_at);
        if let Some(on) = self.minister_on {
            plan.not_future("/event/minister_on", on);
        }
        authorised::check_day(plan, "/event/authorised", self.authorised.as_ref());
        let mut began = plan.must_have_begun(AT)?;
        let on = self.arrived_at.date();
        plan.not_before_detention(AT, began, on);
        let released_between = self.released_between == Some(true);
        if released_between {
            began.detained.at = self.arrived_at;
            plan.warn(
                "The person was free in between: another detention is another case. A new detention must never be a device to \
                 circumvent a limit of stay: a person decides.",
            );
        }
        let kind = plan.place_kind();
        if plan.state.detention.comes_back_to(kind) {
            plan.warn(
                "The record has the person at such a place before, and elsewhere since: a stay there must not begin anew as a \
                 device to circumvent its limit. A person decides.",
            );
        }
        let mut fact = ArrivalFact {
            on,
            at: self.arrived_at,
            removal_at: self.removal_at,
            minister: plan.minister_is_proved(self.minister_on),
            authorised: false,
            needs: None,
            released_between,
        };
        let stay = plan.state.detention.stay_after(&fact, kind);
        let signer = self.authorised.as_ref().map(Authorised::signer);
        let proof = Proof { signer, signed_paper: plan.is_attached(AttachmentKind::StayAuthority) };
        StayAuthorised { authorised: fact.authorised, needs: fact.needs } =
            plan.start_stay(began, stay, proof)?;
        if !plan.detention().limits.is_empty() {
            plan.circumstances.insert(Circumstance::Limited);
            plan.start_immediately(plan.today, "warn those who decide of the limit", &[Purpose::LimitWarning]);
        }
        warn_of_child(plan, began.population);
        self.fourteenth_day(plan, began)?;
        plan.pending_effects.insert(PendingEffect::Held);
        plan.because(format!("The person arrived on {}.", self.arrived_at.words()));
        plan.note_on("The person arrived", on);
        Some(fact)
    }

    fn apply(fact: &Self::Fact, past: &PastEvent, state: &mut CaseState) {
        state.detention.arrive(fact, past.recorded.place_kind);
        state.stop(STAY);
    }

    fn summary(fact: &Self::Fact, what: &str, _: &str) -> String {
        format!("{what} on {}", fact.at.words())
    }

    fn given_besides(&self, known: &Known<'_>) -> Value {
        known.detention()
    }
}

impl Arrived {
    /// Who comes from prison before the pack's day has no review of the fourteenth day; where somebody comes later, the
    /// text leaves it open.
    fn fourteenth_day(&self, plan: &mut PlanBuilder<'_>, began: Began) -> Option<()> {
        let detained = began.detained;
        let was_in_prison = plan
            .state
            .detention
            .stays
            .last()
            .is_some_and(|stay| stay.kind.is_of_prison_service());
        if detained.origin != Origin::Prison || !was_in_prison || plan.place_kind() != PlaceKind::Irc {
            return Some(());
        }
        let days = (self.arrived_at.date() - detained.at.date()).num_days();
        let day = u32::try_from(days).unwrap_or(0);
        let rules = &plan.detention_rules()?.reviews;
        if rules.fourteenth_day(detained.team, detained.origin, Some(day)) == FourteenthDay::PersonDecides {
            plan.circumstances.insert(Circumstance::FortnightOpen);
            let what = format!("the person came from prison on day {day} of detention, and the text does not say whether a review of the fourteenth day is due");
            plan.leave_to_a_person(REQUESTS, &what, &rules.moved_later);
        }
        Some(())
    }
}
