//! Enters: where somebody is and since when, and a pack's limits. Leaves: until when they may stay, and the alarms before.
//! Never: blocks what frees the person, or lets a move restart what counts from the first hour of detention.

use super::LondonTime;
use super::rules::{AlarmRules, CountsFrom, Longer, PregnancyRules, Span, StayLimit};
use super::terms::Population;
use crate::places::Place;

/// A stay at a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stay<'a> {
    pub place: &'a Place,
    pub population: Population,
    /// They were released from sentence.
    pub freed_offender: bool,
    /// When the person came to this kind of place, without having left it since.
    pub arrived_at: LondonTime,
    /// When they were first detained.
    pub detained_at: LondonTime,
    /// When removal is set for.
    pub removal_at: Option<LondonTime>,
    /// A minister has authorised the longer stay.
    pub minister: bool,
}

/// A moment from which on somebody may not be kept, unless the pack's condition is met.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    pub from: LondonTime,
    pub until: LondonTime,
    /// The longer limit applies.
    pub extended: bool,
}

impl Span {
    /// Returns the end of the span.
    pub fn after(self, from: LondonTime) -> LondonTime {
        match self {
            Span::Hours(hours) => from.after_hours(hours),
            Span::Days(days) => from.after_days(days),
        }
    }
}

impl StayLimit {
    /// Returns whether it is a limit of this stay.
    pub fn holds_for(&self, stay: &Stay<'_>) -> bool {
        let here = match &self.place {
            Some(place) => *place == stay.place.id,
            None => self.kinds.contains(&stay.place.kind),
        };
        let there = self.nation.is_none_or(|nation| nation == stay.place.nation);
        let of_them = match self.population {
            Population::Anyone => true,
            Population::FreedOffender => stay.freed_offender,
            population => population == stay.population,
        };
        here && there && of_them
    }

    /// Returns until when the person may stay.
    pub fn limit(&self, stay: &Stay<'_>) -> Limit {
        let from = match self.counts_from {
            CountsFrom::Arrival => stay.arrived_at,
            CountsFrom::Detention => stay.detained_at,
        };
        let longer = self.longer.as_ref().and_then(|longer| match longer {
            Longer::Minister(span) => stay.minister.then(|| span.after(from)),
            Longer::Removal(span) => {
                let until = span.after(from);
                stay.removal_at.filter(|removal| *removal <= until).map(|_| until)
            }
        });
        Limit { from, until: longer.unwrap_or_else(|| self.stay.after(from)), extended: longer.is_some() }
    }

    /// Returns by when somebody of the pack's grade must have authorised a stay that goes on.
    pub fn authority_by(&self, stay: &Stay<'_>) -> Option<LondonTime> {
        self.authority.as_ref().map(|authority| authority.after.after(stay.arrived_at))
    }
}

/// Returns the limits of a stay, those of the place itself alone where it has its own.
pub fn of_stay<'r>(limits: &'r [StayLimit], stay: &Stay<'_>) -> Vec<&'r StayLimit> {
    let all: Vec<&StayLimit> = limits.iter().filter(|limit| limit.holds_for(stay)).collect();
    let own = |limit: &&StayLimit| limit.place.is_some();
    let has_own = all.iter().any(own);
    let instead = |limit: &&StayLimit| own(limit) || !has_own || limit.population != Population::Anyone;
    all.into_iter().filter(instead).collect()
}

impl PregnancyRules {
    /// Returns until when a pregnant woman may be detained for removal or deportation: from the later of the moment at
    /// which it was established and the beginning of her detention.
    pub fn limit(&self, satisfied_at: LondonTime, detained_at: LondonTime, minister: bool) -> Limit {
        let from = satisfied_at.max(detained_at);
        let span = if minister { Span::Days(self.minister_days) } else { Span::Hours(self.hours) };
        Limit { from, until: span.after(from), extended: minister }
    }
}

impl AlarmRules {
    /// Returns when alarms are given of a limit, the first one first.
    pub fn of(&self, limit: &Limit) -> Vec<LondonTime> {
        let short = limit.until <= limit.from.after_hours(self.short_hours);
        let before = if short { &self.short_before } else { &self.before };
        let mut alarms: Vec<LondonTime> =
            before.iter().map(|hours| limit.until.before_hours(*hours)).collect();
        if short {
            alarms.extend([limit.from, limit.from.halfway_to(limit.until)]);
        }
        alarms.retain(|alarm| *alarm >= limit.from);
        alarms.sort_unstable();
        alarms.dedup();
        alarms
    }
}
