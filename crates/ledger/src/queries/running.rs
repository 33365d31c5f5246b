//! Enters: the cases in which something may run or wait, and which of them a reader found at rest. Leaves: those that are
//! left. Never: leaves out a case in which something has happened since it was found at rest.

use crate::engine::{LedgerConnection, LedgerRow};
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::statements;
use despatch_core::words::CaseId;
use sqlx::Row;

statements! {
    RUNNING = "SELECT case_id FROM running_case ORDER BY (SELECT MIN(number) FROM submission \
               WHERE submission.case_id = running_case.case_id AND state = 'queued' AND superseded = 0)";
    // The rule as it is written among the clocks of an event.
    BEFORE_REMOVAL = "SELECT case_id FROM submission WHERE case_id IN (SELECT case_id FROM running_case) \
                      AND state = 'queued' AND superseded = 0 \
                      AND recorded LIKE '%\"rule\":\"before_removal\"%' GROUP BY case_id ORDER BY MIN(number)";
    // A clock has them only if it is a limit.
    WITH_LIMITS = "SELECT case_id FROM submission WHERE case_id IN (SELECT case_id FROM running_case) \
                   AND state = 'queued' AND superseded = 0 \
                   AND recorded LIKE '%\"alarms\":%' GROUP BY case_id ORDER BY MIN(number)";
    RUNS = "INSERT INTO running_case (case_id) VALUES ($1) ON CONFLICT (case_id) DO NOTHING";
    RESTS = "DELETE FROM running_case WHERE case_id = $1";
}

impl Ledger {
    /// Returns the cases in which something may run or wait, in order of arrival.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn running_cases(&mut self) -> Result<Vec<CaseId>, LedgerError> {
        let rows = self.ask(async |connection| RUNNING.query().fetch_all(connection).await)?;
        rows.iter().map(case_id).collect()
    }

    /// Returns those of them in which an event started the clock of the response before a removal, in order of arrival.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn cases_before_removal(&mut self) -> Result<Vec<CaseId>, LedgerError> {
        let rows = self.ask(async |connection| BEFORE_REMOVAL.query().fetch_all(connection).await)?;
        rows.iter().map(case_id).collect()
    }

    /// Returns those of them in which an event started the clock of a limit, in order of arrival.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn cases_with_limits(&mut self) -> Result<Vec<CaseId>, LedgerError> {
        let rows = self.ask(async |connection| WITH_LIMITS.query().fetch_all(connection).await)?;
        rows.iter().map(case_id).collect()
    }

    /// Takes note that nothing runs or waits in these cases, as the record stood after the event number `as_of`. One of
    /// which something has happened since is not noted.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn note_at_rest(&mut self, cases: &[CaseId], as_of: i64) -> Result<(), LedgerError> {
        if cases.is_empty() {
            return Ok(());
        }
        self.write_unrecorded(async |connection| {
            let touched = super::work::touched_since(connection, as_of).await?;
            for case in cases.iter().filter(|case| !touched.contains(*case)) {
                RESTS.query().bind(case.as_str()).execute(&mut *connection).await?;
            }
            Ok(())
        })
    }
}

fn case_id(row: &LedgerRow) -> Result<CaseId, LedgerError> {
    let id: &str = row.try_get("case_id")?;
    id.parse().map_err(|why: &str| LedgerError::Failed(why.to_owned()))
}

/// Takes note that something has happened in a case by which something may run or wait.
pub(crate) async fn runs(connection: &mut LedgerConnection, case: &str) -> Result<(), LedgerError> {
    RUNS.query().bind(case).execute(connection).await?;
    Ok(())
}
