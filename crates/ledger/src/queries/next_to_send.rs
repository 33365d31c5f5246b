//! Enters: the time. Leaves: the next approved despatch that is due, and those that came back from a sender and may not
//! be sent again. Never: reads the rest of the queue.

use super::despatches::{record, records};
use crate::despatch::Despatch;
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::ids::DespatchId;
use crate::statement::statements;
use chrono::{DateTime, Utc};
use sqlx::Row;

statements! {
    NEXT = "SELECT despatch.record FROM ( \
            SELECT * FROM (SELECT submission, position FROM despatch WHERE state = 'approved' \
                           ORDER BY submission, position LIMIT 1) AS approved \
            UNION ALL \
            SELECT * FROM (SELECT submission, position FROM despatch \
                           WHERE state = 'deferred' AND (next_attempt IS NULL OR next_attempt <= $1 OR next_attempt > $2) \
                           ORDER BY submission, position LIMIT 1) AS deferred \
            ) AS due JOIN despatch ON despatch.submission = due.submission AND despatch.position = due.position \
            ORDER BY due.submission, due.position LIMIT 1";
    /// An event belongs to one case, and the index is by the case.
    SUPERSEDED = "SELECT despatch.id, COALESCE((SELECT MIN(later.number) FROM submission AS later \
                  WHERE later.event_id = submission.event_id AND later.case_id = submission.case_id \
                  AND later.state = 'queued' AND later.number > submission.number), 0) \
                  AS later FROM despatch JOIN submission ON submission.number = despatch.submission \
                  WHERE submission.superseded = 1 AND despatch.state IN ('approved', 'deferred')";
    REPLACEMENT = "SELECT COALESCE((SELECT MIN(later.number) FROM submission AS later \
                   WHERE later.event_id = submission.event_id AND later.case_id = submission.case_id \
                   AND later.state = 'queued' AND later.number > submission.number), 0) \
                   AS later FROM submission WHERE submission.number = $1 AND submission.superseded = 1";
    OVERTAKEN = "SELECT record FROM despatch WHERE overtaken = 1 AND state IN ('approved', 'deferred')";
}

/// Returns the next despatch that is due. One that is to wait until after `beyond`, later than any wait, is due: the clock
/// was wrong when that was said.
pub(crate) async fn next_due(
    connection: &mut LedgerConnection,
    now: DateTime<Utc>,
    beyond: DateTime<Utc>,
) -> Result<Option<Despatch>, LedgerError> {
    let row =
        NEXT.query().bind(now.to_rfc3339()).bind(beyond.to_rfc3339()).fetch_optional(connection).await?;
    row.map(|row| record(row.get("record"))).transpose()
}

/// Returns despatches that a correction could not supersede while a sender had them and that have come back since, each
/// with the submission that replaces it.
pub(crate) async fn superseded_and_back(
    connection: &mut LedgerConnection,
) -> Result<Vec<(DespatchId, i64)>, LedgerError> {
    let rows = SUPERSEDED.query().fetch_all(connection).await?;
    let id = |text: &str| text.parse().map_err(|why: &str| LedgerError::Failed(why.to_owned()));
    rows.iter().map(|row| Ok((id(row.get("id"))?, row.get("later")))).collect()
}

/// Returns the submission that replaces the one of a despatch, if a correction did.
pub(crate) async fn replacement(
    connection: &mut LedgerConnection,
    id: DespatchId,
) -> Result<Option<i64>, LedgerError> {
    let row = REPLACEMENT.query().bind(id.submission).fetch_optional(connection).await?;
    Ok(row.map(|row| row.get("later")))
}

/// Returns despatches that an event of their case overtook while a sender had them and that have come back since.
pub(crate) async fn overtaken_and_back(
    connection: &mut LedgerConnection,
) -> Result<Vec<Despatch>, LedgerError> {
    records(&OVERTAKEN.query().fetch_all(connection).await?)
}
