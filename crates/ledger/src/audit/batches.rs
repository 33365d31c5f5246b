//! Enters: the replayed state, and the rows about batches. Leaves: each batch whose rows differ.
//! Never: changes a row.

use super::casework::compare;
use super::{Audit, Replay};
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::rows::{batch_row, listed_row};
use crate::statement::statements;
use sqlx::Row;

statements! {
    BATCHES = "SELECT name, event, by, at, sheet, state FROM batch";
    ROWS = "SELECT batch, case_sha256, number, sheet FROM batch_row";
}

pub(super) async fn check(
    connection: &mut LedgerConnection,
    replay: &Replay<'_>,
    audit: &mut Audit,
) -> Result<(), LedgerError> {
    let state = &replay.state;
    let rows = BATCHES.query().fetch_all(&mut *connection).await?;
    let columns = ["name", "event", "by", "at", "sheet", "state"];
    let found = rows.iter().map(|row| columns.map(|column| row.get::<String, _>(column)));
    let expected = state.batches.iter().map(|(name, batch)| batch_row(name, batch));
    compare(audit, "the batch", found.collect(), expected.collect());

    let rows = ROWS.query().fetch_all(connection).await?;
    let found = rows.iter().map(|row| {
        let [batch, file, sheet] = ["batch", "case_sha256", "sheet"].map(|column| row.get(column));
        [batch, file, row.get::<i64, _>("number").to_string(), sheet]
    });
    let expected = state.batch_rows.iter().map(|(key, listed)| listed_row(key, listed));
    compare(audit, "the rows of the batch", found.collect(), expected.collect());
    Ok(())
}
