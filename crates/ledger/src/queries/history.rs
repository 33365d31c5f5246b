//! Enters: a case and one of its events. Leaves: the history by which that event is planned.
//! Never: holds anything personal; the record has only codes, dates and ids.

use super::despatches::{of_submission, record};
use crate::despatch::{Despatch, State};
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::statement::statements;
use chrono::NaiveDate;
use despatch_core::words::{CaseId, EventId, PackId, Sha256};
use despatch_process::case::EventName;
use despatch_process::history::PastEvent;
use despatch_process::{History, PastMessage};
use sqlx::Row;
use std::collections::BTreeMap;

/// The number of the first file of a submission's event: its position among the events of its case, whichever file is
/// current.
macro_rules! first_file {
    () => {
        "(SELECT MIN(first.number) FROM submission AS first WHERE first.event_id = submission.event_id \
          AND first.case_id = submission.case_id AND first.state = 'queued')"
    };
}
pub(crate) use first_file;

statements! {
    HISTORY = concat!(
        "SELECT number, event_id, pack, recorded, issued_on FROM submission \
         WHERE case_id = $1 AND state = 'queued' AND superseded = 0 ORDER BY ",
        first_file!()
    );
    GRANTED = "SELECT week, COUNT(*) AS taken FROM submission \
               WHERE week IS NOT NULL AND state = 'queued' AND superseded = 0 AND event_id <> $1 GROUP BY week";
    TOLD_BEFORE = "SELECT despatch.record FROM submission AS own \
                   JOIN submission AS before ON before.event_id = own.event_id AND before.case_id = own.case_id \
                   AND before.state = 'queued' AND before.superseded = 1 \
                   JOIN despatch ON despatch.submission = before.number \
                   WHERE own.number = $1 ORDER BY despatch.submission, despatch.position";
}

/// Returns the history by which an event of a case is planned: the events before it. A case planned by one history is
/// not queued under another.
pub(crate) async fn history(
    connection: &mut LedgerConnection,
    case_id: &CaseId,
    event_id: &EventId,
    event: EventName,
) -> Result<History, LedgerError> {
    let rows = HISTORY.query().bind(case_id.as_str()).fetch_all(&mut *connection).await?;
    let mut history = History::default();
    for row in rows {
        let is_own = row.try_get::<&str, _>("event_id")? == event_id.as_str();
        let submission = row.get("number");
        let past = PastEvent {
            submission,
            pack: pack_id(row.try_get("pack")?)?,
            recorded: read(row.try_get("recorded")?)?,
            messages: of_submission(connection, submission).await?.iter().filter_map(past_message).collect(),
            messages_before: messages_before(connection, submission).await?,
        };
        if is_own {
            history.replaced_on = row.try_get::<&str, _>("issued_on")?.parse().ok();
            history.replaced = Some(Box::new(past));
            // Later events are not part of its history.
            break;
        }
        history.events.push(past);
    }
    if event == EventName::ReferralReceived {
        history.granted = granted(connection, event_id).await?;
    }
    Ok(history)
}

/// Returns the hash by which two histories are compared.
pub(crate) fn digest(history: &History) -> Sha256 {
    Sha256::of(serde_json::to_string(history).unwrap_or_default().as_bytes())
}

/// Counts the second opinions granted in each week, excluding this event's own.
async fn granted(
    connection: &mut LedgerConnection,
    event_id: &EventId,
) -> Result<BTreeMap<NaiveDate, u32>, LedgerError> {
    let rows = GRANTED.query().bind(event_id.as_str()).fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            let week: &str = row.get("week");
            let week = week.parse().map_err(|_| LedgerError::Failed(format!("{week} is not a date")))?;
            Ok((week, u32::try_from(row.get::<i64, _>("taken")).unwrap_or(u32::MAX)))
        })
        .collect()
}

/// Returns the messages of replaced files of this event that were sent, or may have been.
async fn messages_before(
    connection: &mut LedgerConnection,
    submission: i64,
) -> Result<Vec<PastMessage>, LedgerError> {
    let rows = TOLD_BEFORE.query().bind(submission).fetch_all(connection).await?;
    let mut gone = Vec::new();
    for row in rows {
        gone.extend(past_message(&record(row.get("record"))?).filter(|message| message.sent));
    }
    Ok(gone)
}

/// Returns a message in the form that the rules use; superseded, returned or cancelled ones informed nobody.
pub(super) fn past_message(despatch: &Despatch) -> Option<PastMessage> {
    if matches!(despatch.state, State::Returned | State::Superseded | State::Cancelled) {
        return None;
    }
    let sent = despatch.state.has_gone();
    let planned = &despatch.planned;
    Some(PastMessage {
        purpose: planned.purpose,
        row: planned.row.clone(),
        kind: planned.kind.clone(),
        role: planned.role,
        to: planned.to.clone(),
        sent,
    })
}

pub(super) fn pack_id(text: &str) -> Result<PackId, LedgerError> {
    text.parse().map_err(|why: &str| LedgerError::Failed(why.to_owned()))
}

pub(crate) fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, LedgerError> {
    serde_json::from_str(text)
        .map_err(|error| LedgerError::Failed(format!("what is on record cannot be read: {error}")))
}
