//! Enters: the folder of an outbox. Leaves: its ledger, opened with every safeguard, and its events.
//! Never: writes an event or decides anything.

use crate::connection::{connect, read_back};
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::event_log::{self, BrokenChain};
use crate::events::Event;
use crate::files::Files;
use chrono::{DateTime, Utc};
use despatch_core::words::Sha256;
use std::path::Path;
use std::pin::{Pin, pin};
use tokio::runtime::Runtime;

/// The embedded ledger of one outbox.
#[derive(Debug)]
pub struct Ledger {
    pub(super) runtime: Runtime,
    pub(super) connection: LedgerConnection,
    pub(super) files: Files,
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
        let connection = wait(&runtime, connect(&files.ledger()))?;
        Ok(Self { runtime, connection, files })
    }

    /// Returns the database settings that safeguards rest on, as read back.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn safeguards(&mut self) -> Result<Vec<(&'static str, String)>, LedgerError> {
        let found = self.ask(read_back)?;
        Ok(found.into_iter().map(|(pragma, text)| (pragma.read, text)).collect())
    }

    /// Returns what the ledger answers.
    pub(crate) fn ask<T, E>(
        &mut self,
        question: impl AsyncFnOnce(&mut LedgerConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        wait(&self.runtime, question(&mut self.connection))
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
        self.ask(async |connection| event_log::read(connection, subject).await)
    }

    /// Checks the hash chain; returns the number of events, or where it breaks.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn verify(&mut self) -> Result<Result<i64, BrokenChain>, LedgerError> {
        self.ask(async |connection| event_log::walk(connection, |_| ()).await)
    }

    /// Returns the events with these codes, oldest first.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn events_of(&mut self, codes: &[&str]) -> Result<Vec<Event>, LedgerError> {
        self.ask(async |connection| event_log::read_kinds(connection, codes).await)
    }

    /// Returns the number and hash of the last event.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn tail(&mut self) -> Result<Option<(i64, Sha256)>, LedgerError> {
        match self.ask(event_log::tail)? {
            (0, _) => Ok(None),
            (seq, hash) => {
                let hash = hash.parse().map_err(|why: &str| LedgerError::Failed(why.to_owned()))?;
                Ok(Some((seq, hash)))
            }
        }
    }

    /// Returns when an event with this code was last recorded.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn last_of(&mut self, code: &str) -> Result<Option<DateTime<Utc>>, LedgerError> {
        self.ask(async |connection| event_log::last_of(connection, code).await)
    }

    /// Returns when the last event was recorded, by the clock of that time.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn last_event_at(&mut self) -> Result<Option<DateTime<Utc>>, LedgerError> {
        self.ask(event_log::last_at)
    }
}

/// Runs `future` to its end. tokio's loop is compiled for each kind of answer and not for each future: that would be an
/// eighth of this crate.
pub(crate) fn wait<T>(runtime: &Runtime, future: impl Future<Output = T>) -> T {
    runtime.block_on::<Pin<&mut dyn Future<Output = T>>>(pin!(future))
}
