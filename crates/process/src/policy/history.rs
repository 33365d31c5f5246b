//! Enters: what earlier events of a case put on record. Leaves: it, in order, for the rules.
//! Never: holds a name, a text or a word about health: closed words, dates and ids alone, for the ledger keeps it.

use super::places::PlaceClass;
use super::{Deadline, To, Unsent};
pub use crate::events::{BookedFact, Fact};
use chrono::NaiveDate;
use despatch_core::words::{EntryId, EventId, KindName, PackId, PlaceId, Role};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is on record when an event comes in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The earlier events of the case, in the order in which they were taken; one that was corrected stands where its
    /// first file did. Of an event that is corrected, those before it.
    pub events: Vec<Past>,
    /// How many second opinions were granted, by the first day of the week (B3), this event's own apart.
    pub granted: BTreeMap<NaiveDate, u32>,
    /// The day on which the letters were issued that this event's file replaces.
    pub replaced_on: Option<NaiveDate>,
    /// What that file put on record, and what became of its messages.
    #[serde(default)]
    pub replaced: Option<Box<Past>>,
}

/// One earlier event of the case and what became of its messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Past {
    /// The number of its case file.
    pub claim: i64,
    pub pack: PackId,
    pub recorded: Recorded,
    pub told: Vec<Told>,
    /// What had gone already of the files of this event that this one has replaced.
    #[serde(default)]
    pub told_before: Vec<Told>,
}

impl Past {
    /// Every message of the event that has gone or may have gone, whichever file of it made it.
    pub fn gone(&self) -> impl Iterator<Item = &Told> {
        self.told.iter().filter(|told| told.sent).chain(&self.told_before)
    }
}

/// One message of an earlier event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub row: String,
    pub kind: KindName,
    pub role: Role,
    pub to: To,
    /// It has gone, or may have gone; `false` for what still waits. What gave way or was cancelled is not listed.
    pub sent: bool,
}

/// What one event puts on record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    pub event_id: EventId,
    /// The day on which it was taken.
    pub on: NaiveDate,
    pub place: PlaceId,
    pub class: PlaceClass,
    pub detained_since: NaiveDate,
    pub representative: Option<EntryId>,
    pub fact: Fact,
    /// The clocks that it started.
    pub clocks: Vec<Deadline>,
    /// What it does to what has not gone.
    #[serde(default)]
    pub unsent: BTreeSet<Unsent>,
}
