//! Enters: what a person does that changes no despatch. Leaves: an event of the record, with its author.
//! Never: writes anything about the detained person.

use super::chain::{Chain, Event};
use super::ledger::{Ledger, LedgerError};
use crate::connection::begin_write;
use despatch_core::clock::Moment;
use despatch_settings::Staff;
use serde_json::Value;

impl Ledger {
    /// Puts on record what `by` did.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn note(
        &mut self,
        subject: &str,
        what: &str,
        detail: Value,
        by: &Staff,
        now: Moment,
    ) -> Result<(), LedgerError> {
        self.append_by(by.id.as_str(), subject, what, detail, now)
    }

    /// Puts on record what somebody did who need not be on the staff list.
    pub(super) fn append_by(
        &mut self,
        actor: &str,
        subject: &str,
        what: &str,
        detail: Value,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            Chain::new(now.at, actor).append(&mut tx, subject, what, detail).await?;
            Ok(tx.commit().await?)
        })
    }

    /// The events of these kinds, oldest first.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn events_of(&mut self, whats: &[&str]) -> Result<Vec<Event>, LedgerError> {
        let connection = &mut self.connection;
        Ok(self.runtime.block_on(super::chain::read_kinds(connection, whats))?)
    }
}
