//! Enters: that an appointment took place, or why it did not. Leaves: all that the program knows of that event.
//! Never: says what the assessment found.

use super::{CaseEvent, EventFact};
use crate::fields::check::Checker;
use crate::fields::closed::closed;
use crate::fields::{Field, When, ask, codes, fields, need};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

fields! {
    /// What came of an appointment (rows 20 and 22 to 26).
    AssessmentOutcome {
        outcome: Outcome = ask("What came of the appointment?");
        /// The date of the appointment.
        date: NaiveDate = ask("The day of the appointment");
        reported_on: NaiveDate = ask("The day on which its outcome was reported");
        /// With a cause on the side of the Home Office, and with no other.
        rebooking: Option<Rebooking> = REBOOKING;
    }
}

const REBOOKING: Field = ask("Can the assessment be booked again in time?")
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

closed! {
    /// What came of an appointment (rows 20 and 22 to 26).
    Outcome {
        Completed = "completed", "the assessment was completed";
        TooIll = "too_ill", "the person said that they were too ill to attend";
        Unfit = "unfit", "the person said that they were unfit to be interviewed";
        DidNotAttend = "did_not_attend", "the person did not attend";
        Refused = "refused", "the person refused to undergo the assessment";
        StaffUnavailable = "staff_unavailable", "nobody at the place of detention was available to facilitate the appointment";
        Technical = "technical", "technical issues prevented the appointment";
        InterpreterUnavailable = "interpreter_unavailable", "no interpreter was available";
        OtherHomeOffice = "other_home_office", "the Home Office had to cancel for another reason beyond its control";
    }
}

closed! {
    /// Whether a cancelled assessment can be booked again in time (rows 24 to 26).
    Rebooking {
        Possible = "possible", "can be booked again";
        Impossible = "impossible", "cannot be booked again in time";
    }
}

impl CaseEvent for AssessmentOutcome {
    type Fact = OutcomeFact;
    const LABEL: &'static str = "assessment outcome";

    fn check(checker: &mut Checker<'_, '_>) {
        let outcome = checker.word("/event/outcome", Outcome::WORDS);
        // A cancellation, an illness or a refusal can be reported before the day; these two can't.
        if let Some(Outcome::Completed | Outcome::DidNotAttend) = outcome {
            let cause = "this was reported before the day of the appointment";
            checker.order("/event/date", "/event/reported_on", "/event/reported_on", cause);
        }
    }
}

/// What goes on record of an appointment that is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutcomeFact {
    pub date: NaiveDate,
    pub outcome: Outcome,
    pub rebooking: Option<Rebooking>,
}

impl EventFact for OutcomeFact {
    fn happened_on(&self) -> NaiveDate {
        self.date
    }

    fn summary(&self, what: &str, on: &str) -> String {
        let again = self.rebooking.map_or_else(String::new, |again| format!("; it {}", again.words()));
        format!("{what} of {on}: {}{again}", self.outcome.words())
    }
}
