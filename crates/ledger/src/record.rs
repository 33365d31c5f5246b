//! Enters: the ids of a case and of an event that comes in. Leaves: what is on record for the rules.
//! Never: holds anything personal; what it reads was put there as closed words, dates and ids.

use super::authorities::authorities;
use super::despatch::{Despatch, State};
use super::ledger::{Ledger, LedgerError, record};
use super::packs::pack_record;
use chrono::NaiveDate;
use despatch_core::words::{CaseId, EntryId, EventId, PackId, Sha256};
use despatch_guards::authority::Seen;
use despatch_guards::change::Before;
use despatch_process::case::EventName;
use despatch_process::policy::history::Past;
use despatch_process::policy::{History, PackRecord, Recorded, Told};
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeMap;

/// The number of the first file of a claim's event: where the event stands among those of its case, whichever file of
/// it counts now.
macro_rules! first_file {
    () => {
        "(SELECT MIN(first.number) FROM claim AS first WHERE first.event_id = claim.event_id \
          AND first.case_id = claim.case_id AND first.state = 'queued')"
    };
}
pub(super) use first_file;

/// What the rules are told when an event comes in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    pub history: History,
    /// The pack that the case is under; `None` where it has none yet.
    pub pack: Option<PackId>,
    /// What staff decided about each pack.
    pub packs: BTreeMap<PackId, PackRecord>,
    /// The last message of the case to each entry of the directory.
    pub written_to: BTreeMap<EntryId, Before>,
    /// What is on record of each representative's authority for the case.
    pub authorities: BTreeMap<EntryId, Seen>,
}

/// One event of a case, for people.
#[derive(Debug, Clone, PartialEq)]
pub struct OnRecord {
    pub claim: i64,
    pub pack: PackId,
    pub recorded: Recorded,
    pub notes: Vec<String>,
    pub despatches: Vec<Despatch>,
}

impl OnRecord {
    /// The same, for the rules.
    pub fn past(&self) -> Past {
        Past {
            claim: self.claim,
            pack: self.pack.clone(),
            recorded: self.recorded.clone(),
            told: self.despatches.iter().filter_map(told).collect(),
            told_before: Vec::new(),
        }
    }
}

impl Ledger {
    /// What is on record for one more event of a case. Another file of the same event is not its own history.
    pub fn record(
        &mut self,
        case_id: &CaseId,
        event_id: &EventId,
        event: EventName,
    ) -> Result<Record, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let history = history(connection, case_id, event_id, event).await?;
            let pack = pack_in_use(connection, case_id).await?;
            let despatches = before(connection, case_id, i64::MAX).await?;
            let authorities = authorities(connection, case_id, &despatches).await?;
            let packs = pack_record(connection).await?;
            Ok(Record { history, pack, packs, written_to: written_to(despatches), authorities })
        })
    }

    /// What is on record for a claim that is made again under `pack`: the history by which it was planned, and what came
    /// before it.
    pub fn record_of(
        &mut self,
        case_id: &CaseId,
        claim: i64,
        pack: Option<PackId>,
    ) -> Result<Record, LedgerError> {
        let history = self.history_of(claim)?;
        let packs = self.packs()?;
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let despatches = before(connection, case_id, claim).await?;
            let authorities = authorities(connection, case_id, &despatches).await?;
            Ok(Record { history, pack, packs, written_to: written_to(despatches), authorities })
        })
    }

    /// The history by which a claim was planned.
    pub fn history_of(&mut self, claim: i64) -> Result<History, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let row = sqlx::query("SELECT history FROM claim WHERE number = $1")
                .bind(claim)
                .fetch_one(connection)
                .await?;
            match row.get::<Option<&str>, _>("history") {
                Some(text) => read(text),
                // Made before histories were kept: planned without one.
                None => Ok(History::default()),
            }
        })
    }

    /// The pack under which a claim stands now: a person may have moved the case.
    pub fn pack_of(&mut self, claim: i64) -> Result<Option<PackId>, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let row = sqlx::query("SELECT pack FROM claim WHERE number = $1")
                .bind(claim)
                .fetch_one(connection)
                .await?;
            row.get::<Option<&str>, _>("pack").map(|text| pack_id(Some(text))).transpose()
        })
    }

    /// Every event of a case that counts, in the order in which they were taken.
    pub fn case_events(&mut self, case_id: &CaseId) -> Result<Vec<OnRecord>, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(events_of(connection, case_id, false))
    }

    /// The events of a case whose files were replaced by a later one, in the order in which they were taken.
    pub fn replaced_events(&mut self, case_id: &CaseId) -> Result<Vec<OnRecord>, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(events_of(connection, case_id, true))
    }

    /// The history of a case, whole: how it stands today, not what one more event is planned by.
    pub fn case_history(&mut self, case_id: &CaseId) -> Result<History, LedgerError> {
        let events = self.case_events(case_id)?.iter().map(OnRecord::past).collect();
        Ok(History { events, ..History::default() })
    }

    /// The ids of every case, in the order in which they came.
    pub fn cases(&mut self) -> Result<Vec<CaseId>, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let rows = sqlx::query(
                "SELECT case_id FROM claim WHERE state = 'queued' AND superseded = 0 AND case_id IS NOT NULL \
                 GROUP BY case_id ORDER BY MIN(number)",
            )
            .fetch_all(connection)
            .await?;
            rows.iter()
                .map(|row| {
                    let id: &str = row.get("case_id");
                    id.parse().map_err(|why: &str| LedgerError::Failed(why.to_owned()))
                })
                .collect()
        })
    }
}

/// The events of a case, either those that count or those that were replaced.
async fn events_of(
    connection: &mut SqliteConnection,
    case_id: &CaseId,
    replaced: bool,
) -> Result<Vec<OnRecord>, LedgerError> {
    let rows = sqlx::query(concat!(
        "SELECT number, pack, recorded, notes FROM claim \
         WHERE case_id = $1 AND state = 'queued' AND superseded = $2 AND recorded IS NOT NULL ORDER BY ",
        first_file!(),
        ", number"
    ))
    .bind(case_id.as_str())
    .bind(replaced)
    .fetch_all(&mut *connection)
    .await?;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let claim = row.get("number");
        events.push(OnRecord {
            claim,
            pack: pack_id(row.get("pack"))?,
            recorded: read(row.get("recorded"))?,
            notes: row.get::<Option<&str>, _>("notes").map_or(Ok(Vec::new()), read)?,
            despatches: despatches_of(connection, claim).await?,
        });
    }
    Ok(events)
}

/// The pack under which the case stands: a person may have moved it.
async fn pack_in_use(
    connection: &mut SqliteConnection,
    case_id: &CaseId,
) -> Result<Option<PackId>, LedgerError> {
    let row = sqlx::query(
        "SELECT pack FROM claim WHERE case_id = $1 AND state = 'queued' AND superseded = 0 AND recorded IS NOT NULL \
         ORDER BY number DESC LIMIT 1",
    )
    .bind(case_id.as_str())
    .fetch_optional(connection)
    .await?;
    row.map(|row| pack_id(row.get("pack"))).transpose()
}

/// What one more event of a case is planned by: the events before it. What was planned by one history is queued under
/// no other.
pub(super) async fn history(
    connection: &mut SqliteConnection,
    case_id: &CaseId,
    event_id: &EventId,
    event: EventName,
) -> Result<History, LedgerError> {
    let rows = sqlx::query(concat!(
        "SELECT number, event_id, pack, recorded, issued_on FROM claim \
         WHERE case_id = $1 AND state = 'queued' AND superseded = 0 ORDER BY ",
        first_file!()
    ))
    .bind(case_id.as_str())
    .fetch_all(&mut *connection)
    .await?;
    let mut history = History::default();
    for row in rows {
        let is_own = row.get::<&str, _>("event_id") == event_id.as_str();
        let claim = row.get("number");
        let past = match row.get::<Option<&str>, _>("recorded") {
            None => None,
            Some(recorded) => Some(Past {
                claim,
                pack: pack_id(row.get("pack"))?,
                recorded: read(recorded)?,
                told: despatches_of(connection, claim).await?.iter().filter_map(told).collect(),
                told_before: told_before(connection, claim).await?,
            }),
        };
        if is_own {
            history.replaced_on = row.get::<&str, _>("issued_on").parse().ok();
            history.replaced = past.map(Box::new);
            // What came after it is not what it is planned by.
            break;
        }
        history.events.extend(past);
    }
    if event == EventName::ReferralReceived {
        history.granted = granted(connection, event_id).await?;
    }
    Ok(history)
}

/// The hash by which two histories are compared.
pub(super) fn digest(history: &History) -> Sha256 {
    Sha256::of(serde_json::to_string(history).unwrap_or_default().as_bytes())
}

/// How many second opinions were granted in each week, this event's own apart.
async fn granted(
    connection: &mut SqliteConnection,
    event_id: &EventId,
) -> Result<BTreeMap<NaiveDate, u32>, LedgerError> {
    let rows = sqlx::query(
        "SELECT week, COUNT(*) AS taken FROM claim \
         WHERE week IS NOT NULL AND state = 'queued' AND superseded = 0 AND event_id <> $1 GROUP BY week",
    )
    .bind(event_id.as_str())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let week: &str = row.get("week");
            let week = week.parse().map_err(|_| LedgerError::Failed(format!("{week} is no day")))?;
            Ok((week, u32::try_from(row.get::<i64, _>("taken")).unwrap_or(u32::MAX)))
        })
        .collect()
}

/// What has gone, or may have gone, of the files that a claim's has replaced.
async fn told_before(connection: &mut SqliteConnection, claim: i64) -> Result<Vec<Told>, LedgerError> {
    let rows = sqlx::query(
        "SELECT despatch.record FROM claim AS own \
         JOIN claim AS before ON before.event_id = own.event_id AND before.case_id = own.case_id \
         AND before.state = 'queued' AND before.superseded = 1 \
         JOIN despatch ON despatch.claim = before.number \
         WHERE own.number = $1 ORDER BY despatch.claim, despatch.position",
    )
    .bind(claim)
    .fetch_all(connection)
    .await?;
    let mut gone = Vec::new();
    for row in rows {
        gone.extend(told(&record(row.get("record"))?).filter(|told| told.sent));
    }
    Ok(gone)
}

/// The despatches of a case that came before a claim.
async fn before(
    connection: &mut SqliteConnection,
    case_id: &CaseId,
    claim: i64,
) -> Result<Vec<Despatch>, LedgerError> {
    let rows = sqlx::query(
        "SELECT despatch.record FROM despatch JOIN claim ON claim.number = despatch.claim \
         WHERE claim.case_id = $1 AND claim.number < $2 ORDER BY despatch.claim, despatch.position",
    )
    .bind(case_id.as_str())
    .bind(claim)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| record(row.get("record"))).collect()
}

/// The last of these messages to each entry of the directory that went, or may have gone: what never left says nothing
/// of where the recipient reads.
fn written_to(despatches: Vec<Despatch>) -> BTreeMap<EntryId, Before> {
    let mut last = BTreeMap::new();
    for despatch in despatches.into_iter().filter(|one| has_gone(one.state)) {
        if let (Some(entry), Some(bound)) = (despatch.recipient.entry, despatch.message) {
            let before = Before {
                despatch: despatch.id.to_string(),
                issued_on: despatch.issued_on,
                address: despatch.recipient.address,
                fingerprints: bound.fingerprints,
            };
            last.insert(entry, before);
        }
    }
    last
}

async fn despatches_of(connection: &mut SqliteConnection, claim: i64) -> Result<Vec<Despatch>, LedgerError> {
    let rows = sqlx::query("SELECT record FROM despatch WHERE claim = $1 ORDER BY position")
        .bind(claim)
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| record(row.get("record"))).collect()
}

/// Whether a message has left the office, or may have.
fn has_gone(state: State) -> bool {
    matches!(state, State::Sent | State::InDoubt | State::Claimed | State::DotPending)
}

/// What the rules are told of a message; what gave way, was returned or was cancelled told nobody anything.
fn told(despatch: &Despatch) -> Option<Told> {
    if matches!(despatch.state, State::Returned | State::Superseded | State::Cancelled) {
        return None;
    }
    let sent = has_gone(despatch.state);
    let planned = &despatch.planned;
    Some(Told {
        row: planned.row.clone(),
        kind: planned.kind.clone(),
        role: planned.role,
        to: planned.to.clone(),
        sent,
    })
}

fn pack_id(text: Option<&str>) -> Result<PackId, LedgerError> {
    text.unwrap_or_default().parse().map_err(|why: &str| LedgerError::Failed(why.to_owned()))
}

pub(super) fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, LedgerError> {
    serde_json::from_str(text)
        .map_err(|error| LedgerError::Failed(format!("what is on record cannot be read: {error}")))
}
