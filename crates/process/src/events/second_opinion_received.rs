//! Enters: the event that the second opinion report was received. Leaves: everything the program knows about it.
//! Never: says what the report found.

use super::{AttachmentKind, CaseEvent, Due};
use crate::case_state::CaseState;
use crate::deadlines::DeadlineRule;
use crate::facts::{OpinionFact, OpinionMethod};
use crate::fields::{Field, Order, When, ask, codes, fields, need};
use crate::history::{PastEvent, PastMessage};
use crate::pending_effects::PendingEffect;
use crate::people::Contact;
use crate::plan::builder::PlanBuilder;
use crate::purpose::Purpose;
use chrono::NaiveDate;
use despatch_core::words::{Role, weekday_words};

fields! {
    /// The second opinion report was received (rows 27 and 30 to 32).
    SecondOpinionReceived {
        received_on: NaiveDate = ask("The day on which the second opinion report came in").past();
        doctor: Contact = ask("The contracted doctor").role(Role::Doctor);
        method: OpinionMethod = ask("How was the opinion formed?");
        assessed_on: Option<NaiveDate> = ASSESSED_ON
            .order(&[Order::NotAfter("received_on", "the assessment was made after the report was received")]);
        limitations_stated: bool = ask("Does the report state the limits of its method?");
    }
}

/// A second opinion by video has an assessment date; one on papers has none.
pub(super) const ASSESSED_ON: Field = ask("The day of the assessment")
    .needed(need(
        When::Is("method", &["video"]),
        codes::FACT_METHOD,
        "the person was assessed by video, and this does not say when",
        "add the date of the assessment, or correct the method",
    ))
    .barred(need(
        When::Is("method", &["papers"]),
        codes::FACT_METHOD,
        "the second opinion is on papers alone, and this is the date of an assessment",
        "remove it, or correct the method",
    ));

impl CaseEvent for SecondOpinionReceived {
    type Fact = OpinionFact;
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] = &[(AttachmentKind::SecondOpinionReport, Due::One)];

    fn doctor(&self) -> Option<&Contact> {
        Some(&self.doctor)
    }

    /// Rows 27 and 30 to 32 (G0, "The second opinion report").
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<OpinionFact> {
        const AT: &str = "/event/received_on";
        plan.not_future(AT, self.received_on);
        plan.must_be_first();
        let state = &plan.state;
        let gone = state.left.is_some() || state.died_on.is_some();
        let release = state.release_decided_on.is_some();
        if state.without_opinion {
            let cause = "the record says that the report is considered without a second opinion";
            plan.contradiction("/event/type", "history.without_opinion", cause);
        } else if !plan.history.events.is_empty() && !state.assessed() {
            let cause = "the record has neither an assessment that was completed nor an instruction to assess on papers";
            plan.contradiction("/event/type", "history.not_assessed", cause);
        }
        if gone {
            // The person has left the healthcare team's care, so its copy is held too.
            plan.hold_all(
                &[Purpose::SecondOpinionToCaseworker, Purpose::SecondOpinionToHealthcare, Purpose::DecisionNeeded],
                "after_release",
                "the person has left detention or has died: the report is kept on file and goes nowhere without a \
                 person's decision",
            );
        } else if release {
            plan.hold(
                &[Purpose::SecondOpinionToCaseworker, Purpose::DecisionNeeded],
                "after_release",
                "release was decided: the report is kept on file and goes nowhere without a person's decision; the \
                 healthcare team has its copy while the person is there",
            );
        }
        plan.need_copy(Purpose::SecondOpinionToHealthcare, AttachmentKind::SecondOpinionReport);
        reopen(plan);
        check_method(plan, self);
        let due = plan.state.due(DeadlineRule::Report);
        if let Some(due) = due.filter(|due| *due < self.received_on) {
            plan.warn(format!("The report is late: it was due by {}.", weekday_words(due)));
        }
        if !self.limitations_stated {
            plan.warn(
                "The report does not state the limits of its method, which it must (G0, Balancing the evidence): ask \
                 the doctor.",
            );
        }
        if !gone && !release {
            plan.start_immediately(
                self.received_on,
                "forward the second opinion report",
                &[Purpose::SecondOpinionToCaseworker],
            );
        }
        Some(OpinionFact { on: self.received_on, method: self.method })
    }

    fn apply(fact: &Self::Fact, past: &PastEvent, state: &mut CaseState) {
        let forwards = |message: &&PastMessage| {
            matches!(message.purpose, Purpose::SecondOpinionToCaseworker | Purpose::DecisionNeeded)
        };
        let waits = past.messages.iter().filter(forwards).any(|message| !message.sent);
        state.kept = state.is_over() && (waits || !past.gone().any(|message| forwards(&message)));
        state.opinion_received_on = Some(fact.on);
        if state.awaits_service_before_removal() {
            (state.responded_on, state.responded_before_removal) = (None, false);
        }
        state.stop(&[DeadlineRule::Report, DeadlineRule::Assess, DeadlineRule::Rebook]);
    }

    fn summary(fact: &Self::Fact, what: &str, on: &str) -> String {
        format!("{what} on {on}, formed {}", fact.method.label())
    }
}

/// A response before a removal that is decided and not served is opened again: it says nothing of this opinion.
fn reopen(plan: &mut PlanBuilder<'_>) {
    if !plan.state.awaits_service_before_removal() {
        return;
    }
    plan.pending_effects.insert(PendingEffect::HeldResponses);
    plan.warn(
        "The response before removal is decided and not served, and says nothing of this opinion: decide it anew \
         (response_decided), or, where no time is left for that, let the held one go. Where it has gone to the place, \
         telephone them before they hand it over.",
    );
}

/// Compares what the report says of its making with the record, for the reviewer.
fn check_method(plan: &mut PlanBuilder<'_>, event: &SecondOpinionReceived) {
    let state = &plan.state;
    let on_papers = event.method == OpinionMethod::Papers;
    let other_method = state.assessed() && on_papers != state.papers_only;
    let other_doctor = state.doctor.as_ref().is_some_and(|doctor| *doctor != event.doctor.entry);
    if other_method {
        plan.warn(
            "The report was made by another method than the record has (video-link, or papers alone): check it.",
        );
    }
    if other_doctor {
        plan.warn("The report is another doctor's than the record names: check it.");
    }
}
