//! Enters: the versions of templates that a line is about to use. Leaves: each of them by its hash, for as long as the
//! ledger lasts. Never: forgets one, or gives back one that is not what its hash says.

use super::ledger::{Ledger, LedgerError};
use crate::statement::statements;
use chrono::NaiveDate;
use despatch_documents::template_version::TemplateVersion;

statements! {
    KEEP = "INSERT INTO template (hash, kind, since, content) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING";
}

impl Ledger {
    /// Keeps these versions; what is known stays as it is.
    pub fn keep_versions(
        &mut self,
        versions: &[TemplateVersion],
        today: NaiveDate,
    ) -> Result<(), LedgerError> {
        // Its own hash proves a text, so nothing needs to be on record.
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
