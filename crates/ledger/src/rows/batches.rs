//! Enters: batches and their rows, as values. Leaves: their rows in the ledger, and back again.
//! Never: decides anything; a column follows from its value.

use crate::apply::{Batch, BatchRowKey, Listed, State};
use crate::engine::{LedgerConnection, LedgerRow};
use crate::error::LedgerError;
use crate::events::at_text;
use crate::statement::statements;
use despatch_core::words::BatchName;
use despatch_process::case::EventName;
use sqlx::Row;
use std::fmt;

statements! {
    ONE = "SELECT name, event, by, at, sheet, state FROM batch WHERE name = $1";
    SAVE = "INSERT INTO batch (name, event, by, at, sheet, state) VALUES ($1, $2, $3, $4, $5, $6) \
            ON CONFLICT (name) DO UPDATE SET event = $2, sheet = $5, state = $6";
    LIST_ROW = "INSERT INTO batch_row (batch, case_sha256, number, sheet) \
                VALUES ($1, $2, $3, $4) ON CONFLICT (batch, case_sha256) DO UPDATE SET number = $3, sheet = $4";
}

/// Returns a batch as a row of `batch`.
pub(crate) fn batch_row(name: &BatchName, batch: &Batch) -> [String; 6] {
    let Batch { event, by, at, sheet, state } = batch;
    let word = event.map_or("", event_word).to_owned();
    [name.to_string(), word, by.to_string(), at_text(*at), sheet.to_string(), state.code().to_owned()]
}

/// Returns a row of a sheet as one of `batch_row`, its number as text.
pub(crate) fn listed_row((batch, file): &BatchRowKey, listed: &Listed) -> [String; 4] {
    [batch.to_string(), file.to_string(), listed.row.to_string(), listed.sheet.to_string()]
}

/// Returns the word of an event, as case files write it.
fn event_word(event: EventName) -> &'static str {
    EventName::WORDS.iter().find(|(_, known)| *known == event).map_or("", |(word, _)| word)
}

/// Reads a batch from its row.
///
/// # Errors
/// A column is none of ours.
pub(crate) fn read_batch(row: &LedgerRow) -> Result<(BatchName, Batch), LedgerError> {
    fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, LedgerError> {
        text.parse().map_err(|_| unread(text))
    }
    let word: &str = row.get("event");
    let event = EventName::WORDS.iter().find(|(known, _)| *known == word).map(|(_, event)| *event);
    let code: &str = row.get("state");
    let state = crate::batch_state::BatchState::ALL.into_iter().find(|state| state.code() == code);
    let batch = Batch {
        event,
        by: parsed(row.get("by"))?,
        at: parsed(row.get("at"))?,
        sheet: parsed(row.get("sheet"))?,
        state: state.ok_or_else(|| unread(code))?,
    };
    Ok((parsed(row.get("name"))?, batch))
}

fn unread(what: impl fmt::Display) -> LedgerError {
    LedgerError::Failed(format!("the row of a batch cannot be read: {what}"))
}

/// Returns one batch.
pub(crate) async fn one(
    connection: &mut LedgerConnection,
    name: &BatchName,
) -> Result<Option<Batch>, LedgerError> {
    let row = ONE.query().bind(name.as_str()).fetch_optional(connection).await?;
    Ok(row.as_ref().map(read_batch).transpose()?.map(|(_, batch)| batch))
}

/// Loads a batch into `state`, unless present. Its rows are only ever added, or listed anew.
pub(super) async fn load_batch(
    connection: &mut LedgerConnection,
    state: &mut State,
    name: &BatchName,
) -> Result<(), LedgerError> {
    if state.batches.get(name).is_none()
        && let Some(batch) = one(connection, name).await?
    {
        state.batches.load(name.clone(), batch);
    }
    Ok(())
}

pub(super) async fn save_batches(
    connection: &mut LedgerConnection,
    state: &mut State,
) -> Result<(), LedgerError> {
    for name in state.batches.take_changed() {
        if let Some(batch) = state.batches.get(&name) {
            let row = batch_row(&name, batch);
            let query = row.into_iter().fold(SAVE.query(), |query, text| query.bind(text));
            query.execute(&mut *connection).await?;
        }
    }
    for key in state.batch_rows.take_changed() {
        if let Some(listed) = state.batch_rows.get(&key) {
            let query = LIST_ROW.query().bind(key.0.as_str()).bind(key.1.to_string());
            let query = query.bind(i64::from(listed.row)).bind(listed.sheet.to_string());
            query.execute(&mut *connection).await?;
        }
    }
    Ok(())
}
