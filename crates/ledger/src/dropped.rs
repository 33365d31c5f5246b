//! Enters: a case file that a member of staff dropped through the service. Leaves: who it was, on record, for the bytes of
//! that file and no others. Never: takes anything from the file itself.

use crate::error::LedgerError;
use crate::events::{DropEvent, LedgerEvent, Subject};
use crate::ledger::Ledger;
use chrono::{DateTime, Utc};
use despatch_core::words::{Sha256, StaffId};

impl Ledger {
    /// Records who drops a case file, before it lies in the inbox.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn record_drop(&mut self, file: Sha256, by: &StaffId, at: DateTime<Utc>) -> Result<(), LedgerError> {
        self.transact(by.as_str(), at, async |tx| {
            tx.record(LedgerEvent::Dropped(file, DropEvent::Dropped)).await
        })
    }

    /// Records who drops several case files, before they lie in the inbox.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn record_drops(
        &mut self,
        files: &[Sha256],
        by: &StaffId,
        at: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        self.transact(by.as_str(), at, async |tx| {
            for file in files {
                tx.record(LedgerEvent::Dropped(*file, DropEvent::Dropped)).await?;
            }
            Ok(())
        })
    }

    /// Returns who dropped a case file with these bytes through the service; the last, if it was dropped twice.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn dropped_by(&mut self, file: Sha256) -> Result<Option<StaffId>, LedgerError> {
        let events = self.events(Some(&Subject::Dropped(file).to_string()))?;
        Ok(events.last().and_then(|event| event.actor.parse().ok()))
    }
}
