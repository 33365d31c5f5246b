//! Enters: the current state, as values. Leaves: its rows, and back again.
//! Never: decides anything; a column follows from its value.

pub(crate) mod batches;
pub(crate) mod casework;
pub(crate) mod decisions;
pub(crate) mod despatch;
pub(crate) mod entry;
pub(crate) mod user;

pub(crate) use batches::{batch_row, listed_row};
pub(crate) use casework::{cover_row, owner_row, restriction_row};
pub(crate) use decisions::{decided_row, pack_rows, restoration_row};
pub(crate) use despatch::DespatchRow;
pub(crate) use entry::{EntryRow, entry_keys};
pub(crate) use user::UserRow;

use crate::apply::State;
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::events::{DespatchEvent, LedgerEvent, PackEvent, SubmissionEvent};
use crate::ids::DespatchId;
use crate::queries::despatches::find;
use crate::queries::packs::pack_record;
use crate::queries::running::{forget_digest, runs};
use crate::statement::statements;
use crate::submission::Submission;
use batches::{load_batch, save_batches};
use casework::save_casework;
use decisions::{save_decided, save_pack, save_removals};
use serde::Serialize;
use sqlx::Row;

statements! {
    QUEUED_OF_CASE = "SELECT number FROM submission WHERE case_id = $1 AND state = 'queued'";
    FORGET_KEYS = "DELETE FROM entry_key WHERE entry = $1";
    SAVE_KEY = "INSERT INTO entry_key (key, entry) VALUES ($1, $2)";
    COUNT_CHANGE = "UPDATE directory SET version = version + 1";
}

/// Loads the rows that an event changes into `state`, unless present.
pub(crate) async fn load_for(
    connection: &mut LedgerConnection,
    state: &mut State,
    happened: &LedgerEvent,
) -> Result<(), LedgerError> {
    match happened {
        // A new one has no row yet.
        LedgerEvent::Submission(_, SubmissionEvent::Claimed { .. })
        | LedgerEvent::Despatch(_, DespatchEvent::Made(_)) => {}
        LedgerEvent::Submission(number, event) => {
            load_submission(connection, state, *number).await?;
            if let SubmissionEvent::Queued(queued) = event
                && let Some(earlier) = queued.supersedes
            {
                load_submission(connection, state, earlier).await?;
            }
        }
        LedgerEvent::Despatch(id, _) => load_despatch(connection, state, *id).await?,
        LedgerEvent::Pack(_, PackEvent::CaseMoved { case_id, .. }) => {
            let rows = QUEUED_OF_CASE.query().bind(case_id.as_str()).fetch_all(&mut *connection).await?;
            for row in rows {
                load_submission(connection, state, row.get("number")).await?;
            }
        }
        LedgerEvent::Pack(pack, _) => {
            if state.packs.get(pack).is_none()
                && let Some(known) = pack_record(connection).await?.remove(pack)
            {
                state.packs.load(pack.clone(), known);
            }
        }
        LedgerEvent::User(staff, _) => {
            if state.users.get(staff).is_none()
                && let Some(row) = UserRow::one(connection, staff).await?
            {
                state.users.load(staff.clone(), row.account()?);
            }
        }
        LedgerEvent::Batch(name, _) => load_batch(connection, state, name).await?,
        // These do not depend on earlier rows.
        LedgerEvent::Entry(..)
        | LedgerEvent::Retention(..)
        | LedgerEvent::Authority(..)
        | LedgerEvent::Record(..)
        | LedgerEvent::Incident(..)
        | LedgerEvent::Dropped(..)
        | LedgerEvent::Config(..)
        | LedgerEvent::Casework(..)
        | LedgerEvent::Cover(..)
        | LedgerEvent::Search(_)
        | LedgerEvent::ReviewKey(_)
        | LedgerEvent::Office(_)
        | LedgerEvent::Rejected(_) => {}
    }
    Ok(())
}

/// Loads a despatch into `state`, unless present.
pub(crate) async fn load_despatch(
    connection: &mut LedgerConnection,
    state: &mut State,
    id: DespatchId,
) -> Result<(), LedgerError> {
    if state.despatches.get(&id).is_some() {
        return Ok(());
    }
    if let Some(despatch) = find(connection, id).await? {
        state.despatches.load(id, despatch);
    }
    Ok(())
}

async fn load_submission(
    connection: &mut LedgerConnection,
    state: &mut State,
    number: i64,
) -> Result<(), LedgerError> {
    if state.submissions.get(&number).is_some() {
        return Ok(());
    }
    if let Some(submission) = Submission::load(connection, number).await? {
        state.submissions.load(number, submission);
    }
    Ok(())
}

/// Writes the changed rows of `state`.
pub(crate) async fn save_changed(
    connection: &mut LedgerConnection,
    state: &mut State,
) -> Result<(), LedgerError> {
    let numbers = state.submissions.take_changed();
    let mut changed: Vec<&Submission> =
        numbers.iter().filter_map(|number| state.submissions.get(number)).collect();
    // Only one file of an event is current: the superseded one must be written first.
    changed.sort_by_key(|submission| submission.superseded == 0);
    for submission in changed {
        submission.save(connection).await?;
        if let Some(case) = &submission.case_id {
            runs(connection, case).await?;
        }
    }
    for id in state.despatches.take_changed() {
        if let Some(despatch) = state.despatches.get(&id) {
            DespatchRow::of(despatch)?.save(connection).await?;
            let case = despatch.case_id.as_str();
            // A sender takes one that waited, and what it ends lets nothing run that did not run before.
            match despatch.state.is_settled() || despatch.state.has_gone() {
                true => forget_digest(connection, case).await?,
                false => runs(connection, case).await?,
            }
        }
    }
    for id in state.entries.take_changed() {
        if let Some(entry) = state.entries.get(&id) {
            EntryRow::of(entry)?.save(connection).await?;
            FORGET_KEYS.query().bind(id.as_str()).execute(&mut *connection).await?;
            for key in entry_keys(entry) {
                SAVE_KEY.query().bind(key).bind(id.as_str()).execute(&mut *connection).await?;
            }
        }
    }
    if std::mem::take(&mut state.directory_changes) > 0 {
        COUNT_CHANGE.query().execute(&mut *connection).await?;
    }
    for pack in state.packs.take_changed() {
        save_pack(connection, &pack, state.packs.get(&pack)).await?;
    }
    for staff in state.users.take_changed() {
        if let Some(account) = state.users.get(&staff) {
            UserRow::of(account)?.save(connection).await?;
        }
    }
    save_decided(connection, state).await?;
    save_casework(connection, state).await?;
    save_batches(connection, state).await?;
    save_removals(connection, state).await
}

/// Serialises a value for its column.
pub(crate) fn text(value: &impl Serialize) -> Result<String, LedgerError> {
    serde_json::to_string(value)
        .map_err(|error| LedgerError::Failed(format!("a row cannot be written: {error}")))
}
