//! Enters: the event that the person was moved. Leaves: everything the program knows about that event.
//! Never: changes where the person is: the case's detention names the new place.

use super::{AttachmentKind, CaseEvent, Due, Known};
use crate::cancellations::Cancellations;
use crate::case_state::CaseState;
use crate::circumstances::Circumstance;
use crate::deadlines::DeadlineRule;
use crate::facts::TransferFact;
use crate::fields::check::Checker;
use crate::fields::{IN_DETENTION, ask, codes, fields};
use crate::history::PastEvent;
use crate::pending_effects::PendingEffect;
use crate::places::{Place, unknown_place};
use crate::plan::builder::PlanBuilder;
use crate::purpose::Purpose;
use crate::response_window::earliest_appointment;
use chrono::NaiveDate;
use despatch_core::words::{PlaceId, weekday_words};
use serde_json::{Value, json};

fields! {
    /// The person was moved (row 11, G10); the case's detention names the new place.
    Transferred {
        on: NaiveDate = ask("The day of the transfer").past().order(IN_DETENTION);
        from: PlaceId = ask("The place that the person left");
    }
}

impl CaseEvent for Transferred {
    type Fact = TransferFact;
    // For the healthcare team of the new place (row 2, and row 31 once the second opinion is in).
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] = &[(AttachmentKind::SecondOpinionReport, Due::May)];

    fn check(checker: &mut Checker<'_, '_>) {
        let from = checker.text("/event/from");
        if from.is_some() && from == checker.text("/detention/place") {
            let cause = "the person was moved from the place where they are said to be now";
            let cure = "write the old place here, and the new one as the place of detention";
            checker.fault("/event/from", codes::FACT_UNCHANGED, cause, cure);
        }
    }

    fn given_besides(&self, known: &Known<'_>) -> Value {
        let place = |place: &Place| json!({ "id": place.id, "name": place.name, "kind": place.kind.short() });
        json!({ "from": known.from.map(place) })
    }

    /// Row 11 after a temporary place, and G10 for every other move.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<TransferFact> {
        const AT: &str = "/event/on";
        plan.not_future(AT, self.on);
        plan.must_be_there(AT);
        plan.must_know_outcome(AT, self.on);
        let on_record = plan.state.place.as_ref().map(|(place, _)| place);
        if on_record.is_some_and(|place| *place != self.from) {
            let cause = "the record has the person at another place before this move";
            plan.contradiction("/event/from", "history.place", cause);
        }
        let Some(from) = plan.places.get(&self.from) else {
            plan.faults.push(unknown_place("/event/from"));
            return None;
        };
        let from_kind = from.kind;
        let to_assess =
            !plan.place_kind().is_temporary() && plan.state.ended().is_none() && !plan.state.assessed();
        if from_kind.is_temporary() && to_assess {
            plan.circumstances.insert(Circumstance::FromTemporary);
            assess_from(plan, Some(self.on))?;
            if plan.place_kind().is_of_prison_service() {
                plan.warn(
                    "The guidance speaks of a move from a temporary place to an immigration removal centre; a move to \
                     a prison is treated alike.",
                );
            }
        } else {
            plan.circumstances.insert(Circumstance::NotFromTemporary);
            if to_assess {
                assess_from(plan, None)?;
            }
        }
        plan.because(format!("The person was transferred on {}.", weekday_words(self.on)));
        if plan.state.ahead().is_some() && !plan.state.papers_only {
            plan.cancel(true);
            plan.warn("The appointment at the former place is called off: arrange a new one.");
        }
        if to_assess && plan.state.granted == Some(true) && plan.state.to_rebook().is_none() {
            arrange(plan)?;
        }
        plan.pending_effects.extend([
            PendingEffect::Held,
            PendingEffect::HeldLetters,
            PendingEffect::HeldCopies,
        ]);
        plan.warn_of_copies("the healthcare team of the new place is sent its own");
        copy_to_new_team(plan);
        Some(TransferFact { on: self.on, from: self.from.clone(), from_kind })
    }

    fn apply(fact: &Self::Fact, past: &PastEvent, state: &mut CaseState) {
        if fact.from_kind.is_temporary() && !past.recorded.place_kind.is_temporary() {
            state.transferred_on = Some(fact.on);
            // The time for an assessment runs anew, so the days of an earlier cancellation do not.
            state.cancellations = Cancellations::default();
        }
        state.call_off();
        state.suspended = None;
    }

    fn summary(fact: &Self::Fact, what: &str, on: &str) -> String {
        format!("{what} on {on} from {}", fact.from)
    }
}

/// The healthcare team that has the person in its care from now on has "all necessary up to date information": each
/// document that it was not sent before.
fn copy_to_new_team(plan: &mut PlanBuilder<'_>) {
    let (report, opinion) = (plan.state.received_on.is_some(), plan.state.opinion_received_on.is_some());
    if report && !plan.was_told_here(Purpose::ReportToHealthcare) {
        let what = "send the healthcare team of the new place the report";
        plan.start_immediately(plan.today, what, &[Purpose::ReportToHealthcare]);
        copy_if_attached(plan, AttachmentKind::ExternalMedicalReport, Circumstance::CopyOfReport);
    }
    if opinion && !plan.was_told_here(Purpose::SecondOpinionToHealthcare) {
        copy_if_attached(plan, AttachmentKind::SecondOpinionReport, Circumstance::CopyOfOpinion);
    }
}

/// Asks for the copy of what is attached. What is not is told, and no fault: a move that is rejected would hold nothing
/// of what is on its way to the place that was left.
pub(super) fn copy_if_attached(plan: &mut PlanBuilder<'_>, kind: AttachmentKind, copy: Circumstance) {
    if plan.case.attachments.iter().any(|one| one.kind == kind) {
        plan.circumstances.insert(copy);
        return;
    }
    let what = kind.label().to_lowercase();
    let words = format!(
        "The healthcare team of the new place was not sent its own copy ({what}), which is not attached: attach it and \
         correct this file."
    );
    plan.note(words.clone());
    plan.warn(words);
}

/// Starts the time for an assessment at the new place: from the transfer out of a temporary place, this one or an
/// earlier one, otherwise from the referral. If an assessment awaits rebooking, its own time continues.
fn assess_from(plan: &mut PlanBuilder<'_>, transferred: Option<NaiveDate>) -> Option<()> {
    if plan.state.to_rebook().is_some() {
        return Some(());
    }
    let numbers = &plan.second_opinion()?.numbers;
    let referred = plan.state.referred_on;
    let earlier = referred.and_then(|referred| plan.state.counts_from_transfer(referred));
    let (number, from) = match (transferred.or(earlier), referred) {
        (Some(transferred), _) => (&numbers.assess_after_transfer, transferred),
        (None, Some(referred)) => (&numbers.assess, referred),
        (None, None) => return Some(()),
    };
    plan.start("/event/on", DeadlineRule::Assess, number, from).map(|_| ())
}

/// "The DMRT must then make arrangements for an assessment to be held there": rows 3 and 4 at the new place, if a
/// lawful date is left.
fn arrange(plan: &mut PlanBuilder<'_>) -> Option<()> {
    const AT: &str = "/event/on";
    let earliest = earliest_appointment(plan.today, plan.calendars.persons(), &plan.second_opinion()?.numbers);
    let earliest = plan.covered(AT, earliest)?;
    plan.outcome.dates.earliest = Some(earliest);
    let due = plan.outcome.dates.assess_by;
    if due.is_some_and(|due| earliest <= due) {
        plan.circumstances.insert(Circumstance::Granted);
    } else {
        plan.warn(
            "No lawful date for an assessment at the new place is left: report that no doctor is available \
             (no_doctor_available), so that the report is considered without a second opinion.",
        );
    }
    Some(())
}
