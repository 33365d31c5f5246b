//! Enters: a call about a message. Leaves: it on record: by whom, when, and how it ended.
//! Never: changes the message, or takes a call for an acknowledgement.

use crate::call_outcome::CallOutcome;
use crate::despatch::Despatch;
use crate::error::LedgerError;
use crate::events::DespatchEvent;
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use despatch_core::clock::Moment;
use despatch_settings::Staff;

impl Ledger {
    /// Records a call about a message.
    ///
    /// # Errors
    /// The despatch is unknown.
    pub fn record_call(
        &mut self,
        id: DespatchId,
        (outcome, note): (CallOutcome, Option<&str>),
        by: &Staff,
        now: Moment,
    ) -> Result<Despatch, LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let note = note.map(str::to_owned);
            tx.change(id, DespatchEvent::Telephoned { outcome, note }).await
        })
    }
}
