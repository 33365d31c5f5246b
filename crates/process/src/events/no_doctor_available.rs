//! Enters: that no contracted doctor can assess in time. Leaves: all that the program knows of that event.
//! Never: looks for another doctor.

use super::{AttachmentKind, CaseEvent, Day, Due};
use crate::fields::{Order, ask, fields};
use chrono::NaiveDate;

fields! {
    /// No contracted doctor can assess within the working days that the guidance gives (row 6).
    NoDoctorAvailable {
        established_on: NaiveDate = ask("The day on which it was clear that no doctor can assess in time");
        referred_on: NaiveDate = ask("The day on which the report was referred to the Detained Medical Reports Team")
            .order(&[Order::NotAfter(
                "established_on",
                "the report was referred after the day on which no doctor was found for it",
            )]);
    }
}

impl CaseEvent for NoDoctorAvailable {
    type Fact = Day;
    const LABEL: &'static str = "no doctor available";
    // It goes back to the caseworker (row 6).
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] =
        &[(AttachmentKind::ExternalMedicalReport, Due::One)];
}
