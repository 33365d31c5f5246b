//! Enters: a connection to a ledger, or to a copy of one. Leaves: the sealed files that it names, except removed ones.
//! Never: holds more than a part of the record at a time.

use super::despatches::records;
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::files::Files;
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use crate::queries::removals::removed_files;
use crate::statement::statements;
use despatch_core::words::Sha256;
use sqlx::Row;
use std::path::PathBuf;

statements! {
    SUBMISSIONS = "SELECT number, original_sha256 FROM submission WHERE state = 'queued' ORDER BY number";
    DESPATCHES = "SELECT record FROM despatch WHERE (submission, position) > ($1, $2) ORDER BY submission, position LIMIT $3";
}

/// Despatches per query.
const PART: i64 = 500;

/// A sealed file that a ledger names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedFile {
    /// Relative to the office.
    pub path: PathBuf,
    /// `None` if the row of a case file has no readable hash, which the audit reports.
    pub sha256: Option<Sha256>,
}

impl Ledger {
    /// Returns the sealed files that the ledger names, except removed ones.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn sealed_files(&mut self) -> Result<Vec<SealedFile>, LedgerError> {
        let files = self.files.clone();
        self.ask(async |connection| sealed_files(connection, &files).await)
    }
}

/// Returns the sealed files that a ledger names, except removed ones.
pub(crate) async fn sealed_files(
    connection: &mut LedgerConnection,
    files: &Files,
) -> Result<Vec<SealedFile>, LedgerError> {
    let mut named = Vec::new();
    for row in SUBMISSIONS.query().fetch_all(&mut *connection).await? {
        let path = files.relative(&files.original(row.get("number")));
        let sha256 = row.get::<Option<&str>, _>("original_sha256").and_then(|hash| hash.parse().ok());
        named.push(SealedFile { path, sha256 });
    }
    let mut last = DespatchId { submission: 0, position: 0 };
    loop {
        let query = DESPATCHES.query().bind(last.submission).bind(last.position as i64).bind(PART);
        let part = records(&query.fetch_all(&mut *connection).await?)?;
        let Some(end) = part.last() else { break };
        last = end.id;
        for despatch in &part {
            let Some(bound) = &despatch.message else { continue };
            let path = files.relative(&files.message(despatch.id, bound.revision));
            named.push(SealedFile { path, sha256: Some(bound.sha256) });
            if bound.copy.is_some() {
                let path = files.relative(&files.copy(despatch.id, bound.revision));
                named.push(SealedFile { path, sha256: bound.copy });
            }
        }
    }
    let removed = removed_files(connection).await?;
    named.retain(|file| !removed.contains(&file.path.display().to_string()));
    Ok(named)
}
