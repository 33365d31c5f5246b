//! Enters: what a recipient let the office know of a message. Leaves: that it arrived and could be opened, or not.
//! Never: changes what was sent, or takes a relay's answer for a recipient's.

use super::chain::Chain;
use super::despatch::{Despatch, DespatchId, State};
use super::ledger::{Ledger, LedgerError, put_down};
use crate::connection::begin_write;
use crate::queries::despatches::load;
use chrono::NaiveDate;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::StaffId;
use despatch_settings::Staff;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What a recipient let the office know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub by: StaffId,
    pub on: NaiveDate,
    /// Whether they could open it.
    pub opened: bool,
    /// The reply's Message-ID, or how the office heard.
    pub how: String,
}

impl Ledger {
    /// Takes note of what the recipient of a sent message let the office know.
    ///
    /// Errors: it has not been sent.
    pub fn record_receipt(
        &mut self,
        id: DespatchId,
        opened: bool,
        how: &str,
        by: &Staff,
        now: Moment,
    ) -> Result<Despatch, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            let mut despatch = load(&mut tx, id).await?;
            if !matches!(despatch.state, State::Sent | State::InDoubt) {
                let cause = format!("it is {}, so nobody can have received it", despatch.state.words());
                let cure = "look at it with `despatch outbox show`";
                return Err(LedgerError::Refused(Fault::new(id.to_string(), "receipt.state", cause, cure)));
            }
            let receipt = Receipt { by: by.id.clone(), on: now.today, opened, how: how.to_owned() };
            let (what, detail) = (if opened { "received" } else { "unopened" }, json!({ "how": how }));
            despatch.receipt = Some(receipt);
            let mut chain = Chain::new(now.at, by.id.as_str());
            put_down(&mut tx, &mut chain, &despatch, what, detail).await?;
            tx.commit().await?;
            Ok(despatch)
        })
    }
}
