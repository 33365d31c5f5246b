//! Enters: each approval of the record, and whose signatures count. Leaves: those that are not signed as they must be.
//! Never: takes an approval for signed because the record says so.

use super::{Audit, Wrong, at_row};
use crate::apply::State;
use crate::events::{DespatchEvent, Event, LedgerEvent};
use crate::signed::unfit;
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
}

impl<'a> Approvals<'a> {
    pub(super) fn new(known: SignedApprovals<'a>) -> Self {
        Self { known, first: None }
    }

    /// Looks at one event; `state` is the one after it.
    pub(super) fn take(&mut self, event: &Event, state: &State, audit: &mut Audit) {
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
