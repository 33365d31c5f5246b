//! Enters: the pseudonyms of the person of a case, and what is removed of it. Leaves: those by which people find it, for
//! as long as any of its files is kept. Never: sees a name or the key: a mark is bytes here.

use crate::despatch::SealedCase;
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::events::Subject;
use crate::queries::find::marks_of_case;
use crate::statement::statements;
use despatch_core::words::CaseId;
use despatch_guards::persons::is_one_person;
use sqlx::Row;

statements! {
    FORGET = "DELETE FROM case_mark WHERE case_id = $1";
    ADD = "INSERT INTO case_mark (case_id, kind, mark) VALUES ($1, $2, $3) ON CONFLICT (case_id, kind, mark) DO NOTHING";
    CASE_OF = "SELECT case_id FROM submission WHERE number = $1 AND state = 'queued'";
    KEPT = "SELECT 1 AS kept FROM submission WHERE case_id = $1 AND state = 'queued' AND NOT EXISTS (SELECT 1 FROM event \
            WHERE event.subject = 'case ' || submission.number AND event.what IN ('purged', 'erased')) LIMIT 1";
}

/// Stores the marks of a case's person in place of the previous ones. They are left alone if the event names somebody else
/// than the earlier events did: the identity guard asks about that event, and nobody should find the case by that name.
pub(super) async fn keep(connection: &mut LedgerConnection, case: &SealedCase) -> Result<(), LedgerError> {
    let mut kept = marks_of_case(connection, &case.case_id).await?;
    let mut theirs = case.pseudonyms.clone();
    if !is_one_person(&kept, &theirs) {
        return Ok(());
    }
    kept.sort_unstable();
    theirs.sort_unstable();
    if kept == theirs {
        return Ok(());
    }
    forget(connection, &case.case_id).await?;
    for (kind, mark) in theirs {
        let add = ADD.query().bind(case.case_id.as_str()).bind(kind.code()).bind(mark.bytes());
        add.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Deletes the marks of a case.
pub(super) async fn forget(connection: &mut LedgerConnection, case: &CaseId) -> Result<(), LedgerError> {
    FORGET.query().bind(case.as_str()).execute(connection).await?;
    Ok(())
}

/// Deletes the marks of the case of a file whose removal was just recorded, if it was the last one that was kept.
pub(super) async fn forget_after(
    connection: &mut LedgerConnection,
    removed: &str,
) -> Result<(), LedgerError> {
    let Ok(Subject::Submission(number)) = removed.parse() else { return Ok(()) };
    let Some(row) = CASE_OF.query().bind(number).fetch_optional(&mut *connection).await? else {
        return Ok(());
    };
    let case: String = row.try_get("case_id")?;
    if KEPT.query().bind(&case).fetch_optional(&mut *connection).await?.is_none() {
        FORGET.query().bind(&case).execute(connection).await?;
    }
    Ok(())
}
