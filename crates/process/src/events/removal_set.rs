//! Enters: that removal was set. Leaves: all that the program knows of that event.
//! Never: sets a removal.

use super::{CaseEvent, EventFact, Known};
use crate::fields::{Order, ask, date_value, fields};
use chrono::NaiveDate;
use despatch_core::words::date_words;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

fields! {
    /// Removal was set (rows 28, 29 and 33).
    RemovalSet {
        set_on: NaiveDate = ask("The day on which removal was set");
        removal_on: NaiveDate = ask("The day for which it is set")
            .order(&[Order::NotBefore("set_on", "removal is set for a day before the one on which it was set")]);
    }
}

impl CaseEvent for RemovalSet {
    type Fact = RemovalFact;
    const LABEL: &'static str = "removal set";

    fn given_besides(&self, _: &Known<'_>) -> Value {
        json!({ "removal_on": date_value(self.removal_on) })
    }
}

/// What goes on record of a removal that was set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemovalFact {
    pub on: NaiveDate,
    pub removal_on: NaiveDate,
    /// It comes before the process can end, so nothing more is arranged.
    pub calls_off: bool,
}

impl EventFact for RemovalFact {
    fn happened_on(&self) -> NaiveDate {
        self.on
    }

    fn summary(&self, what: &str, on: &str) -> String {
        format!("{what} on {on} for {}", date_words(self.removal_on))
    }
}
