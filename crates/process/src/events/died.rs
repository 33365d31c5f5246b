//! Enters: that the person died. Leaves: all that the program knows of that event.
//! Never: says how.

use super::{CaseEvent, Day};
use crate::fields::{IN_DETENTION, ask, fields};
use chrono::NaiveDate;

fields! {
    /// The person died (G10).
    Died {
        on: NaiveDate = ask("The day of the death").order(IN_DETENTION);
    }
}

impl CaseEvent for Died {
    type Fact = Day;
    const LABEL: &'static str = "died";
}
