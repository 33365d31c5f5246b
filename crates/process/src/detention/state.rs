//! Enters: what the events of a detention recorded. Leaves: what is done, served, limited and waiting in it.
//! Never: counts a day, or decides what follows.

use super::facts::{ArrivalFact, BeganFact, ReportReceivedFact};
use super::london_time::LondonTime;
use super::reasons::Served;
use super::reviews::{Detained, Done};
use super::stages::Stage;
use super::terms::{DetainedTeam, Origin, Population};
use crate::places::PlaceKind;
use chrono::NaiveDate;

/// What the record has of one detention.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DetentionState {
    pub began: Option<Began>,
    /// The reviews that somebody signed who may.
    pub reviews: Vec<Done>,
    pub reasons: Vec<Served>,
    /// The stays so far, each with its kind of place; the last is where the person is.
    pub stays: Vec<StayOnRecord>,
    pub hour_limit: Option<HourLimit>,
    /// The reports of healthcare staff that are not answered.
    pub reports: Vec<ReportReceivedFact>,
    /// A panel's recommendation was rejected, and no review since has given the reasons.
    pub rejected_panel: bool,
    /// A decision to release: the person is still detained until the end is on record.
    pub release_decided_on: Option<NaiveDate>,
    pub ended_at: Option<LondonTime>,
}

/// How the detention began.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Began {
    pub detained: Detained,
    pub population: Population,
    /// From when the first written reasons count.
    pub reasons_from: NaiveDate,
}

impl Began {
    /// Returns whether the person was detained from prison as an offender: "FNOs who have been released from sentence".
    pub fn is_freed_offender(&self) -> bool {
        self.detained.origin == Origin::Prison && self.detained.team == DetainedTeam::FnoRc
    }
}

/// A stay at one kind of place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StayOnRecord {
    pub kind: PlaceKind,
    pub arrived_at: LondonTime,
    pub removal_at: Option<LondonTime>,
    pub minister: bool,
    pub authorised: bool,
}

/// A limit in hours that the person's state sets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HourLimit {
    pub satisfied_at: LondonTime,
    pub limited: bool,
    pub minister: bool,
}

impl DetentionState {
    /// Takes over how a detention began.
    pub(crate) fn begin(&mut self, fact: &BeganFact, kind: PlaceKind) {
        let detained = Detained { at: fact.at, team: fact.team, origin: fact.origin };
        *self = DetentionState {
            began: Some(Began {
                detained,
                population: fact.population,
                reasons_from: fact.reasons_served_on.unwrap_or(fact.on),
            }),
            stays: vec![StayOnRecord {
                kind,
                arrived_at: fact.at,
                removal_at: None,
                minister: false,
                authorised: fact.authorised,
            }],
            ..DetentionState::default()
        };
    }

    /// Takes over an arrival. A stay at one kind of place goes on over a move to another such place.
    pub(crate) fn arrive(&mut self, fact: &ArrivalFact, kind: PlaceKind) {
        if let (true, Some(began)) = (fact.released_between, &mut self.began) {
            began.detained.at = fact.at;
        }
        let stay = self.stay_after(fact, kind);
        if self.stays.last().is_some_and(|last| last.kind == kind) {
            self.stays.pop();
        }
        self.stays.push(stay);
    }

    /// Returns the stay that begins with an arrival, or goes on.
    pub(crate) fn stay_after(&self, fact: &ArrivalFact, kind: PlaceKind) -> StayOnRecord {
        let goes_on = self.stays.last().filter(|last| last.kind == kind && !fact.released_between);
        StayOnRecord {
            kind,
            arrived_at: goes_on.map_or(fact.at, |last| last.arrived_at),
            removal_at: fact.removal_at,
            minister: fact.minister,
            authorised: fact.authorised || goes_on.is_some_and(|last| last.authorised),
        }
    }

    /// Returns whether the person was at such a place before, and elsewhere since.
    pub(crate) fn comes_back_to(&self, kind: PlaceKind) -> bool {
        self.stays
            .split_last()
            .is_some_and(|(last, before)| last.kind != kind && before.iter().any(|stay| stay.kind == kind))
    }

    /// Returns the last review of the timetable that was done.
    pub fn last_stage(&self) -> Option<Stage> {
        self.reviews.iter().map(|done| done.stage).filter(|stage| *stage != Stage::AdHoc).max()
    }
}
