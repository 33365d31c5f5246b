//! Enters: nothing. Leaves: the unsent copies for healthcare teams (G19), and since when.
//! Never: reads a copy that was sent.

use super::despatches::records;
use crate::despatch::Despatch;
use crate::error::LedgerError;
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use crate::statement::statements;
use chrono::{DateTime, Utc};
use sqlx::Row;

statements! {
    WAITING = "SELECT record FROM despatch WHERE safety = 1 \
               AND state IN ('held', 'awaiting_review', 'approved', 'deferred', 'refused', 'returned') \
               ORDER BY submission, position";
    FIRST_EVENT = "SELECT at FROM event WHERE subject = $1 ORDER BY seq LIMIT 1";
}

impl Ledger {
    /// Returns the copies for healthcare teams that have still to be sent or need a person.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn waiting_copies(&mut self) -> Result<Vec<Despatch>, LedgerError> {
        let connection = &mut self.connection;
        records(&self.runtime.block_on(WAITING.query().fetch_all(connection))?)
    }

    /// Returns when a despatch was recorded.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn made_at(&mut self, id: DespatchId) -> Result<Option<DateTime<Utc>>, LedgerError> {
        let connection = &mut self.connection;
        let row =
            self.runtime.block_on(FIRST_EVENT.query().bind(id.to_string()).fetch_optional(connection))?;
        Ok(row.and_then(|row| row.get::<&str, _>("at").parse().ok()))
    }
}
