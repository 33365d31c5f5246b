//! Enters: that the invitation cannot be served in time. Leaves: all that the program knows of that event.
//! Never: repeats the reason where it could be read in clear.

use super::{CaseEvent, Day, FreeText, Known};
use crate::fields::{MAX_PARAGRAPH, ask, fields};
use chrono::NaiveDate;
use serde_json::{Value, json};

fields! {
    /// The invitation could not be served in time (rows 17 and 18).
    ServiceFailed {
        reported_on: NaiveDate = ask("The day on which the place reported it");
        reason: String = ask("Why can the letter not be served in time?").most(MAX_PARAGRAPH);
    }
}

impl CaseEvent for ServiceFailed {
    type Fact = Day;
    const LABEL: &'static str = "service failed";

    fn free_texts(&self) -> Vec<FreeText> {
        vec![("the reason", self.reason.clone())]
    }

    fn given_besides(&self, _: &Known<'_>) -> Value {
        json!({ "failure_reason": self.reason })
    }
}
