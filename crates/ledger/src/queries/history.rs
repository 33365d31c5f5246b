//! Enters: a case and one of its events. Leaves: the history by which that event is planned.
//! Never: holds anything personal; what it reads was put there as closed words, dates and ids.

use super::despatches::{of_claim, record};
use crate::connection::LedgerConnection;
use crate::despatch::{Despatch, State};
use crate::ledger::LedgerError;
use crate::statement::statements;
use chrono::NaiveDate;
use despatch_core::words::{CaseId, EventId, PackId, Sha256};
use despatch_process::case::EventName;
use despatch_process::history::PastEvent;
use despatch_process::{History, PastMessage};
use sqlx::Row;
use std::collections::BTreeMap;

/// The number of the first file of a claim's event: where the event stands among those of its case, whichever file of
/// it counts now.
macro_rules! first_file {
    () => {
        "(SELECT MIN(first.number) FROM claim AS first WHERE first.event_id = claim.event_id \
          AND first.case_id = claim.case_id AND first.state = 'queued')"
    };
}
pub(crate) use first_file;

statements! {
    HISTORY = concat!(
        "SELECT number, event_id, pack, recorded, issued_on FROM claim \
         WHERE case_id = $1 AND state = 'queued' AND superseded = 0 ORDER BY ",
        first_file!()
    );
    GRANTED = "SELECT week, COUNT(*) AS taken FROM claim \
               WHERE week IS NOT NULL AND state = 'queued' AND superseded = 0 AND event_id <> $1 GROUP BY week";
    TOLD_BEFORE = "SELECT despatch.record FROM claim AS own \
                   JOIN claim AS before ON before.event_id = own.event_id AND before.case_id = own.case_id \
                   AND before.state = 'queued' AND before.superseded = 1 \
                   JOIN despatch ON despatch.claim = before.number \
                   WHERE own.number = $1 ORDER BY despatch.claim, despatch.position";
}

/// What one more event of a case is planned by: the events before it. What was planned by one history is queued under
/// no other.
pub(crate) async fn history(
    connection: &mut LedgerConnection,
    case_id: &CaseId,
    event_id: &EventId,
    event: EventName,
) -> Result<History, LedgerError> {
    let rows = HISTORY.query().bind(case_id.as_str()).fetch_all(&mut *connection).await?;
    let mut history = History::default();
    for row in rows {
        let is_own = row.get::<&str, _>("event_id") == event_id.as_str();
        let claim = row.get("number");
        let past = PastEvent {
            submission: claim,
            pack: pack_id(row.get("pack"))?,
            recorded: read(row.get("recorded"))?,
            messages: of_claim(connection, claim).await?.iter().filter_map(past_message).collect(),
            messages_before: messages_before(connection, claim).await?,
        };
        if is_own {
            history.replaced_on = row.get::<&str, _>("issued_on").parse().ok();
            history.replaced = Some(Box::new(past));
            // What came after it is not what it is planned by.
            break;
        }
        history.events.push(past);
    }
    if event == EventName::ReferralReceived {
        history.granted = granted(connection, event_id).await?;
    }
    Ok(history)
}

/// The hash by which two histories are compared.
pub(crate) fn digest(history: &History) -> Sha256 {
    Sha256::of(serde_json::to_string(history).unwrap_or_default().as_bytes())
}

/// How many second opinions were granted in each week, this event's own apart.
async fn granted(
    connection: &mut LedgerConnection,
    event_id: &EventId,
) -> Result<BTreeMap<NaiveDate, u32>, LedgerError> {
    let rows = GRANTED.query().bind(event_id.as_str()).fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            let week: &str = row.get("week");
            let week = week.parse().map_err(|_| LedgerError::Failed(format!("{week} is no day")))?;
            Ok((week, u32::try_from(row.get::<i64, _>("taken")).unwrap_or(u32::MAX)))
        })
        .collect()
}

/// What has gone, or may have gone, of the files that a claim's has replaced.
async fn messages_before(
    connection: &mut LedgerConnection,
    claim: i64,
) -> Result<Vec<PastMessage>, LedgerError> {
    let rows = TOLD_BEFORE.query().bind(claim).fetch_all(connection).await?;
    let mut gone = Vec::new();
    for row in rows {
        gone.extend(past_message(&record(row.get("record"))?).filter(|message| message.sent));
    }
    Ok(gone)
}

/// Whether a message has left the office, or may have.
pub(super) fn has_gone(state: State) -> bool {
    matches!(state, State::Sent | State::InDoubt | State::Claimed | State::DotPending)
}

/// A message as the rules know it; what gave way, was returned or was cancelled told nobody anything.
pub(super) fn past_message(despatch: &Despatch) -> Option<PastMessage> {
    if matches!(despatch.state, State::Returned | State::Superseded | State::Cancelled) {
        return None;
    }
    let sent = has_gone(despatch.state);
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
