//! Enters: the keyed hashes of whom a case is about. Leaves: those of every open case, as they change.
//! Never: sees a name or the key: a mark is bytes here.

use super::despatch::SealedCase;
use super::ledger::{Ledger, LedgerError};
use despatch_core::words::CaseId;
use despatch_guards::others::{Kind, Mark, OpenCases, may_be_one_person};
use despatch_process::policy::{Fact, History};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

/// The kind of a row that makes those before it void.
const CLOSED: &str = "closed";

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
        let rows = self.runtime.block_on(
            sqlx::query("SELECT seq, case_id, kind, mark FROM identity WHERE seq > $1 ORDER BY seq")
                .bind(known.read_to)
                .fetch_all(connection),
        )?;
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
pub(super) async fn marks(
    connection: &mut SqliteConnection,
    case: &CaseId,
) -> Result<Vec<(Kind, Mark)>, LedgerError> {
    let rows = sqlx::query("SELECT kind, mark FROM identity WHERE case_id = $1 AND kind <> $2")
        .bind(case.as_str())
        .bind(CLOSED)
        .fetch_all(connection)
        .await?;
    rows.iter().map(mark).collect()
}

/// The mark of a row that is not [`CLOSED`].
fn mark(row: &SqliteRow) -> Result<(Kind, Mark), LedgerError> {
    let code: &str = row.get("kind");
    let kind = Kind::ALL.into_iter().find(|kind| kind.code() == code).ok_or_else(unread)?;
    Ok((kind, Mark::of_bytes(row.get("mark")).ok_or_else(unread)?))
}

fn unread() -> LedgerError {
    LedgerError::Failed("an identity cannot be read".to_owned())
}

/// Puts the person of a case on record in the place of what was, or takes them off where the case is closed. Whom an
/// event names stays unknown where it is somebody else than the events before it told of: the identity guard holds that
/// event, and would let it pass if it were asked again.
pub(super) async fn keep(connection: &mut SqliteConnection, case: &SealedCase) -> Result<(), LedgerError> {
    let mut kept = marks(connection, &case.case_id).await?;
    let mut marks = if is_closed(case) { Vec::new() } else { case.marks.clone() };
    if !case.history.events.is_empty() && !may_be_one_person(&kept, &marks) {
        return Ok(());
    }
    kept.sort_unstable();
    marks.sort_unstable();
    if kept == marks {
        return Ok(());
    }
    match (kept.is_empty(), marks.is_empty()) {
        (true, _) => {}
        (false, true) => close(connection, &case.case_id).await?,
        (false, false) => forget(connection, &case.case_id).await?,
    }
    for (kind, mark) in marks {
        insert(connection, &case.case_id, kind.code(), mark.bytes()).await?;
    }
    Ok(())
}

/// Forgets the person of a case and what its attachments mention.
pub(super) async fn close(connection: &mut SqliteConnection, case: &CaseId) -> Result<(), LedgerError> {
    sqlx::query("DELETE FROM mention WHERE claim IN (SELECT number FROM claim WHERE case_id = $1)")
        .bind(case.as_str())
        .execute(&mut *connection)
        .await?;
    forget(connection, case).await
}

/// Forgets the person of a case, and tells whoever has read of them.
async fn forget(connection: &mut SqliteConnection, case: &CaseId) -> Result<(), LedgerError> {
    sqlx::query("DELETE FROM identity WHERE case_id = $1")
        .bind(case.as_str())
        .execute(&mut *connection)
        .await?;
    insert(connection, case, CLOSED, &[]).await
}

async fn insert(
    connection: &mut SqliteConnection,
    case: &CaseId,
    kind: &str,
    mark: &[u8],
) -> Result<(), LedgerError> {
    sqlx::query("INSERT INTO identity (case_id, kind, mark) VALUES ($1, $2, $3)")
        .bind(case.as_str())
        .bind(kind)
        .bind(mark)
        .execute(connection)
        .await?;
    Ok(())
}

/// Whether nothing more is to come: the person is no longer detained, or has died, and the report is answered.
fn is_closed(case: &SealedCase) -> bool {
    let History { events, .. } = &case.history;
    let facts = || events.iter().map(|past| &past.recorded.fact).chain([&case.recorded.fact]);
    let gone = facts().any(|fact| matches!(fact, Fact::LeftDetention(_) | Fact::Died(_)));
    gone && facts().any(|fact| matches!(fact, Fact::ResponseDecided(_)))
}
