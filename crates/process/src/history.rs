//! Enters: what earlier events of a case put on record. Leaves: it, in order, for the rules.
//! Never: holds a name, a text or a word about health: closed words, dates and ids alone, for the ledger keeps it.

use crate::deadlines::Deadline;
use crate::events::Fact;
use crate::packs::pack::RowNumber;
use crate::pending_effects::PendingEffect;
use crate::places::PlaceKind;
use crate::plan::To;
use crate::purpose::Purpose;
use chrono::NaiveDate;
use despatch_core::words::{EntryId, EventId, KindName, PackId, PlaceId, Role};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is on record when an event comes in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The earlier events of the case, in the order in which they were taken; one that was corrected stands where its
    /// first file did. Of an event that is corrected, those before it.
    pub events: Vec<PastEvent>,
    /// How many second opinions were granted, by the first day of the week (B3), this event's own apart.
    pub granted: BTreeMap<NaiveDate, u32>,
    /// The day on which the letters were issued that this event's file replaces.
    pub replaced_on: Option<NaiveDate>,
    /// What that file put on record, and what became of its messages.
    pub replaced: Option<Box<PastEvent>>,
}

/// One earlier event of the case and what became of its messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastEvent {
    /// The number of its case file.
    pub submission: i64,
    pub pack: PackId,
    pub recorded: Recorded,
    /// Those of its messages that have gone or still wait.
    pub messages: Vec<PastMessage>,
    /// What had gone already of the files of this event that this one has replaced.
    pub messages_before: Vec<PastMessage>,
}

impl PastEvent {
    /// Every message of the event that has gone or may have gone, whichever file of it made it.
    pub fn gone(&self) -> impl Iterator<Item = &PastMessage> {
        self.messages.iter().filter(|message| message.sent).chain(&self.messages_before)
    }
}

/// One message of an earlier event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastMessage {
    pub purpose: Purpose,
    /// The number of its row, to cite it.
    pub row: RowNumber,
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
    pub place_kind: PlaceKind,
    pub detained_since: NaiveDate,
    pub representative: Option<EntryId>,
    pub fact: Fact,
    /// The clocks that it started.
    pub clocks: Vec<Deadline>,
    /// What it does to what has not gone.
    pub pending_effects: BTreeSet<PendingEffect>,
}
