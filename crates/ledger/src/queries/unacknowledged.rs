//! Enters: nothing. Leaves: despatches that were sent and not confirmed as opened; and those in doubt that arrived and
//! cannot be opened. Never: reads what its recipient has acknowledged.

use super::despatches::records;
use crate::despatch::Despatch;
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::statements;

statements! {
    UNHEARD = "SELECT record FROM despatch WHERE unheard = 1 ORDER BY submission, position";
}

impl Ledger {
    /// Returns despatches that were sent and not confirmed as opened, and those in doubt that arrived and cannot be
    /// opened.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn unacknowledged(&mut self) -> Result<Vec<Despatch>, LedgerError> {
        let connection = &mut self.connection;
        records(&self.runtime.block_on(UNHEARD.query().fetch_all(connection))?)
    }
}
