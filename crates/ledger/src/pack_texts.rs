//! Enters: the texts of the packs that a line is about to use. Leaves: each of them by its hash, for as long as the
//! ledger lasts. Never: forgets one, or gives back one that is not what its hash says.

use super::ledger::{Ledger, LedgerError};
use crate::statement::statements;
use chrono::NaiveDate;
use despatch_process::Packs;

statements! {
    KEEP = "INSERT INTO pack_text (hash, pack, since, content) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING";
}

impl Ledger {
    /// Keeps these packs' texts; what is known stays as it is.
    pub fn keep_packs(&mut self, packs: &Packs, today: NaiveDate) -> Result<(), LedgerError> {
        // Its own hash proves a text, so nothing needs to be on record.
        self.write_unrecorded(async |connection| {
            for pack in packs.iter() {
                let Some(text) = packs.text(&pack.id) else { continue };
                KEEP.query()
                    .bind(text.sha256.to_string())
                    .bind(pack.id.as_str())
                    .bind(today.to_string())
                    .bind(&text.text)
                    .execute(&mut *connection)
                    .await?;
            }
            Ok(())
        })
    }
}
