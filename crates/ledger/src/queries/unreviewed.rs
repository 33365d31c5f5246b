//! Enters: nothing. Leaves: the urgent releases that nobody has reviewed yet.
//! Never: reads another despatch.

use super::despatches::records;
use crate::despatch::Despatch;
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::statements;

statements! {
    UNREVIEWED = "SELECT record FROM despatch WHERE unreviewed = 1 ORDER BY submission, position";
}

impl Ledger {
    /// Returns the urgent releases that nobody has reviewed yet.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn unreviewed(&mut self) -> Result<Vec<Despatch>, LedgerError> {
        let connection = &mut self.connection;
        records(&self.runtime.block_on(UNREVIEWED.query().fetch_all(connection))?)
    }
}
