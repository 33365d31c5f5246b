//! Enters: the event that no contracted doctor can assess in time. Leaves: everything the program knows about it.
//! Never: looks for another doctor.

use super::{AttachmentKind, CaseEvent, Due};
use crate::calendar::count_words;
use crate::case_state::CaseState;
use crate::circumstances::Circumstance;
use crate::deadlines::DeadlineRule;
use crate::facts::Day;
use crate::fields::{Order, ask, fields};
use crate::history::PastEvent;
use crate::plan::appointment::{TEMPORARY, check_referral};
use crate::plan::builder::PlanBuilder;
use crate::purpose::Purpose;
use chrono::NaiveDate;
use despatch_core::words::{date_words, weekday_words};

fields! {
    /// No contracted doctor can assess within the working days that the guidance allows (row 6).
    NoDoctorAvailable {
        established_on: NaiveDate = ask("The day on which it was clear that no doctor can assess in time").past();
        referred_on: NaiveDate = ask("The day on which the report was referred to the Detained Medical Reports Team")
            .order(&[Order::NotAfter(
                "established_on",
                "the report was referred after the day on which no doctor was found for it",
            )]);
    }
}

impl CaseEvent for NoDoctorAvailable {
    type Fact = Day;
    // The report is returned to the caseworker of a prison, and of a person who came from a temporary place (row 6); at a
    // centre nobody is sent it.
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] =
        &[(AttachmentKind::ExternalMedicalReport, Due::May)];

    /// Row 6 (G0, "Arranging an assessment"): an IRC's caseworker gets an answer with the reason; the caseworker of a
    /// prison, or of a person who came from a temporary place, gets the report back immediately (G13).
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<Day> {
        const AT: &str = "/event/established_on";
        plan.not_future(AT, self.established_on);
        plan.must_be_open(AT);
        if plan.place_kind().is_temporary() {
            plan.fault(
                "/detention/place",
                "place.temporary",
                "no assessment is arranged at a temporary place of detention, so no doctor is looked for",
                TEMPORARY,
            );
            return None;
        }
        if plan.state.ahead().is_some() {
            let cause = "the record has an appointment that is still ahead";
            plan.contradiction("/event/type", "history.appointment", cause);
        } else if plan.state.to_rebook().is_some() {
            let cause = "the record has an assessment that is to be booked again: what follows where it cannot be is told \
                     by its outcome (assessment_outcome, with rebooking \"impossible\")";
            plan.contradiction("/event/type", "history.rebooks", cause);
        } else if plan.state.assessed() {
            let cause = "the record says that the assessment took place, or is made on papers alone";
            plan.contradiction("/event/type", "history.assessed", cause);
        }
        check_referral(plan, "/event/referred_on", self.referred_on);
        let numbers = &plan.second_opinion()?.numbers;
        let transferred = plan.state.counts_from_transfer(self.referred_on);
        let (number, from, start) = match transferred {
            Some(transferred) => (&numbers.assess_after_transfer, transferred, "transfer"),
            None => (&numbers.assess, self.referred_on, "referral"),
        };
        let assess_by = plan.calendars.stricter(from, number.days).map(|(due, _)| due);
        let assess_by = plan.covered("/event/referred_on", assess_by)?;
        plan.outcome.dates.referred_on = Some(self.referred_on);
        plan.outcome.dates.assess_by = Some(assess_by);
        plan.circumstances.insert(if transferred.is_some() {
            Circumstance::FromTemporary
        } else {
            Circumstance::NotFromTemporary
        });
        plan.because(format!(
            "No assessment with a Home Office contracted doctor can be booked within {} of the {start} on {}, that is \
         by {}.",
            count_words(number.days),
            date_words(from),
            weekday_words(assess_by)
        ));
        plan.start_immediately(
            self.established_on,
            "tell the casework team",
            &[Purpose::NoSecondOpinion, Purpose::ReportReturned],
        );
        Some(Day { on: self.established_on })
    }

    fn apply(_: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        state.without_opinion = true;
        state.stop(&[DeadlineRule::Assess]);
    }
}
