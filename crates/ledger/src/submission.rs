//! Enters: nothing by itself. Leaves: a submission and its state, as the ledger knows them.
//! Never: a value of the detained person.

use crate::error::LedgerError;
use crate::events::Queued;
use chrono::NaiveDate;
use despatch_core::words::{CaseId, EventId, PackId, Sha256};
use despatch_process::events::ReferralFact;
use despatch_process::{Fact, History, Recorded};
use serde::Serialize;

/// The state of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SubmissionState {
    Claimed,
    Queued,
    Rejected,
    /// The same bytes are queued already.
    Duplicate,
}

impl SubmissionState {
    pub(crate) fn code(self) -> &'static str {
        match self {
            SubmissionState::Claimed => "claimed",
            SubmissionState::Queued => "queued",
            SubmissionState::Rejected => "rejected",
            SubmissionState::Duplicate => "duplicate",
        }
    }

    pub(crate) fn from_code(code: &str) -> Result<Self, LedgerError> {
        [Self::Claimed, Self::Queued, Self::Rejected, Self::Duplicate]
            .into_iter()
            .find(|state| state.code() == code)
            .ok_or_else(|| LedgerError::Failed(format!("no submission state is called {code}")))
    }
}

/// A case file taken from the inbox.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Submission {
    pub(crate) number: i64,
    /// The name of its folder under `inbox/claimed`.
    pub(crate) token: String,
    pub(crate) file_sha256: Sha256,
    pub(crate) state: SubmissionState,
    /// Whether a later file of its event has replaced it.
    pub(crate) superseded: bool,
    /// What was recorded when it was queued.
    pub(crate) filed: Option<Filed>,
}

/// What is recorded of a queued case file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Filed {
    pub(crate) case_id: CaseId,
    pub(crate) event_id: EventId,
    pub(crate) issued_on: NaiveDate,
    /// The current pack of the case; a person may move it.
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

    /// Returns the week of the second opinion that it was granted.
    pub(crate) fn week(&self) -> Option<NaiveDate> {
        match &self.recorded.fact {
            Fact::ReferralReceived(ReferralFact { week, granted: true, .. }) => Some(*week),
            _ => None,
        }
    }
}
