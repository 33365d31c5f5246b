//! Enters: a submission. Leaves: its row, and back again.
//! Never: decides anything; a column follows from its value.

use super::{text, value, word};
use crate::engine::{LedgerConnection, LedgerRow};
use crate::error::LedgerError;
use crate::statement::statements;
use crate::submission::SubmissionState;
use crate::submission::{Filed, Submission};
use sqlx::Row;

statements! {
    SAVE = "INSERT INTO submission (number, token, file_sha256, state, superseded, case_id, event_id, issued_on, pack, week, \
            review_key, original_sha256, recorded, notes, history) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
            ON CONFLICT (number) DO UPDATE SET state = $4, superseded = $5, case_id = $6, event_id = $7, \
            issued_on = $8, pack = $9, week = $10, review_key = $11, original_sha256 = $12, recorded = $13, \
            notes = $14, history = $15";
}

/// A row of `submission`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SubmissionRow {
    pub(crate) number: i64,
    token: String,
    file_sha256: String,
    state: String,
    /// 0 or 1: the engines have no smaller type in common.
    superseded: i64,
    case_id: Option<String>,
    event_id: Option<String>,
    issued_on: Option<String>,
    pack: Option<String>,
    week: Option<String>,
    review_key: Option<String>,
    original_sha256: Option<String>,
    recorded: Option<String>,
    notes: Option<String>,
    history: Option<String>,
}

impl SubmissionRow {
    pub(crate) fn of(submission: &Submission) -> Result<Self, LedgerError> {
        let filed = submission.filed.as_ref();
        Ok(Self {
            number: submission.number,
            token: submission.token.clone(),
            file_sha256: submission.file_sha256.to_string(),
            state: submission.state.code().to_owned(),
            superseded: submission.superseded.into(),
            case_id: filed.map(|filed| filed.case_id.to_string()),
            event_id: filed.map(|filed| filed.event_id.to_string()),
            issued_on: filed.map(|filed| filed.issued_on.to_string()),
            pack: filed.map(|filed| filed.pack.to_string()),
            recorded: filed.map(|filed| text(&filed.recorded)).transpose()?,
            history: filed.map(|filed| text(&filed.history)).transpose()?,
            notes: filed.map(|filed| text(&filed.notes)).transpose()?,
            week: filed.and_then(Filed::week).map(|week| week.to_string()),
            review_key: filed.map(|filed| filed.review_key.clone()),
            original_sha256: filed.map(|filed| filed.original_sha256.to_string()),
        })
    }

    pub(crate) fn read(row: &LedgerRow) -> Self {
        Self {
            number: row.get("number"),
            token: row.get("token"),
            file_sha256: row.get("file_sha256"),
            state: row.get("state"),
            superseded: row.get("superseded"),
            case_id: row.get("case_id"),
            event_id: row.get("event_id"),
            issued_on: row.get("issued_on"),
            pack: row.get("pack"),
            recorded: row.get("recorded"),
            history: row.get("history"),
            notes: row.get("notes"),
            week: row.get("week"),
            review_key: row.get("review_key"),
            original_sha256: row.get("original_sha256"),
        }
    }

    pub(super) fn submission(self) -> Result<Submission, LedgerError> {
        let filed = match self.case_id {
            None => None,
            Some(case_id) => Some(Filed {
                case_id: word(Some(&case_id))?,
                event_id: word(self.event_id.as_deref())?,
                issued_on: word(self.issued_on.as_deref())?,
                pack: word(self.pack.as_deref())?,
                recorded: value(self.recorded.as_deref())?,
                history: value(self.history.as_deref())?,
                notes: value(self.notes.as_deref())?,
                review_key: self.review_key.unwrap_or_default(),
                original_sha256: word(self.original_sha256.as_deref())?,
            }),
        };
        Ok(Submission {
            number: self.number,
            token: self.token,
            file_sha256: word(Some(&self.file_sha256))?,
            state: SubmissionState::from_code(&self.state)?,
            superseded: self.superseded != 0,
            filed,
        })
    }

    pub(super) async fn save(&self, connection: &mut LedgerConnection) -> Result<(), LedgerError> {
        SAVE.query()
            .bind(self.number)
            .bind(&self.token)
            .bind(&self.file_sha256)
            .bind(&self.state)
            .bind(self.superseded)
            .bind(&self.case_id)
            .bind(&self.event_id)
            .bind(&self.issued_on)
            .bind(&self.pack)
            .bind(&self.week)
            .bind(&self.review_key)
            .bind(&self.original_sha256)
            .bind(&self.recorded)
            .bind(&self.notes)
            .bind(&self.history)
            .execute(connection)
            .await?;
        Ok(())
    }
}
