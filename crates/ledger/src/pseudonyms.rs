//! Enters: the keyed hashes of whom a case is about. Leaves: those of every open case, as they change.
//! Never: sees a name or the key: a mark is bytes here.

use super::despatch::SealedCase;
use super::ledger::LedgerError;
use crate::connection::LedgerConnection;
use crate::queries::known_cases::{CLOSED, pseudonyms};
use crate::statement::statements;
use despatch_core::words::CaseId;
use despatch_guards::others::may_be_one_person;
use despatch_process::{Fact, History};

statements! {
    FORGET_MENTIONS = "DELETE FROM mention WHERE claim IN (SELECT number FROM claim WHERE case_id = $1)";
    FORGET = "DELETE FROM identity WHERE case_id = $1";
    ADD = "INSERT INTO identity (case_id, kind, mark) VALUES ($1, $2, $3)";
}

/// Puts the person of a case on record in the place of what was, or takes them off where the case is closed. Whom an
/// event names stays unknown where it is somebody else than the events before it told of: the identity guard holds that
/// event, and would let it pass if it were asked again.
pub(super) async fn keep(connection: &mut LedgerConnection, case: &SealedCase) -> Result<(), LedgerError> {
    let mut kept = pseudonyms(connection, &case.case_id).await?;
    let mut theirs = if is_closed(case) { Vec::new() } else { case.marks.clone() };
    if !case.history.events.is_empty() && !may_be_one_person(&kept, &theirs) {
        return Ok(());
    }
    kept.sort_unstable();
    theirs.sort_unstable();
    if kept == theirs {
        return Ok(());
    }
    match (kept.is_empty(), theirs.is_empty()) {
        (true, _) => {}
        (false, true) => close(connection, &case.case_id).await?,
        (false, false) => forget(connection, &case.case_id).await?,
    }
    for (kind, mark) in theirs {
        insert(connection, &case.case_id, kind.code(), mark.bytes()).await?;
    }
    Ok(())
}

/// Forgets the person of a case and what its attachments mention.
pub(super) async fn close(connection: &mut LedgerConnection, case: &CaseId) -> Result<(), LedgerError> {
    FORGET_MENTIONS.query().bind(case.as_str()).execute(&mut *connection).await?;
    forget(connection, case).await
}

/// Forgets the person of a case, and tells whoever has read of them.
async fn forget(connection: &mut LedgerConnection, case: &CaseId) -> Result<(), LedgerError> {
    FORGET.query().bind(case.as_str()).execute(&mut *connection).await?;
    insert(connection, case, CLOSED, &[]).await
}

async fn insert(
    connection: &mut LedgerConnection,
    case: &CaseId,
    kind: &str,
    mark: &[u8],
) -> Result<(), LedgerError> {
    ADD.query().bind(case.as_str()).bind(kind).bind(mark).execute(connection).await?;
    Ok(())
}

/// Whether nothing more is to come: the person is no longer detained, or has died, and the report is answered.
fn is_closed(case: &SealedCase) -> bool {
    let History { events, .. } = &case.history;
    let facts = || events.iter().map(|past| &past.recorded.fact).chain([&case.recorded.fact]);
    let gone = facts().any(|fact| matches!(fact, Fact::LeftDetention(_) | Fact::Died(_)));
    gone && facts().any(|fact| matches!(fact, Fact::ResponseDecided(_)))
}
