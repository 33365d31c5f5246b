//! Enters: the event that the healthcare records were received. Leaves: everything the program knows about that event.
//! Never: looks into the records.

use super::{AttachmentKind, CaseEvent, Due};
use crate::circumstances::Circumstance;
use crate::facts::Day;
use crate::fields::{ask, fields};
use crate::plan::builder::PlanBuilder;
use chrono::NaiveDate;

fields! {
    /// The healthcare team sent the records (G6).
    RecordsReceived {
        received_on: NaiveDate = ask("The day on which the records came in").past();
    }
}

impl CaseEvent for RecordsReceived {
    type Fact = Day;
    // Healthcare records are enclosed with the event that brings them and never again (domain G6).
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] =
        &[(AttachmentKind::HealthcareRecords, Due::OneOrMore)];

    /// The records go to the doctor, and to nobody else, while the consent on record holds (G6). `despite_history`
    /// does not release them: only a consent on record does.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<Day> {
        const AT: &str = "/event/received_on";
        plan.not_future(AT, self.received_on);
        plan.must_be_open(AT);
        if plan.state.answers.records() == Some(true) {
            plan.circumstances.insert(Circumstance::RecordsUsable);
        } else {
            plan.fault(
                "/attachments",
                "records.no_consent",
                "the record has no consent to the release of the person's healthcare records, or it was withdrawn",
                "drop the response that gives the consent first; without one, return the records",
            );
        }
        plan.because("The person consents to the release of their healthcare records.");
        Some(Day { on: self.received_on })
    }
}
