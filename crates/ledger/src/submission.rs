//! Enters: nothing by itself. Leaves: one case file that was taken from the inbox, as the ledger knows it.
//! Never: a value of the detained person.

use crate::events::Queued;
use crate::queries::ClaimState;
use chrono::NaiveDate;
use despatch_core::words::{CaseId, EventId, PackId, Sha256};
use despatch_process::events::ReferralFact;
use despatch_process::{Fact, History, Recorded};

/// One case file, by its number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Submission {
    pub(crate) number: i64,
    /// The name of its folder under `inbox/claimed`.
    pub(crate) token: String,
    pub(crate) file_sha256: Sha256,
    pub(crate) state: ClaimState,
    /// A later file of its event has taken its place.
    pub(crate) superseded: bool,
    /// What it put on record once its messages were in the outbox.
    pub(crate) filed: Option<Filed>,
}

/// What a queued case file put on record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Filed {
    pub(crate) case_id: CaseId,
    pub(crate) event_id: EventId,
    pub(crate) issued_on: NaiveDate,
    /// The pack under which the case stands: a person may move it.
    pub(crate) pack: PackId,
    pub(crate) recorded: Recorded,
    pub(crate) history: History,
    pub(crate) notes: Vec<String>,
    pub(crate) review_key: String,
    pub(crate) original_sha256: Sha256,
}

impl Filed {
    pub(crate) fn of(queued: &Queued) -> Self {
        Self {
            case_id: queued.case_id.clone(),
            event_id: queued.event_id.clone(),
            issued_on: queued.issued_on,
            pack: queued.pack.clone(),
            recorded: queued.recorded.clone(),
            history: queued.history.clone(),
            notes: queued.notes.clone(),
            review_key: queued.review_key.clone(),
            original_sha256: queued.original_sha256,
        }
    }

    /// The week whose place for a second opinion it took.
    pub(crate) fn week(&self) -> Option<NaiveDate> {
        match &self.recorded.fact {
            Fact::ReferralReceived(ReferralFact { week, granted: true, .. }) => Some(*week),
            _ => None,
        }
    }
}
