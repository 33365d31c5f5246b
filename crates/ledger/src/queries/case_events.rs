//! Enters: the id of a case. Leaves: what happened in it, in the order in which its events stand.
//! Never: holds anything personal; what it reads was put there as closed words, dates and ids.

use super::despatches::of_claim;
use super::history::{first_file, pack_id, past_message, read};
use crate::connection::LedgerConnection;
use crate::despatch::Despatch;
use crate::ledger::{Ledger, LedgerError};
use crate::statement::statements;
use despatch_core::words::{CaseId, PackId};
use despatch_process::history::PastEvent;
use despatch_process::{History, Recorded};
use sqlx::Row;

statements! {
    EVENTS = concat!(
        "SELECT number, pack, recorded, notes FROM claim WHERE case_id = $1 AND state = 'queued' AND superseded = $2 \
         ORDER BY ",
        first_file!(),
        ", number"
    );
    CASES = "SELECT case_id FROM claim WHERE state = 'queued' AND superseded = 0 GROUP BY case_id ORDER BY MIN(number)";
    KNOWN = "SELECT 1 AS known FROM claim WHERE case_id = $1 AND state = 'queued' LIMIT 1";
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
    pub fn past(&self) -> PastEvent {
        PastEvent {
            submission: self.claim,
            pack: self.pack.clone(),
            recorded: self.recorded.clone(),
            messages: self.despatches.iter().filter_map(past_message).collect(),
            messages_before: Vec::new(),
        }
    }
}

impl Ledger {
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
            let rows = CASES.query().fetch_all(connection).await?;
            rows.iter()
                .map(|row| {
                    let id: &str = row.get("case_id");
                    id.parse().map_err(|why: &str| LedgerError::Failed(why.to_owned()))
                })
                .collect()
        })
    }

    /// Whether anything of a case was queued.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn knows_case(&mut self, case_id: &CaseId) -> Result<bool, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(knows(connection, case_id))
    }
}

/// Whether anything of a case was queued.
pub(crate) async fn knows(connection: &mut LedgerConnection, case_id: &CaseId) -> Result<bool, LedgerError> {
    Ok(KNOWN.query().bind(case_id.as_str()).fetch_optional(connection).await?.is_some())
}

/// The events of a case, either those that count or those that were replaced.
async fn events_of(
    connection: &mut LedgerConnection,
    case_id: &CaseId,
    replaced: bool,
) -> Result<Vec<OnRecord>, LedgerError> {
    let rows =
        EVENTS.query().bind(case_id.as_str()).bind(i64::from(replaced)).fetch_all(&mut *connection).await?;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let claim = row.get("number");
        events.push(OnRecord {
            claim,
            pack: pack_id(row.get("pack"))?,
            recorded: read(row.get("recorded"))?,
            notes: read(row.get("notes"))?,
            despatches: of_claim(connection, claim).await?,
        });
    }
    Ok(events)
}
