//! Enters: that the healthcare records came in. Leaves: all that the program knows of that event.
//! Never: looks into the records.

use super::{AttachmentKind, CaseEvent, Day, Due};
use crate::fields::{ask, fields};
use chrono::NaiveDate;

fields! {
    /// The healthcare team sent the records (G6).
    RecordsReceived {
        received_on: NaiveDate = ask("The day on which the records came in");
    }
}

impl CaseEvent for RecordsReceived {
    type Fact = Day;
    const LABEL: &'static str = "healthcare records received";
    // Healthcare records go in with the event that brings them and never again (domain G6).
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] =
        &[(AttachmentKind::HealthcareRecords, Due::OneOrMore)];
}
