//! Enters: each approval of the record, and whose signatures count. Leaves: those that are not signed as they must be.
//! Never: takes an approval for signed because the record says so.

use super::{Audit, Wrong, at_row};
use crate::apply::State;
use crate::events::{DespatchEvent, Event, LedgerEvent, OfficeEvent};
use crate::signed::unfit;
use chrono::{DateTime, TimeDelta, Utc};
use despatch_seal::approvers::Approvers;

/// What is known of the signatures of approvals.
#[derive(Debug, Clone, Copy, Default)]
pub struct SignedApprovals<'a> {
    /// Whose signatures count; `None` if no file says so.
    pub approvers: Option<&'a Approvers>,
    /// Whether the office takes signed approvals alone.
    pub required: bool,
}

/// The signed approvals of a replay.
pub(super) struct Approvals<'a> {
    known: SignedApprovals<'a>,
    /// The row of the first one.
    first: Option<i64>,
    /// The latest time on record so far, since somebody last said that the clock is right.
    latest: Option<DateTime<Utc>>,
}

/// How far a clock may go back that nobody is asked about: a little more than the check of the clock lets pass.
const GOES_BACK_MINUTES: i64 = 35;

impl<'a> Approvals<'a> {
    pub(super) fn new(known: SignedApprovals<'a>) -> Self {
        Self { known, first: None, latest: None }
    }

    /// Looks at one event; `state` is the one after it.
    pub(super) fn take(&mut self, event: &Event, state: &State, audit: &mut Audit) {
        let before = self.latest;
        self.latest = match event.happened {
            LedgerEvent::Office(OfficeEvent::ClockConfirmed) => Some(event.at),
            _ => before.max(Some(event.at)),
        };
        let LedgerEvent::Despatch(id, happened) = &event.happened else { return };
        let (DespatchEvent::Approved { approval }
        | DespatchEvent::FirstApproved { approval }
        | DespatchEvent::ReleasedUrgently { approval, .. }) = happened
        else {
            return;
        };
        let mut wrong = |why: String| {
            let at = format!("{id}, {}", at_row(event.seq));
            audit.wrong.push(Wrong::new(at, why));
        };
        match (&approval.signed, self.known.approvers, self.first) {
            (Some(_), None, _) => audit.unverified_approvals += 1,
            (Some(_), Some(approvers), _) => {
                self.first = self.first.or(Some(event.seq));
                if before.is_some_and(|before| event.at + TimeDelta::minutes(GOES_BACK_MINUTES) < before) {
                    wrong(
                        "its time is before that of what was on record already: its number may have lapsed"
                            .to_owned(),
                    );
                }
                let despatch = state.despatches.get(id);
                match despatch.and_then(|despatch| unfit(approval, despatch, approvers)) {
                    Some(why) => wrong(why),
                    None => audit.signed_approvals += 1,
                }
            }
            (None, _, Some(first)) if self.known.required => {
                let by = &approval.by;
                wrong(format!("{by} did not sign it, and approvals are signed since {}", at_row(first)));
            }
            _ => {}
        }
    }
}
