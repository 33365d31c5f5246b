//! Enters: a case and its record. Leaves: what is wrong with the case or contradicts the record, whatever its event.
//! Never: decides what follows.

use super::builder::PlanBuilder;
use crate::case::Case;
use crate::events::list::{EventName, Family};

/// The minimum age for this process, which is written for adults; a child's case needs a person's judgement.
const ADULT: u32 = 18;

/// Checks the case independently of its event.
pub(super) fn check(plan: &mut PlanBuilder<'_>, case: &Case) {
    if plan.case.event == EventName::CopiedToHealthcare {
        // Care does not wait for what else is wrong (G19).
        check_place(plan);
        return;
    }
    let of_reviews = plan.case.event.family() == Family::DetentionReviews;
    // Children are detained too, and their detention is reviewed.
    if !of_reviews && plan.today.years_since(case.person.date_of_birth).is_none_or(|age| age < ADULT) {
        plan.fault(
            "/person/date_of_birth",
            "person.under_18",
            "by this date of birth the person is under 18, and this process is for adults only",
            "correct the date of birth; if it is right, stop and take the case to a manager at once",
        );
    }
    plan.not_future("/detention/since", case.detention.since);
    if let Some(representative) = &case.representative {
        plan.not_future("/representative/authority_date", representative.authority_date);
    }
    check_place(plan);
    if !of_reviews {
        check_representative(plan);
    }
    let anew = plan.case.event == EventName::DetainedAgain;
    if !anew && plan.state.detained_since.is_some_and(|since| since != case.detention.since) {
        let cause = "the record has another first day of detention";
        plan.contradiction("/detention/since", "history.detained_since", cause);
    }
}

/// Checks that the person is where the record says, unless this event moves them.
fn check_place(plan: &mut PlanBuilder<'_>) {
    let moves = {
        use EventName::{Arrived, DetainedAgain, DetentionBegan, DetentionEnded, Transferred};
        // A detention may end on the way.
        matches!(plan.case.event, Transferred | DetainedAgain | Arrived | DetentionBegan | DetentionEnded)
    };
    let on_record = plan.state.place.as_ref().map(|(place, _)| place);
    if !moves && on_record.is_some_and(|place| *place != plan.case.place.id) {
        let cause = "the record has the person at another place of detention, and no transfer since";
        plan.contradiction("/detention/place", "history.place", cause);
    }
}

/// Checks that the representative is the one on record, unless this event changes them.
fn check_representative(plan: &mut PlanBuilder<'_>) {
    // Whoever is detained anew may have another, or none, from the first day.
    let changes = matches!(plan.case.event, EventName::RepresentativeChanged | EventName::DetainedAgain);
    let on_record = plan.state.representative.as_ref();
    if !changes && !plan.history.events.is_empty() && plan.case.representative != on_record {
        let cause = "the record has another legal representative, or none, and no change since";
        plan.contradiction("/representative", "history.representative", cause);
    }
}
