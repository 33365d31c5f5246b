//! Enters: a hash, or its beginning. Leaves: the text of a template or a pack that the pipeline has used.
//! Never: returns a text that does not match its hash.

use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::statements;
use chrono::NaiveDate;
use despatch_core::words::Sha256;
use despatch_documents::template_version::TemplateVersion;
use sqlx::Row;

statements! {
    TEMPLATES = "SELECT hash, since, content FROM template WHERE substr(hash, 1, length($1)) = $1 ORDER BY since LIMIT 2";
    PACK = "SELECT content FROM pack_text WHERE hash = $1";
}

/// A version of a template, from its first use on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub hash: Sha256,
    pub version: TemplateVersion,
    /// The day of its first use.
    pub since: NaiveDate,
}

impl Ledger {
    /// Returns the versions whose hash begins with `beginning`, at most two, since more than one is ambiguous.
    ///
    /// # Errors
    /// One of them does not match its hash, or the ledger fails.
    pub fn versions(&mut self, beginning: &str) -> Result<Vec<Kept>, LedgerError> {
        let connection = &mut self.connection;
        let rows = self.runtime.block_on(TEMPLATES.query().bind(beginning).fetch_all(connection))?;
        rows.iter()
            .map(|row| {
                let unread = || LedgerError::Failed("a kept template does not match its hash".to_owned());
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

    /// Returns the text of a pack by its hash.
    ///
    /// # Errors
    /// The ledger fails, or the text does not match its hash.
    pub fn pack_text(&mut self, hash: Sha256) -> Result<Option<String>, LedgerError> {
        let connection = &mut self.connection;
        let row = self.runtime.block_on(PACK.query().bind(hash.to_string()).fetch_optional(connection))?;
        let text: Option<String> = row.map(|row| row.get("content"));
        if text.as_ref().is_some_and(|text| Sha256::of(text.as_bytes()) != hash) {
            return Err(LedgerError::Failed("a kept policy pack does not match its hash".to_owned()));
        }
        Ok(text)
    }
}
