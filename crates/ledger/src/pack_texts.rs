//! Enters: the texts of the packs that the pipeline is about to use. Leaves: each stored by its hash, for the life of
//! the ledger. Never: forgets one, or returns one that does not match its hash.

use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::statements;
use chrono::NaiveDate;
use despatch_process::Packs;

statements! {
    KEEP = "INSERT INTO pack_text (hash, pack, since, content) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING";
}

impl Ledger {
    /// Stores the texts of these packs, unless known.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn keep_packs(&mut self, packs: &Packs, today: NaiveDate) -> Result<(), LedgerError> {
        // A text is proved by its own hash, so it needs no event.
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
