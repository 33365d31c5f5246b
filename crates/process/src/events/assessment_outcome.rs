//! Enters: the event that an appointment took place, or why it did not. Leaves: everything the program knows about it.
//! Never: says what the assessment found.

use super::CaseEvent;
use crate::calendar::count_words;
use crate::cancellations::Cancellations;
use crate::case_state::{AppointmentState, CaseState};
use crate::circumstances::Circumstance;
use crate::deadlines::DeadlineRule;
use crate::facts::{AfterCancellation, Outcome, OutcomeFact, Rebooking};
use crate::fields::check::Checker;
use crate::fields::{Field, When, ask, codes, fields, need};
use crate::history::PastEvent;
use crate::pending_effects::PendingEffect;
use crate::plan::builder::PlanBuilder;
use crate::plan::papers_only::{NO_OTHER_RECORDS, papers_only};
use crate::purpose::Purpose;
use chrono::NaiveDate;
use despatch_core::words::weekday_words;
use std::collections::BTreeSet;

fields! {
    /// The outcome of an appointment (rows 20 and 22 to 26).
    AssessmentOutcome {
        outcome: Outcome = ask("What came of the appointment?");
        /// The date of the appointment.
        date: NaiveDate = ask("The day of the appointment");
        reported_on: NaiveDate = ask("The day on which its outcome was reported").past();
        /// Given if and only if the cause is on the Home Office's side.
        rebooking: Option<Rebooking> = REBOOKING;
        /// Papers alone, and no record is enclosed: the preparer confirms that none bears on the person's health.
        no_other_records: Option<bool> = NO_OTHER_RECORDS;
        /// Given if and only if causes of both kinds stood in the way and no date is left.
        then: Option<AfterCancellation> = ask("Where both the place's staff and another cause stood in the way: what was decided?")
            .note("The guidance says one thing for each cause and nothing for both, so a person decides")
            .unlabelled()
            .asked(IMPOSSIBLE)
            .barred(need(
                When::Is("rebooking", &["possible"]),
                codes::FACT_REBOOKING,
                "the assessment is booked again, and this says what follows where it is not",
                "remove it, or correct rebooking",
            ));
    }
}

const IMPOSSIBLE: When = When::Is("rebooking", &["impossible"]);

const REBOOKING: Field = ask("Can the assessment be booked again in time?")
    .unlabelled()
    .needed(need(
        When::Is("outcome", &["staff_unavailable", "technical", "interpreter_unavailable", "other_home_office"]),
        codes::FACT_REBOOKING,
        "the Home Office had to cancel, and this does not say whether the assessment can be booked again in time",
        "write \"possible\" or \"impossible\"",
    ))
    .barred(need(
        When::Is("outcome", &["completed", "too_ill", "unfit", "did_not_attend", "refused"]),
        codes::FACT_REBOOKING,
        "an assessment with this outcome is not booked again",
        "remove it, or correct the outcome",
    ));

impl CaseEvent for AssessmentOutcome {
    type Fact = OutcomeFact;

    fn check(checker: &mut Checker<'_, '_>) {
        let outcome = checker.word("/event/outcome", Outcome::WORDS);
        // A cancellation, an illness or a refusal can be reported before the day; these two cannot.
        if let Some(Outcome::Completed | Outcome::DidNotAttend) = outcome {
            let cause = "this was reported before the day of the appointment";
            checker.order("/event/date", "/event/reported_on", "/event/reported_on", cause);
        }
    }

    /// Rows 20 and 22 to 26 (G0, "What if the second opinion assessment is delayed or cancelled?").
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<OutcomeFact> {
        const AT: &str = "/event/date";
        plan.not_future("/event/reported_on", self.reported_on);
        plan.must_be_open(AT);
        check_appointment(plan, self);
        check_outcome(plan, self);
        let numbers = &plan.second_opinion()?.numbers;
        plan.start(AT, DeadlineRule::Report, &numbers.report, self.date)?;
        let what = self.outcome.label();
        plan.note(format!(
            "The appointment on {}: {what} (row 20: record it on CID and Atlas, with the reasons).",
            weekday_words(self.date)
        ));
        let cause = sentence(what);
        let none = self.no_other_records;
        let mut then = None;
        match (self.outcome, self.rebooking) {
            (Outcome::Completed, _) => {}
            (outcome, _) if !outcome.is_of_home_office() => persons_cause(plan, outcome, cause, none),
            (_, Some(Rebooking::Possible)) => rebook(plan, self, &cause)?,
            _ => {
                then = Some(after_cancellation(plan, self)?);
                match then {
                    Some(AfterCancellation::StandardsOnly) => without_opinion(plan, &cause),
                    _ => on_papers(plan, &cause, none),
                }
            }
        }
        Some(OutcomeFact { date: self.date, outcome: self.outcome, rebooking: self.rebooking, then })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        let appointment = match fact.outcome {
            Outcome::Completed => AppointmentState::Completed,
            Outcome::TooIll | Outcome::Unfit | Outcome::DidNotAttend | Outcome::Refused => {
                state.papers_only = true;
                AppointmentState::NotAttended
            }
            _ if fact.rebooking == Some(Rebooking::Possible) => AppointmentState::ToRebook,
            outcome => {
                let own = Cancellations::default().with(fact.date, outcome).without_date();
                match fact.then.or(own) {
                    Some(AfterCancellation::StandardsOnly) => state.without_opinion = true,
                    _ => state.papers_only = true,
                }
                AppointmentState::Cancelled
            }
        };
        state.cancellations = state.cancellations.with(fact.date, fact.outcome);
        if let Some(booked) = &mut state.appointment {
            booked.state = appointment;
        }
        use DeadlineRule::{Assess, Rebook, Report, Respond, Serve};
        // The event restarts the report's clock if a report is due.
        state.stop(&[Assess, Serve, Respond, Rebook, Report]);
    }

    fn summary(fact: &Self::Fact, what: &str, on: &str) -> String {
        let again = fact.rebooking.map_or_else(String::new, |again| format!("; it {}", again.label()));
        format!("{what} of {on}: {}{again}", fact.outcome.label())
    }
}

/// Checks that the outcome is that of the appointment ahead, or says that one awaiting rebooking cannot be rebooked.
fn check_appointment(plan: &mut PlanBuilder<'_>, event: &AssessmentOutcome) {
    let gives_up = event.rebooking == Some(Rebooking::Impossible);
    let booked = plan.state.ahead().or(plan.state.to_rebook().filter(|_| gives_up));
    match booked.map(|booked| booked.fact.date) {
        Some(on_record) if on_record != event.date => {
            let cause = format!("the record has the appointment on {}", weekday_words(on_record));
            plan.contradiction("/event/date", "history.appointment", cause);
        }
        Some(_) if plan.state.papers_only && event.outcome != Outcome::Completed => {
            let cause = "the record says that the doctor assesses on papers alone, so nothing was to be held";
            plan.contradiction("/event/type", "history.assessed", cause);
        }
        Some(_) => {}
        None => {
            plan.contradiction("/event/type", "history.no_appointment", "the record has no appointment ahead")
        }
    }
}

fn check_outcome(plan: &mut PlanBuilder<'_>, event: &AssessmentOutcome) {
    // A person who was never told of an appointment cannot fail to attend it (G4).
    let state = &plan.state;
    let asked = state.ahead().is_some_and(|booked| booked.fact.window.is_some());
    let answered = state.answers.attend().is_some() || state.answers.declined_for_another();
    let knows = state.served_on.is_some() || answered;
    if event.outcome == Outcome::DidNotAttend && asked && !knows {
        let cause = "the record has neither service of the invitation nor an answer to it";
        plan.contradiction("/event/outcome", "history.not_served", cause);
    }
}

/// Row 24: tells the person and the representative; the new date must be within the working days.
fn rebook(plan: &mut PlanBuilder<'_>, event: &AssessmentOutcome, cause: &str) -> Option<()> {
    no_report(plan);
    let number = &plan.second_opinion()?.numbers.rebook;
    let first = plan.state.cancellations.first.unwrap_or(event.date);
    let due = plan.start("/event/date", DeadlineRule::Rebook, number, first)?;
    if due < plan.today {
        let cause = format!(
            "the assessment was first cancelled on {}, and the {} for a new date ended on {}",
            weekday_words(first),
            count_words(number.days),
            weekday_words(due)
        );
        plan.fault(
            "/event/rebooking",
            "rebooking.over",
            cause,
            "write \"impossible\": no day is left for it",
        );
    }
    plan.because(format!("{cause} It will be booked again, by {}.", weekday_words(due)));
    if event.outcome == Outcome::StaffUnavailable {
        plan.warn(
            "The guidance says \"within the next 5 working days\" and not from when: they are counted from the \
             cancelled assessment.",
        );
    }
    cancel_for_person(plan);
    Some(())
}

/// Returns what follows where no date is left (rows 25 and 26): by the causes of every cancellation, and by a person's
/// decision if they are of both kinds.
fn after_cancellation(plan: &mut PlanBuilder<'_>, event: &AssessmentOutcome) -> Option<AfterCancellation> {
    const AT: &str = "/event/then";
    let by_cause = plan.state.cancellations.with(event.date, event.outcome).without_date();
    match (by_cause, event.then) {
        (None, None) => plan.fault(
            AT,
            "outcome.mixed",
            "both the place's staff and another cause stood in the way of this assessment, and the guidance says \
             something else for each",
            "let a person decide, and say here what was decided: \"papers_only\" or \"standards_only\"",
        ),
        (Some(_), Some(_)) => plan.fault(
            AT,
            "outcome.not_mixed",
            "causes of one kind alone stood in the way of this assessment, and the guidance says what follows",
            "remove it",
        ),
        (None, Some(_)) => plan.warn(
            "Both the place's staff and another cause stood in the way of this assessment; the guidance does not say what \
             follows, and a person decided it: see that the decision is theirs.",
        ),
        (Some(_), None) => {}
    }
    by_cause.or(event.then)
}

/// Row 22: the person could not or would not take part.
fn persons_cause(plan: &mut PlanBuilder<'_>, outcome: Outcome, cause: String, none: Option<bool>) {
    plan.because(cause);
    plan.circumstances.insert(Circumstance::PersonsCause);
    let ill = matches!(outcome, Outcome::TooIll | Outcome::Unfit);
    plan.circumstances.insert(if ill { Circumstance::TooIll } else { Circumstance::FailedOrRefused });
    // If the person did not attend, the room and the interpreter were used.
    papers_only(plan, outcome != Outcome::DidNotAttend, none);
    plan.pending_effects.extend([PendingEffect::Results, PendingEffect::Opposites, PendingEffect::Bookings]);
}

/// Row 26.
fn on_papers(plan: &mut PlanBuilder<'_>, cause: &str, none: Option<bool>) {
    let rest = "It cannot be booked again in time, so the assessment is made on papers alone.";
    plan.because(format!("{cause} {rest}"));
    cancel_for_person(plan);
    plan.circumstances.remove(&Circumstance::DoctorTold);
    papers_only(plan, false, none);
    if !plan.doctor_has_documents() {
        // The doctor's documents are among the unsent messages and are still needed, so a person decides.
        plan.pending_effects = BTreeSet::from([PendingEffect::Held]);
    }
}

/// Row 25.
fn without_opinion(plan: &mut PlanBuilder<'_>, cause: &str) {
    no_report(plan);
    let rest = "It cannot be booked again in time, so the report is considered without a second opinion.";
    plan.because(format!("{cause} {rest}"));
    plan.circumstances.insert(Circumstance::WithoutOpinion);
    cancel_for_person(plan);
    plan.start_immediately(plan.today, "tell the casework team", &[Purpose::NoSecondOpinion]);
}

fn no_report(plan: &mut PlanBuilder<'_>) {
    plan.clocks.retain(|clock| clock.rule != DeadlineRule::Report);
    plan.outcome.dates.report_by = None;
}

/// Tells everybody who was told of the appointment, or awaits another date, that the Home Office cancels.
fn cancel_for_person(plan: &mut PlanBuilder<'_>) {
    plan.circumstances.insert(Circumstance::HomeOfficeCause);
    plan.cancel(true);
    plan.pending_effects.insert(PendingEffect::Appointment);
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
