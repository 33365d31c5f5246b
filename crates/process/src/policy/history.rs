//! Enters: what earlier events of a case put on record. Leaves: it, in order, for the rules.
//! Never: holds a name, a text or a word about health: closed words, dates and ids alone, for the ledger keeps it.

use super::places::PlaceClass;
use super::{Deadline, ResponseWindow, To, Unsent};
use crate::case::{
    Answer, Decision, Departure, EventName, Level, OpinionMethod, Outcome, Rebooking, Respondent,
};
use chrono::{NaiveDate, NaiveTime};
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

/// What happened, without anything personal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Fact {
    /// `barred`: no second opinion can be requested, and not only because of a removal.
    ExternalReportReceived {
        received_on: NaiveDate,
        requested: bool,
        barred: bool,
        removal_on: Option<NaiveDate>,
        level: Option<Level>,
    },
    ReferralReceived {
        received_on: NaiveDate,
        requested: bool,
        week: NaiveDate,
        granted: bool,
        doctor: Option<EntryId>,
    },
    NoDoctorAvailable {
        on: NaiveDate,
    },
    AppointmentConfirmed(Box<BookedFact>),
    LetterServed {
        on: NaiveDate,
        in_time: bool,
    },
    ServiceFailed {
        on: NaiveDate,
    },
    GuidanceGiven {
        asked_on: NaiveDate,
    },
    /// `held`: what follows waits for a person's decision.
    ResponseReceived {
        on: NaiveDate,
        from: Respondent,
        attend: Answer,
        records: Answer,
        own_instruction: bool,
        held: bool,
    },
    NoResponse {
        on: NaiveDate,
    },
    RecordsReceived {
        on: NaiveDate,
    },
    AssessmentOutcome {
        date: NaiveDate,
        outcome: Outcome,
        rebooking: Option<Rebooking>,
    },
    ConcernsRaised {
        on: NaiveDate,
    },
    SecondOpinionReceived {
        on: NaiveDate,
        method: OpinionMethod,
    },
    Transferred {
        on: NaiveDate,
        from: PlaceId,
        from_class: PlaceClass,
    },
    ReleaseDecided {
        on: NaiveDate,
    },
    /// `calls_off`: removal comes before the process can end, so nothing more is arranged.
    RemovalSet {
        on: NaiveDate,
        removal_on: NaiveDate,
        calls_off: bool,
    },
    LeftDetention {
        on: NaiveDate,
        how: Departure,
    },
    /// `referred`: the process that the removal cut short goes on.
    RemovalFailed {
        on: NaiveDate,
        maintained: bool,
        removal_on: Option<NaiveDate>,
        referred: bool,
    },
    RepresentativeChanged {
        on: NaiveDate,
    },
    Died {
        on: NaiveDate,
    },
    ResponseDecided {
        on: NaiveDate,
        level: Level,
        outcome: Decision,
        before_removal: bool,
    },
}

/// An appointment as it goes on record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookedFact {
    pub referred_on: NaiveDate,
    pub date: NaiveDate,
    pub time: NaiveTime,
    pub doctor: EntryId,
    pub interpreter: bool,
    /// `None` for a rebooking to which the earlier answers still hold.
    pub window: Option<ResponseWindow>,
    /// The day on which the invitation was issued whose time to answer goes on, where this corrects a file.
    #[serde(default)]
    pub invited_on: Option<NaiveDate>,
}

impl Fact {
    /// Which event it is.
    pub fn name(&self) -> EventName {
        match self {
            Fact::ExternalReportReceived { .. } => EventName::ExternalReportReceived,
            Fact::ReferralReceived { .. } => EventName::ReferralReceived,
            Fact::NoDoctorAvailable { .. } => EventName::NoDoctorAvailable,
            Fact::AppointmentConfirmed(_) => EventName::AppointmentConfirmed,
            Fact::LetterServed { .. } => EventName::LetterServed,
            Fact::ServiceFailed { .. } => EventName::ServiceFailed,
            Fact::GuidanceGiven { .. } => EventName::GuidanceGiven,
            Fact::ResponseReceived { .. } => EventName::ResponseReceived,
            Fact::NoResponse { .. } => EventName::NoResponse,
            Fact::RecordsReceived { .. } => EventName::RecordsReceived,
            Fact::AssessmentOutcome { .. } => EventName::AssessmentOutcome,
            Fact::ConcernsRaised { .. } => EventName::ConcernsRaised,
            Fact::SecondOpinionReceived { .. } => EventName::SecondOpinionReceived,
            Fact::Transferred { .. } => EventName::Transferred,
            Fact::ReleaseDecided { .. } => EventName::ReleaseDecided,
            Fact::RemovalSet { .. } => EventName::RemovalSet,
            Fact::LeftDetention { .. } => EventName::LeftDetention,
            Fact::RemovalFailed { .. } => EventName::RemovalFailed,
            Fact::RepresentativeChanged { .. } => EventName::RepresentativeChanged,
            Fact::Died { .. } => EventName::Died,
            Fact::ResponseDecided { .. } => EventName::ResponseDecided,
        }
    }

    /// The day on which it happened.
    pub fn happened_on(&self) -> NaiveDate {
        match self {
            Fact::ExternalReportReceived { received_on: on, .. }
            | Fact::ReferralReceived { received_on: on, .. }
            | Fact::NoDoctorAvailable { on }
            | Fact::LetterServed { on, .. }
            | Fact::ServiceFailed { on }
            | Fact::GuidanceGiven { asked_on: on }
            | Fact::ResponseReceived { on, .. }
            | Fact::NoResponse { on }
            | Fact::RecordsReceived { on }
            | Fact::AssessmentOutcome { date: on, .. }
            | Fact::ConcernsRaised { on }
            | Fact::SecondOpinionReceived { on, .. }
            | Fact::Transferred { on, .. }
            | Fact::ReleaseDecided { on }
            | Fact::RemovalSet { on, .. }
            | Fact::LeftDetention { on, .. }
            | Fact::RemovalFailed { on, .. }
            | Fact::RepresentativeChanged { on }
            | Fact::Died { on }
            | Fact::ResponseDecided { on, .. } => *on,
            Fact::AppointmentConfirmed(booked) => booked.referred_on,
        }
    }
}
