//! Enters: the id of a case. Leaves: its events, in order.
//! Never: holds anything personal; the record has only codes, dates and ids.

use super::despatches::record;
use super::history::{first_file, pack_id, past_message, read};
use crate::despatch::Despatch;
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::statements;
use despatch_core::words::{CaseId, PackId};
use despatch_process::detention::LondonTime;
use despatch_process::history::PastEvent;
use despatch_process::{CaseState, History, Recorded};
use sqlx::Row;
use std::collections::BTreeMap;

statements! {
    EVENTS = concat!(
        "SELECT number, pack, recorded, notes FROM submission WHERE case_id = $1 AND state = 'queued' AND superseded = $2 \
         ORDER BY ",
        first_file!(),
        ", number"
    );
    CASES = "SELECT case_id FROM submission WHERE state = 'queued' AND superseded = 0 GROUP BY case_id ORDER BY MIN(number)";
    MESSAGES = "SELECT submission, record FROM despatch WHERE case_id = $1 ORDER BY submission, position";
    KNOWN = "SELECT 1 AS known FROM submission WHERE case_id = $1 AND state = 'queued' LIMIT 1";
}

/// One recorded event of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct OnRecord {
    pub submission: i64,
    pub pack: PackId,
    pub recorded: Recorded,
    pub notes: Vec<String>,
    pub despatches: Vec<Despatch>,
}

impl OnRecord {
    /// Returns the event in the form that the rules use.
    pub fn past(&self) -> PastEvent {
        PastEvent {
            submission: self.submission,
            pack: self.pack.clone(),
            recorded: self.recorded.clone(),
            messages: self.despatches.iter().filter_map(past_message).collect(),
            messages_before: Vec::new(),
        }
    }
}

impl Ledger {
    /// Returns the current events of a case, in the order in which they were taken.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn case_events(&mut self, case_id: &CaseId) -> Result<Vec<OnRecord>, LedgerError> {
        self.ask(async |connection| events_of(connection, case_id, false).await)
    }

    /// Returns the events of a case whose files were replaced, in the order in which they were taken.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn replaced_events(&mut self, case_id: &CaseId) -> Result<Vec<OnRecord>, LedgerError> {
        self.ask(async |connection| events_of(connection, case_id, true).await)
    }

    /// Returns the whole history of a case as of today, not the one by which an event is planned.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn case_history(&mut self, case_id: &CaseId) -> Result<History, LedgerError> {
        let events = self.case_events(case_id)?.iter().map(OnRecord::past).collect();
        Ok(History { events, ..History::default() })
    }

    /// Returns when the first limit of the person's detention or stay lapses, as the record of the case stands now; `None`
    /// if the despatch keeps nobody in detention.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn limit_of(&mut self, despatch: &Despatch) -> Result<Option<LondonTime>, LedgerError> {
        self.ask(async |connection| limit_of(connection, despatch).await)
    }

    /// Returns the ids of every case, in order of arrival.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn cases(&mut self) -> Result<Vec<CaseId>, LedgerError> {
        self.ask(async |connection| {
            let rows = CASES.query().fetch_all(connection).await?;
            rows.iter()
                .map(|row| {
                    let id: &str = row.try_get("case_id")?;
                    id.parse().map_err(|why: &str| LedgerError::Failed(why.to_owned()))
                })
                .collect()
        })
    }

    /// Returns whether anything of a case was queued.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn knows_case(&mut self, case_id: &CaseId) -> Result<bool, LedgerError> {
        self.ask(async |connection| knows(connection, case_id).await)
    }
}

/// Returns whether anything of a case was queued.
pub(crate) async fn knows(connection: &mut LedgerConnection, case_id: &CaseId) -> Result<bool, LedgerError> {
    Ok(KNOWN.query().bind(case_id.as_str()).fetch_optional(connection).await?.is_some())
}

/// Returns when the first limit of the person's detention or stay lapses, as the record of the case stands now; `None` if the
/// despatch keeps nobody in detention.
pub(crate) async fn limit_of(
    connection: &mut LedgerConnection,
    despatch: &Despatch,
) -> Result<Option<LondonTime>, LedgerError> {
    if !despatch.planned.maintains {
        return Ok(None);
    }
    let events = events_of(connection, &despatch.case_id, false).await?;
    let history = History { events: events.iter().map(OnRecord::past).collect(), ..History::default() };
    Ok(CaseState::of(&history).limit())
}

/// Returns the current or the replaced events of a case.
async fn events_of(
    connection: &mut LedgerConnection,
    case_id: &CaseId,
    replaced: bool,
) -> Result<Vec<OnRecord>, LedgerError> {
    let rows =
        EVENTS.query().bind(case_id.as_str()).bind(i64::from(replaced)).fetch_all(&mut *connection).await?;
    let mut messages: BTreeMap<i64, Vec<Despatch>> = BTreeMap::new();
    for row in MESSAGES.query().bind(case_id.as_str()).fetch_all(connection).await? {
        messages.entry(row.get("submission")).or_default().push(record(row.get("record"))?);
    }
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let submission = row.get("number");
        events.push(OnRecord {
            submission,
            pack: pack_id(row.try_get("pack")?)?,
            recorded: read(row.try_get("recorded")?)?,
            notes: read(row.try_get("notes")?)?,
            despatches: messages.remove(&submission).unwrap_or_default(),
        });
    }
    Ok(events)
}
