//! Enters: the record. Leaves: the cases in which a removal sets a time, and how many places of a week are taken.
//! Never: says whose a place is.

use crate::engine::LedgerRow;
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::statements;
use chrono::NaiveDate;
use despatch_core::words::CaseId;
use sqlx::Row;

statements! {
    // The rule as it is written among the clocks of an event.
    BEFORE_REMOVAL = "SELECT case_id FROM submission WHERE state = 'queued' AND superseded = 0 \
                      AND recorded LIKE '%\"rule\":\"before_removal\"%' GROUP BY case_id ORDER BY MIN(number)";
    TAKEN = "SELECT COUNT(*) AS taken FROM submission WHERE week = $1 AND state = 'queued' AND superseded = 0";
}

impl Ledger {
    /// Returns the cases in which an event started the clock of the response before a removal, in order of arrival.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn cases_before_removal(&mut self) -> Result<Vec<CaseId>, LedgerError> {
        let rows = self.ask(async |connection| BEFORE_REMOVAL.query().fetch_all(connection).await)?;
        let id = |row: &LedgerRow| {
            let id: &str = row.try_get("case_id")?;
            id.parse().map_err(|why: &str| LedgerError::Failed(why.to_owned()))
        };
        rows.iter().map(id).collect()
    }

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
