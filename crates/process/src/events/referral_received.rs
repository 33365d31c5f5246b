//! Enters: that the Detained Medical Reports Team has a report. Leaves: all that the program knows of that event.
//! Never: decides whether a second opinion may be asked for (that is the event of the report).

use super::{CaseEvent, EventFact};
use crate::fields::{ask, fields};
use crate::people::Contact;
use chrono::NaiveDate;
use despatch_core::words::{EntryId, Role, date_words};
use serde::{Deserialize, Serialize};

fields! {
    /// The DMRT has the report, with or without a request for a second opinion (rows 3, 4 and 7).
    ReferralReceived {
        received_on: NaiveDate = ask("The day on which the referral came in");
        opinion_requested: bool = ask("Is a second opinion requested?");
        /// The contracted doctor who is asked whether they are free.
        doctor: Option<Contact> = ask("Is a contracted doctor to be asked whether they are free?")
            .note("The contracted doctor")
            .role(Role::Doctor);
    }
}

impl CaseEvent for ReferralReceived {
    type Fact = ReferralFact;
    const LABEL: &'static str = "referral received";

    fn doctor(&self) -> Option<&Contact> {
        self.doctor.as_ref()
    }
}

/// What goes on record of a referral.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReferralFact {
    pub received_on: NaiveDate,
    pub requested: bool,
    /// The first day of the week whose places are counted.
    pub week: NaiveDate,
    /// A place of that week was left.
    pub granted: bool,
    pub doctor: Option<EntryId>,
}

impl EventFact for ReferralFact {
    fn happened_on(&self) -> NaiveDate {
        self.received_on
    }

    fn summary(&self, what: &str, on: &str) -> String {
        let week = date_words(self.week);
        match (self.requested, self.granted) {
            (false, _) => format!("{what} on {on}; no second opinion is asked for"),
            (true, true) => format!("{what} on {on}; it has a place of the week of {week}"),
            (true, false) => format!("{what} on {on}; no place was left in the week of {week}"),
        }
    }
}
