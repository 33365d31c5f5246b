//! Enters: that release was decided. Leaves: all that the program knows of that event.
//! Never: decides it.

use super::{CaseEvent, Day};
use crate::fields::{IN_DETENTION, ask, fields};
use chrono::NaiveDate;

fields! {
    /// Release was decided (rows 28 and 29).
    ReleaseDecided {
        decided_on: NaiveDate = ask("The day of the decision to release").order(IN_DETENTION);
    }
}

impl CaseEvent for ReleaseDecided {
    type Fact = Day;
    const LABEL: &'static str = "release decided";
}
