//! Enters: who owns, sees and covers what, and an event about it. Leaves: that after it.
//! Never: reads a row, or the clock.

use super::{State, cannot, staff};
use crate::events::{CaseworkEvent, CoverEvent, CoverKind, Event};
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, StaffId};
use std::collections::BTreeSet;

/// Who owns a case, and how that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owned {
    pub(crate) owner: StaffId,
    pub(crate) since: NaiveDate,
    pub(crate) by: String,
    /// What whoever handed it over said; empty if the owner took it.
    pub(crate) word: String,
}

/// Who alone may see a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Restricted {
    pub(crate) to: BTreeSet<StaffId>,
    pub(crate) by: String,
    pub(crate) reason: String,
    pub(crate) since: NaiveDate,
}

/// An absence, or days on which somebody approves out of hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Covered {
    pub(crate) until: NaiveDate,
    /// Of an absence.
    pub(crate) covered_by: Option<StaffId>,
    pub(crate) by: String,
}

/// What identifies a cover: one of a kind begins for a person on a day.
pub(crate) type CoverKey = (StaffId, CoverKind, NaiveDate);

pub(super) fn of_case(
    state: &mut State,
    case: &CaseId,
    happened: &CaseworkEvent,
    event: &Event,
) -> Result<(), Fault> {
    let (by, since) = (event.actor.clone(), event.day());
    match happened {
        CaseworkEvent::Taken => {
            let owner = staff(event)?;
            state.owners.put(case.clone(), Owned { owner, since, by, word: String::new() });
        }
        CaseworkEvent::HandedOver { to, word, .. } => {
            state.owners.put(case.clone(), Owned { owner: to.clone(), since, by, word: word.clone() });
        }
        CaseworkEvent::Restricted { to, .. } if to.is_empty() => {
            return Err(cannot(event, "nobody at all could see it"));
        }
        CaseworkEvent::Restricted { to, reason } => {
            let restricted = Restricted { to: to.clone(), by, reason: reason.clone(), since };
            state.restrictions.put(case.clone(), restricted);
        }
        CaseworkEvent::Unrestricted { .. } => state.restrictions.remove(case),
    }
    Ok(())
}

pub(super) fn of_cover(state: &mut State, who: &StaffId, happened: &CoverEvent, event: &Event) {
    let by = event.actor.clone();
    match happened {
        CoverEvent::Absent { from, until, covered_by } => {
            let covered = Covered { until: *until, covered_by: Some(covered_by.clone()), by };
            state.cover.put((who.clone(), CoverKind::Absence, *from), covered);
        }
        CoverEvent::OutOfHours { from, until } => {
            let covered = Covered { until: *until, covered_by: None, by };
            state.cover.put((who.clone(), CoverKind::OutOfHours, *from), covered);
        }
        CoverEvent::Ended { kind, from } => state.cover.remove(&(who.clone(), *kind, *from)),
    }
}
