//! Enters: an answer, a silence or an outcome that leads to papers alone. Leaves: the instruction to the doctor, and
//! the cancellations (row 22). Never: gives the instruction twice, or without an appointment.

use super::builder::PlanBuilder;
use crate::attachments::AttachmentKind;
use crate::circumstances::Circumstance;
use crate::deadlines::DeadlineRule;
use crate::fields::{Field, ask};
use crate::plan::appointment::LETTERS_TO_SERVE;
use crate::purpose::Purpose;
use despatch_core::words::Role;

/// Where the doctor is left with papers alone, the relevant immigration records are among them: they are attached, or
/// whoever prepares the file has looked and found none.
pub(crate) const NO_OTHER_RECORDS: Field =
    ask("Where papers alone are left: have you looked, and does no other immigration record bear on the person's health?")
        .note("Or attach those that do, as supporting_information")
        .withheld();

/// Row 22: tells the doctor, once, to assess on papers alone, and cancels the bookings for the day.
pub(crate) fn papers_only(plan: &mut PlanBuilder<'_>, call_off: bool, no_other_records: Option<bool>) {
    if plan.state.papers_only {
        plan.warn("The doctor has been told already to assess on papers alone.");
        return;
    }
    let attached = plan.case.attachments.iter().any(|one| one.kind == AttachmentKind::SupportingInformation);
    if !attached && no_other_records != Some(true) {
        plan.fault(
            "/event/no_other_records",
            "papers.records",
            "the doctor is left with papers alone, which include other immigration records where relevant, and none is \
             attached",
            "attach those that bear on the person's health as supporting_information; if there are none, say so with true",
        );
    }
    let Some(day) = plan.state.appointment.as_ref().map(|booked| booked.fact.date) else {
        plan.warn(
            "No appointment is on record, so no instruction can be made: a person tells the doctor to assess on papers \
             alone.",
        );
        return;
    };
    plan.circumstances.insert(Circumstance::PapersOnly);
    if !plan.doctor_has_documents() {
        plan.warn(
            "The record does not show that the doctor has the documents (row 8): they must go before this instruction.",
        );
    }
    if let Some(rules) = plan.second_opinion().filter(|_| plan.outcome.dates.report_by.is_none()) {
        // "Regardless of whether the assessment is conducted by video-link, or on papers": from the appointment, even
        // if it was cancelled.
        plan.start("/event/type", DeadlineRule::Report, &rules.numbers.report, day);
    }
    if let Some(booked) = plan.state.ahead().cloned().filter(|_| call_off) {
        plan.circumstances.insert(Circumstance::Cancelled);
        plan.outcome.cancelled = Some(booked.clone());
        plan.cancel_bookings(&booked);
        // Those at the place are told that the assessment is off, and not of a room alone; on the day itself too, for
        // the officers may be waiting.
        let told = [Role::Det, Role::Ost].iter().any(|role| plan.has_gone(LETTERS_TO_SERVE, Some(*role)));
        if booked.fact.date >= plan.today && told {
            plan.circumstances.insert(Circumstance::PlaceTold);
        }
    }
    plan.start_immediately(plan.today, "tell the doctor to assess on papers only", &[Purpose::PapersOnly]);
}
