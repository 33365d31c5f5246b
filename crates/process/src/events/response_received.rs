//! Enters: that somebody answered the invitation. Leaves: all that the program knows of that event.
//! Never: takes one answer for the other: attending and the records are two questions.

use super::{AttachmentKind, CaseEvent, Due, EventFact};
use crate::fields::check::Checker;
use crate::fields::closed::closed;
use crate::fields::{When, ask, codes, fields};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

fields! {
    /// An answer to the invitation (rows 19, 21 and 22, and G5, G6).
    ResponseReceived {
        received_on: NaiveDate = ask("The day on which the response came in");
        from: Respondent = ask("Who answered?");
        attend: Answer = ask("Does the person agree to attend?");
        records: Answer = ask("Do they agree to the release of their healthcare records?");
        signed: bool = ask("Is the response signed?")
            .note("Without a signature, a person's yes to the records is `not_given`");
        /// The representative states the client's own instruction in writing (G5).
        own_instruction: bool = ask("Does the representative state in writing that this is the client's own instruction?")
            .note("The records are the person's own choice: without that statement, a representative's yes to them is `not_given`");
    }
}

closed! {
    /// Who answered the invitation (row 19).
    Respondent {
        Individual = "individual", "the individual";
        Representative = "representative", "the legal representative";
    }
}

closed! {
    /// An answer to one question of the invitation.
    Answer {
        Yes = "yes", "yes";
        No = "no", "no";
        NotGiven = "not_given", "not given";
    }
}

impl CaseEvent for ResponseReceived {
    type Fact = ResponseFact;
    const LABEL: &'static str = "response received";
    // The signed consent comes with a yes to the release of the records, whoever gave it.
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] =
        &[(AttachmentKind::SignedConsent, Due::OneIf(When::Is("records", &["yes"])))];

    fn check(checker: &mut Checker<'_, '_>) {
        let answer = |at| checker.word(at, Answer::WORDS);
        let (attend, records) = (answer("/event/attend"), answer("/event/records"));
        let from = checker.word("/event/from", Respondent::WORDS).filter(|_| records == Some(Answer::Yes));
        let (signed, own) = (checker.flag("/event/signed"), checker.flag("/event/own_instruction"));
        if (attend, records) == (Some(Answer::NotGiven), Some(Answer::NotGiven)) {
            let cause = "neither of the two questions is answered";
            let cure =
                "write the answer that was given; where nobody answered at all, the event is no_response";
            checker.fault("/event/attend", codes::FACT_ANSWER, cause, cure);
        }
        match from {
            Some(Respondent::Individual) if signed == Some(false) => {
                let cause = "the person agrees to the release of their records, and has not signed this";
                let cure = "have it signed, attach it as signed_consent and set this to true; until then records is not_given";
                checker.fault("/event/signed", codes::FACT_CONSENT, cause, cure);
            }
            Some(Respondent::Representative) if own == Some(false) => {
                let cause = "the release of the records is the person's own choice, and this is not said to be their instruction";
                let cure = "get the representative's written statement of their client's instruction, attach it as signed_consent and set this to true; until then records is not_given";
                checker.fault("/event/own_instruction", codes::FACT_CONSENT, cause, cure);
            }
            _ => {}
        }
    }
}

/// What goes on record of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResponseFact {
    pub on: NaiveDate,
    pub from: Respondent,
    pub attend: Answer,
    pub records: Answer,
    pub own_instruction: bool,
    /// What follows waits for a person's decision.
    pub held: bool,
}

impl EventFact for ResponseFact {
    fn happened_on(&self) -> NaiveDate {
        self.on
    }

    fn summary(&self, what: &str, on: &str) -> String {
        let (from, attend, records) = (self.from.words(), self.attend.words(), self.records.words());
        format!("{what} on {on} from {from}: attend {attend}, release of records {records}")
    }
}
