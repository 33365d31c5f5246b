//! Enters: the ids of a case and of an incoming event. Leaves: what is recorded for the rules and the guards.
//! Never: holds anything personal; the record has only codes, dates and ids.

use super::despatches::records;
use super::history::{history, pack_id, read};
use super::packs::pack_record;
use crate::authorised::authorised_by;
use crate::authorities::authorities;
use crate::despatch::Despatch;
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::statements;
use despatch_core::words::{CaseId, EntryId, EventId, PackId};
use despatch_guards::authority::Seen;
use despatch_guards::change::Before;
use despatch_process::case::EventName;
use despatch_process::{History, PackRecord};
use sqlx::Row;
use std::collections::BTreeMap;

statements! {
    HISTORY_OF = "SELECT history FROM submission WHERE number = $1";
    PACK_OF = "SELECT pack FROM submission WHERE number = $1";
    PACK_OF_CASE = "SELECT pack FROM submission WHERE case_id = $1 AND state = 'queued' AND superseded = 0 \
                    ORDER BY number DESC LIMIT 1";
    BEFORE = "SELECT record FROM despatch WHERE case_id = $1 AND submission < $2 ORDER BY submission, position";
}

/// The record of a case that the rules and guards need for an incoming event.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    pub history: History,
    /// The pack of the case; `None` if it has none yet.
    pub pack: Option<PackId>,
    /// The decisions about each pack.
    pub packs: BTreeMap<PackId, PackRecord>,
    /// The last message of the case to each entry of the directory.
    pub written_to: BTreeMap<EntryId, Before>,
    /// The recorded authority of each representative for the case.
    pub authorities: BTreeMap<EntryId, Seen>,
}

impl Ledger {
    /// Returns the record for one more event of a case. Another file of the same event is not part of its history.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn record(
        &mut self,
        case_id: &CaseId,
        event_id: &EventId,
        event: EventName,
    ) -> Result<Record, LedgerError> {
        self.ask(async |connection| {
            let history = history(connection, case_id, event_id, event).await?;
            let pack = pack_in_use(connection, case_id).await?;
            let despatches = before(connection, case_id, i64::MAX).await?;
            let authorities = authorities(connection, case_id, &despatches).await?;
            let packs = pack_record(connection).await?;
            Ok(Record { history, pack, packs, written_to: written_to(despatches), authorities })
        })
    }

    /// Returns the record for regenerating a submission under `pack`: the history by which it was planned, and the
    /// earlier messages.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn record_of(
        &mut self,
        case_id: &CaseId,
        submission: i64,
        pack: Option<PackId>,
    ) -> Result<Record, LedgerError> {
        let mut history = self.history_of(submission)?;
        let packs = self.packs()?;
        self.ask(async |connection| {
            history.authorised_by = authorised_by(connection, submission).await?;
            let despatches = before(connection, case_id, submission).await?;
            let authorities = authorities(connection, case_id, &despatches).await?;
            Ok(Record { history, pack, packs, written_to: written_to(despatches), authorities })
        })
    }

    /// Returns the history by which a submission was planned.
    ///
    /// # Errors
    /// The submission is unknown, or the ledger fails.
    pub fn history_of(&mut self, submission: i64) -> Result<History, LedgerError> {
        self.ask(async |connection| {
            let row = HISTORY_OF.query().bind(submission).fetch_one(connection).await?;
            read(row.try_get("history")?)
        })
    }

    /// Returns the current pack of a submission; a person may have moved the case.
    ///
    /// # Errors
    /// The submission is unknown, or the ledger fails.
    pub fn pack_of(&mut self, submission: i64) -> Result<Option<PackId>, LedgerError> {
        self.ask(async |connection| {
            let row = PACK_OF.query().bind(submission).fetch_one(connection).await?;
            row.get::<Option<&str>, _>("pack").map(pack_id).transpose()
        })
    }
}

/// Returns the current pack of a case; a person may have moved it.
async fn pack_in_use(
    connection: &mut LedgerConnection,
    case_id: &CaseId,
) -> Result<Option<PackId>, LedgerError> {
    let row = PACK_OF_CASE.query().bind(case_id.as_str()).fetch_optional(connection).await?;
    row.map(|row| pack_id(row.try_get("pack")?)).transpose()
}

/// Returns the despatches of a case that precede a submission.
async fn before(
    connection: &mut LedgerConnection,
    case_id: &CaseId,
    submission: i64,
) -> Result<Vec<Despatch>, LedgerError> {
    let rows = BEFORE.query().bind(case_id.as_str()).bind(submission).fetch_all(connection).await?;
    records(&rows)
}

/// Returns the last of these messages to each entry that was sent, or may have been; an unsent message does not show
/// where the recipient reads.
fn written_to(despatches: Vec<Despatch>) -> BTreeMap<EntryId, Before> {
    let mut last = BTreeMap::new();
    for despatch in despatches.into_iter().filter(|one| one.state.has_gone()) {
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
