//! Enters: transactions of the rest of the outbox. Leaves: rows of the ledger, and what they say.
//! Never: decides anything; rules stand in `queue`, `review` and `sending`.

use super::despatch::DespatchId;
use super::event_log::{self, BrokenChain};
use super::events::{DespatchEvent, EntryEvent, Event, ExportEvent, LedgerEvent, OfficeEvent, Subject};
use super::files::Files;
use crate::connection::{LedgerConnection, connect, read_back};
use chrono::{DateTime, Utc};
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, Sha256};
use despatch_settings::Staff;
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

impl From<Fault> for LedgerError {
    fn from(fault: Fault) -> Self {
        LedgerError::Refused(fault)
    }
}

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
        self.runtime.block_on(event_log::read(connection, subject))
    }

    /// Checks the chain of events: how many there are, or where it breaks.
    pub fn verify(&mut self) -> Result<Result<i64, BrokenChain>, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(event_log::walk(connection, |_| ()))
    }

    /// The events that are called so, oldest first.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn events_of(&mut self, codes: &[&str]) -> Result<Vec<Event>, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(event_log::read_kinds(connection, codes))
    }

    /// Records that somebody looked at the words that open a despatch or a trial letter.
    ///
    /// # Errors
    /// `subject` is neither, or the ledger fails.
    pub fn record_words_view(
        &mut self,
        subject: &str,
        actor: &str,
        at: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let viewed = match subject.parse() {
            Ok(Subject::Despatch(id)) => LedgerEvent::Despatch(id, DespatchEvent::WordsViewed),
            Ok(Subject::Entry(id)) => LedgerEvent::Entry(id, EntryEvent::WordsViewed),
            _ => return Err(LedgerError::Failed(format!("no words open {subject}"))),
        };
        self.transact(actor, at, async |tx| tx.record(viewed).await)
    }

    /// The number and the hash of the last event.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn tail(&mut self) -> Result<Option<(i64, Sha256)>, LedgerError> {
        let connection = &mut self.connection;
        match self.runtime.block_on(event_log::tail(connection))? {
            (0, _) => Ok(None),
            (seq, hash) => {
                let hash = hash.parse().map_err(|why: &str| LedgerError::Failed(why.to_owned()))?;
                Ok(Some((seq, hash)))
            }
        }
    }

    /// Records that somebody looked at a despatch's documents.
    ///
    /// # Errors
    /// There is no such despatch, or the ledger fails.
    pub fn record_view(&mut self, id: DespatchId, actor: &str, at: DateTime<Utc>) -> Result<(), LedgerError> {
        self.transact(actor, at, async |tx| {
            tx.despatch(id).await?;
            tx.record(LedgerEvent::Despatch(id, DespatchEvent::Viewed)).await
        })
    }

    /// Records that the office's signing key was made, by its fingerprint, in the place of another.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn record_signing_key(
        &mut self,
        fingerprint: String,
        before: Option<String>,
        by: &Staff,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let made = LedgerEvent::Office(OfficeEvent::SigningKeyMade { fingerprint, before });
        self.transact(by.id.as_str(), now.at, async |tx| tx.record(made).await)
    }

    /// Records that the record of a case is given out.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn record_export(
        &mut self,
        case: &CaseId,
        reason: &str,
        by: &Staff,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let exported = LedgerEvent::Record(case.clone(), ExportEvent::Exported { reason: reason.to_owned() });
        self.transact(by.id.as_str(), now.at, async |tx| tx.record(exported).await)
    }
}
