//! Enters: what happens to a case file that was taken from the inbox. Leaves: its state and its row, and back again.
//! Never: a value of the detained person.

use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::events::Queued;
use crate::row::row;
use despatch_core::words::Sha256;
use despatch_process::events::ReferralFact;
use despatch_process::{Fact, Recorded};
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

row! {
    /// A case file taken from the inbox. What is optional is filed when it is queued.
    Submission of "submission" {
        1 number: i64;
        2 token: String,
        3 file_sha256: String,
        4 state: String,
        /// Whether a later file of its event has replaced it: 0 or 1, the engines have no smaller type in common.
        5 superseded: i64,
        6 case_id: Option<String>,
        7 event_id: Option<String>,
        8 issued_on: Option<String>,
        /// The current pack of the case; a person may move it.
        9 pack: Option<String>,
        /// The week of the second opinion that it was granted.
        10 week: Option<String>,
        11 review_key: Option<String>,
        12 original_sha256: Option<String>,
        13 recorded: Option<String>,
        14 notes: Option<String>,
        15 history: Option<String>,
        /// How many of its notes nobody has copied into the casework system yet.
        16 open_notes: i64,
    } select {
        ONE = " WHERE number = $1";
        PART = " WHERE number > $1 ORDER BY number LIMIT $2";
    }
}

impl Submission {
    /// Returns one that was claimed into the folder `token` under `claimed/`.
    pub(crate) fn claimed(number: i64, token: &str, file_sha256: Sha256) -> Self {
        let state = SubmissionState::Claimed.code().to_owned();
        Self {
            number,
            token: token.to_owned(),
            file_sha256: file_sha256.to_string(),
            state,
            ..Self::default()
        }
    }

    pub(crate) fn becomes(&mut self, state: SubmissionState) {
        self.state = state.code().to_owned();
    }

    pub(crate) fn is_queued(&self) -> bool {
        self.state == SubmissionState::Queued.code()
    }

    /// Files what is recorded of a queued case file.
    ///
    /// # Errors
    /// It cannot be serialised.
    pub(crate) fn file(&mut self, queued: &Queued) -> serde_json::Result<()> {
        self.becomes(SubmissionState::Queued);
        self.case_id = Some(queued.case_id.to_string());
        self.event_id = Some(queued.event_id.to_string());
        self.issued_on = Some(queued.issued_on.to_string());
        self.pack = Some(queued.pack.to_string());
        self.week = match &queued.recorded.fact {
            Fact::ReferralReceived(ReferralFact { week, granted: true, .. }) => Some(week.to_string()),
            _ => None,
        };
        self.review_key = Some(queued.review_key.clone());
        self.original_sha256 = Some(queued.original_sha256.to_string());
        self.recorded = Some(serde_json::to_string(&queued.recorded)?);
        self.open_notes = i64::try_from(queued.notes.len()).unwrap_or(i64::MAX);
        self.notes = Some(serde_json::to_string(&queued.notes)?);
        self.history = Some(serde_json::to_string(&queued.history)?);
        Ok(())
    }

    /// Returns what it recorded, if it is queued.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn recorded(&self) -> serde_json::Result<Option<Recorded>> {
        self.recorded.as_deref().map(serde_json::from_str).transpose()
    }

    /// Takes over that somebody authorised what it records who may.
    ///
    /// # Errors
    /// What it records cannot be read, or serialised.
    pub(crate) fn authorise(&mut self) -> serde_json::Result<()> {
        if let Some(mut recorded) = self.recorded()? {
            recorded.authorise();
            self.recorded = Some(serde_json::to_string(&recorded)?);
        }
        Ok(())
    }

    pub(crate) async fn load(
        connection: &mut LedgerConnection,
        number: i64,
    ) -> Result<Option<Self>, LedgerError> {
        ONE.query().bind(number).fetch_optional(connection).await?.as_ref().map(Self::read).transpose()
    }

    /// Returns at most `limit` submissions after this number, in order.
    pub(crate) async fn part(
        connection: &mut LedgerConnection,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Self>, LedgerError> {
        let rows = PART.query().bind(after).bind(limit).fetch_all(connection).await?;
        rows.iter().map(Self::read).collect()
    }
}
