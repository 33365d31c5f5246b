//! Enters: the ledger while others write to it. Leaves: a copy of it as it was at one moment, and the sealed files that
//! this copy names; a restored ledger that lets nothing go until a person has settled what was sent meanwhile.
//! Never: trusts a restored ledger to know what was sent after it was copied.

use super::chain::Chain;
use super::despatch::{Despatch, DespatchId, State};
use super::ledger::{Ledger, LedgerError, put_down, step};
use crate::connection::begin_write;
use crate::connection::{connect_to_copy, copy};
use crate::queries::despatches::load;
use crate::queries::restored::Restored;
use crate::queries::sealed_files::{SealedFile, sealed_files};
use crate::statement::statements;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use despatch_settings::Staff;
use serde_json::json;
use sqlx::{Connection, Row};
use std::path::Path;

/// The subject of events about the office as a whole.
pub(super) const OFFICE: &str = "office";

/// What a person found out about a despatch that may have been sent after the backup was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    Sent,
    NotSent,
}

/// Whatever could have been approved and sent since: all that was not at its end and not in a person's hands.
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
    RESTORED = "INSERT INTO restoration (one, by, since, taken) VALUES (1, $1, $2, $3) \
                ON CONFLICT (one) DO UPDATE SET by = $1, since = $2, taken = $3";
    OPEN = "INSERT INTO unreconciled (despatch) VALUES ($1) ON CONFLICT (despatch) DO NOTHING";
    SETTLE = "DELETE FROM unreconciled WHERE despatch = $1";
    END = "DELETE FROM restoration WHERE NOT EXISTS (SELECT 1 FROM unreconciled)";
    LAST_EVENT = "SELECT at FROM event ORDER BY seq DESC LIMIT 1";
}

impl Ledger {
    /// Copies the ledger as it is at this moment into a new file and lists the sealed files that the copy names.
    /// Whoever writes meanwhile is not held up.
    ///
    /// # Errors
    /// The ledger or the disk fails.
    pub fn copy_to(&mut self, path: &Path) -> Result<Vec<SealedFile>, LedgerError> {
        let files = self.files.clone();
        files.make_private(path)?;
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            copy(connection, path).await?;
            let mut copied = connect_to_copy(path).await?;
            let named = sealed_files(&mut copied, &files).await;
            copied.close().await?;
            named
        })
    }

    /// Takes note of a backup, by the hash of its file.
    pub fn record_backup(
        &mut self,
        by: &Staff,
        sha256: Sha256,
        files: usize,
        sealed_to: &[String],
        now: Moment,
    ) -> Result<(), LedgerError> {
        let detail = json!({ "sha256": sha256, "files": files, "sealed_to": sealed_to });
        self.note(OFFICE, "backed_up", detail, by, now)
    }

    /// Takes note that this ledger comes from a backup: from now on nothing is made or sent until it is reconciled.
    pub fn mark_restored(
        &mut self,
        by: &Staff,
        backup: Sha256,
        now: Moment,
    ) -> Result<Restored, LedgerError> {
        let open: Vec<DespatchId> = self.despatches(&MAY_HAVE_GONE)?.iter().map(|one| one.id).collect();
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            let taken = LAST_EVENT
                .query()
                .fetch_optional(&mut *tx)
                .await?
                .map_or_else(String::new, |row| row.get("at"));
            RESTORED
                .query()
                .bind(by.id.as_str())
                .bind(now.at.to_rfc3339())
                .bind(&taken)
                .execute(&mut *tx)
                .await?;
            for id in &open {
                OPEN.query().bind(id.to_string()).execute(&mut *tx).await?;
            }
            let detail = json!({ "backup": backup, "taken": taken, "open": open });
            Chain::new(now.at, by.id.as_str()).append(&mut tx, OFFICE, "restored", detail).await?;
            tx.commit().await?;
            Ok(Restored { by: by.id.to_string(), since: now.at.to_rfc3339(), taken, open })
        })
    }

    /// Refuses while a restored ledger is not reconciled: what it holds for unsent may have gone long ago.
    pub fn check_reconciled(&mut self) -> Result<(), LedgerError> {
        let Some(restored) = self.restored()? else { return Ok(()) };
        let cause = format!(
            "this office was restored from a backup that knows nothing after {}, and nobody has settled what was sent since",
            restored.taken
        );
        let cure = "look into the relay's log and give `despatch reconcile`; nothing is made or sent before";
        Err(LedgerError::Refused(Fault::new("outbox/ledger.db", "restored.unreconciled", cause, cure)))
    }

    /// Puts on record what a person found out about one despatch.
    ///
    /// Errors: it is not among those that are open.
    pub fn reconcile(
        &mut self,
        id: DespatchId,
        found: Found,
        by: &Staff,
        reason: &str,
        now: Moment,
    ) -> Result<Despatch, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            let mut chain = Chain::new(now.at, by.id.as_str());
            let gone = SETTLE.query().bind(id.to_string()).execute(&mut *tx).await?;
            if gone.rows_affected() == 0 {
                let cause = "it is not among those that may have been sent since the backup".to_owned();
                let cure = "`despatch reconcile` lists them";
                return Err(LedgerError::Refused(Fault::new(
                    id.to_string(),
                    "reconcile.unknown",
                    cause,
                    cure,
                )));
            }
            let mut despatch = load(&mut tx, id).await?;
            let detail =
                |next: State| json!({ "sent": found == Found::Sent, "reason": reason, "state": next });
            despatch.reason = Some(reason.to_owned());
            match (found, despatch.state) {
                (Found::Sent, _) => {
                    // The one way to `Sent` that the table of states does not have: it went before this ledger's time.
                    despatch.state = State::Sent;
                    // The day is that on which it became known; what stood in its way or was still to come is past.
                    despatch.sent_on = Some(now.today);
                    despatch.holds.clear();
                    despatch.next_attempt = None;
                    despatch.reply = Some(format!("sent after the backup was made: {reason}"));
                    put_down(&mut tx, &mut chain, &despatch, "found_sent", detail(State::Sent)).await?;
                }
                (Found::NotSent, State::Claimed) => {
                    let next = State::Approved;
                    step(&mut tx, &mut chain, &mut despatch, next, "found_unsent", detail(next)).await?;
                }
                (Found::NotSent, State::DotPending) => {
                    let next = State::Deferred;
                    step(&mut tx, &mut chain, &mut despatch, next, "found_unsent", detail(next)).await?;
                }
                (Found::NotSent, state) => {
                    put_down(&mut tx, &mut chain, &despatch, "found_unsent", detail(state)).await?;
                }
            }
            tx.commit().await?;
            Ok(despatch)
        })
    }

    /// Ends the reconciliation once nothing is open; `true` if it ended now.
    pub fn end_reconciliation(&mut self, by: &Staff, reason: &str, now: Moment) -> Result<bool, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            let ended = END.query().execute(&mut *tx).await?.rows_affected() > 0;
            if ended {
                let mut chain = Chain::new(now.at, by.id.as_str());
                chain.append(&mut tx, OFFICE, "reconciled", json!({ "reason": reason })).await?;
            }
            tx.commit().await?;
            Ok(ended)
        })
    }
}
