//! Enters: what a process knows already, or a case. Leaves: whom the open cases are about, as keyed hashes.
//! Never: sees a name or the key: a mark is bytes here.

use crate::connection::{LedgerConnection, LedgerRow};
use crate::ledger::{Ledger, LedgerError};
use crate::statement::statements;
use despatch_core::words::CaseId;
use despatch_guards::others::{Kind, Mark, OpenCases};
use sqlx::Row;

statements! {
    SINCE = "SELECT seq, case_id, kind, mark FROM identity WHERE seq > $1 ORDER BY seq";
    OF_CASE = "SELECT kind, mark FROM identity WHERE case_id = $1 AND kind <> $2";
}

/// The kind of a row that makes those before it void.
pub(crate) const CLOSED: &str = "closed";

/// The open cases as far as a process has read them.
#[derive(Debug, Clone, Default)]
pub struct KnownCases {
    pub open: OpenCases,
    /// The last row that is in it.
    read_to: i64,
}

impl Ledger {
    /// Brings `known` up to what is on record now.
    pub fn know_cases(&mut self, known: &mut KnownCases) -> Result<(), LedgerError> {
        let connection = &mut self.connection;
        let rows = self.runtime.block_on(SINCE.query().bind(known.read_to).fetch_all(connection))?;
        for row in rows {
            let case: CaseId = row.get::<&str, _>("case_id").parse().map_err(|_| unread())?;
            if row.get::<&str, _>("kind") == CLOSED {
                known.open.forget(&case);
            } else {
                let (kind, mark) = mark(&row)?;
                known.open.add(&case, kind, mark);
            }
            known.read_to = row.get("seq");
        }
        Ok(())
    }
}

/// The person of a case, as far as they are on record.
pub(crate) async fn pseudonyms(
    connection: &mut LedgerConnection,
    case: &CaseId,
) -> Result<Vec<(Kind, Mark)>, LedgerError> {
    let rows = OF_CASE.query().bind(case.as_str()).bind(CLOSED).fetch_all(connection).await?;
    rows.iter().map(mark).collect()
}

/// The mark of a row that is not [`CLOSED`].
fn mark(row: &LedgerRow) -> Result<(Kind, Mark), LedgerError> {
    let code: &str = row.get("kind");
    let kind = Kind::ALL.into_iter().find(|kind| kind.code() == code).ok_or_else(unread)?;
    Ok((kind, Mark::of_bytes(row.get("mark")).ok_or_else(unread)?))
}

fn unread() -> LedgerError {
    LedgerError::Failed("an identity cannot be read".to_owned())
}
