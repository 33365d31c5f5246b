//! Enters: the ledger while others write to it. Leaves: a consistent copy of it, and the sealed files that the copy
//! names; a restored ledger, which sends nothing until a person has settled what was sent since the backup.
//! Never: trusts a restored ledger to know what was sent after the copy was made.

use crate::connection::{connect_to_copy, copy};
use crate::despatch::{Despatch, State};
use crate::error::LedgerError;
use crate::event_log;
use crate::events::{DespatchEvent, LedgerEvent, OfficeEvent, Tail};
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use crate::queries::restored::Restored;
use crate::queries::sealed_files::{SealedFile, sealed_files};
use crate::statement::statements;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use despatch_settings::Staff;
use sqlx::{Connection, Row};
use std::path::Path;

/// What a person found out about a despatch that may have been sent after the backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    Sent,
    NotSent,
}

/// The states from which a despatch could have been approved and sent since: neither final nor waiting for a person.
const MAY_HAVE_GONE: [State; 7] = [
    State::Held,
    State::AwaitingReview,
    State::Approved,
    State::Claimed,
    State::DotPending,
    State::Deferred,
    State::Refused,
];

statements! {
    STILL_OPEN = "SELECT 1 AS open FROM unreconciled WHERE despatch = $1";
    OVER = "SELECT 1 AS over FROM restoration WHERE NOT EXISTS (SELECT 1 FROM unreconciled)";
    LAST_EVENT = "SELECT at FROM event ORDER BY seq DESC LIMIT 1";
}

impl Ledger {
    /// Copies a snapshot of the ledger into a new file and returns the sealed files that the copy names, without
    /// blocking writers.
    ///
    /// # Errors
    /// The ledger or the disk fails.
    pub fn copy_to(&mut self, path: &Path) -> Result<Vec<SealedFile>, LedgerError> {
        let files = self.files.clone();
        files.make_private(path)?;
        self.ask(async |connection| {
            copy(connection, path).await?;
            let mut copied = connect_to_copy(path).await?;
            let named = sealed_files(&mut copied, &files).await;
            copied.close().await?;
            named
        })
    }

    /// Records a backup, by the hash of its file.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn record_backup(
        &mut self,
        by: &Staff,
        sha256: Sha256,
        files: usize,
        sealed_to: &[String],
        now: Moment,
    ) -> Result<(), LedgerError> {
        let sealed_to = sealed_to.to_vec();
        let backed_up = LedgerEvent::Office(OfficeEvent::BackedUp { sha256, files, sealed_to });
        self.transact(by.id.as_str(), now.at, async |tx| tx.record(backed_up).await)
    }

    /// Records that this ledger comes from a backup, and where it ended: nothing is prepared or sent until it is
    /// reconciled.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn mark_restored(
        &mut self,
        by: &Staff,
        backup: Sha256,
        now: Moment,
    ) -> Result<Restored, LedgerError> {
        let open: Vec<DespatchId> = self.despatches(&MAY_HAVE_GONE)?.iter().map(|one| one.id).collect();
        self.transact(by.id.as_str(), now.at, async |tx| {
            let taken = LAST_EVENT
                .query()
                .fetch_optional(tx.connection())
                .await?
                .map_or_else(String::new, |row| row.get("at"));
            let fork = match event_log::tail(tx.connection()).await? {
                (0, _) => None,
                (seq, hash) => {
                    let unread = |why: &str| LedgerError::Failed(why.to_owned());
                    Some(Tail { seq, hash: hash.parse().map_err(unread)? })
                }
            };
            let restored = OfficeEvent::Restored { backup, taken, open, fork };
            tx.record(LedgerEvent::Office(restored)).await
        })?;
        let nothing = || LedgerError::Failed("the restoration is not on record".to_owned());
        self.restored()?.ok_or_else(nothing)
    }

    /// Refuses while a restored ledger is not reconciled: what it records as unsent may have been sent since the
    /// backup.
    ///
    /// # Errors
    /// The ledger is not reconciled, or cannot be read.
    pub fn check_reconciled(&mut self) -> Result<(), LedgerError> {
        let Some(restored) = self.restored()? else { return Ok(()) };
        let cause = format!(
            "this office was restored from a backup that knows nothing after {}, and nobody has settled what was sent since",
            restored.taken
        );
        let cure = "look into the relay's log and give `despatch reconcile`; nothing is made or sent before";
        Err(LedgerError::Refused(Fault::new("outbox/ledger.db", "restored.unreconciled", cause, cure)))
    }

    /// Records what a person found out about one despatch.
    ///
    /// # Errors
    /// The despatch is not among those to reconcile.
    pub fn reconcile(
        &mut self,
        id: DespatchId,
        found: Found,
        by: &Staff,
        reason: &str,
        now: Moment,
    ) -> Result<Despatch, LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let open = STILL_OPEN.query().bind(id.to_string()).fetch_optional(tx.connection()).await?;
            if open.is_none() {
                let cause = "it is not among those that may have been sent since the backup";
                let cure = "`despatch reconcile` lists them";
                return Err(Fault::new(id.to_string(), "reconcile.unknown", cause, cure).into());
            }
            let reason = reason.to_owned();
            let happened = match (found, tx.despatch(id).await?.state) {
                (Found::Sent, _) => DespatchEvent::FoundSent { reason },
                (Found::NotSent, State::Claimed) => {
                    DespatchEvent::FoundUnsent { reason, state: State::Approved }
                }
                (Found::NotSent, State::DotPending) => {
                    DespatchEvent::FoundUnsent { reason, state: State::Deferred }
                }
                (Found::NotSent, state) => DespatchEvent::FoundUnsent { reason, state },
            };
            tx.change(id, happened).await
        })
    }

    /// Ends the reconciliation if nothing is left to settle; returns whether it did.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn end_reconciliation(&mut self, by: &Staff, reason: &str, now: Moment) -> Result<bool, LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let over = OVER.query().fetch_optional(tx.connection()).await?;
            if over.is_none() {
                return Ok(false);
            }
            let reconciled = OfficeEvent::Reconciled { reason: reason.to_owned() };
            tx.record(LedgerEvent::Office(reconciled)).await?;
            Ok(true)
        })
    }
}
