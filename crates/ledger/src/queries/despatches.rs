//! Enters: a case, a file, an entry, a pack, states, or nothing. Leaves: the matching despatches, or those that a
//! person has still to see to, in order of receipt.
//! Never: reads the others.

use crate::despatch::{Despatch, State};
use crate::engine::{LedgerConnection, LedgerRow};
use crate::error::LedgerError;
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use crate::statement::{Statement, statements};
use chrono::{DateTime, Utc};
use despatch_core::words::{CaseId, EntryId, PackId, Sha256};
use sqlx::Row;

/// The despatches of a condition, in order of receipt.
macro_rules! despatches {
    ($($condition:expr),+) => {
        concat!("SELECT record FROM despatch WHERE ", $($condition,)+ " ORDER BY submission, position")
    };
}
/// The states of what has still to be sent and no sender has.
macro_rules! unsent {
    () => {
        "'held', 'awaiting_review', 'approved', 'deferred', 'refused'"
    };
}
pub(crate) use unsent;

statements! {
    BY_ID = "SELECT record FROM despatch WHERE id = $1";
    IN_STATE = despatches!("state = $1");
    COUNT_IN_STATE = "SELECT COUNT(*) AS number FROM despatch WHERE state = $1";
    OF_CASE = despatches!("case_id = $1");
    OF_SUBMISSION = despatches!("submission = $1");
    OF_FILE = despatches!("submission = (SELECT number FROM submission WHERE file_sha256 = $1 AND state = 'queued')");
    FOR_ENTRY = despatches!("entry = $1 AND state IN (", unsent!(), ")");
    UNSENT_OF_CASE = despatches!("case_id = $1 AND state IN (", unsent!(), ")");
    UNSENT_OF_PACK = despatches!("pack = $1 AND state IN (", unsent!(), ")");
    SAFETY_COPIES = despatches!("safety = 1 AND state IN (", unsent!(), ", 'returned')");
    UNHEARD = despatches!("unheard = 1");
    UNREVIEWED = despatches!("unreviewed = 1");
    BEFORE = "SELECT record FROM despatch WHERE (submission, position) < ($1, $2) \
              ORDER BY submission DESC, position DESC LIMIT $3";
    FIRST_EVENT = "SELECT at FROM event WHERE subject = $1 ORDER BY seq LIMIT 1";
}

impl Ledger {
    /// Returns one despatch.
    ///
    /// # Errors
    /// There is none with that id, or the ledger fails.
    pub fn despatch(&mut self, id: DespatchId) -> Result<Despatch, LedgerError> {
        self.ask(async |connection| load(connection, id).await)
    }

    /// Returns the despatches in any of these states.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn despatches(&mut self, states: &[State]) -> Result<Vec<Despatch>, LedgerError> {
        let mut found = Vec::new();
        for state in states {
            found.extend(self.meant(&IN_STATE, state.code())?);
        }
        found.sort_by_key(|despatch| despatch.id);
        Ok(found)
    }

    /// Returns the number of despatches in a state.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn count_despatches(&mut self, state: State) -> Result<usize, LedgerError> {
        let row = self
            .ask(async |connection| COUNT_IN_STATE.query().bind(state.code()).fetch_one(connection).await)?;
        Ok(usize::try_from(row.get::<i64, _>("number")).unwrap_or(0))
    }

    /// Returns every despatch of a case.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn despatches_of_case(&mut self, case_id: &CaseId) -> Result<Vec<Despatch>, LedgerError> {
        self.meant(&OF_CASE, case_id.as_str())
    }

    /// Returns every despatch of a submission.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn despatches_of_submission(&mut self, submission: i64) -> Result<Vec<Despatch>, LedgerError> {
        self.ask(async |connection| of_submission(connection, submission).await)
    }

    /// Returns every despatch of the queued case file with this hash.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn despatches_of_file(&mut self, file: Sha256) -> Result<Vec<Despatch>, LedgerError> {
        self.meant(&OF_FILE, &file.to_string())
    }

    /// Returns the unsent despatches for an entry of the directory.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn unsent_for_entry(&mut self, entry: &EntryId) -> Result<Vec<Despatch>, LedgerError> {
        self.ask(async |connection| unsent_for_entry(connection, entry).await)
    }

    /// Returns the unsent despatches of a case.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn unsent_of_case(&mut self, case_id: &CaseId) -> Result<Vec<Despatch>, LedgerError> {
        self.meant(&UNSENT_OF_CASE, case_id.as_str())
    }

    /// Returns the unsent despatches that were made under a pack.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn unsent_of_pack(&mut self, pack: &PackId) -> Result<Vec<Despatch>, LedgerError> {
        self.ask(async |connection| unsent_of_pack(connection, pack).await)
    }

    /// Returns at most `limit` despatches before this one, or the newest of all, newest first.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn despatches_before(
        &mut self,
        id: Option<DespatchId>,
        limit: u32,
    ) -> Result<Vec<Despatch>, LedgerError> {
        let (submission, position) = id.map_or((i64::MAX, 0), |id| (id.submission, id.position as i64));
        let query = BEFORE.query().bind(submission).bind(position).bind(i64::from(limit));
        records(&self.ask(async |connection| query.fetch_all(connection).await)?)
    }

    /// Returns the copies for healthcare teams that have still to be sent or need a person (G19).
    ///
    /// # Errors
    /// The ledger fails.
    pub fn waiting_copies(&mut self) -> Result<Vec<Despatch>, LedgerError> {
        self.all(&SAFETY_COPIES)
    }

    /// Returns despatches that were sent and not confirmed as opened, and those in doubt that arrived and cannot be
    /// opened.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn unacknowledged(&mut self) -> Result<Vec<Despatch>, LedgerError> {
        self.all(&UNHEARD)
    }

    /// Returns the urgent releases that nobody has reviewed yet.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn unreviewed(&mut self) -> Result<Vec<Despatch>, LedgerError> {
        self.all(&UNREVIEWED)
    }

    /// Returns when a despatch was recorded.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn made_at(&mut self, id: DespatchId) -> Result<Option<DateTime<Utc>>, LedgerError> {
        let query = FIRST_EVENT.query().bind(id.to_string());
        let row = self.ask(async |connection| query.fetch_optional(connection).await)?;
        Ok(row.and_then(|row| row.get::<&str, _>("at").parse().ok()))
    }

    fn all(&mut self, statement: &Statement) -> Result<Vec<Despatch>, LedgerError> {
        records(&self.ask(async |connection| statement.query().fetch_all(connection).await)?)
    }

    /// Returns the despatches that a statement selects by one text.
    fn meant(&mut self, statement: &Statement, by: &str) -> Result<Vec<Despatch>, LedgerError> {
        records(&self.ask(async |connection| statement.query().bind(by).fetch_all(connection).await)?)
    }
}

/// Returns one despatch.
///
/// # Errors
/// There is none with that id, or the ledger fails.
pub(crate) async fn load(connection: &mut LedgerConnection, id: DespatchId) -> Result<Despatch, LedgerError> {
    find(connection, id).await?.ok_or_else(|| Despatch::unknown(id).into())
}

/// Returns one despatch, if there is one with that id.
pub(crate) async fn find(
    connection: &mut LedgerConnection,
    id: DespatchId,
) -> Result<Option<Despatch>, LedgerError> {
    let row = BY_ID.query().bind(id.to_string()).fetch_optional(connection).await?;
    row.map(|row| record(row.get("record"))).transpose()
}

/// Returns every despatch of a submission.
pub(crate) async fn of_submission(
    connection: &mut LedgerConnection,
    submission: i64,
) -> Result<Vec<Despatch>, LedgerError> {
    records(&OF_SUBMISSION.query().bind(submission).fetch_all(connection).await?)
}

/// Returns the unsent despatches for an entry of the directory.
pub(crate) async fn unsent_for_entry(
    connection: &mut LedgerConnection,
    entry: &EntryId,
) -> Result<Vec<Despatch>, LedgerError> {
    records(&FOR_ENTRY.query().bind(entry.as_str()).fetch_all(connection).await?)
}

/// Returns the unsent despatches that were made under a pack.
pub(crate) async fn unsent_of_pack(
    connection: &mut LedgerConnection,
    pack: &PackId,
) -> Result<Vec<Despatch>, LedgerError> {
    records(&UNSENT_OF_PACK.query().bind(pack.as_str()).fetch_all(connection).await?)
}

/// Parses the despatches of rows that have a `record`.
pub(crate) fn records(rows: &[LedgerRow]) -> Result<Vec<Despatch>, LedgerError> {
    rows.iter().map(|row| record(row.get("record"))).collect()
}

/// Parses the despatch of a row.
pub(crate) fn record(text: &str) -> Result<Despatch, LedgerError> {
    serde_json::from_str(text)
        .map_err(|error| LedgerError::Failed(format!("a despatch cannot be read: {error}")))
}
