//! Enters: that the invitation was handed over. Leaves: all that the program knows of that event.
//! Never: takes a letter that was sent for one that was served (G4).

use super::{CaseEvent, EventFact, Known};
use crate::fields::{IN_DETENTION, ask, date_value, fields};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

fields! {
    /// The invitation was handed over in person (row 16).
    LetterServed {
        served_on: NaiveDate = ask("The day of service").order(IN_DETENTION);
        explained: bool = ask("Was the letter explained?");
        /// The person refused to take the letter.
        refused: bool = ask("Did the person refuse to take it?");
    }
}

impl CaseEvent for LetterServed {
    type Fact = ServiceFact;
    const LABEL: &'static str = "letter served";

    fn given_besides(&self, _: &Known<'_>) -> Value {
        json!({ "served_on": date_value(self.served_on) })
    }
}

/// What goes on record of a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceFact {
    pub on: NaiveDate,
    pub in_time: bool,
}

impl EventFact for ServiceFact {
    fn happened_on(&self) -> NaiveDate {
        self.on
    }

    fn summary(&self, what: &str, on: &str) -> String {
        format!("{what} on {on}, {}", if self.in_time { "in time" } else { "too late" })
    }
}
