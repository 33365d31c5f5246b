//! Enters: that nobody answered the invitation. Leaves: all that the program knows of that event.
//! Never: takes silence for an answer before both sides have confirmed it.

use super::{CaseEvent, Day};
use crate::fields::{ask, fields};
use chrono::NaiveDate;

fields! {
    /// Nobody answered, as the place of detention and the inbox both confirm (G4).
    NoResponse {
        place_confirmed_on: NaiveDate = ask("The day on which the place confirmed that nothing came");
        inbox_checked_on: NaiveDate = ask("The day on which the inbox was checked");
    }
}

impl CaseEvent for NoResponse {
    type Fact = Day;
    const LABEL: &'static str = "no response";
}
