//! Enters: the ledger while others write to it. Leaves: a copy of it as it was at one moment, and the sealed files that
//! this copy names; a restored ledger that lets nothing go until a person has settled what was sent meanwhile.
//! Never: trusts a restored ledger to know what was sent after it was copied.

use super::chain::Chain;
use super::despatch::{Despatch, DespatchId, State};
use super::files::Files;
use super::ledger::{Ledger, LedgerError, load, put_down, record, step};
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use despatch_settings::Staff;
use serde::Serialize;
use serde_json::json;
use sqlx::{Connection, Row, SqliteConnection};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The subject of events about the office as a whole.
pub(super) const OFFICE: &str = "office";

/// A sealed file that a ledger names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedFile {
    /// Relative to the office.
    pub path: PathBuf,
    /// `None` of a case file that was queued before the record held its hash.
    pub sha256: Option<Sha256>,
}

/// That the ledger comes from a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    pub by: String,
    pub since: String,
    /// When the last thing happened that it knows of.
    pub taken: String,
    /// What may have been sent since, and nobody has settled.
    pub open: Vec<DespatchId>,
}

/// What a person found out about a despatch that may have been sent after the backup was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    Sent,
    NotSent,
}

/// The questions that tell what a ledger names: queued claims, despatches, removed files.
type Questions = [&'static str; 3];
const OF_THE_LEDGER: Questions = [
    "SELECT number, (SELECT json_extract(detail, '$.original_sha256') FROM main.event \
     WHERE subject = 'case ' || number AND what = 'queued') AS sha256 \
     FROM main.claim WHERE state = 'queued' ORDER BY number",
    "SELECT record FROM main.despatch ORDER BY claim, position",
    "SELECT file FROM main.removed",
];
const OF_THE_COPY: Questions = [
    "SELECT number, (SELECT json_extract(detail, '$.original_sha256') FROM copy.event \
     WHERE subject = 'case ' || number AND what = 'queued') AS sha256 \
     FROM copy.claim WHERE state = 'queued' ORDER BY number",
    "SELECT record FROM copy.despatch ORDER BY claim, position",
    "SELECT file FROM copy.removed",
];

async fn sealed_files(
    connection: &mut SqliteConnection,
    files: &Files,
    [claims, despatches, removed]: &Questions,
) -> Result<Vec<SealedFile>, LedgerError> {
    let mut named = Vec::new();
    for row in sqlx::query(*claims).fetch_all(&mut *connection).await? {
        let path = files.relative(&files.original(row.get("number")));
        let sha256 = row.get::<Option<&str>, _>("sha256").and_then(|hash| hash.parse().ok());
        named.push(SealedFile { path, sha256 });
    }
    for row in sqlx::query(*despatches).fetch_all(&mut *connection).await? {
        let despatch: Despatch = record(row.get("record"))?;
        if let Some(bound) = &despatch.message {
            let path = files.relative(&files.message(despatch.id, bound.revision));
            named.push(SealedFile { path, sha256: Some(bound.sha256) });
            if bound.copy.is_some() {
                let path = files.relative(&files.copy(despatch.id, bound.revision));
                named.push(SealedFile { path, sha256: bound.copy });
            }
        }
    }
    let removed = sqlx::query(*removed).fetch_all(&mut *connection).await?;
    let removed: HashSet<String> = removed.iter().map(|row| row.get("file")).collect();
    named.retain(|file| !removed.contains(&file.path.display().to_string()));
    Ok(named)
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

impl Ledger {
    /// Copies the ledger as it is at this moment into a new file and lists the sealed files that the copy names.
    /// Whoever writes meanwhile is not held up.
    pub fn copy_to(&mut self, path: &Path) -> Result<Vec<SealedFile>, LedgerError> {
        let file = path.display().to_string();
        let files = self.files.clone();
        files.make_private(path)?;
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            sqlx::query("VACUUM INTO $1").bind(&file).execute(&mut *connection).await?;
            sqlx::query("ATTACH DATABASE $1 AS copy").bind(&file).execute(&mut *connection).await?;
            let named = sealed_files(&mut *connection, &files, &OF_THE_COPY).await;
            sqlx::query("DETACH DATABASE copy").execute(&mut *connection).await?;
            named
        })
    }

    /// The sealed files that the ledger names and that nobody has removed.
    pub fn sealed_files(&mut self) -> Result<Vec<SealedFile>, LedgerError> {
        let files = self.files.clone();
        let connection = &mut self.connection;
        self.runtime.block_on(sealed_files(connection, &files, &OF_THE_LEDGER))
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
            let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
            let taken = sqlx::query("SELECT at FROM event ORDER BY seq DESC LIMIT 1")
                .fetch_optional(&mut *tx)
                .await?
                .map_or_else(String::new, |row| row.get("at"));
            sqlx::query("INSERT OR REPLACE INTO restoration (one, by, since, taken) VALUES (1, $1, $2, $3)")
                .bind(by.id.as_str())
                .bind(now.at.to_rfc3339())
                .bind(&taken)
                .execute(&mut *tx)
                .await?;
            for id in &open {
                sqlx::query("INSERT OR IGNORE INTO unreconciled (despatch) VALUES ($1)")
                    .bind(id.to_string())
                    .execute(&mut *tx)
                    .await?;
            }
            let detail = json!({ "backup": backup, "taken": taken, "open": open });
            Chain::new(now.at, by.id.as_str()).append(&mut tx, OFFICE, "restored", detail).await?;
            tx.commit().await?;
            Ok(Restored { by: by.id.to_string(), since: now.at.to_rfc3339(), taken, open })
        })
    }

    /// Whether this ledger comes from a backup and nobody has settled yet what was sent since.
    pub fn restored(&mut self) -> Result<Option<Restored>, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let row = sqlx::query("SELECT by, since, taken FROM restoration")
                .fetch_optional(&mut *connection)
                .await?;
            let Some(row) = row else { return Ok(None) };
            let open = sqlx::query("SELECT despatch FROM unreconciled").fetch_all(&mut *connection).await?;
            let id =
                |text: &str| text.parse::<DespatchId>().map_err(|why| LedgerError::Failed(why.to_owned()));
            let mut open: Vec<DespatchId> =
                open.iter().map(|row| id(row.get("despatch"))).collect::<Result<_, _>>()?;
            open.sort();
            Ok(Some(Restored { by: row.get("by"), since: row.get("since"), taken: row.get("taken"), open }))
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
            let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
            let mut chain = Chain::new(now.at, by.id.as_str());
            let gone = sqlx::query("DELETE FROM unreconciled WHERE despatch = $1")
                .bind(id.to_string())
                .execute(&mut *tx)
                .await?;
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
            let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
            let ended = sqlx::query("DELETE FROM restoration WHERE NOT EXISTS (SELECT 1 FROM unreconciled)")
                .execute(&mut *tx)
                .await?
                .rows_affected()
                > 0;
            if ended {
                let mut chain = Chain::new(now.at, by.id.as_str());
                chain.append(&mut tx, OFFICE, "reconciled", json!({ "reason": reason })).await?;
            }
            tx.commit().await?;
            Ok(ended)
        })
    }
}
