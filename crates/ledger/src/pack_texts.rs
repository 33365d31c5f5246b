//! Enters: the texts of the packs that a line is about to use. Leaves: each of them by its hash, for as long as the
//! ledger lasts. Never: forgets one, or gives back one that is not what its hash says.

use super::ledger::{Ledger, LedgerError};
use chrono::NaiveDate;
use despatch_core::words::Sha256;
use despatch_process::policy::Packs;
use sqlx::{Connection, Row};

impl Ledger {
    /// Keeps these packs' texts; what is known stays as it is.
    pub fn keep_packs(&mut self, packs: &Packs, today: NaiveDate) -> Result<(), LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
            for pack in packs.iter() {
                let Some(text) = packs.text(&pack.id) else { continue };
                sqlx::query(
                    "INSERT INTO pack_text (hash, pack, since, content) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT (hash) DO NOTHING",
                )
                .bind(text.sha256.to_string())
                .bind(pack.id.as_str())
                .bind(today.to_string())
                .bind(&text.text)
                .execute(&mut *tx)
                .await?;
            }
            Ok(tx.commit().await?)
        })
    }

    /// The text of a pack by its hash.
    ///
    /// # Errors
    /// The ledger fails, or the text is not what its hash says.
    pub fn pack_text(&mut self, hash: Sha256) -> Result<Option<String>, LedgerError> {
        let connection = &mut self.connection;
        let row = self.runtime.block_on(
            sqlx::query("SELECT content FROM pack_text WHERE hash = $1")
                .bind(hash.to_string())
                .fetch_optional(connection),
        )?;
        let text: Option<String> = row.map(|row| row.get("content"));
        if text.as_ref().is_some_and(|text| Sha256::of(text.as_bytes()) != hash) {
            return Err(LedgerError::Failed("a kept policy pack is not what its hash says".to_owned()));
        }
        Ok(text)
    }
}
