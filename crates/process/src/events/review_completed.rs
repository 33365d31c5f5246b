//! Enters: the event that detention was reviewed. Leaves: everything the program knows about that event.
//! Never: takes a review for done that nobody signed who may, or gives the person the internal review.

use super::authorised::{self, Authorised, lowest};
use super::detention_began::TIMETABLE;
use super::{AttachmentKind, CaseEvent, Due, FreeText, Known};
use crate::case_state::CaseState;
use crate::circumstances::Circumstance;
use crate::detention::authority::Authority;
use crate::detention::decisions::{Required, required};
use crate::detention::facts::ReviewFact;
use crate::detention::forms::FormAnswer;
use crate::detention::reviews::Done;
use crate::detention::stages::Stage;
use crate::detention::state::Began;
use crate::detention::terms::{Deciding, DetainedTeam, Matter, ReasonsForm, ReviewFactor};
use crate::facts::{Decision, Level};
use crate::fields::check::Checker;
use crate::fields::prose::Prose;
use crate::fields::{IN_DETENTION, When, ask, codes, fields, need};
use crate::history::PastEvent;
use crate::pending_effects::PendingEffect;
use crate::plan::builder::PlanBuilder;
use crate::plan::detention::Proof;
use crate::purpose::Purpose;
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::BTreeSet;

/// Maximum number of factors in one review: a limit on the file.
const MAX_FACTORS: usize = 20;
const MAINTAINED: When = When::Is("outcome", &["maintain"]);

fields! {
    /// A factor that the review considered, and how.
    Considered {
        factor: ReviewFactor = ask("Which factor?");
        considered: Prose = ask("How was it considered?");
    }
}

fields! {
    /// Detention was reviewed (Detention and Case Progression Review).
    ReviewCompleted {
        stage: Stage = ask("Which review is it?").note("24h, 7d, 14d, m1, m2 and so on, or ad_hoc");
        done_on: NaiveDate = ask("The day on which it was done").past().order(IN_DETENTION);
        removability: Prose = ask("The consideration of the removability of the person");
        factors: Vec<Considered> = ask("The factors that were considered").note("Each once").most(MAX_FACTORS);
        level: Level = ask("The level of evidence of vulnerability in force");
        family_proportionality: Option<Prose> = ask("Where a family is concerned: proportionality for each individual");
        child_welfare: Option<Prose> = ask("Where a child is concerned: their welfare");
        tier_1_training: Option<bool> = ask("Has the reviewing officer the training in children's issues (Tier 1)?")
            .asked(When::There("child_welfare"))
            .needed(need(
                When::There("child_welfare"),
                codes::FACT_REASONS,
                "a child is concerned, and it is not said whether the reviewing officer is trained for that",
                "add tier_1_training: at least Tier 1 of Keeping Children Safe is required",
            ));
        panel_rejection: Option<Prose> = ask("Where a panel's recommendation was rejected: the clear reasons");
        release_steps: Option<Prose> = ask("Where release is being arranged: the progress and the steps");
        outcome: Decision = ask("The outcome");
        reasons: Option<Prose> = ask("The written reasons for the person, based on the outcome")
            .asked(MAINTAINED)
            .needed(need(
                MAINTAINED,
                codes::FACT_REASONS,
                "detention is maintained, and the file has no written reasons for the person",
                "add the reasons: they are what the person is given",
            ));
        reasons_changed: Option<bool> = ask("Has any of the reasons for detention changed?");
        spouse_of_british_citizen: Option<bool> =
            ask("Does the person live with a British spouse or civil partner?");
        strong_representations: Option<bool> = ask("Do strong representations for bail continue to be received?")
            .asked(When::Is("spouse_of_british_citizen", &["true"]));
        separates_family: Option<bool> = ask("Does detention separate a family?");
        time_served: Option<bool> = ask("Has the person served a sentence?")
            .asked(When::Is("outcome", &["release"]));
        agreed: Option<Authorised> = ask("Has anybody agreed to the release before it is authorised?")
            .note("Whoever agreed to the release before it is authorised")
            .asked(When::Is("outcome", &["release"]));
        authorised: Option<Authorised> = ask("Has anybody authorised it?").note("Whoever authorised it");
    }
}

impl ReviewCompleted {
    fn matters(&self) -> BTreeSet<Matter> {
        let all = [
            (Matter::Spouse, self.spouse_of_british_citizen),
            (Matter::StrongRepresentations, self.strong_representations),
            (Matter::SeparatesFamily, self.separates_family),
            (Matter::TimeServed, self.time_served),
        ];
        all.into_iter().filter(|(_, is_so)| *is_so == Some(true)).map(|(matter, _)| matter).collect()
    }

    /// Returns who must authorise the outcome: to maintain detention the grade of the timetable, or what is stricter; to
    /// release it never the timetable.
    fn required(&self, plan: &PlanBuilder<'_>, began: Began, next: Option<Stage>) -> Option<Required> {
        let rules = plan.detention_rules()?;
        let team = began.detained.team;
        let lines = &rules.authorities;
        if self.outcome == Decision::Release {
            return required(lines, Deciding::Release, team, &self.matters());
        }
        let last = plan.state.detention.last_stage();
        let by_table = rules.reviews.needs(team, self.stage, (last, next));
        let by_matter = required(lines, Deciding::Detain, team, &self.matters());
        let authority = match (by_table, by_matter) {
            (Some(table), Some(matter)) => table.stricter(matter.authority),
            (table, matter) => table.or(matter.map(|matter| matter.authority))?,
        };
        Some(Required { authority, agreed: None })
    }
}

impl CaseEvent for ReviewCompleted {
    type Fact = ReviewFact;
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] = &[(AttachmentKind::Dcpr, Due::May)];

    fn check(checker: &mut Checker<'_, '_>) {
        authorised::check(checker, "/event/authorised");
        authorised::check(checker, "/event/agreed");
    }

    fn free_texts(&self) -> Vec<FreeText> {
        self.reasons.iter().map(|reasons| ("the written reasons", reasons.text())).collect()
    }

    /// Written reasons follow where the form's table says so; a release goes to whoever authorises it.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<ReviewFact> {
        const AT: &str = "/event/done_on";
        plan.not_future(AT, self.done_on);
        authorised::check_day(plan, "/event/authorised", self.authorised.as_ref());
        authorised::check_day(plan, "/event/agreed", self.agreed.as_ref());
        let release = self.outcome == Decision::Release;
        let began = match (release, plan.state.detention.began) {
            // Nothing keeps a release back, not even a record that does not know the beginning.
            (true, None) => return self.release_unrecorded(plan),
            _ => plan.must_have_begun(AT)?,
        };
        plan.not_before_detention(AT, began, self.done_on);
        check_signers(self, plan, began.detained.team)?;
        let next = self.check_order(plan, began)?;
        let needed = self.required(plan, began, next)?;
        let signer = self.authorised.as_ref().map(Authorised::signer);
        let proof = Proof { signer, signed_paper: plan.is_attached(AttachmentKind::Dcpr) };
        let purposes = if release { &[Purpose::ReleaseReferral][..] } else { &[Purpose::WrittenReasons][..] };
        let authority = needed.authority;
        let authorised = if release {
            self.release(plan, needed)
        } else {
            plan.must_be_authorised(authority, proof, purposes)
        };
        let mut done = plan.state.detention.reviews.clone();
        let this = Done { stage: self.stage, on: self.done_on };
        if authorised || release {
            done.push(this);
        } else {
            let with_this: Vec<Done> = done.iter().copied().chain([this]).collect();
            plan.keep_once_authorised(AT, began, &with_this)?;
        }
        plan.start_reviews(AT, began, &done)?;
        plan.tell_reasons();
        let outcome = plan.detention();
        outcome.stage = Some(self.stage);
        outcome.done_on = Some(self.done_on);
        if !release {
            self.give_reasons(plan, began.detained.team)?;
        }
        if self.tier_1_training == Some(false) {
            plan.warn(
                "A child is concerned, and the reviewing officer is not trained for that (at least Tier 1 of Keeping Children \
                 Safe): have the review done by somebody who is.",
            );
        }
        if self.reasons_changed == Some(true) {
            let words = "A reason for detention has changed: a new IS91R is needed.";
            plan.warn(words);
            plan.note(words);
        }
        plan.pending_effects.insert(PendingEffect::WrittenReasons);
        plan.because(format!("Detention was reviewed ({}).", self.stage.words()));
        plan.note_on(&format!("{} done: {}", self.stage.words(), self.outcome.label()), self.done_on);
        let counts = authorised || release;
        let needs = (!counts).then_some(authority);
        Some(ReviewFact { on: self.done_on, stage: self.stage, maintained: !release, authorised: counts, needs })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        if fact.authorised {
            state.detention.reviews.push(Done { stage: fact.stage, on: fact.on });
            state.detention.rejected_panel = false;
        }
        state.detention.release_decided_on = (!fact.maintained).then_some(fact.on);
        state.stop(TIMETABLE);
    }

    fn summary(fact: &Self::Fact, _: &str, on: &str) -> String {
        let outcome = if fact.maintained { "detention maintained" } else { "release decided" };
        let lack = if fact.authorised { "" } else { "; not authorised by anybody who may" };
        format!("{} on {on}: {outcome}{lack}", fact.stage.words())
    }

    fn given_besides(&self, known: &Known<'_>) -> Value {
        known.detention()
    }
}

/// Checks who is named: somebody whose grade authorises no review and no release at all is a mistake.
fn check_signers(event: &ReviewCompleted, plan: &mut PlanBuilder<'_>, team: DetainedTeam) -> Option<()> {
    let lowest = lowest(&plan.detention_rules()?.reviews, team);
    for (signer, at) in [(&event.authorised, "/event/authorised"), (&event.agreed, "/event/agreed")] {
        if let Some(signer) = signer {
            signer.check_grade(plan, at, lowest);
        }
    }
    Some(())
}

impl ReviewCompleted {
    /// Asks about a review that is out of order, twice there, or none of the team's timetable. Returns the review that is
    /// due next by the record; `None` with a fault.
    fn check_order(&self, plan: &mut PlanBuilder<'_>, began: Began) -> Option<Option<Stage>> {
        const AT: &str = "/event/stage";
        let rules = &plan.detention_rules()?.reviews;
        let table = rules.table(began.detained.team)?;
        if self.stage.is_initial() && table.grade(self.stage).is_none() {
            let cause = format!("{} has no {}", table.name, self.stage.words());
            let cure = "name a stage of the table, or write ad_hoc";
            plan.fault(AT, "review.stage", cause, cure);
            return None;
        }
        let reviews = &plan.state.detention.reviews;
        let twice = reviews.iter().any(|done| done.stage == self.stage);
        let outstanding = rules.outstanding(began.detained, reviews, &plan.calendars);
        let outstanding = plan.covered(AT, outstanding)?;
        let listed = outstanding.iter().any(|due| due.stage == self.stage);
        let before = outstanding.iter().find(|due| due.stage < self.stage).map(|due| due.stage.words());
        let this = self.stage.words();
        let cause = match (self.stage, before) {
            (Stage::AdHoc, _) => None,
            _ if twice => Some(("history.twice", format!("the record has the {this} done already"))),
            (_, Some(before)) => {
                Some(("history.review_order", format!("the record has no {before}, which comes before the {this}")))
            }
            _ if !listed => {
                Some(("history.review_order", format!("the record has a later review than the {this}")))
            }
            _ => None,
        };
        if let Some((code, cause)) = cause {
            plan.contradiction(AT, code, cause);
        }
        let rejected = plan.state.detention.rejected_panel && self.panel_rejection.is_none();
        if rejected && self.outcome == Decision::Maintain {
            let cause = "the record has a panel's recommendation rejected, and this review does not give the clear reasons";
            plan.contradiction("/event/panel_rejection", "history.panel", cause);
        }
        Some(outstanding.first().map(|due| due.stage))
    }

    /// Finds the form that gives the person the reasons.
    fn give_reasons(&self, plan: &mut PlanBuilder<'_>, team: DetainedTeam) -> Option<()> {
        let rules = &plan.detention_rules()?.reasons;
        let (kind, stage) = (plan.place_kind(), self.stage);
        let answer = rules.form(kind, stage, team);
        if answer == FormAnswer::None || !plan.may_maintain() {
            return Some(());
        }
        let (circumstance, form) = match answer {
            FormAnswer::Form(ReasonsForm::Is151fSthf) => {
                (Circumstance::ReasonsShort, Some(ReasonsForm::Is151fSthf))
            }
            FormAnswer::Form(form) => (Circumstance::ReasonsLong, Some(form)),
            FormAnswer::None | FormAnswer::PersonDecides => (Circumstance::ReasonsUnstated, None),
        };
        plan.circumstances.insert(circumstance);
        plan.detention().form = form;
        if circumstance == Circumstance::ReasonsShort {
            let what = "give the person written reasons after the review";
            plan.start_immediately(plan.today, what, &[Purpose::WrittenReasons]);
        }
        if circumstance == Circumstance::ReasonsUnstated {
            let what = format!("no form of written reasons is named for a {}", kind.label());
            plan.leave_to_a_person(&[Purpose::WrittenReasons], &what, &rules.unstated);
        }
        Some(())
    }

    /// A release takes the release authority. Nothing waits for it but the release: where the Strategic Director must
    /// authorise it, they are written to. Returns whether it is authorised already.
    fn release(&self, plan: &mut PlanBuilder<'_>, needed: Required) -> bool {
        plan.detention().needs = Some(needed.authority);
        let signed = |signer: &Option<Authorised>, by: Authority| {
            signer.as_ref().is_some_and(|signer| signer.signer().may_sign(by))
        };
        if let Some(agreed) = needed.agreed.filter(|by| !signed(&self.agreed, *by)) {
            plan.warn(format!("The release is first to be agreed by {}.", agreed.who()));
        }
        let authorised = signed(&self.authorised, needed.authority);
        if !authorised {
            plan.detention().lacking = true;
            plan.warn(format!(
                "The release needs the authority of {}: see to it at once. No letter that maintains detention is made.",
                needed.authority.who()
            ));
            if needed.authority == Authority::StrategicDirector {
                plan.circumstances.insert(Circumstance::ReleaseEscalates);
                let what = "refer the release to the Strategic Director";
                plan.start_immediately(plan.today, what, &[Purpose::ReleaseReferral]);
            }
        }
        authorised
    }

    /// A release of somebody of whom the record has no beginning.
    fn release_unrecorded(&self, plan: &mut PlanBuilder<'_>) -> Option<ReviewFact> {
        plan.warn(
            "The record does not say when the detention began, so no clock is shown. That keeps no release back: see that it \
             is authorised by whoever may.",
        );
        plan.detention().stage = Some(self.stage);
        plan.detention().done_on = Some(self.done_on);
        Some(ReviewFact { on: self.done_on, stage: self.stage, maintained: false, authorised: true, needs: None })
    }
}
