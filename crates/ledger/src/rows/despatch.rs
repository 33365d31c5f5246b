//! Enters: a despatch. Leaves: its row in the ledger, and back again.
//! Never: decides anything: every column but the record follows from the record.

use crate::despatch::{Despatch, State};
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::row::row;

row! {
    /// A row of `despatch`. Four columns are 0 or 1: the engines have no smaller type in common.
    DespatchRow of "despatch" {
        1 id: String;
        2 submission: i64,
        3 position: i64,
        4 state: String,
        5 next_attempt: Option<String>,
        6 case_id: String,
        7 role: String,
        8 entry: Option<String>,
        9 pack: String,
        10 safety: i64,
        11 overtaken: i64,
        12 unheard: i64,
        13 unreviewed: i64,
        14 record: String,
    } select {
        PART = " WHERE (submission, position) > ($1, $2) ORDER BY submission, position LIMIT $3";
    }
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

    /// Returns at most `limit` rows after this place, in order of receipt.
    pub(crate) async fn part(
        connection: &mut LedgerConnection,
        (submission, position): (i64, i64),
        limit: i64,
    ) -> Result<Vec<Self>, LedgerError> {
        let part = PART.query().bind(submission).bind(position).bind(limit);
        part.fetch_all(connection).await?.iter().map(Self::read).collect()
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
