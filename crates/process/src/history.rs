//! Enters: what earlier events of a case recorded. Leaves: that record, in order, for the rules.
//! Never: holds a name or a text: only closed words, dates and ids, because the ledger keeps it; of health only what the
//! rules count with.

use crate::deadlines::Deadline;
use crate::detention::authority::{Authority, Signer};
use crate::facts::{BookedFact, Fact};
use crate::packs::pack::RowNumber;
use crate::pending_effects::PendingEffect;
use crate::places::PlaceKind;
use crate::plan::planned::To;
use crate::purpose::Purpose;
use chrono::NaiveDate;
use despatch_core::words::{EntryId, EventId, KindName, PackId, PlaceId, Role};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The record of the case when an event arrives.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The earlier events of the case, in the order in which they were taken; a corrected event keeps the position of
    /// its first file. For a correction: the events before the corrected one.
    pub events: Vec<PastEvent>,
    /// How many second opinions were granted, by the first day of the week (B3), excluding this event's own.
    pub granted: BTreeMap<NaiveDate, u32>,
    /// The issue date of the letters that this event's file replaces.
    pub replaced_on: Option<NaiveDate>,
    /// What that file recorded, and the status of its messages.
    pub replaced: Option<Box<PastEvent>>,
    /// When the invitation of that file was served, as a later event recorded. It is no part of the record by which the
    /// event is planned: only a letter that amends the served one asks for it.
    #[serde(skip)]
    pub served_since: Option<NaiveDate>,
    /// Who authorised this very file by their own account, after it was planned: only its letters ask for that, when they
    /// are made again.
    #[serde(skip)]
    pub authorised_by: Option<Signer>,
}

impl History {
    /// Returns the record without the copies that went to healthcare teams ahead of their files, and those: what they
    /// leave on record is no event of the process.
    pub(crate) fn apart(&self) -> (History, Vec<PastEvent>) {
        let is_copy = |past: &PastEvent| matches!(past.recorded.fact, Fact::CopiedToHealthcare(_));
        let (copies, events) = self.events.iter().cloned().partition(is_copy);
        (History { events, ..self.clone() }, copies)
    }

    /// Returns the day on which the invitation of the event of this file was served, as the `events` of its case that were
    /// taken up to `as_of` say: the last service before another invitation.
    pub fn served_after<'e>(
        events: impl IntoIterator<Item = &'e Recorded>,
        event_id: &EventId,
        as_of: NaiveDate,
    ) -> Option<NaiveDate> {
        let later = events.into_iter().skip_while(|recorded| recorded.event_id != *event_id).skip(1);
        let until = later.take_while(|recorded| !matches!(recorded.fact, Fact::AppointmentConfirmed(_)));
        let served =
            until.filter(|recorded| recorded.on <= as_of).filter_map(|recorded| match &recorded.fact {
                Fact::LetterServed(service) => Some(service.on),
                _ => None,
            });
        served.last()
    }
}

/// One earlier event of the case and the status of its messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastEvent {
    /// The number of its case file.
    pub submission: i64,
    pub pack: PackId,
    pub recorded: Recorded,
    /// Its messages that were sent or are still waiting.
    pub messages: Vec<PastMessage>,
    /// What had already been sent of this event's earlier files, which this one replaced.
    pub messages_before: Vec<PastMessage>,
}

impl PastEvent {
    /// Returns every message of the event that was or may have been sent, whichever file produced it.
    pub fn gone(&self) -> impl Iterator<Item = &PastMessage> {
        self.messages.iter().filter(|message| message.sent).chain(&self.messages_before)
    }

    /// Returns the appointment, if it is the event that confirmed one.
    pub fn booked(&self) -> Option<&BookedFact> {
        match &self.recorded.fact {
            Fact::AppointmentConfirmed(booked) => Some(booked),
            _ => None,
        }
    }

    /// Returns the issue date of the invitation to that appointment; of one whose time to answer a correction
    /// continued, the first.
    pub fn invited_on(&self) -> Option<NaiveDate> {
        self.booked().map(|booked| booked.invited_on.unwrap_or(self.recorded.on))
    }
}

/// One message of an earlier event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastMessage {
    pub purpose: Purpose,
    /// The number of its row, for citation.
    pub row: RowNumber,
    pub kind: KindName,
    pub role: Role,
    pub to: To,
    /// Whether it was or may have been sent; `false` if it is still waiting. Superseded and cancelled messages are
    /// not listed.
    pub sent: bool,
}

/// What one event records.
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
    /// Its effects on unsent messages.
    pub pending_effects: BTreeSet<PendingEffect>,
    /// The clocks that run in their place once somebody authorises it who may.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub once_authorised: Vec<Deadline>,
}

impl Recorded {
    /// Returns who must authorise it, while nobody has who may.
    pub fn awaits_authority(&self) -> Option<Authority> {
        match &self.fact {
            Fact::ReviewCompleted(review) => review.needs.filter(|_| !review.authorised),
            Fact::Rule35Decided(answer) => answer.needs.filter(|_| !answer.authorised),
            Fact::DetentionBegan(began) => began.needs.filter(|_| !began.authorised),
            Fact::Arrived(arrival) => arrival.needs.filter(|_| !arrival.authorised),
            _ => None,
        }
    }

    /// Returns whether a later event of the case leaves nothing of it to authorise: a stay is over once another begins, or
    /// the detention ends.
    pub fn is_overtaken_by(&self, later: &Recorded) -> bool {
        let of_stay = matches!(self.fact, Fact::DetentionBegan(_) | Fact::Arrived(_));
        of_stay && matches!(later.fact, Fact::Arrived(_) | Fact::DetentionEnded(_))
    }

    /// Takes over that somebody authorised it who may.
    pub fn authorise(&mut self) {
        match &mut self.fact {
            Fact::ReviewCompleted(review) => review.authorised = true,
            Fact::Rule35Decided(answer) => answer.authorised = true,
            Fact::DetentionBegan(began) => began.authorised = true,
            Fact::Arrived(arrival) => arrival.authorised = true,
            _ => return,
        }
        if !self.once_authorised.is_empty() {
            self.clocks = std::mem::take(&mut self.once_authorised);
        }
    }
}
