//! Enters: a token, an event, a case or a hash. Leaves: the case files that were taken from the inbox and are meant.
//! Never: changes one.

use crate::connection::LedgerConnection;
use crate::ledger::{Ledger, LedgerError};
use crate::queue::contradiction;
use crate::statement::statements;
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, EventId, Sha256};
use serde::Serialize;
use sqlx::Row;

statements! {
    BY_TOKEN = "SELECT number, token, state FROM claim WHERE token = $1";
    OPEN = "SELECT number, token FROM claim WHERE state = 'claimed' ORDER BY number";
    LATEST_OF_EVENT = "SELECT number, case_id, file_sha256, issued_on FROM claim \
                       WHERE event_id = $1 AND state = 'queued' AND superseded = 0";
    TWIN = "SELECT number FROM claim WHERE file_sha256 = $1 AND state = 'queued'";
    QUEUED = "SELECT number, case_id FROM claim WHERE state = 'queued' ORDER BY number";
    QUEUED_OF_CASE = "SELECT number, case_id FROM claim WHERE state = 'queued' AND case_id = $1 ORDER BY number";
    OF_CASE = "SELECT number FROM claim WHERE case_id = $1 ORDER BY number";
    COUNTS_STILL = "SELECT 1 AS still FROM claim WHERE number = $1 AND superseded = 0";
    NEXT_NUMBER = "SELECT COALESCE(MAX(number), 0) + 1 AS next FROM claim";
}

/// What became of a case file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimState {
    Claimed,
    Queued,
    Rejected,
    /// The same bytes are queued already.
    Duplicate,
}

impl ClaimState {
    pub(crate) fn code(self) -> &'static str {
        match self {
            ClaimState::Claimed => "claimed",
            ClaimState::Queued => "queued",
            ClaimState::Rejected => "rejected",
            ClaimState::Duplicate => "duplicate",
        }
    }

    pub(crate) fn from_code(code: &str) -> Result<Self, LedgerError> {
        [Self::Claimed, Self::Queued, Self::Rejected, Self::Duplicate]
            .into_iter()
            .find(|state| state.code() == code)
            .ok_or_else(|| LedgerError::Failed(format!("no claim state is called {code}")))
    }
}

/// One case file that was taken from the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub number: i64,
    /// The name of its folder under `inbox/claimed`.
    pub token: String,
    pub state: ClaimState,
}

/// The file that counts for an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatestFile {
    pub claim: i64,
    pub case_id: CaseId,
    pub sha256: Sha256,
    pub issued_on: NaiveDate,
}

/// What would become of a case file if it were queued now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Foreseen {
    /// It would take its place.
    Fresh,
    /// The same bytes are queued already, as this claim.
    Duplicate(i64),
    /// It contradicts what is queued.
    Conflict(Fault),
}

impl Ledger {
    /// The claim with this token, if the ledger knows it.
    pub fn claim(&mut self, token: &str) -> Result<Option<Claim>, LedgerError> {
        let connection = &mut self.connection;
        let row = self.runtime.block_on(BY_TOKEN.query().bind(token).fetch_optional(connection))?;
        row.map(|row| {
            Ok(Claim {
                number: row.get("number"),
                token: row.get("token"),
                state: ClaimState::from_code(row.get("state"))?,
            })
        })
        .transpose()
    }

    /// The latest queued file of an event: the one that a correction replaces.
    pub fn latest_file(&mut self, event_id: &EventId) -> Result<Option<LatestFile>, LedgerError> {
        let connection = &mut self.connection;
        let row = self
            .runtime
            .block_on(LATEST_OF_EVENT.query().bind(event_id.as_str()).fetch_optional(connection))?;
        row.map(|row| {
            let unread = |what: &str| LedgerError::Failed(format!("the {what} of a case cannot be read"));
            Ok(LatestFile {
                claim: row.get("number"),
                case_id: row.get::<&str, _>("case_id").parse().map_err(|_| unread("id"))?,
                sha256: row.get::<&str, _>("file_sha256").parse().map_err(|_| unread("file's hash"))?,
                issued_on: row.get::<&str, _>("issued_on").parse().map_err(|_| unread("day"))?,
            })
        })
        .transpose()
    }

    /// Whether a case file of these bytes could take its place beside what is queued; changes nothing.
    pub fn foresee(
        &mut self,
        event_id: &EventId,
        replaces: Option<Sha256>,
        file: Sha256,
    ) -> Result<Foreseen, LedgerError> {
        let connection = &mut self.connection;
        if let Some(twin) = self.runtime.block_on(twin(connection, file))? {
            return Ok(Foreseen::Duplicate(twin));
        }
        let current = self.latest_file(event_id)?.map(|latest| latest.sha256.to_string());
        Ok(contradiction(replaces, current.as_deref()).map_or(Foreseen::Fresh, Foreseen::Conflict))
    }

    /// The queued case files, of one case or of all, with the case of each.
    pub fn claims_of(&mut self, case_id: Option<&CaseId>) -> Result<Vec<(i64, CaseId)>, LedgerError> {
        let connection = &mut self.connection;
        let query = match case_id {
            Some(case_id) => QUEUED_OF_CASE.query().bind(case_id.as_str()),
            None => QUEUED.query(),
        };
        let rows = self.runtime.block_on(query.fetch_all(connection))?;
        let unread = |_| LedgerError::Failed("the id of a case cannot be read".to_owned());
        rows.iter()
            .map(|row| Ok((row.get("number"), row.get::<&str, _>("case_id").parse().map_err(unread)?)))
            .collect()
    }

    /// The numbers of a case's files that were queued, those that a correction replaced among them.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn files_of(&mut self, case_id: &CaseId) -> Result<Vec<i64>, LedgerError> {
        let connection = &mut self.connection;
        let rows = self.runtime.block_on(OF_CASE.query().bind(case_id.as_str()).fetch_all(connection))?;
        Ok(rows.iter().map(|row| row.get("number")).collect())
    }
}

/// The queued case file of these bytes.
pub(crate) async fn twin(
    connection: &mut LedgerConnection,
    file: Sha256,
) -> Result<Option<i64>, LedgerError> {
    let row = TWIN.query().bind(file.to_string()).fetch_optional(connection).await?;
    Ok(row.map(|row| row.get("number")))
}

/// The file that counts for an event: its number and its hash.
pub(crate) async fn current(
    connection: &mut LedgerConnection,
    event_id: &EventId,
) -> Result<Option<(i64, String)>, LedgerError> {
    let row = LATEST_OF_EVENT.query().bind(event_id.as_str()).fetch_optional(connection).await?;
    Ok(row.map(|row| (row.get("number"), row.get("file_sha256"))))
}

/// The numbers and tokens of the case files that are neither queued nor rejected yet.
pub(crate) async fn open(connection: &mut LedgerConnection) -> Result<Vec<(i64, String)>, LedgerError> {
    let rows = OPEN.query().fetch_all(connection).await?;
    Ok(rows.iter().map(|row| (row.get("number"), row.get("token"))).collect())
}

/// Whether no correction has taken the place of a case file.
pub(crate) async fn counts_still(connection: &mut LedgerConnection, claim: i64) -> Result<bool, LedgerError> {
    Ok(COUNTS_STILL.query().bind(claim).fetch_optional(connection).await?.is_some())
}

/// The number that the next case file gets.
pub(crate) async fn next_number(connection: &mut LedgerConnection) -> Result<i64, LedgerError> {
    Ok(NEXT_NUMBER.query().fetch_one(connection).await?.get("next"))
}
