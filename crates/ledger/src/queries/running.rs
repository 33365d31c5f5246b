//! Enters: the cases in which something may run or wait, and what a reader found in them. Leaves: those that are left, each
//! with its digest.
//! Never: leaves out a case, or hands out a digest of one, in which something has happened since it was looked at.
//!
//! A digest is what a reader made of the record of one case, so that the next need not read it again. It is no part of the
//! record: no event tells of it, nothing but what is due is read from it, and whoever does not understand it makes it anew.

use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::statements;
use despatch_core::words::CaseId;
use sqlx::Row;

statements! {
    RUNNING = "SELECT case_id, digest FROM running_case ORDER BY (SELECT MIN(number) FROM submission \
               WHERE submission.case_id = running_case.case_id AND state = 'queued' AND superseded = 0)";
    DIGEST = "SELECT digest FROM running_case WHERE case_id = $1";
    RUNS = "INSERT INTO running_case (case_id) VALUES ($1) ON CONFLICT (case_id) DO UPDATE SET digest = NULL \
            WHERE running_case.digest IS NOT NULL";
    FORGET_DIGEST = "UPDATE running_case SET digest = NULL WHERE case_id = $1 AND digest IS NOT NULL";
    KEEP = "UPDATE running_case SET digest = $2 WHERE case_id = $1";
    RESTS = "DELETE FROM running_case WHERE case_id = $1";
}

/// A case in which something may run or wait.
#[derive(Debug)]
pub struct RunningCase {
    pub case_id: CaseId,
    /// What a reader made of its record, if nothing has happened in it since.
    pub digest: Option<String>,
}

/// What a reader found in a case.
#[derive(Debug)]
pub enum Looked {
    /// Nothing runs or waits in it.
    AtRest,
    /// What the next reader needs of it.
    Digest(String),
}

impl Ledger {
    /// Returns the cases in which something may run or wait, in order of arrival.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn running_cases(&mut self) -> Result<Vec<RunningCase>, LedgerError> {
        let rows = self.ask(async |connection| RUNNING.query().fetch_all(connection).await)?;
        let mut cases = Vec::with_capacity(rows.len());
        for row in rows {
            let id: &str = row.try_get("case_id")?;
            let case_id = id.parse().map_err(|why: &str| LedgerError::Failed(why.to_owned()))?;
            cases.push(RunningCase { case_id, digest: row.try_get("digest")? });
        }
        Ok(cases)
    }

    /// Returns what a reader made of the record of a case, if that was kept and nothing has happened in it since.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn digest_of(&mut self, case: &CaseId) -> Result<Option<String>, LedgerError> {
        let query = DIGEST.query().bind(case.as_str());
        let row = self.ask(async |connection| query.fetch_optional(connection).await)?;
        Ok(row.map(|row| row.try_get("digest")).transpose()?.flatten())
    }

    /// Takes note of what was found in these cases, as the record stood after the event number `as_of`. One of which
    /// something has happened since is not noted.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn note_found(&mut self, found: &[(CaseId, Looked)], as_of: i64) -> Result<(), LedgerError> {
        if found.is_empty() {
            return Ok(());
        }
        self.write_unrecorded(async |connection| {
            let touched = super::work::touched_since(connection, as_of).await?;
            for (case, found) in found.iter().filter(|(case, _)| !touched.contains(case)) {
                match found {
                    Looked::AtRest => RESTS.query().bind(case.as_str()),
                    Looked::Digest(digest) => KEEP.query().bind(case.as_str()).bind(digest.clone()),
                }
                .execute(&mut *connection)
                .await?;
            }
            Ok(())
        })
    }
}

/// Takes note that something has happened in a case by which something may run or wait.
pub(crate) async fn runs(connection: &mut LedgerConnection, case: &str) -> Result<(), LedgerError> {
    RUNS.query().bind(case).execute(connection).await?;
    Ok(())
}

/// Takes note that something has happened in a case by which nothing begins to run or wait: it is no longer as it was looked
/// at.
pub(crate) async fn forget_digest(connection: &mut LedgerConnection, case: &str) -> Result<(), LedgerError> {
    FORGET_DIGEST.query().bind(case).execute(connection).await?;
    Ok(())
}
