//! Enters: the versions of templates that the pipeline is about to use. Leaves: each stored by its hash, for the life
//! of the ledger. Never: forgets one, or returns one that does not match its hash.

use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::statements;
use chrono::NaiveDate;
use despatch_documents::template_version::TemplateVersion;

statements! {
    KEEP = "INSERT INTO template (hash, kind, since, content) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING";
}

impl Ledger {
    /// Stores these versions, unless known.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn keep_versions(
        &mut self,
        versions: &[TemplateVersion],
        today: NaiveDate,
    ) -> Result<(), LedgerError> {
        // A text is proved by its own hash, so it needs no event.
        self.write_unrecorded(async |connection| {
            for version in versions {
                let content = serde_json::to_string(version)
                    .map_err(|error| LedgerError::Failed(format!("a template cannot be kept: {error}")))?;
                KEEP.query()
                    .bind(version.hash().to_string())
                    .bind(version.kind.as_str())
                    .bind(today.to_string())
                    .bind(content)
                    .execute(&mut *connection)
                    .await?;
            }
            Ok(())
        })
    }
}
