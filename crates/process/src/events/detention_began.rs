//! Enters: the event that a detention began. Leaves: everything the program knows about that event.
//! Never: derives a group, an age or a nationality from anything else.

use super::{CaseEvent, Known};
use crate::case_state::CaseState;
use crate::deadlines::DeadlineRule;
use crate::detention::facts::BeganFact;
use crate::detention::london_time::LondonTime;
use crate::detention::reviews::Detained;
use crate::detention::state::{Began, StayOnRecord};
use crate::detention::terms::{Age, Asylum, DetainedTeam, Group, NationalityCode, Origin, Population};
use crate::fields::{IN_DETENTION, MAX_LABEL, ask, fields};
use crate::history::PastEvent;
use crate::places::PlaceKind;
use crate::plan::builder::PlanBuilder;
use crate::plan::detention::{Proof, StayAuthorised};
use crate::purpose::Purpose;
use chrono::NaiveDate;
use serde_json::Value;

fields! {
    /// One continuous detention began: the case is this detention.
    DetentionBegan {
        detained_at: LondonTime = ask("When was the person detained?")
            .note("The moment in London with its offset");
        origin: Origin = ask("Where were they detained?");
        team: DetainedTeam = ask("Which command manages the case?");
        power: String = ask("Under which power are they detained?").most(MAX_LABEL)
            .note("As the authority to detain states it");
        age: Age = ask("Is the person an adult?");
        group: Option<Group> = ask("Which group, as the population management unit states it?");
        nationality_code: Option<NationalityCode> = ask("The code of their nationality").note("ISO 3166-1, like FR");
        asylum: Option<Asylum> = ask("Is there or has there been a claim for asylum, or a suggestion of one?");
        embarking: Option<bool> = ask("Is the person examined on leaving the country?");
        reasons_served_on: Option<NaiveDate> = ask("The day on which the first written reasons (IS91R) were served")
            .past().order(IN_DETENTION);
    }
}

impl DetentionBegan {
    fn population(&self) -> Population {
        let child = self.age == Age::Under18;
        match (self.embarking, child, self.group) {
            (Some(true), ..) => Population::Embarking,
            (_, _, Some(Group::FamilyUnder18)) => Population::FamilyUnder18,
            (_, true, group) if group != Some(Group::Family) => Population::ChildAlone,
            _ => Population::Anyone,
        }
    }
}

impl CaseEvent for DetentionBegan {
    type Fact = BeganFact;

    /// The timetable of reviews, the written reasons and the limits of stay begin to run (general instructions, "Detention reviews").
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<BeganFact> {
        const AT: &str = "/event/detained_at";
        plan.moment_not_future(AT, self.detained_at);
        if let Some(on) = self.reasons_served_on {
            plan.not_future("/event/reasons_served_on", on);
        }
        let on = self.detained_at.date();
        if on != plan.case.detained_since {
            let cause = "this is not the first day of detention that the case states";
            plan.fault(AT, "detention.since", cause, "correct this, or `since` of the detention");
        }
        if plan.state.detention.began.is_some() {
            let cause = "the record has this detention begin already; another detention is another case";
            plan.contradiction("/event/type", "history.twice", cause);
        }
        let population = self.population();
        let began = Began {
            detained: Detained { at: self.detained_at, team: self.team, origin: self.origin },
            population,
            reasons_from: self.reasons_served_on.unwrap_or(on),
        };
        let kind = plan.place_kind();
        let (at, team, origin) = (self.detained_at, self.team, self.origin);
        let outcome = plan.detention();
        outcome.detained_at = Some(at);
        outcome.team = Some(team);
        outcome.origin = Some(origin);
        plan.start_reviews(AT, began, &[])?;
        plan.start_reasons(AT, began.reasons_from)?;
        plan.start_panel(on)?;
        let stay =
            StayOnRecord { kind, arrived_at: at, removal_at: None, minister: false, authorised: false };
        let signed = plan.start_stay(began, stay, Proof::default())?;
        if self.reasons_served_on.is_none() {
            plan.warn(
                "The file does not say when the first written reasons (IS91R) were served: the next ones count from the \
                 first day of detention.",
            );
        }
        warn_of_child(plan, population);
        if self.age == Age::Disputed {
            plan.warn(
                "The person's age is disputed: the limits shown are an adult's. Whoever is given the benefit of the doubt \
                 is treated as a child: correct the file then, and the limit of 24 hours is shown.",
            );
        }
        plan.because(format!("The person was detained on {}.", self.detained_at.words()));
        plan.note_on("Detention began", on);
        let reasons_served_on = self.reasons_served_on;
        let StayAuthorised { authorised, needs } = signed;
        Some(BeganFact { on, at, team, origin, population, reasons_served_on, authorised, needs })
    }

    fn apply(fact: &Self::Fact, past: &PastEvent, state: &mut CaseState) {
        state.detention.begin(fact, past.recorded.place_kind);
    }

    fn summary(fact: &Self::Fact, what: &str, _: &str) -> String {
        format!("{what} on {}, {}", fact.at.words(), fact.origin.label())
    }

    fn given_besides(&self, known: &Known<'_>) -> Value {
        known.detention()
    }
}

/// Warns where a child may not be kept.
pub(super) fn warn_of_child(plan: &mut PlanBuilder<'_>, population: Population) {
    if population == Population::ChildAlone && plan.place_kind() == PlaceKind::Irc {
        plan.warn(
            "An unaccompanied child must not be held in an immigration removal centre in any circumstances: take this to \
             a manager at once.",
        );
    }
}

/// The clocks of the timetable, which every event that recounts them restarts.
pub(super) const TIMETABLE: &[DeadlineRule] = &[DeadlineRule::DetentionReview];
/// The purposes of a request for a review.
pub(super) const REQUESTS: &[Purpose] = &[Purpose::ReviewRequest];
