//! Enters: the record. Leaves: how many places of a week are taken.
//! Never: says whose a place is.

use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::statements;
use chrono::NaiveDate;
use sqlx::Row;

statements! {
    TAKEN = "SELECT COUNT(*) AS taken FROM submission WHERE week = $1 AND state = 'queued' AND superseded = 0";
}

impl Ledger {
    /// Returns how many second opinions were granted in the week that begins on this day (B3).
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn granted_in(&mut self, week: NaiveDate) -> Result<u32, LedgerError> {
        let row =
            self.ask(async |connection| TAKEN.query().bind(week.to_string()).fetch_one(connection).await)?;
        Ok(u32::try_from(row.get::<i64, _>("taken")).unwrap_or(u32::MAX))
    }
}
