//! Enters: the versions of templates that a line is about to use. Leaves: each of them by its hash, for as long as the
//! ledger lasts. Never: forgets one, or gives back one that is not what its hash says.

use super::ledger::{Ledger, LedgerError};
use chrono::NaiveDate;
use despatch_core::words::Sha256;
use despatch_documents::template_version::TemplateVersion;
use sqlx::{Connection, Row};

/// A version as it was first used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub hash: Sha256,
    pub version: TemplateVersion,
    /// The day on which a line first had it.
    pub since: NaiveDate,
}

impl Ledger {
    /// Keeps these versions; what is known stays as it is.
    pub fn keep_versions(
        &mut self,
        versions: &[TemplateVersion],
        today: NaiveDate,
    ) -> Result<(), LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
            for version in versions {
                let content = serde_json::to_string(version)
                    .map_err(|error| LedgerError::Failed(format!("a template cannot be kept: {error}")))?;
                sqlx::query(
                    "INSERT INTO template (hash, kind, since, content) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT (hash) DO NOTHING",
                )
                .bind(version.hash().to_string())
                .bind(version.kind.as_str())
                .bind(today.to_string())
                .bind(content)
                .execute(&mut *tx)
                .await?;
            }
            Ok(tx.commit().await?)
        })
    }

    /// The versions whose hash begins with `beginning`; at most two, for more than one is too many.
    ///
    /// # Errors
    /// One of them is not what its hash says.
    pub fn versions(&mut self, beginning: &str) -> Result<Vec<Kept>, LedgerError> {
        let connection = &mut self.connection;
        let rows = self.runtime.block_on(
            sqlx::query("SELECT hash, since, content FROM template WHERE substr(hash, 1, length($1)) = $1 ORDER BY since LIMIT 2")
                .bind(beginning)
                .fetch_all(connection),
        )?;
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
}
