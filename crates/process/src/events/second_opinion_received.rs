//! Enters: that the second opinion report came in. Leaves: all that the program knows of that event.
//! Never: says what the report found.

use super::{AttachmentKind, CaseEvent, Due, EventFact};
use crate::fields::closed::closed;
use crate::fields::{Field, Order, When, ask, codes, fields, need};
use crate::people::Contact;
use chrono::NaiveDate;
use despatch_core::words::Role;
use serde::{Deserialize, Serialize};

fields! {
    /// The second opinion report came in (rows 27 and 30 to 32).
    SecondOpinionReceived {
        received_on: NaiveDate = ask("The day on which the second opinion report came in");
        doctor: Contact = ask("The contracted doctor").role(Role::Doctor);
        method: OpinionMethod = ask("How was the opinion formed?");
        assessed_on: Option<NaiveDate> = ASSESSED_ON
            .order(&[Order::NotAfter("received_on", "the assessment was made after the report was received")]);
        limitations_stated: bool = ask("Does the report state the limits of its method?");
    }
}

closed! {
    /// How the second opinion was formed (G0, "The second opinion report").
    OpinionMethod {
        Video = "video", "by video-link";
        Papers = "papers", "on papers alone";
    }
}

/// A second opinion by video has the date of an assessment, and one on papers has none.
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
    const LABEL: &'static str = "second opinion received";
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] = &[(AttachmentKind::SecondOpinionReport, Due::One)];

    fn doctor(&self) -> Option<&Contact> {
        Some(&self.doctor)
    }
}

/// What goes on record of a second opinion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpinionFact {
    pub on: NaiveDate,
    pub method: OpinionMethod,
}

impl EventFact for OpinionFact {
    fn happened_on(&self) -> NaiveDate {
        self.on
    }

    fn summary(&self, what: &str, on: &str) -> String {
        format!("{what} on {on}, formed {}", self.method.words())
    }
}
