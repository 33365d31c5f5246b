//! Enters: a case or a file. Leaves: its litigation hold, who asked for its erasure, and which files were removed.
//! Never: removes anything.

use crate::engine::{LedgerConnection, LedgerRow};
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::statements;
use despatch_core::fault::Fault;
use despatch_core::words::CaseId;
use serde::Serialize;
use sqlx::Row;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

statements! {
    HOLDS = "SELECT case_id, by, reason, since FROM litigation_hold ORDER BY since, case_id";
    HOLD = "SELECT case_id, by, reason, since FROM litigation_hold WHERE case_id = $1";
    HELD = "SELECT case_id FROM litigation_hold WHERE case_id = $1 \
            OR case_id IN (SELECT case_id FROM submission WHERE number = $2)";
    ERASURE = "SELECT case_id, by, reason, since FROM erasure WHERE case_id = $1";
    PENDING = "SELECT file FROM removed WHERE pending = 1 ORDER BY file";
    ALL_REMOVED = "SELECT file FROM removed";
    REMOVED = "SELECT 1 AS removed FROM removed WHERE file = $1";
}

/// What one person decided about a case: that nothing of it may be removed, or that it is to be erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseDecision {
    pub case_id: String,
    pub by: String,
    pub reason: String,
    pub since: String,
}

impl CaseDecision {
    fn read(row: &LedgerRow) -> Self {
        Self {
            case_id: row.get("case_id"),
            by: row.get("by"),
            reason: row.get("reason"),
            since: row.get("since"),
        }
    }
}

impl Ledger {
    /// Returns every litigation hold, oldest first.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn litigation_holds(&mut self) -> Result<Vec<CaseDecision>, LedgerError> {
        let rows = self.ask(async |connection| HOLDS.query().fetch_all(connection).await)?;
        Ok(rows.iter().map(CaseDecision::read).collect())
    }

    /// Returns the requested erasure of a case.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn erasure_of(&mut self, case: &CaseId) -> Result<Option<CaseDecision>, LedgerError> {
        let row = self
            .ask(async |connection| ERASURE.query().bind(case.as_str()).fetch_optional(connection).await)?;
        Ok(row.as_ref().map(CaseDecision::read))
    }

    /// Returns sealed files, relative to the office, whose removal is recorded and which may still exist.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn pending_removals(&mut self) -> Result<Vec<PathBuf>, LedgerError> {
        let rows = self.ask(async |connection| PENDING.query().fetch_all(connection).await)?;
        Ok(rows.iter().map(|row| PathBuf::from(row.get::<&str, _>("file"))).collect())
    }

    /// Returns whether the removal of a file of the outbox is recorded.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn is_removed(&mut self, file: &Path) -> Result<bool, LedgerError> {
        let name = self.files.relative(file).display().to_string();
        let row = self.ask(async |connection| REMOVED.query().bind(name).fetch_optional(connection).await)?;
        Ok(row.is_some())
    }
}

/// Returns the litigation hold on a case.
pub(crate) async fn hold_on(
    connection: &mut LedgerConnection,
    case: &CaseId,
) -> Result<Option<CaseDecision>, LedgerError> {
    let row = HOLD.query().bind(case.as_str()).fetch_optional(connection).await?;
    Ok(row.as_ref().map(CaseDecision::read))
}

/// Returns every sealed file whose removal is recorded.
pub(crate) async fn removed_files(
    connection: &mut LedgerConnection,
) -> Result<BTreeSet<String>, LedgerError> {
    let rows = ALL_REMOVED.query().fetch_all(connection).await?;
    Ok(rows.iter().map(|row| row.get("file")).collect())
}

/// Checks that nothing of a case on hold is removed, as the person who set the hold was promised. Removals name a
/// submission (`case 12`) or a despatch (`12-3`); an erasure names its case.
pub(crate) async fn not_on_hold(
    connection: &mut LedgerConnection,
    subject: &str,
    erased: Option<&CaseId>,
) -> Result<(), LedgerError> {
    let submission = subject.strip_prefix("case ").or_else(|| subject.split('-').next());
    let submission: Option<i64> = submission.and_then(|number| number.parse().ok());
    let query = HELD.query().bind(erased.map(CaseId::as_str)).bind(submission);
    let held = query.fetch_optional(connection).await?;
    let Some(held) = held else { return Ok(()) };
    let cause = format!("{} has been put on hold for litigation meanwhile", held.get::<&str, _>("case_id"));
    let cure = "give the command again: it leaves the case out";
    Err(LedgerError::Refused(Fault::new(subject, "litigation.held", cause, cure)))
}
