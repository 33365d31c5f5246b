//! Enters: the pseudonyms of the person of a case. Leaves: those of every open case, kept up to date.
//! Never: sees a name or the key: a pseudonym is bytes here.

use crate::despatch::SealedCase;
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::queries::known_cases::{CLOSED, pseudonyms};
use crate::statement::statements;
use despatch_core::words::CaseId;
use despatch_guards::persons::is_one_person;
use despatch_process::{Fact, History};

statements! {
    FORGET_CROSS_REFERENCES = "DELETE FROM cross_reference WHERE submission IN (SELECT number FROM submission WHERE case_id = $1)";
    FORGET = "DELETE FROM identity WHERE case_id = $1";
    ADD = "INSERT INTO identity (case_id, kind, pseudonym) VALUES ($1, $2, $3)";
}

/// Stores the pseudonyms of a case's person in place of the previous ones, or deletes them if the case is closed. They
/// are left alone if the event names somebody else than the earlier events, or the file that it corrects, did: the
/// identity guard holds or asks about that event, and would pass it on a second check if the new person were stored.
pub(super) async fn keep(connection: &mut LedgerConnection, case: &SealedCase) -> Result<(), LedgerError> {
    let mut kept = pseudonyms(connection, &case.case_id).await?;
    let guarded = case.pseudonyms.iter().copied().filter(|(kind, _)| kind.is_guarded());
    let mut theirs = if is_closed(case) { Vec::new() } else { guarded.collect() };
    if !is_one_person(&kept, &theirs) {
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
    for (kind, pseudonym) in theirs {
        insert(connection, &case.case_id, kind.code(), pseudonym.bytes()).await?;
    }
    Ok(())
}

/// Deletes the pseudonyms and the cross-references of a case.
pub(super) async fn close(connection: &mut LedgerConnection, case: &CaseId) -> Result<(), LedgerError> {
    FORGET_CROSS_REFERENCES.query().bind(case.as_str()).execute(&mut *connection).await?;
    forget(connection, case).await
}

/// Deletes the pseudonyms of a case, and adds a row that tells readers so.
async fn forget(connection: &mut LedgerConnection, case: &CaseId) -> Result<(), LedgerError> {
    FORGET.query().bind(case.as_str()).execute(&mut *connection).await?;
    insert(connection, case, CLOSED, &[]).await
}

async fn insert(
    connection: &mut LedgerConnection,
    case: &CaseId,
    kind: &str,
    pseudonym: &[u8],
) -> Result<(), LedgerError> {
    ADD.query().bind(case.as_str()).bind(kind).bind(pseudonym).execute(connection).await?;
    Ok(())
}

/// Returns whether no more events are expected: the person left detention for good or died, and the report is answered; or
/// the case is the detention itself, and it ended.
fn is_closed(case: &SealedCase) -> bool {
    let History { events, .. } = &case.history;
    let facts = || events.iter().map(|past| &past.recorded.fact).chain([&case.recorded.fact]);
    let mut custody = facts()
        .filter(|fact| matches!(fact, Fact::LeftDetention(_) | Fact::Died(_) | Fact::DetainedAgain(_)));
    let gone = custody.next_back().is_some_and(|fact| !matches!(fact, Fact::DetainedAgain(_)));
    let ended = facts().any(|fact| matches!(fact, Fact::DetentionEnded(_)));
    ended || gone && facts().any(|fact| matches!(fact, Fact::ResponseDecided(_)))
}
