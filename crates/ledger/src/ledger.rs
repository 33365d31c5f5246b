//! Enters: transactions of the rest of the outbox. Leaves: rows of the ledger, and what they say.
//! Never: decides anything; rules stand in `queue`, `review` and `sending`.

use super::chain::{self, BrokenChain, Chain, Event};
use super::despatch::{Despatch, DespatchId, State};
use super::files::Files;
use chrono::{DateTime, Utc};
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use serde::Serialize;
use serde_json::Value;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row, SqlSafeStr};
use std::fmt;
use std::io;
use std::path::Path;
use std::time::Duration;
use tokio::runtime::Runtime;

/// How long a command waits for another's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The embedded ledger of one outbox.
#[derive(Debug)]
pub struct Ledger {
    pub(super) runtime: Runtime,
    pub(super) connection: SqliteConnection,
    pub(super) files: Files,
}

/// Why the ledger did not do it.
#[derive(Debug)]
pub enum LedgerError {
    /// The request is not lawful now; nothing changed but what the fault says.
    Refused(Fault),
    /// The database did not answer in time: try again.
    Busy,
    /// The disk is full: try again once it is not.
    Full,
    /// The database or a file failed.
    Failed(String),
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LedgerError::Refused(fault) => fault.fmt(f),
            LedgerError::Busy => f.write_str("another command is writing to the ledger: try again"),
            LedgerError::Full => f.write_str("the disk is full: make room"),
            LedgerError::Failed(why) => write!(f, "the ledger failed: {why}"),
        }
    }
}

impl std::error::Error for LedgerError {}

impl From<sqlx::Error> for LedgerError {
    fn from(error: sqlx::Error) -> Self {
        /// SQLite's result code for a lock that was not given in time.
        const SQLITE_BUSY: &str = "5";
        /// SQLite's result code for a write that found no room.
        const SQLITE_FULL: &str = "13";
        match error.as_database_error().and_then(|e| e.code()) {
            Some(code) if code == SQLITE_BUSY => LedgerError::Busy,
            Some(code) if code == SQLITE_FULL => LedgerError::Full,
            _ => LedgerError::Failed(error.to_string()),
        }
    }
}

impl From<io::Error> for LedgerError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull => LedgerError::Full,
            _ => LedgerError::Failed(error.to_string()),
        }
    }
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
    pub(super) fn code(self) -> &'static str {
        match self {
            ClaimState::Claimed => "claimed",
            ClaimState::Queued => "queued",
            ClaimState::Rejected => "rejected",
            ClaimState::Duplicate => "duplicate",
        }
    }

    fn from_code(code: &str) -> Result<Self, LedgerError> {
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

impl Ledger {
    /// Opens the ledger of an outbox, making or migrating it.
    ///
    /// Errors: the file cannot be opened, or was made by a newer despatch.
    pub fn open(root: &Path) -> Result<Self, LedgerError> {
        let files = Files::open(root)?;
        if !files.ledger().exists() && files.holds_anything()? {
            // A new ledger would number from 1 again and write over what lies here.
            let why = "ledger.db is missing and there are sealed files: restore it from a backup";
            return Err(LedgerError::Failed(why.to_owned()));
        }
        // SQLite gives its other files the permissions of this one.
        files.make_private(&files.ledger())?;
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let options = SqliteConnectOptions::new()
            .filename(files.ledger())
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What is deleted is overwritten in the file.
            .pragma("secure_delete", "ON")
            .busy_timeout(BUSY_TIMEOUT)
            .thread_name(|_| "despatch-ledger".to_owned());
        let connection = runtime.block_on(async {
            let mut connection = options.connect().await?;
            migrations()
                .run_direct(None, &mut connection, false)
                .await
                .map_err(|error| LedgerError::Failed(error.to_string()))?;
            Ok::<_, LedgerError>(connection)
        })?;
        Ok(Self { runtime, connection, files })
    }

    /// The files beside the ledger.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// One despatch.
    ///
    /// Errors: there is none of that id.
    pub fn despatch(&mut self, id: DespatchId) -> Result<Despatch, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(load(connection, id))
    }

    /// Every despatch, in order of receipt; `states` limits it, empty means all.
    pub fn despatches(&mut self, states: &[State]) -> Result<Vec<Despatch>, LedgerError> {
        let connection = &mut self.connection;
        let rows = self.runtime.block_on(
            sqlx::query("SELECT state, record FROM despatch ORDER BY claim, position").fetch_all(connection),
        )?;
        rows.iter()
            .filter(|row| states.is_empty() || states.iter().any(|s| s.code() == row.get::<&str, _>("state")))
            .map(|row| record(row.get("record")))
            .collect()
    }

    /// The copies for healthcare teams that have not gone (G19).
    pub fn waiting_copies(&mut self) -> Result<Vec<Despatch>, LedgerError> {
        let connection = &mut self.connection;
        let rows = self.runtime.block_on(
            sqlx::query(
                "SELECT record FROM despatch WHERE state NOT IN ('sent', 'superseded', 'cancelled') \
                 AND json_extract(record, '$.planned.safety') ORDER BY claim, position",
            )
            .fetch_all(connection),
        )?;
        let copies: Result<Vec<Despatch>, LedgerError> =
            rows.iter().map(|row| record(row.get("record"))).collect();
        Ok(copies?.into_iter().filter(|copy| copy.state.waits()).collect())
    }

    /// The claim with this token, if the ledger knows it.
    pub fn claim(&mut self, token: &str) -> Result<Option<Claim>, LedgerError> {
        let connection = &mut self.connection;
        let row = self.runtime.block_on(
            sqlx::query("SELECT number, token, state FROM claim WHERE token = $1")
                .bind(token)
                .fetch_optional(connection),
        )?;
        row.map(|row| {
            Ok(Claim {
                number: row.get("number"),
                token: row.get("token"),
                state: ClaimState::from_code(row.get("state"))?,
            })
        })
        .transpose()
    }

    /// The events of one subject, or of all, oldest first.
    pub fn events(&mut self, subject: Option<&str>) -> Result<Vec<Event>, LedgerError> {
        let connection = &mut self.connection;
        Ok(self.runtime.block_on(chain::read(connection, subject))?)
    }

    /// Checks the chain of events: how many there are, or where it breaks.
    pub fn verify(&mut self) -> Result<Result<i64, BrokenChain>, LedgerError> {
        let connection = &mut self.connection;
        Ok(self.runtime.block_on(chain::verify(connection))?)
    }

    /// Records that somebody looked at the words that open a despatch or a trial letter.
    pub fn record_words_view(
        &mut self,
        subject: &str,
        actor: &str,
        at: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
            Chain::new(at, actor).append(&mut tx, subject, "words_viewed", Value::Null).await?;
            Ok(tx.commit().await?)
        })
    }

    /// The number and the hash of the last event.
    pub fn tail(&mut self) -> Result<Option<(i64, Sha256)>, LedgerError> {
        let connection = &mut self.connection;
        let row = self.runtime.block_on(
            sqlx::query("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetch_optional(connection),
        )?;
        row.map(|row| {
            let hash = row.get::<&str, _>("hash").parse();
            Ok((row.get("seq"), hash.map_err(|why: &str| LedgerError::Failed(why.to_owned()))?))
        })
        .transpose()
    }

    /// Records that somebody looked at a despatch's documents.
    pub fn record_view(&mut self, id: DespatchId, actor: &str, at: DateTime<Utc>) -> Result<(), LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
            load(&mut tx, id).await?;
            Chain::new(at, actor).append(&mut tx, &id.to_string(), "viewed", Value::Null).await?;
            Ok(tx.commit().await?)
        })
    }
}

/// The schema's history; a number once released is never changed.
fn migrations() -> Migrator {
    let migration = |version, what: &'static str, sql: &'static str| {
        Migration::new(version, what.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(vec![
        migration(1, "events, claims and despatches", include_str!("migrations/1.sql")),
        migration(2, "history, packs and capacity", include_str!("migrations/2.sql")),
        migration(3, "versions of templates", include_str!("migrations/3.sql")),
        migration(4, "the directory", include_str!("migrations/4.sql")),
        migration(5, "identities of open cases", include_str!("migrations/5.sql")),
        migration(6, "texts of packs, and indexes of events", include_str!("migrations/6.sql")),
        migration(7, "keys, retention and backups", include_str!("migrations/7.sql")),
        migration(8, "references in attachments", include_str!("migrations/8.sql")),
    ])
}

pub(super) fn record(text: &str) -> Result<Despatch, LedgerError> {
    serde_json::from_str(text)
        .map_err(|error| LedgerError::Failed(format!("a despatch cannot be read: {error}")))
}

pub(super) async fn load(connection: &mut SqliteConnection, id: DespatchId) -> Result<Despatch, LedgerError> {
    let row = sqlx::query("SELECT record FROM despatch WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    match row {
        Some(row) => record(row.get("record")),
        None => Err(LedgerError::Refused(Fault::new(
            id.to_string(),
            "despatch.unknown",
            "there is no despatch of this id",
            "look it up with `despatch outbox list`",
        ))),
    }
}

/// Writes a despatch's new state, if the table of states allows the step, with the event that caused it.
pub(super) async fn step(
    connection: &mut SqliteConnection,
    chain: &mut Chain<'_>,
    despatch: &mut Despatch,
    next: State,
    what: &str,
    detail: Value,
) -> Result<(), LedgerError> {
    if !despatch.state.may_become(next) {
        return Err(LedgerError::Refused(Fault::new(
            despatch.id.to_string(),
            "despatch.state",
            format!("it is {}, which cannot become {}", despatch.state.words(), next.words()),
            "look at it with `despatch outbox show`",
        )));
    }
    despatch.state = next;
    put_down(connection, chain, despatch, what, detail).await
}

/// The field of an event's detail that holds the hash of the row that it left behind.
pub(super) const ROW: &str = "row";

/// Writes a despatch as it is, with the event that made it so. The event binds the row, so that nobody can change one
/// without the other.
pub(super) async fn put_down(
    connection: &mut SqliteConnection,
    chain: &mut Chain<'_>,
    despatch: &Despatch,
    what: &str,
    detail: Value,
) -> Result<(), LedgerError> {
    let row = save(connection, despatch).await?;
    let mut detail = match detail {
        Value::Object(detail) => detail,
        _ => serde_json::Map::new(),
    };
    detail.insert(ROW.to_owned(), Value::String(row.to_string()));
    chain.append(connection, &despatch.id.to_string(), what, Value::Object(detail)).await?;
    Ok(())
}

/// Writes a despatch as it is: the hash of its row.
async fn save(connection: &mut SqliteConnection, despatch: &Despatch) -> Result<Sha256, LedgerError> {
    let text = serde_json::to_string(despatch)
        .map_err(|error| LedgerError::Failed(format!("a despatch cannot be written: {error}")))?;
    sqlx::query(
        "INSERT INTO despatch (id, claim, position, state, next_attempt, record) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (id) DO UPDATE SET state = $4, next_attempt = $5, record = $6",
    )
    .bind(despatch.id.to_string())
    .bind(despatch.id.claim)
    .bind(despatch.id.position as i64)
    .bind(despatch.state.code())
    .bind(despatch.next_attempt.map(|at| at.to_rfc3339()))
    .bind(&text)
    .execute(connection)
    .await?;
    Ok(Sha256::of(text.as_bytes()))
}
