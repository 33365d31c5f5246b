//! Enters: that a removal did not happen. Leaves: all that the program knows of that event.
//! Never: sets another.

use super::{CaseEvent, EventFact};
use crate::fields::closed::closed;
use crate::fields::{Order, ask, fields};
use chrono::NaiveDate;
use despatch_core::words::date_words;
use serde::{Deserialize, Serialize};

fields! {
    /// A removal failed (rows 34 and 35).
    RemovalFailed {
        failed_on: NaiveDate = ask("The day on which the removal was to be");
        cause: RemovalFailure = ask("Why did it fail?");
        detention_maintained: bool = ask("Does the person stay detained?");
        /// The date for which removal is set anew, if it is.
        removal_set_for: Option<NaiveDate> = ask("The new date for which removal is set, where it is")
            .order(&[Order::NotBefore("failed_on", "removal is set anew for a day before it failed")]);
    }
}

closed! {
    /// Why a removal failed (G0, "Where removal action has failed").
    RemovalFailure {
        Disruption = "disruption", "disruption";
        Representations = "representations", "representations";
    }
}

impl CaseEvent for RemovalFailed {
    type Fact = FailedRemovalFact;
    const LABEL: &'static str = "removal failed";
}

/// What goes on record of a removal that failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FailedRemovalFact {
    pub on: NaiveDate,
    pub maintained: bool,
    pub removal_on: Option<NaiveDate>,
    /// The process that the removal cut short goes on.
    pub referred: bool,
}

impl EventFact for FailedRemovalFact {
    fn happened_on(&self) -> NaiveDate {
        self.on
    }

    fn summary(&self, what: &str, on: &str) -> String {
        let kept = if self.maintained { "detention is maintained" } else { "detention is not maintained" };
        let next =
            self.removal_on.map_or_else(String::new, |day| format!("; set again for {}", date_words(day)));
        format!("{what} on {on}; {kept}{next}")
    }
}
