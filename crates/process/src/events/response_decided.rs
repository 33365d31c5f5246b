//! Enters: that the external medical report was answered. Leaves: all that the program knows of that event.
//! Never: weighs evidence.

use super::report::{Level, Report};
use super::second_opinion_received::{ASSESSED_ON, OpinionMethod};
use super::{AttachmentKind, CaseEvent, Due, EventFact, Known};
use crate::fields::check::{Checker, earlier};
use crate::fields::closed::closed;
use crate::fields::json::Node;
use crate::fields::prose::Prose;
use crate::fields::{
    Field, MAX_NAME, MAX_PARAGRAPH, Need, Order, Record, When, ask, codes, date_value, fields, need,
};
use crate::people::Grade;
use chrono::NaiveDate;
use despatch_core::words::StandardId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Standards of which one response can speak: a limit on the file, not the number that a policy pack lists.
pub const MAX_STANDARDS: usize = 50;

const OPINION: When = When::There("second_opinion");
const NO_OPINION: When = When::Absent("second_opinion");

fields! {
    /// The decision-maker has considered the evidence (rows 33, 36 and 37).
    ResponseDecided {
        /// When the Detention and Case Progression Review was completed.
        dcpr_completed_on: NaiveDate = ask("The day on which the Detention and Case Progression Review was completed");
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
        /// The individual circumstances.
        circumstances: Prose = ask("The person's own circumstances, and how they were weighed");
        level: Level = ask("The level of evidence");
        level_reasons: Prose = ask("The reasons for that level");
        outcome: Decision = ask("What was decided about detention?");
        outcome_reasons: Prose = ask("The reasons for that decision");
        decision_maker: Official = ask("Who decided");
        /// Who authorised the review, and so the response.
        authorised_by: Authority = ask("Who authorised it");
        /// Removal is set for this day, before the process has ended (row 33).
        removal_on: Option<NaiveDate> =
            ask("The day for which removal is set, where the response must be served before it").order(&[
                Order::NotBefore("authorised_by/on", "removal is set for a day before the response was authorised"),
            ]);
    }
}

/// A field that compares two reports.
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
    /// What the second opinion report says of itself.
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
        name: String = ask("The name of whoever decided").most(MAX_NAME);
        grade: Grade = ask("Their grade");
    }
}

fields! {
    /// An official who authorised, and when.
    Authority {
        name: String = ask("The name of whoever authorised it").most(MAX_NAME);
        grade: Grade = ask("Their grade");
        on: NaiveDate = ask("The day of the authority").order(&[
            Order::NotBefore("/event/dcpr_completed_on", "the response was authorised before the review was completed"),
        ]);
    }
}

closed! {
    /// What one report says of a point of the other.
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

closed! {
    /// What was decided about detention.
    Decision {
        Maintain = "maintain", "detention is maintained";
        Release = "release", "the person is to be released";
    }
}

impl CaseEvent for ResponseDecided {
    type Fact = DecisionFact;
    const LABEL: &'static str = "response decided";
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] =
        &[(AttachmentKind::SecondOpinionReport, Due::OneIf(OPINION))];

    /// One finding for each standard.
    fn check(checker: &mut Checker<'_, '_>) {
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
}

/// What goes on record of the response to the report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionFact {
    pub on: NaiveDate,
    pub level: Level,
    pub outcome: Decision,
    /// It is the one before a removal (row 33).
    pub before_removal: bool,
}

impl EventFact for DecisionFact {
    fn happened_on(&self) -> NaiveDate {
        self.on
    }

    fn summary(&self, what: &str, on: &str) -> String {
        format!("{what} on {on}: {}; {}", self.level.words(), self.outcome.words())
    }
}
