//! Enters: the event that the external medical report was answered. Leaves: everything the program knows about it.
//! Never: weighs evidence.

use super::report::Report;
use super::second_opinion_received::ASSESSED_ON;
use super::{AttachmentKind, CaseEvent, Due, Known};
use crate::case_state::CaseState;
use crate::circumstances::Circumstance;
use crate::deadlines::DeadlineRule;
use crate::facts::{Decision, DecisionFact, Fact, Level, OpinionMethod};
use crate::fields::check::{Checker, earlier};
use crate::fields::closed::closed;
use crate::fields::json::Node;
use crate::fields::prose::Prose;
use crate::fields::{
    Field, MAX_NAME, MAX_PARAGRAPH, Need, Order, Record, When, ask, codes, date_value, fields, need,
};
use crate::history::PastEvent;
use crate::pending_effects::PendingEffect;
use crate::people::Grade;
use crate::plan::builder::{Held, PlanBuilder};
use crate::plan::planned::PolicyHold;
use crate::purpose::Purpose;
use chrono::NaiveDate;
use despatch_core::words::{StandardId, weekday_words};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};

/// Maximum number of standards in one response: a limit on the file, not the number that a policy pack lists.
pub const MAX_STANDARDS: usize = 50;

const NO_REVIEW: When = When::Absent("dcpr_completed_on");
const OPINION: When = When::There("second_opinion");
const NO_OPINION: When = When::Absent("second_opinion");

fields! {
    /// The decision-maker has considered the evidence (rows 33, 36 and 37).
    ResponseDecided {
        /// When the Detention and Case Progression Review was completed. Left out only before a removal.
        dcpr_completed_on: Option<NaiveDate> =
            ask("The day on which the Detention and Case Progression Review was completed").past()
                .note("Left out only where removal comes before it");
        /// Why the response goes before the review is complete: the decision-maker's reason, on record.
        no_review_because: Option<String> = ask("Why does the response go before the review is complete?")
            .most(MAX_PARAGRAPH)
            .withheld()
            .asked(NO_REVIEW)
            .needed(need(
                NO_REVIEW,
                codes::FACT_REVIEW,
                "this says neither when the review of detention was completed nor why the response goes before it",
                "add dcpr_completed_on; where removal comes first, say in no_review_because why the response cannot wait",
            ).told_at("dcpr_completed_on"))
            .barred(need(
                When::Absent("removal_on"),
                codes::FACT_REVIEW,
                "only a removal lets the response go before the review of detention, and none is given",
                "complete the review and add dcpr_completed_on, or add removal_on",
            ));
        report: Report = ask("What the external medical report says of itself");
        second_opinion: Option<SecondOpinion> = ask("Is there a second opinion?");
        no_second_opinion_because: Option<String> = ask("Why is there no second opinion?")
            .most(MAX_PARAGRAPH)
            .needed(need(
                NO_OPINION,
                codes::FACT_SECOND_OPINION,
                "there is neither a second opinion nor a reason why there is none",
                "add the second opinion, or say in no_second_opinion_because why there is none",
            ).told_at("second_opinion"))
            .barred(need(
                OPINION,
                codes::FACT_SECOND_OPINION,
                "this says why there is no second opinion, and there is one",
                "remove one of the two",
            ));
        standards: Vec<StandardFinding> = ask("What was found of each standard").most(MAX_STANDARDS);
        /// Where the two reports agree.
        agreement: Option<Prose> = compares("Where do the two reports agree?");
        /// Where they differ.
        differences: Option<Prose> = compares("Where do they differ?");
        /// The overall weight given to the external medical report, which a second opinion helps to determine.
        weight: Prose = ask("The overall weight given to the external medical report, and why");
        /// The individual circumstances.
        circumstances: Prose = ask("The person's own circumstances, and how they were weighed");
        level: Level = ask("The level of evidence");
        level_reasons: Prose = ask("The reasons for that level");
        outcome: Decision = ask("What was decided about detention?");
        outcome_reasons: Prose = ask("The reasons for that decision");
        decision_maker: Official = ask("Who decided");
        /// The official who authorised the review, and so the response.
        authorised_by: Authority = ask("Who authorised it");
        /// Removal is set for this day, before the process has ended (row 33).
        removal_on: Option<NaiveDate> =
            ask("The day for which removal is set, where the response must be served before it").order(&[
                Order::NotBefore("authorised_by/on", "removal is set for a day before the response was authorised"),
            ]);
    }
}

/// Defines a field that compares two reports.
const fn compares(question: &'static str) -> Field {
    const NEEDED: Need = need(
        OPINION,
        codes::FACT_SECOND_OPINION,
        "there are two reports, and this does not say how they compare",
        "add it",
    );
    const BARRED: Need = need(
        NO_OPINION,
        codes::FACT_SECOND_OPINION,
        "there is no second opinion to compare with",
        "remove it",
    );
    ask(question).needed(NEEDED).barred(BARRED)
}

fields! {
    /// What the second opinion report states about itself.
    SecondOpinion {
        doctor_name: String = ask("The name of the doctor who gave the second opinion, as the response states it")
            .most(MAX_NAME);
        report_date: NaiveDate = ask("The date of the second opinion report").order(&[
            Order::NotBefore(
                "/event/report/report_date",
                "the second opinion is dated before the report that it is about",
            ),
            Order::NotAfter(
                "/event/dcpr_completed_on",
                "the second opinion is dated after the day on which the review was completed",
            ),
        ]);
        method: OpinionMethod = ask("How was the second opinion formed?");
        assessed_on: Option<NaiveDate> = ASSESSED_ON
            .order(&[Order::NotAfter("report_date", "the assessment was made after the date of the report")]);
        limitations: Prose = ask("The limits that the second opinion report states");
        agrees_condition: Agreement = ask("Does it agree with the external medical report on the condition?");
        agrees_harm: Agreement = ask("Does it agree with the external medical report on harm by detention?");
    }
}

fields! {
    /// One standard for external medical reports, and whether this report meets it.
    StandardFinding {
        id: StandardId = ask("A standard for external medical reports");
        met: Met = ask("Is it met?");
        reasons: Prose = ask("The reasons");
    }
}

fields! {
    /// An official who signs.
    Official {
        name: String = ask("The name of the official who decided").most(MAX_NAME);
        grade: Grade = ask("Their grade").unlabelled();
    }
}

fields! {
    /// An official who authorised, and when.
    Authority {
        name: String = ask("The name of the official who authorised it").most(MAX_NAME);
        grade: Grade = ask("Their grade").unlabelled();
        on: NaiveDate = ask("The day of the authority").past().order(&[
            Order::NotBefore("/event/dcpr_completed_on", "the response was authorised before the review was completed"),
        ]);
    }
}

closed! {
    /// One report's position on a finding of the other.
    Agreement {
        Yes = "yes", "agrees";
        No = "no", "disagrees";
        NotStated = "not_stated", "does not say";
    }
}

closed! {
    /// Whether a standard for external medical reports is met.
    Met {
        Yes = "yes", "met";
        No = "no", "not met";
        Partly = "partly", "partly met";
        NotApplicable = "not_applicable", "not applicable";
    }
}

impl CaseEvent for ResponseDecided {
    type Fact = DecisionFact;
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] =
        &[(AttachmentKind::SecondOpinionReport, Due::OneIf(OPINION))];

    /// Checks that each standard has one finding, and that the review is either complete or not.
    fn check(checker: &mut Checker<'_, '_>) {
        let all_given = ["dcpr_completed_on", "no_review_because", "removal_on"]
            .iter()
            .all(|field| checker.at(&format!("/event/{field}")).is_some());
        if all_given {
            let cause =
                "this says why the response goes before the review of detention, and the review is complete";
            checker.fault("/event/no_review_because", codes::FACT_REVIEW, cause, "remove one of the two");
        }
        let Some(Node::List(list)) = checker.at("/event/standards") else {
            return;
        };
        let mut ids = HashMap::new();
        for (index, standard) in list.iter().enumerate() {
            let id = standard.text("/id");
            if let Some(first) = id.and_then(|id| earlier(&mut ids, id, index + 1)) {
                let at = format!("/event/standards/{index}/id");
                let cause = format!("finding {first} in the list is about the same standard");
                checker.fault(
                    &at,
                    codes::FACT_STANDARD_TWICE,
                    &cause,
                    "keep one of the two, or correct the id",
                );
            }
        }
    }

    fn given_besides(&self, known: &Known<'_>) -> Value {
        let finding = |finding: &StandardFinding| {
            let mut given = finding.given();
            let standard = known.standards.iter().find(|standard| standard.id == finding.id);
            given.insert("title".to_owned(), json!(standard.map(|standard| &standard.title)));
            given
        };
        json!({
            "removal_on": self.removal_on.map(date_value),
            "standards": self.standards.iter().map(finding).collect::<Vec<_>>(),
        })
    }

    /// Rows 33, 36 and 37 (G0, "Responding to the external medical report").
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<DecisionFact> {
        if let Some(completed) = self.dcpr_completed_on {
            plan.not_future("/event/dcpr_completed_on", completed);
            plan.circumstances.insert(Circumstance::Reviewed);
        }
        plan.not_future("/event/authorised_by/on", self.authorised_by.on);
        if plan.state.died_on.is_some() {
            plan.must_be_open("/event/type");
        }
        if plan.state.responded_on.is_some() {
            let cause = "the response to this report is on record already";
            plan.contradiction("/event/type", "history.twice", cause);
        }
        if self.outcome == Decision::Maintain && plan.state.release_decided_on.is_some() {
            let cause = "the record says that release was decided, and this maintains detention";
            plan.contradiction("/event/outcome", "history.release", cause);
        }
        check_opinion(plan, self);
        check_standards(plan, self);
        dismissive(plan, self);
        if let Some(opinion) = &self.second_opinion {
            hints(plan, self.level, opinion);
        }
        check_removal(plan, self);
        let decided = |past: &PastEvent| matches!(past.recorded.fact, Fact::ResponseDecided(_));
        if plan.history.events.iter().any(decided) {
            plan.pending_effects.insert(PendingEffect::Responses);
        }
        if plan.state.left.is_some() {
            plan.hold(
                RESPONSES,
                "left_detention",
                "the person has left detention, so nobody there can hand them the response: a person decides how it \
                 reaches them",
            );
        }
        plan.note(format!("The response was decided; the level in force is now {}.", self.level.label()));
        Some(DecisionFact {
            on: self.decided_on(),
            level: self.level,
            outcome: self.outcome,
            before_removal: self.removal_on.is_some(),
        })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        state.responded_on = Some(fact.on);
        state.responded_before_removal = fact.before_removal;
        state.level = Some(fact.level);
        state.answer_served_on = None;
        state.stop(&[DeadlineRule::Review]);
        if fact.before_removal {
            // The response starts its own clock.
            state.stop(&[DeadlineRule::BeforeRemoval]);
        }
    }

    fn summary(fact: &Self::Fact, what: &str, on: &str) -> String {
        format!("{what} on {on}: {}; {}", fact.level.label(), fact.outcome.label())
    }
}

impl ResponseDecided {
    /// The day on which it was decided: of the review that led to it, or of its authority where none is complete.
    fn decided_on(&self) -> NaiveDate {
        self.dcpr_completed_on.unwrap_or(self.authorised_by.on)
    }
}

/// The two kinds of response.
const RESPONSES: &[Purpose] = &[Purpose::ResponseBeforeRemoval, Purpose::Response];

/// Checks whether this is the response before a removal (row 33) or the ordinary one (row 36).
fn check_removal(plan: &mut PlanBuilder<'_>, event: &ResponseDecided) {
    const AT: &str = "/event/removal_on";
    let on_record = plan.state.removal_on;
    let Some(removal) = event.removal_on else {
        plan.circumstances.insert(Circumstance::AfterReview);
        if let Some(removal) = on_record.filter(|_| plan.state.awaits_opinion() || plan.state.cut_short) {
            let when = weekday_words(removal);
            let cause = format!("the record has removal set for {when}, before the second opinion is in");
            plan.contradiction(AT, "history.removal", cause);
        }
        return;
    };
    plan.circumstances.insert(Circumstance::BeforeRemoval);
    plan.removal_not_past(AT, removal, "report what became of the removal");
    if !plan.history.events.is_empty() && on_record != Some(removal) {
        let cause = match on_record {
            Some(on_record) => format!("the record has removal set for {}", weekday_words(on_record)),
            None => "the record has no removal that is set".to_owned(),
        };
        plan.contradiction(AT, "history.removal", cause);
    }
    if let Some(due) = in_time(plan, removal) {
        let cause = format!(
            "a second opinion is still to come, by {}, and the removal leaves time for it",
            weekday_words(due)
        );
        plan.contradiction(AT, "history.pending", cause);
    }
    plan.start_before_removal(AT, removal);
    if event.dcpr_completed_on.is_none() {
        plan.start_review();
        plan.warn(
            "The review of detention is not complete, and the response goes before it with the decision-maker's reason: \
             read the reason. The review stays a task; once it is complete, correct this file.",
        );
    }
}

/// Returns the due date of a pending second opinion if a response that weighs it can still be served before the removal:
/// then the response waits for it. It does not wait for one that is overdue, or due only when nobody serves any more.
fn in_time(plan: &mut PlanBuilder<'_>, removal: NaiveDate) -> Option<NaiveDate> {
    let due = plan.state.due(DeadlineRule::Report).filter(|_| plan.state.awaits_opinion())?;
    let last = plan.calendars.persons().before(removal, 1);
    let last = plan.covered("/event/removal_on", last)?;
    (due >= plan.today && due < last).then_some(due)
}

/// Checks the gate, which follows the route (G8): an existing second opinion is cited and enclosed; a pending one is
/// waited for, unless a removal comes first.
fn check_opinion(plan: &mut PlanBuilder<'_>, event: &ResponseDecided) {
    const AT: &str = "/event/second_opinion";
    let state = &plan.state;
    let received = state.opinion_received_on.is_some();
    let given = event.second_opinion.is_some();
    let nothing_on_record = plan.history.events.is_empty();
    if received && !given {
        let cause = "a second opinion report is on record, and the response neither cites nor encloses it";
        plan.contradiction(AT, "history.opinion", cause);
    } else if given && !received && !nothing_on_record {
        plan.contradiction(AT, "history.opinion", "no second opinion report is on record");
    } else if !received
        && event.removal_on.is_none()
        && state.removal_on.is_none()
        && plan.state.awaits_opinion()
    {
        let cause = "a second opinion was requested and is still to come, and no removal is set before it";
        plan.contradiction(AT, "history.pending", cause);
    }
    if received_after_review(plan, event) {
        let cause = "the record has the second opinion report received after the review was completed";
        plan.contradiction("/event/dcpr_completed_on", "history.review", cause);
    }
    if !event.report.author_regulated {
        plan.fault(
            "/event/report/author_regulated",
            "report.below_baseline",
            "the report's author is not regulated: such a report is rejected and is not considered as evidence",
            "weigh nothing of it: the letter that rejects it is its answer (external_report_received, answer_served); if \
             the author is regulated after all, correct the file of the report first",
        );
    } else if plan.state.rejected {
        let cause = "the record has the report as rejected, for its author is not regulated";
        plan.contradiction("/event/report/author_regulated", "history.rejected", cause);
    }
}

fn received_after_review(plan: &PlanBuilder<'_>, event: &ResponseDecided) -> bool {
    plan.state.opinion_received_on.is_some_and(|received| received > event.decided_on())
}

/// Checks that each standard of the pack has one finding; an incomplete list of standards holds every response (G8).
fn check_standards(plan: &mut PlanBuilder<'_>, event: &ResponseDecided) {
    let Some(standards) = plan.second_opinion().map(|rules| &rules.standards) else { return };
    let known: BTreeSet<&StandardId> = standards.list.iter().map(|standard| &standard.id).collect();
    let found: BTreeSet<&StandardId> = event.standards.iter().map(|finding| &finding.id).collect();
    for (index, finding) in event.standards.iter().enumerate() {
        if !known.contains(&finding.id) {
            let at = format!("/event/standards/{index}/id");
            let cause = "the policy pack lists no standard of this id";
            plan.fault(&at, "standard.unknown", cause, "use the ids that `despatch policy show` lists");
        }
    }
    for missing in known.difference(&found) {
        let cause = format!("the standard {missing} has no finding");
        let cure = "say for each standard of the pack whether the report meets it, and why";
        plan.fault("/event/standards", "standard.missing", cause, cure);
    }
    if standards.complete {
        return;
    }
    let mut words =
        "the policy pack does not declare its list of standards for external medical reports complete, \
                     so no response may go: complete the list in the office's own pack, with its source, and \
                     move the case to it"
            .to_owned();
    if let Some(removal) = event.removal_on {
        let by = weekday_words(removal);
        words.push_str(&format!("; removal is set for {by}: take this to a manager at once"));
        plan.warn(format!("Removal is set for {by} and the response is held: take it to a manager at once."));
    }
    let hold = PolicyHold { code: "standards_incomplete".to_owned(), words, firm: true };
    plan.holds.push(Held { purposes: RESPONSES, safety_too: false, hold });
}

/// Shows the reviewer words that might dismiss a clinical opinion, as these are taken to be given in good faith (G0,
/// "Conflicting evidence").
fn dismissive(plan: &mut PlanBuilder<'_>, event: &ResponseDecided) {
    let compared = [
        event.agreement.as_ref().map(|prose| ("where the reports agree", prose)),
        event.differences.as_ref().map(|prose| ("where they differ", prose)),
    ];
    let texts = [
        ("the weight of the report", &event.weight),
        ("the individual circumstances", &event.circumstances),
        ("the reasons for the level", &event.level_reasons),
        ("the reasons for the outcome", &event.outcome_reasons),
    ];
    let findings = event.standards.iter().map(|finding| ("the standards", &finding.reasons));
    let words = plan.second_opinion().map_or(&[][..], |rules| &rules.dismissive);
    for (part, prose) in compared.into_iter().flatten().chain(texts).chain(findings) {
        let text = prose.text().to_lowercase();
        for word in words.iter().filter(|word| text.contains(&word.to_lowercase())) {
            plan.warn(format!(
                "The text on {part} holds \"{word}\": check that it does not dismiss a clinical opinion, for each is \
                 taken to be given in good faith."
            ));
        }
    }
}

/// Adds hints to the level that the decision-maker recorded, in the guidance's own three cases (B12, G9).
fn hints(plan: &mut PlanBuilder<'_>, level: Level, opinion: &SecondOpinion) {
    const RULE: &str = "Full consideration of the individual circumstances decides.";
    let hint = match (opinion.agrees_condition, opinion.agrees_harm) {
        (_, Agreement::Yes) if level != Level::Three => {
            Some("Both reports agree that detention may result in harm, which the guidance takes for level 3")
        }
        (Agreement::Yes, Agreement::No) if level != Level::Two => Some(
            "The reports disagree on the likelihood of harm; where the second opinion advances strong reasons, the \
             guidance takes level 2 for the most likely",
        ),
        (Agreement::Yes, Agreement::NotStated) if level != Level::Two => {
            Some("Both reports agree on the condition, which the guidance takes for level 2")
        }
        _ => None,
    };
    if let Some(hint) = hint {
        plan.warn(format!("{hint}; the level recorded is {}. {RULE}", level.label()));
    }
}
