//! Enters: a despatch. Leaves: its row in the ledger, and back again.
//! Never: decides anything: every column but the record follows from the record.

use crate::despatch::{Despatch, State};
use crate::engine::{LedgerConnection, LedgerRow};
use crate::error::LedgerError;
use crate::statement::statements;
use sqlx::Row;

statements! {
    SAVE = "INSERT INTO despatch (id, submission, position, state, next_attempt, case_id, role, entry, pack, safety, \
            overtaken, unheard, unreviewed, record) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
            ON CONFLICT (id) DO UPDATE SET state = $4, next_attempt = $5, role = $7, entry = $8, pack = $9, \
            safety = $10, overtaken = $11, unheard = $12, unreviewed = $13, record = $14";
}

/// A row of `despatch`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DespatchRow {
    pub(crate) id: String,
    submission: i64,
    position: i64,
    state: String,
    next_attempt: Option<String>,
    case_id: String,
    role: String,
    entry: Option<String>,
    pack: String,
    /// These four are 0 or 1: the engines have no smaller type in common.
    safety: i64,
    overtaken: i64,
    unheard: i64,
    unreviewed: i64,
    pub(crate) record: String,
}

impl DespatchRow {
    /// Returns the row of a despatch.
    ///
    /// # Errors
    /// It cannot be serialised.
    pub(crate) fn of(despatch: &Despatch) -> Result<Self, LedgerError> {
        let record = serde_json::to_string(despatch)
            .map_err(|error| LedgerError::Failed(format!("a despatch cannot be written: {error}")))?;
        Ok(Self {
            id: despatch.id.to_string(),
            submission: despatch.id.submission,
            position: despatch.id.position as i64,
            state: despatch.state.code().to_owned(),
            next_attempt: despatch.next_attempt.map(|at| at.to_rfc3339()),
            case_id: despatch.case_id.to_string(),
            role: despatch.planned.role.code().to_owned(),
            entry: despatch.recipient.entry.as_ref().map(ToString::to_string),
            pack: despatch.pack.to_string(),
            safety: despatch.planned.safety.into(),
            overtaken: despatch.overtaken.is_some().into(),
            unheard: is_unheard(despatch).into(),
            unreviewed: despatch.urgent.as_ref().is_some_and(|urgent| urgent.reviewed_by.is_none()).into(),
            record,
        })
    }

    /// Reads a stored row.
    pub(crate) fn read(row: &LedgerRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            submission: row.try_get("submission")?,
            position: row.try_get("position")?,
            state: row.try_get("state")?,
            next_attempt: row.try_get("next_attempt")?,
            case_id: row.try_get("case_id")?,
            role: row.try_get("role")?,
            entry: row.try_get("entry")?,
            pack: row.try_get("pack")?,
            safety: row.try_get("safety")?,
            overtaken: row.try_get("overtaken")?,
            unheard: row.try_get("unheard")?,
            unreviewed: row.try_get("unreviewed")?,
            record: row.try_get("record")?,
        })
    }

    /// Inserts or updates the row.
    ///
    /// # Errors
    /// The ledger fails.
    pub(crate) async fn save(self, connection: &mut LedgerConnection) -> Result<(), LedgerError> {
        SAVE.query()
            .bind(self.id)
            .bind(self.submission)
            .bind(self.position)
            .bind(self.state)
            .bind(self.next_attempt)
            .bind(self.case_id)
            .bind(self.role)
            .bind(self.entry)
            .bind(self.pack)
            .bind(self.safety)
            .bind(self.overtaken)
            .bind(self.unheard)
            .bind(self.unreviewed)
            .bind(self.record)
            .execute(connection)
            .await?;
        Ok(())
    }
}

/// Returns whether it was sent and not confirmed as opened, or is in doubt and the recipient cannot open it.
fn is_unheard(despatch: &Despatch) -> bool {
    let opened = despatch.receipt.as_ref().map(|receipt| receipt.opened);
    match despatch.state {
        State::Sent => opened != Some(true),
        State::InDoubt => opened == Some(false),
        _ => false,
    }
}
