//! Enters: what ends the process, or its second opinion. Leaves: what is cancelled or completed (B9), and who is told.
//! Never: takes the decision to release for the release itself.

use super::builder::PlanBuilder;
use crate::circumstances::Circumstance;
use crate::pending_effects::PendingEffect;
use crate::purpose::Purpose;
use chrono::NaiveDate;
use despatch_core::words::weekday_words;

/// How the process ends.
#[derive(Clone, Copy)]
pub(crate) struct Ending {
    /// By a release; otherwise by a removal.
    pub released: bool,
    /// The decision is already on record, so everybody was told then.
    pub known: bool,
}

/// Holds what is unsent. Before the assessment everything is cancelled and no report is made; after it the doctor
/// completes the report if the person is released, and a person decides if they are removed (B9).
pub(crate) fn end(plan: &mut PlanBuilder<'_>, on: NaiveDate, what: &str, ending: Ending) {
    plan.pending_effects.insert(PendingEffect::Held);
    plan.note(format!("{what} ({}) (row 28: update CID/Atlas).", weekday_words(on)));
    plan.because(format!("{what}."));
    let state = &plan.state;
    if !state.unconcluded() {
        return;
    }
    let assessed = state.assessed();
    if !ending.known {
        plan.circumstances.insert(Circumstance::Unconcluded);
        plan.start_immediately(
            on,
            "tell the Detained Medical Reports Team and the doctor",
            &[Purpose::ReleaseOrRemoval],
        );
    }
    if !assessed {
        plan.cancel(true);
    } else if ending.known {
        plan.warn("What becomes of the report was decided with the earlier event.");
    } else if ending.released {
        plan.circumstances.insert(Circumstance::Conclude);
        plan.because(format!("{what}. The report is completed and kept on file."));
    } else {
        plan.circumstances.insert(Circumstance::Conclude);
        plan.hold(
            &[Purpose::ConcludeReport],
            "removed_after_assessment",
            "the guidance does not say what becomes of a report when removal follows the assessment: a person decides",
        );
    }
}

pub(crate) fn go_without_opinion(plan: &mut PlanBuilder<'_>, on: NaiveDate) {
    plan.circumstances.insert(Circumstance::WithoutOpinion);
    if plan.state.answers.attend() == Some(true) {
        plan.warn(
            "The record has the answer that the person attends; the guidance makes no exception for it: tell a manager \
             before this goes.",
        );
    }
    plan.cancel(true);
    plan.pending_effects.insert(PendingEffect::Appointment);
    plan.start_immediately(on, "tell the casework team", &[Purpose::NoSecondOpinion]);
}
