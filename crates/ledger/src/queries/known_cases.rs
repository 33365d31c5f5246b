//! Enters: the open cases that a process has read, or a case. Leaves: the persons of the open cases, as pseudonyms.
//! Never: sees a name or the key: a pseudonym is bytes here.

use crate::engine::{LedgerConnection, LedgerRow};
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::statements;
use despatch_core::words::CaseId;
use despatch_guards::others::{Kind, OpenCases, Pseudonym};
use sqlx::Row;

statements! {
    SINCE = "SELECT seq, case_id, kind, pseudonym FROM identity WHERE seq > $1 ORDER BY seq";
    OF_CASE = "SELECT kind, pseudonym FROM identity WHERE case_id = $1 AND kind <> $2";
}

/// The kind of a row that voids the earlier rows of its case.
pub(crate) const CLOSED: &str = "closed";

/// The open cases, as far as a process has read them.
#[derive(Debug, Clone, Default)]
pub struct KnownCases {
    pub open: OpenCases,
    /// The last row read.
    read_to: i64,
}

impl Ledger {
    /// Updates `known` from the record.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn know_cases(&mut self, known: &mut KnownCases) -> Result<(), LedgerError> {
        let rows =
            self.ask(async |connection| SINCE.query().bind(known.read_to).fetch_all(connection).await)?;
        for row in rows {
            let case: CaseId = row.get::<&str, _>("case_id").parse().map_err(|_| unread())?;
            if row.get::<&str, _>("kind") == CLOSED {
                known.open.forget(&case);
            } else {
                let (kind, pseudonym) = pseudonym(&row)?;
                known.open.add(&case, kind, pseudonym);
            }
            known.read_to = row.get("seq");
        }
        Ok(())
    }
}

/// Returns the stored pseudonyms of a case's person.
pub(crate) async fn pseudonyms(
    connection: &mut LedgerConnection,
    case: &CaseId,
) -> Result<Vec<(Kind, Pseudonym)>, LedgerError> {
    let rows = OF_CASE.query().bind(case.as_str()).bind(CLOSED).fetch_all(connection).await?;
    rows.iter().map(pseudonym).collect()
}

/// Parses the pseudonym of a row that is not [`CLOSED`].
pub(crate) fn pseudonym(row: &LedgerRow) -> Result<(Kind, Pseudonym), LedgerError> {
    let code: &str = row.get("kind");
    let kind = Kind::ALL.into_iter().find(|kind| kind.code() == code).ok_or_else(unread)?;
    Ok((kind, Pseudonym::of_bytes(row.get("pseudonym")).ok_or_else(unread)?))
}

fn unread() -> LedgerError {
    LedgerError::Failed("an identity cannot be read".to_owned())
}
