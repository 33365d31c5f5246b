//! Enters: transactions of the rest of the outbox. Leaves: rows of the ledger, and what they say.
//! Never: decides anything; rules stand in `queue`, `review` and `sending`.

use super::chain::{self, BrokenChain, Chain, Event};
use super::despatch::{Despatch, DespatchId, State};
use super::despatch_row::DespatchRow;
use super::files::Files;
use crate::connection::{LedgerConnection, begin_write, connect, read_back};
use crate::queries::despatches::load;
use chrono::{DateTime, Utc};
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use serde_json::Value;
use std::fmt;
use std::io;
use std::path::Path;
use tokio::runtime::Runtime;

/// The embedded ledger of one outbox.
#[derive(Debug)]
pub struct Ledger {
    pub(super) runtime: Runtime,
    pub(super) connection: LedgerConnection,
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
        /// SQLite: a lock that was not given in time. PostgreSQL: a lock, a deadlock, a serialisation that failed.
        const BUSY: [&str; 4] = ["5", "55P03", "40P01", "40001"];
        /// A write that found no room.
        const FULL: [&str; 2] = ["13", "53100"];
        match error.as_database_error().and_then(|e| e.code()) {
            Some(code) if BUSY.contains(&code.as_ref()) => LedgerError::Busy,
            Some(code) if FULL.contains(&code.as_ref()) => LedgerError::Full,
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

impl Ledger {
    /// Opens the ledger of an outbox, and makes it where there is none.
    ///
    /// # Errors
    /// The file cannot be opened, or another version of despatch made it.
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
        let connection = runtime.block_on(connect(&files.ledger()))?;
        Ok(Self { runtime, connection, files })
    }

    /// The settings of the database on which a promise rests, as it answers.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn safeguards(&mut self) -> Result<Vec<(&'static str, String)>, LedgerError> {
        let connection = &mut self.connection;
        let found = self.runtime.block_on(read_back(connection))?;
        Ok(found.into_iter().map(|(pragma, text)| (pragma.read, text)).collect())
    }

    /// The files beside the ledger.
    pub fn files(&self) -> &Files {
        &self.files
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
            let mut tx = begin_write(connection).await?;
            Chain::new(at, actor).append(&mut tx, subject, "words_viewed", Value::Null).await?;
            Ok(tx.commit().await?)
        })
    }

    /// The number and the hash of the last event.
    pub fn tail(&mut self) -> Result<Option<(i64, Sha256)>, LedgerError> {
        let connection = &mut self.connection;
        let tail = self.runtime.block_on(chain::tail(connection))?;
        tail.map(|(seq, hash)| {
            Ok((seq, hash.parse().map_err(|why: &str| LedgerError::Failed(why.to_owned()))?))
        })
        .transpose()
    }

    /// Records that somebody looked at a despatch's documents.
    pub fn record_view(&mut self, id: DespatchId, actor: &str, at: DateTime<Utc>) -> Result<(), LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            load(&mut tx, id).await?;
            Chain::new(at, actor).append(&mut tx, &id.to_string(), "viewed", Value::Null).await?;
            Ok(tx.commit().await?)
        })
    }
}

/// Writes a despatch's new state, if the table of states allows the step, with the event that caused it.
pub(super) async fn step(
    connection: &mut LedgerConnection,
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
    connection: &mut LedgerConnection,
    chain: &mut Chain<'_>,
    despatch: &Despatch,
    what: &str,
    detail: Value,
) -> Result<(), LedgerError> {
    let row = DespatchRow::of(despatch)?.save(connection).await?;
    let mut detail = match detail {
        Value::Object(detail) => detail,
        _ => serde_json::Map::new(),
    };
    detail.insert(ROW.to_owned(), Value::String(row.to_string()));
    chain.append(connection, &despatch.id.to_string(), what, Value::Object(detail)).await?;
    Ok(())
}
