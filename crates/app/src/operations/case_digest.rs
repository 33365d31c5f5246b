//! Enters: the events of one case. Leaves: all that the board of what is due needs of them, to be kept beside the record, and
//! read back. Never: anything that depends on the day or on the settings, or that the record does not have in clear.
//!
//! The board is made of digests alone, so it cannot tell one that was kept from one that was just made.

use super::at_rest::rests;
use super::authorise::UnsignedStep;
use super::awaited::Awaited;
use super::moot::HeldDespatch;
use super::unserved::ToServe;
use chrono::{NaiveDate, NaiveTime};
use despatch_ledger::{DespatchId, Looked, OnRecord, State};
use despatch_process::{CaseState, Deadline, History};
use serde::{Deserialize, Serialize};

/// What a digest was made by. Another program, or another number, and it is made anew: count up whenever what is in it, or
/// how it is found, changes.
const FORMAT: &str = concat!(env!("CARGO_PKG_VERSION"), " 1");

/// What the board needs of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseDigest {
    format: String,
    /// Nothing runs or waits in the case: there is nothing to keep.
    #[serde(skip)]
    rests: bool,
    /// The copies for healthcare teams that have not gone.
    pub(super) copies: Vec<(DespatchId, State)>,
    pub(super) to_serve: Option<ToServe>,
    pub(super) held: Vec<HeldDespatch>,
    pub(super) unsigned: Vec<UnsignedStep>,
    /// The clocks that run.
    pub(super) clocks: Vec<Deadline>,
    pub(super) appointment: Option<Ahead>,
    /// The response that is still to be decided or sent, and since when it could have been.
    pub(super) awaited: Option<(Awaited, NaiveDate)>,
}

/// The appointment that is ahead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Ahead {
    pub(super) number: u32,
    pub(super) date: NaiveDate,
    pub(super) time: NaiveTime,
}

impl CaseDigest {
    /// Makes that of a case.
    pub(super) fn of(events: &[OnRecord]) -> CaseDigest {
        let history = History { events: events.iter().map(OnRecord::past).collect(), ..History::default() };
        let state = CaseState::of(&history);
        let despatches = || events.iter().flat_map(|event| &event.despatches);
        let copies = despatches().filter(|one| one.planned.safety && one.state.waits());
        // Where papers alone are left, nothing is held on that day.
        let ahead = state.ahead().filter(|_| !state.papers_only);
        CaseDigest {
            format: FORMAT.to_owned(),
            rests: rests(events, &state),
            copies: copies.map(|one| (one.id, one.state)).collect(),
            to_serve: ToServe::of(events, &history, &state),
            held: HeldDespatch::of_case(events, &history),
            unsigned: UnsignedStep::of_case(events),
            appointment: ahead.map(|booked| Ahead {
                number: booked.number,
                date: booked.fact.date,
                time: booked.fact.time,
            }),
            awaited: Awaited::of(&state, events),
            clocks: state.clocks,
        }
    }

    /// Reads one that was kept; `None` if this program would not have written it.
    pub(super) fn read(kept: &str) -> Option<CaseDigest> {
        serde_json::from_str(kept).ok().filter(|digest: &CaseDigest| digest.format == FORMAT)
    }

    /// What the ledger takes note of; `None` if it cannot be written, and the next reader makes it anew.
    pub(super) fn looked(&self) -> Option<Looked> {
        match self.rests {
            true => Some(Looked::AtRest),
            false => serde_json::to_string(self).ok().map(Looked::Digest),
        }
    }
}
