//! Enters: a despatch. Leaves: its row in the ledger, and back again.
//! Never: decides anything: every column but the record follows from the record.

use crate::despatch::{Despatch, State};
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::row::row;
use despatch_process::To;

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
        14 kind: Option<String>,
        15 place: Option<String>,
        16 prepared_by: Option<String>,
        17 due: Option<String>,
        18 record: String,
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
            kind: Some(despatch.planned.kind.to_string()),
            place: match &despatch.planned.to {
                To::Body(place) => place.as_ref().map(ToString::to_string),
                To::Entry(_) => None,
            },
            prepared_by: Some(despatch.prepared_by.to_string()),
            due: Some(due_or_never(despatch)),
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

/// The day that sorts after every deadline.
pub(crate) const NEVER: &str = "9999-12-31";

/// Returns the day by which a despatch is due, as text that sorts.
fn due_or_never(despatch: &Despatch) -> String {
    let deadline = despatch.planned.deadline.as_ref();
    deadline.map_or_else(|| NEVER.to_owned(), |deadline| deadline.due.to_string())
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
