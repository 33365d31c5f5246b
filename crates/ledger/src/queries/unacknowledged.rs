//! Enters: nothing. Leaves: what was sent and, as far as the office knows, not opened; and what is in doubt, has arrived
//! and cannot be opened. Never: reads what its recipient has acknowledged.

use super::despatches::records;
use crate::despatch::Despatch;
use crate::ledger::{Ledger, LedgerError};
use crate::statement::statements;

statements! {
    UNHEARD = "SELECT record FROM despatch WHERE unheard = 1 ORDER BY claim, position";
}

impl Ledger {
    /// What has been sent and, as far as the office knows, not opened; and what is in doubt, has arrived and cannot be.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn unacknowledged(&mut self) -> Result<Vec<Despatch>, LedgerError> {
        let connection = &mut self.connection;
        records(&self.runtime.block_on(UNHEARD.query().fetch_all(connection))?)
    }
}
