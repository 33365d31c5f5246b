//! Enters: who does something, when, and what it is. Leaves: the events of it and the rows that follow from them,
//! together or not at all. Never: a row that changes without its event.

use crate::apply::{State, apply};
use crate::connection::{LedgerConnection, LedgerTransaction, begin_write};
use crate::despatch::{Despatch, DespatchId};
use crate::event_log::EventLog;
use crate::events::LedgerEvent;
use crate::ledger::{Ledger, LedgerError};
use crate::rows;
use chrono::{DateTime, Utc};

/// One transaction by one actor at one time. Everybody else who would write waits for its end.
pub(crate) struct Transaction<'c> {
    inner: LedgerTransaction<'c>,
    log: EventLog,
    /// What has been read of the rows, with what has happened since.
    state: State,
}

impl Transaction<'_> {
    /// The connection, to look at what is on record by now.
    pub(crate) fn connection(&mut self) -> &mut LedgerConnection {
        &mut self.inner
    }

    /// Puts on record what happened, and does it.
    ///
    /// # Errors
    /// It cannot happen as things stand, or the ledger fails.
    pub(crate) async fn record(&mut self, happened: LedgerEvent) -> Result<(), LedgerError> {
        rows::load_for(&mut self.inner, &mut self.state, &happened).await?;
        let event = self.log.next(&mut self.inner, happened).await?;
        apply(&mut self.state, &event)?;
        rows::save_changed(&mut self.inner, &mut self.state).await?;
        self.log.append(&mut self.inner, &event).await
    }

    /// A despatch as it stands by now.
    ///
    /// # Errors
    /// There is none of that id.
    pub(crate) async fn despatch(&mut self, id: DespatchId) -> Result<Despatch, LedgerError> {
        rows::load_despatch(&mut self.inner, &mut self.state, id).await?;
        let known = self.state.despatches.get(&id).cloned();
        known.ok_or_else(|| LedgerError::Refused(Despatch::unknown(id)))
    }
}

impl Ledger {
    /// Does `work` in one transaction: all of it, or nothing where it fails.
    pub(crate) fn transact<T, E: From<LedgerError>>(
        &mut self,
        actor: &str,
        at: DateTime<Utc>,
        work: impl AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let failed = |error: sqlx::Error| E::from(LedgerError::from(error));
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let inner = begin_write(connection).await?;
            let log = EventLog::new(at, actor);
            let mut transaction = Transaction { inner, log, state: State::default() };
            let done = work(&mut transaction).await?;
            transaction.inner.commit().await.map_err(failed)?;
            Ok(done)
        })
    }

    /// Writes in one transaction what follows from no event.
    pub(crate) fn write_unrecorded<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut LedgerConnection) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut inner = begin_write(connection).await?;
            let done = work(&mut inner).await?;
            inner.commit().await?;
            Ok(done)
        })
    }
}
