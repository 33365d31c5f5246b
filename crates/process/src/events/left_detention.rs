//! Enters: that the person is no longer detained. Leaves: all that the program knows of that event.
//! Never: takes a decision to release for the release.

use super::{CaseEvent, EventFact};
use crate::fields::closed::closed;
use crate::fields::{IN_DETENTION, ask, fields};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

fields! {
    /// The person is no longer detained (B9).
    LeftDetention {
        on: NaiveDate = ask("The day on which the person left detention").order(IN_DETENTION);
        how: Departure = ask("How?");
    }
}

closed! {
    /// How somebody left detention.
    Departure {
        Released = "released", "released";
        Removed = "removed", "removed from the United Kingdom";
    }
}

impl CaseEvent for LeftDetention {
    type Fact = DepartureFact;
    const LABEL: &'static str = "left detention";
}

/// What goes on record of the end of detention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DepartureFact {
    pub on: NaiveDate,
    pub how: Departure,
}

impl EventFact for DepartureFact {
    fn happened_on(&self) -> NaiveDate {
        self.on
    }

    fn summary(&self, what: &str, on: &str) -> String {
        format!("{what} on {on}: {}", self.how.words())
    }
}
