//! Enters: an actor, a time and what happened. Leaves: its events and the rows that follow from them, atomically.
//! Never: a row that changes without its event.

use crate::apply::{State, apply};
use crate::connection::begin_write;
use crate::despatch::Despatch;
use crate::engine::{LedgerConnection, LedgerTransaction};
use crate::error::LedgerError;
use crate::event_log::EventLog;
use crate::events::{DespatchEvent, LedgerEvent};
use crate::ids::DespatchId;
use crate::ledger::{Ledger, wait};
use crate::rows;
use chrono::{DateTime, Utc};

/// One transaction by one actor at one time. Other writers wait for its end.
pub(crate) struct Transaction<'c> {
    inner: LedgerTransaction<'c>,
    log: EventLog,
    /// The rows that were read, with the changes made since.
    state: State,
}

impl Transaction<'_> {
    /// Returns the connection, to read the current record.
    pub(crate) fn connection(&mut self) -> &mut LedgerConnection {
        &mut self.inner
    }

    /// Returns the number and hash of the last event that this transaction appended, and its time.
    pub(crate) fn end(&self) -> Option<(i64, &str, DateTime<Utc>)> {
        self.log.end()
    }

    /// Records an event and applies it.
    ///
    /// # Errors
    /// The event is impossible in this state, or the ledger fails.
    pub(crate) async fn record(&mut self, happened: LedgerEvent) -> Result<(), LedgerError> {
        rows::load_for(&mut self.inner, &mut self.state, &happened).await?;
        let event = self.log.next(&mut self.inner, happened).await?;
        apply(&mut self.state, &event)?;
        rows::save_changed(&mut self.inner, &mut self.state).await?;
        self.log.append(&mut self.inner, &event).await
    }

    /// Records an event of a despatch and returns the despatch after it.
    ///
    /// # Errors
    /// The event is impossible in its state, there is none with that id, or the ledger fails.
    pub(crate) async fn change(
        &mut self,
        id: DespatchId,
        happened: DespatchEvent,
    ) -> Result<Despatch, LedgerError> {
        self.record(LedgerEvent::Despatch(id, happened)).await?;
        self.despatch(id).await
    }

    /// Returns the current state of a despatch.
    ///
    /// # Errors
    /// There is none with that id.
    pub(crate) async fn despatch(&mut self, id: DespatchId) -> Result<Despatch, LedgerError> {
        rows::load_despatch(&mut self.inner, &mut self.state, id).await?;
        let known = self.state.despatches.get(&id).cloned();
        known.ok_or_else(|| LedgerError::Refused(Despatch::unknown(id)))
    }
}

impl Ledger {
    /// Runs `work` in one transaction, which is rolled back if it fails.
    pub(crate) fn transact<T, E: From<LedgerError>>(
        &mut self,
        actor: &str,
        at: DateTime<Utc>,
        work: impl AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let failed = |error: sqlx::Error| E::from(LedgerError::from(error));
        let connection = &mut self.connection;
        wait(&self.runtime, async {
            let inner = begin_write(connection).await?;
            let log = EventLog::new(at, actor);
            let mut transaction = Transaction { inner, log, state: State::default() };
            let done = work(&mut transaction).await?;
            transaction.inner.commit().await.map_err(failed)?;
            Ok(done)
        })
    }

    /// Writes rows that follow from no event, in one transaction.
    pub(crate) fn write_unrecorded<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut LedgerConnection) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let connection = &mut self.connection;
        wait(&self.runtime, async {
            let mut inner = begin_write(connection).await?;
            let done = work(&mut inner).await?;
            inner.commit().await?;
            Ok(done)
        })
    }
}
