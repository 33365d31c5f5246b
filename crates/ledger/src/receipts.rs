//! Enters: what a recipient told the office about a message. Leaves: that it arrived and could be opened, or not.
//! Never: changes what was sent, or takes a relay's answer for a recipient's.

use super::despatch::{Despatch, DespatchId, State};
use super::events::{DespatchEvent, LedgerEvent};
use super::ledger::{Ledger, LedgerError};
use chrono::NaiveDate;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::StaffId;
use despatch_settings::Staff;
use serde::{Deserialize, Serialize};

/// What a recipient told the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub by: StaffId,
    pub on: NaiveDate,
    /// Whether the recipient could open it.
    pub opened: bool,
    /// The reply's Message-ID, or how the office was told.
    pub how: String,
}

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
            tx.record(LedgerEvent::Despatch(id, heard)).await?;
            tx.despatch(id).await
        })
    }
}
