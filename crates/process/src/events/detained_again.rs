//! Enters: the event that somebody who had left detention is detained again. Leaves: everything the program knows about
//! that event. Never: asks for a second opinion: the report pre-dates this detention.

use super::transferred::copy_if_attached;
use super::{AttachmentKind, CaseEvent, Due};
use crate::case_state::CaseState;
use crate::circumstances::Circumstance;
use crate::facts::Day;
use crate::fields::{Order, ask, fields};
use crate::history::PastEvent;
use crate::pending_effects::PendingEffect;
use crate::plan::builder::PlanBuilder;
use crate::purpose::Purpose;
use chrono::NaiveDate;
use despatch_core::words::weekday_words;

fields! {
    /// The person is detained again after they had left detention (B1, B9); the case's detention is the new one.
    DetainedAgain {
        detained_on: NaiveDate = ask("The day on which the person was detained again")
            .past()
            .note("It is the first day of detention too")
            .order(&[
                Order::NotBefore("/detention/since", "this day is before the first day of detention"),
                Order::NotAfter("/detention/since", "the detention is said to have begun before this day"),
            ]);
    }
}

impl CaseEvent for DetainedAgain {
    type Fact = Day;
    // The report for the healthcare team and the caseworker, and the second opinion if one was kept.
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] =
        &[(AttachmentKind::ExternalMedicalReport, Due::One), (AttachmentKind::SecondOpinionReport, Due::May)];

    /// B1 and B9: what was kept on file is considered on its merits, and nothing is referred.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<Day> {
        const AT: &str = "/event/detained_on";
        plan.not_future(AT, self.detained_on);
        plan.must_be_alive(AT);
        plan.must_be_under_immigration_powers();
        match plan.state.left {
            None if !plan.history.events.is_empty() => {
                let cause = "the record does not say that the person has left detention";
                plan.contradiction("/event/type", "history.not_left", cause);
            }
            Some((left, _)) if self.detained_on < left => {
                let cause = "the record has the person leave detention after this day";
                plan.contradiction(AT, "history.not_left", cause);
            }
            _ => {}
        }
        let day = weekday_words(self.detained_on);
        plan.note(format!("The person is detained again, since {day}: update CID/Atlas."));
        plan.because(format!(
            "The person was detained again on {day}, and the external medical report pre-dates this detention."
        ));
        copies(plan, self.detained_on);
        if plan.state.rejected {
            plan.warn("The report was rejected below the baseline standard, so nobody is asked to consider it.");
            return Some(Day { on: self.detained_on });
        }
        plan.circumstances.insert(Circumstance::PreDates);
        if plan.state.kept {
            plan.bring_opinion_back(self.detained_on);
        }
        Some(Day { on: self.detained_on })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        state.detained_again_on = Some(fact.on);
        (state.left, state.release_decided_on, state.removal_on) = (None, None, None);
        (state.cut_short, state.kept, state.suspended) = (false, false, None);
        // It pre-dates this detention, so nothing is referred any more; what the doctor has begun is still completed.
        (state.barred, state.barred_by_release) = (true, false);
        if !state.assessed() {
            (state.requested, state.wanted, state.granted) = (Some(false), Some(false), None);
        }
    }
}

/// The healthcare team that has the person in its care from now on gets the report, and the second opinion if one is in.
fn copies(plan: &mut PlanBuilder<'_>, on: NaiveDate) {
    plan.start_immediately(on, "send the healthcare team the report", &[Purpose::ReportToHealthcare]);
    plan.circumstances.insert(Circumstance::CopyOfReport);
    if plan.state.opinion_received_on.is_some() {
        copy_if_attached(plan, AttachmentKind::SecondOpinionReport, Circumstance::CopyOfOpinion);
    }
}

impl PlanBuilder<'_> {
    /// Has a second opinion that was kept on file forwarded and decided on, as of this day: "on receipt of the report"
    /// its time began, and stood still while the person was not to be detained.
    pub(crate) fn bring_opinion_back(&mut self, on: NaiveDate) {
        self.circumstances.insert(Circumstance::OpinionBack);
        self.pending_effects.insert(PendingEffect::Kept);
        let what = "forward the second opinion report that was kept on file";
        self.start_immediately(on, what, &[Purpose::SecondOpinionToCaseworker]);
        let reason = self.outcome.reason.take().unwrap_or_default();
        self.because(format!("{reason} The second opinion, which was kept on file, comes back."));
    }
}
