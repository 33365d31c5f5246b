//! Enters: a hash, or how one begins. Leaves: the text of a template or a pack that a line has used.
//! Never: gives back one that is not what its hash says.

use crate::ledger::{Ledger, LedgerError};
use crate::statement::statements;
use chrono::NaiveDate;
use despatch_core::words::Sha256;
use despatch_documents::template_version::TemplateVersion;
use sqlx::Row;

statements! {
    TEMPLATES = "SELECT hash, since, content FROM template WHERE substr(hash, 1, length($1)) = $1 ORDER BY since LIMIT 2";
    PACK = "SELECT content FROM pack_text WHERE hash = $1";
}

/// A version as it was first used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub hash: Sha256,
    pub version: TemplateVersion,
    /// The day on which a line first had it.
    pub since: NaiveDate,
}

impl Ledger {
    /// The versions whose hash begins with `beginning`; at most two, for more than one is too many.
    ///
    /// # Errors
    /// One of them is not what its hash says.
    pub fn versions(&mut self, beginning: &str) -> Result<Vec<Kept>, LedgerError> {
        let connection = &mut self.connection;
        let rows = self.runtime.block_on(TEMPLATES.query().bind(beginning).fetch_all(connection))?;
        rows.iter()
            .map(|row| {
                let unread = || LedgerError::Failed("a kept template is not what its hash says".to_owned());
                let version: TemplateVersion =
                    serde_json::from_str(row.get("content")).map_err(|_| unread())?;
                let hash = version.hash();
                let since = row.get::<&str, _>("since").parse().map_err(|_| unread())?;
                if hash.to_string() != row.get::<&str, _>("hash") {
                    return Err(unread());
                }
                Ok(Kept { hash, version, since })
            })
            .collect()
    }

    /// The text of a pack by its hash.
    ///
    /// # Errors
    /// The ledger fails, or the text is not what its hash says.
    pub fn pack_text(&mut self, hash: Sha256) -> Result<Option<String>, LedgerError> {
        let connection = &mut self.connection;
        let row = self.runtime.block_on(PACK.query().bind(hash.to_string()).fetch_optional(connection))?;
        let text: Option<String> = row.map(|row| row.get("content"));
        if text.as_ref().is_some_and(|text| Sha256::of(text.as_bytes()) != hash) {
            return Err(LedgerError::Failed("a kept policy pack is not what its hash says".to_owned()));
        }
        Ok(text)
    }
}
