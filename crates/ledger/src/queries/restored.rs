//! Enters: nothing. Leaves: whether the ledger comes from a backup, and which despatches are not reconciled yet.
//! Never: settles anything.

use crate::error::LedgerError;
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use crate::statement::statements;
use serde::Serialize;
use sqlx::Row;

statements! {
    RESTORATION = "SELECT by, since, taken FROM restoration";
    OPEN = "SELECT despatch FROM unreconciled";
}

/// A restoration from a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    pub by: String,
    pub since: String,
    /// When the last event in the backup happened.
    pub taken: String,
    /// Despatches that may have been sent since and are not settled.
    pub open: Vec<DespatchId>,
}

impl Ledger {
    /// Returns the restoration of this ledger if it is not reconciled yet.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn restored(&mut self) -> Result<Option<Restored>, LedgerError> {
        self.ask(async |connection| {
            let row = RESTORATION.query().fetch_optional(&mut *connection).await?;
            let Some(row) = row else { return Ok(None) };
            let open = OPEN.query().fetch_all(&mut *connection).await?;
            let id =
                |text: &str| text.parse::<DespatchId>().map_err(|why| LedgerError::Failed(why.to_owned()));
            let mut open: Vec<DespatchId> =
                open.iter().map(|row| id(row.get("despatch"))).collect::<Result<_, _>>()?;
            open.sort();
            Ok(Some(Restored { by: row.get("by"), since: row.get("since"), taken: row.get("taken"), open }))
        })
    }
}
