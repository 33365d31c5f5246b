//! Enters: transactions of the rest of the outbox. Leaves: rows of the ledger, and what they say.
//! Never: decides anything; the rules are in `queue`, `review` and `sending`.

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

/// Why an operation on the ledger failed.
#[derive(Debug)]
pub enum LedgerError {
    /// The request is not permitted now; nothing changed except what the fault says.
    Refused(Fault),
    /// The database did not answer in time; retry.
    Busy,
    /// The disk is full; retry once there is room.
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
        /// SQLite: a lock timeout. PostgreSQL: a lock timeout, a deadlock, a serialisation failure.
        const BUSY: [&str; 4] = ["5", "55P03", "40P01", "40001"];
        /// No space left for a write.
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
    /// Opens the ledger of an outbox, creating it if there is none.
    ///
    /// # Errors
    /// The file cannot be opened, another version of despatch made it, or it is missing beside sealed files.
    pub fn open(root: &Path) -> Result<Self, LedgerError> {
        let files = Files::open(root)?;
        if !files.ledger().exists() && files.holds_anything()? {
            // A new ledger would number from 1 again and overwrite these files.
            let why = "ledger.db is missing and there are sealed files: restore it from a backup";
            return Err(LedgerError::Failed(why.to_owned()));
        }
        // SQLite gives its other files the permissions of this one.
        files.make_private(&files.ledger())?;
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let connection = runtime.block_on(connect(&files.ledger()))?;
        Ok(Self { runtime, connection, files })
    }

    /// Returns the database settings that safeguards rest on, as read back.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn safeguards(&mut self) -> Result<Vec<(&'static str, String)>, LedgerError> {
        let connection = &mut self.connection;
        let found = self.runtime.block_on(read_back(connection))?;
        Ok(found.into_iter().map(|(pragma, text)| (pragma.read, text)).collect())
    }

    /// Returns the files beside the ledger.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Returns the events of one subject, or of all, oldest first.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn events(&mut self, subject: Option<&str>) -> Result<Vec<Event>, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(event_log::read(connection, subject))
    }

    /// Checks the hash chain; returns the number of events, or where it breaks.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn verify(&mut self) -> Result<Result<i64, BrokenChain>, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(event_log::walk(connection, |_| ()))
    }

    /// Returns the events with these codes, oldest first.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn events_of(&mut self, codes: &[&str]) -> Result<Vec<Event>, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(event_log::read_kinds(connection, codes))
    }

    /// Records that somebody viewed the passphrase of a despatch or a test message.
    ///
    /// # Errors
    /// `subject` is neither, or the ledger fails.
    pub fn record_passphrase_view(
        &mut self,
        subject: &str,
        actor: &str,
        at: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let viewed = match subject.parse() {
            Ok(Subject::Despatch(id)) => LedgerEvent::Despatch(id, DespatchEvent::PassphraseViewed),
            Ok(Subject::Entry(id)) => LedgerEvent::Entry(id, EntryEvent::PassphraseViewed),
            _ => return Err(LedgerError::Failed(format!("{subject} has no passphrase"))),
        };
        self.transact(actor, at, async |tx| tx.record(viewed).await)
    }

    /// Returns the number and hash of the last event.
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

    /// Records that somebody viewed a despatch's documents.
    ///
    /// # Errors
    /// There is no such despatch, or the ledger fails.
    pub fn record_view(&mut self, id: DespatchId, actor: &str, at: DateTime<Utc>) -> Result<(), LedgerError> {
        self.transact(actor, at, async |tx| {
            tx.despatch(id).await?;
            tx.record(LedgerEvent::Despatch(id, DespatchEvent::Viewed)).await
        })
    }

    /// Records the fingerprint of a new signing key of the office, and of the one it replaces.
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

    /// Records that the record of a case was exported.
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
