//! Enters: what a recipient told the office about a message. Leaves: that it arrived and could be opened, or not.
//! Never: changes what was sent, or takes a relay's answer for a recipient's.

use crate::despatch::{Despatch, State};
use crate::error::LedgerError;
use crate::events::DespatchEvent;
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_settings::Staff;

impl Ledger {
    /// Records what the recipient of a sent message told the office.
    ///
    /// # Errors
    /// The despatch is unknown or has not been sent.
    pub fn record_receipt(
        &mut self,
        id: DespatchId,
        opened: bool,
        how: &str,
        by: &Staff,
        now: Moment,
    ) -> Result<Despatch, LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let despatch = tx.despatch(id).await?;
            if !matches!(despatch.state, State::Sent | State::InDoubt) {
                let cause = format!("it is {}, so nobody can have received it", despatch.state.label());
                let cure = "look at it with `despatch outbox show`";
                return Err(Fault::new(id.to_string(), "receipt.state", cause, cure).into());
            }
            let how = how.to_owned();
            let heard = match opened {
                true => DespatchEvent::Received { how },
                false => DespatchEvent::Unopened { how },
            };
            tx.change(id, heard).await
        })
    }
}
