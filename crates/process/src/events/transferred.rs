//! Enters: that the person was moved. Leaves: all that the program knows of that event.
//! Never: changes where the person is: the case's detention names the new place.

use super::{CaseEvent, EventFact, Known};
use crate::fields::check::Checker;
use crate::fields::{IN_DETENTION, ask, codes, fields};
use crate::policy::Place;
use crate::policy::places::PlaceClass;
use chrono::NaiveDate;
use despatch_core::words::PlaceId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

fields! {
    /// The person was moved (row 11, G10); the case's detention names the new place.
    Transferred {
        on: NaiveDate = ask("The day of the transfer").order(IN_DETENTION);
        from: PlaceId = ask("The place that the person left");
    }
}

impl CaseEvent for Transferred {
    type Fact = TransferFact;
    const LABEL: &'static str = "transferred";

    fn check(checker: &mut Checker<'_, '_>) {
        let from = checker.text("/event/from");
        if from.is_some() && from == checker.text("/detention/place") {
            let cause = "the person was moved from the place where they are said to be now";
            let cure = "write the old place here, and the new one as the place of detention";
            checker.fault("/event/from", codes::FACT_UNCHANGED, cause, cure);
        }
    }

    fn given_besides(&self, known: &Known<'_>) -> Value {
        let place = |place: &Place| json!({ "id": place.id, "name": place.name, "kind": place.kind.short() });
        json!({ "from": known.from.map(place) })
    }
}

/// What goes on record of a transfer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransferFact {
    pub on: NaiveDate,
    pub from: PlaceId,
    pub from_class: PlaceClass,
}

impl EventFact for TransferFact {
    fn happened_on(&self) -> NaiveDate {
        self.on
    }

    fn summary(&self, what: &str, on: &str) -> String {
        format!("{what} on {on} from {}", self.from)
    }
}
