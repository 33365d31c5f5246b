//! Enters: the ids of a case and of an event that comes in. Leaves: what is on record for the rules and the guards.
//! Never: holds anything personal; what it reads was put there as closed words, dates and ids.

use super::despatches::records;
use super::history::{has_gone, history, pack_id, read};
use super::packs::pack_record;
use crate::authorities::authorities;
use crate::connection::LedgerConnection;
use crate::despatch::Despatch;
use crate::ledger::{Ledger, LedgerError};
use crate::statement::statements;
use despatch_core::words::{CaseId, EntryId, EventId, PackId};
use despatch_guards::authority::Seen;
use despatch_guards::change::Before;
use despatch_process::case::EventName;
use despatch_process::{History, PackRecord};
use sqlx::Row;
use std::collections::BTreeMap;

statements! {
    HISTORY_OF = "SELECT history FROM claim WHERE number = $1";
    PACK_OF = "SELECT pack FROM claim WHERE number = $1";
    PACK_OF_CASE = "SELECT pack FROM claim WHERE case_id = $1 AND state = 'queued' AND superseded = 0 \
                    ORDER BY number DESC LIMIT 1";
    BEFORE = "SELECT record FROM despatch WHERE case_id = $1 AND claim < $2 ORDER BY claim, position";
}

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
            let row = HISTORY_OF.query().bind(claim).fetch_one(connection).await?;
            read(row.get("history"))
        })
    }

    /// The pack under which a claim stands now: a person may have moved the case.
    pub fn pack_of(&mut self, claim: i64) -> Result<Option<PackId>, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let row = PACK_OF.query().bind(claim).fetch_one(connection).await?;
            row.get::<Option<&str>, _>("pack").map(pack_id).transpose()
        })
    }
}

/// The pack under which the case stands: a person may have moved it.
async fn pack_in_use(
    connection: &mut LedgerConnection,
    case_id: &CaseId,
) -> Result<Option<PackId>, LedgerError> {
    let row = PACK_OF_CASE.query().bind(case_id.as_str()).fetch_optional(connection).await?;
    row.map(|row| pack_id(row.get("pack"))).transpose()
}

/// The despatches of a case that came before a claim.
async fn before(
    connection: &mut LedgerConnection,
    case_id: &CaseId,
    claim: i64,
) -> Result<Vec<Despatch>, LedgerError> {
    let rows = BEFORE.query().bind(case_id.as_str()).bind(claim).fetch_all(connection).await?;
    records(&rows)
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
