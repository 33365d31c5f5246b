//! Enters: the name of a batch and whoever asks. Leaves: its rows, what became of each, and its messages.
//! Never: returns or counts what is of a case that they may not see.

use super::despatches::records;
use super::hidden::{hidden_cases, hidden_files};
use super::outbox_page::Page;
use crate::apply::Batch;
use crate::batch_state::BatchState;
use crate::despatch::{Despatch, State};
use crate::engine::{LedgerConnection, LedgerRow};
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::rows::batches::{one, read_batch};
use crate::statement::statements;
use chrono::{DateTime, Utc};
use despatch_core::words::{BatchName, CaseId, KindName, Sha256, StaffId};
use despatch_process::case::EventName;
use serde::Serialize;
use sqlx::Row;
use std::collections::BTreeMap;

/// The case files of a batch that were queued.
macro_rules! files {
    ($batch:literal) => {
        concat!(
            "SELECT submission.number FROM batch_row JOIN submission ON submission.file_sha256 = batch_row.case_sha256 \
             AND submission.state = 'queued' WHERE batch_row.batch = ", $batch
        )
    };
}
/// Its messages that somebody may see.
macro_rules! messages {
    () => {
        concat!(
            "despatch WHERE submission IN (",
            files!("$1"),
            ") AND case_id NOT IN (",
            hidden_cases!("$2"),
            ")"
        )
    };
}
/// Its rows, each with its queued case file, else with what became of the last one that had its bytes.
macro_rules! rows {
    () => {
        "SELECT batch_row.number AS place, batch_row.case_sha256, batch_row.sheet, \
         queued.number AS queued, queued.case_id, \
         (SELECT last.state FROM submission AS last WHERE last.file_sha256 = batch_row.case_sha256 \
          ORDER BY last.number DESC LIMIT 1) AS last \
         FROM batch_row LEFT JOIN submission AS queued ON queued.file_sha256 = batch_row.case_sha256 \
         AND queued.state = 'queued' WHERE batch_row.batch = $1"
    };
}
pub(crate) use files;

statements! {
    LIST = "SELECT name, event, by, at, sheet, state FROM batch ORDER BY at DESC, name LIMIT $1 OFFSET $2";
    COUNT = "SELECT COUNT(*) AS number FROM batch";
    ROWS = concat!(
        rows!(), " AND (queued.number IS NULL OR queued.number NOT IN (", hidden_files!("$2"), ")) \
         ORDER BY batch_row.number, batch_row.case_sha256"
    );
    /// The same in numbers: one row for each sheet and each end of a case file.
    COUNT_ROWS = concat!(
        "SELECT last, sheet, COUNT(queued) AS queued, COUNT(*) AS number FROM (",
        rows!(), " AND (queued.number IS NULL OR queued.number NOT IN (", hidden_files!("$2"), "))) AS listed \
         GROUP BY last, sheet"
    );
    /// For whoever goes on with the batch: what is on record of each file, whoever may see it.
    FATES = rows!();
    TALLY = concat!("SELECT state, role, kind, COUNT(*) AS number FROM ", messages!(), " GROUP BY state, role, kind");
    MESSAGES = concat!("SELECT record FROM ", messages!(), " ORDER BY submission, position");
    /// Whoever may see them: for whoever stops the whole.
    PART = concat!(
        "SELECT record FROM despatch WHERE submission IN (", files!("$1"), ") AND (submission, position) > ($2, $3) \
         ORDER BY submission, position LIMIT $4"
    );
    IN_STATE = concat!(
        "SELECT record FROM ", messages!(), " AND state = $3 AND (submission, position) > ($4, $5) \
         ORDER BY submission, position LIMIT $6"
    );
    AFTER_OF_KIND = concat!(
        "SELECT record FROM ", messages!(), " AND kind = $3 AND state = 'awaiting_review' \
         AND (submission, position) > ($4, $5) ORDER BY submission, position LIMIT $6"
    );
    OF_KIND = concat!("SELECT record FROM ", messages!(), " AND kind = $3 ORDER BY submission, position");
    ON_RECORD = "SELECT 1 AS known FROM submission WHERE file_sha256 = $1 AND state IN ('claimed', 'queued')";
    OF_FILE = "SELECT batch.name, batch.event, batch.by, batch.at, batch.sheet, batch.state FROM batch_row \
               JOIN batch ON batch.name = batch_row.batch \
               WHERE batch_row.case_sha256 = $1 ORDER BY batch.at DESC, batch.name";
}

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BatchOnRecord {
    pub name: BatchName,
    /// The event of every row; `None` where each case file names its own.
    pub event: Option<EventName>,
    /// Whoever began it.
    pub by: StaffId,
    pub at: DateTime<Utc>,
    /// The SHA-256 of the sheet that was begun last.
    pub sheet: Sha256,
    pub state: BatchState,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowFate {
    /// Its case file has not been taken from the inbox, or lies there no more.
    Waiting,
    /// Its case file is being made into messages.
    InHand,
    Queued,
    /// Its case file was rejected.
    Rejected,
    /// It never went, and a later sheet has it no more: it was mended there, or left out.
    Replaced,
}

impl RowFate {
    /// Every one, in the order of a row's life.
    pub const ALL: [RowFate; 5] = [Self::Waiting, Self::InHand, Self::Queued, Self::Rejected, Self::Replaced];

    /// What became of a row: whether its case file is queued, the end of the last one that had its bytes, and whether the
    /// latest sheet has it.
    fn of(queued: bool, last: Option<&str>, latest: bool) -> RowFate {
        match last {
            _ if queued => Self::Queued,
            Some("claimed") => Self::InHand,
            _ if !latest => Self::Replaced,
            Some("rejected") => Self::Rejected,
            _ => Self::Waiting,
        }
    }

    /// Returns the label that people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::InHand => "being made",
            Self::Queued => "queued",
            Self::Rejected => "rejected",
            Self::Replaced => "replaced by a later sheet",
        }
    }
}

/// A row of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowOnRecord {
    pub row: u32,
    /// The SHA-256 of its case file.
    pub file: Sha256,
    pub fate: RowFate,
    /// The number of its queued case file, and its case.
    pub case_file: Option<i64>,
    pub case_id: Option<CaseId>,
}

/// How many messages of a batch are in a state, for a role, of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BatchTally {
    pub state: String,
    pub role: String,
    pub kind: String,
    pub number: u64,
}

impl BatchOnRecord {
    fn of((name, batch): (BatchName, Batch)) -> Self {
        let Batch { event, by, at, sheet, state } = batch;
        Self { name, event, by, at, sheet, state }
    }

    fn read(row: &LedgerRow) -> Result<Self, LedgerError> {
        read_batch(row).map(Self::of)
    }
}

impl Ledger {
    /// Returns a page of the batches, newest first, and how many there are.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn batches(&mut self, page: Page) -> Result<(Vec<BatchOnRecord>, u64), LedgerError> {
        let before = i64::from(page.number.saturating_sub(1)) * i64::from(page.limit);
        self.ask(async |connection| {
            let count = COUNT.query().fetch_one(&mut *connection).await?;
            let rows = LIST.query().bind(i64::from(page.limit)).bind(before).fetch_all(connection).await?;
            let batches = rows.iter().map(BatchOnRecord::read).collect::<Result<_, _>>()?;
            Ok((batches, u64::try_from(count.get::<i64, _>("number")).unwrap_or(0)))
        })
    }

    /// Returns one batch.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn batch(&mut self, name: &BatchName) -> Result<Option<BatchOnRecord>, LedgerError> {
        self.ask(async |connection| load(connection, name).await)
    }

    /// Returns the batches that have this case file, the latest first.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn batches_of_file(&mut self, file: Sha256) -> Result<Vec<BatchOnRecord>, LedgerError> {
        self.ask(async |connection| of_file(connection, file).await)
    }

    /// Returns the rows of a batch that somebody may see, in their order.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn batch_rows(
        &mut self,
        batch: &BatchOnRecord,
        reader: Option<&StaffId>,
    ) -> Result<Vec<RowOnRecord>, LedgerError> {
        let query = ROWS.query().bind(batch.name.as_str()).bind(text(reader));
        let rows = self.ask(async |connection| query.fetch_all(connection).await)?;
        rows.iter().map(|row| read_row(row, batch.sheet)).collect()
    }

    /// Counts the rows of a batch that somebody may see by what became of them.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn batch_fates(
        &mut self,
        batch: &BatchOnRecord,
        reader: Option<&StaffId>,
    ) -> Result<BTreeMap<RowFate, usize>, LedgerError> {
        let query = COUNT_ROWS.query().bind(batch.name.as_str()).bind(text(reader));
        let rows = self.ask(async |connection| query.fetch_all(connection).await)?;
        let mut fates: BTreeMap<RowFate, usize> = BTreeMap::new();
        for row in rows {
            let [queued, number] = ["queued", "number"].map(|column| row.get::<i64, _>(column));
            let latest = row.get::<&str, _>("sheet") == batch.sheet.to_string();
            let other = RowFate::of(false, row.get("last"), latest);
            for (fate, number) in [(RowFate::Queued, queued), (other, number - queued)] {
                let number = usize::try_from(number).unwrap_or(0);
                if number > 0 {
                    *fates.entry(fate).or_default() += number;
                }
            }
        }
        Ok(fates)
    }

    /// Counts the messages of a batch that somebody may see.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn batch_tally(
        &mut self,
        name: &BatchName,
        reader: Option<&StaffId>,
    ) -> Result<Vec<BatchTally>, LedgerError> {
        let query = TALLY.query().bind(name.as_str()).bind(text(reader));
        let rows = self.ask(async |connection| query.fetch_all(connection).await)?;
        let tally = |row: &LedgerRow| BatchTally {
            state: row.get("state"),
            role: row.get("role"),
            kind: row.get::<Option<String>, _>("kind").unwrap_or_default(),
            number: u64::try_from(row.get::<i64, _>("number")).unwrap_or(0),
        };
        let mut found: Vec<BatchTally> = rows.iter().map(tally).collect();
        found.sort_by(|one, other| {
            (&one.kind, &one.role, &one.state).cmp(&(&other.kind, &other.role, &other.state))
        });
        Ok(found)
    }

    /// Returns the messages of a batch that somebody may see.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn despatches_of_batch(
        &mut self,
        name: &BatchName,
        reader: Option<&StaffId>,
    ) -> Result<Vec<Despatch>, LedgerError> {
        let query = MESSAGES.query().bind(name.as_str()).bind(text(reader));
        records(&self.ask(async |connection| query.fetch_all(connection).await)?)
    }

    /// Returns at most `limit` messages of a batch in a state after a place, in order of receipt.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn despatches_of_batch_after(
        &mut self,
        name: &BatchName,
        reader: Option<&StaffId>,
        state: State,
        (submission, position): (i64, i64),
        limit: u32,
    ) -> Result<Vec<Despatch>, LedgerError> {
        let query = IN_STATE.query().bind(name.as_str()).bind(text(reader)).bind(state.code());
        let query = query.bind(submission).bind(position).bind(i64::from(limit));
        records(&self.ask(async |connection| query.fetch_all(connection).await)?)
    }

    /// Returns whether a case file with these bytes is queued or in hand.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn is_in_hand(&mut self, file: Sha256) -> Result<bool, LedgerError> {
        let query = ON_RECORD.query().bind(file.to_string());
        Ok(self.ask(async |connection| query.fetch_optional(connection).await)?.is_some())
    }

    /// Returns what became of each case file of a batch.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn fates_of_files(
        &mut self,
        batch: &BatchOnRecord,
    ) -> Result<BTreeMap<Sha256, RowFate>, LedgerError> {
        let rows = self.ask(async |connection| rows_of(connection, batch).await)?;
        Ok(rows.into_iter().map(|row| (row.file, row.fate)).collect())
    }
}

fn text(reader: Option<&StaffId>) -> String {
    reader.map_or("", StaffId::as_str).to_owned()
}

fn read_row(row: &LedgerRow, latest: Sha256) -> Result<RowOnRecord, LedgerError> {
    let unread = |what: &str| LedgerError::Failed(format!("the row of a batch cannot be read: {what}"));
    let parsed = |column: &str| {
        let text: &str = row.get(column);
        text.parse::<Sha256>().map_err(|_| unread(text))
    };
    let case_file: Option<i64> = row.get("queued");
    let case_id: Option<&str> = row.get("case_id");
    let last: Option<&str> = row.get("last");
    let place: i64 = row.get("place");
    let fate = RowFate::of(case_file.is_some(), last, parsed("sheet")? == latest);
    Ok(RowOnRecord {
        row: u32::try_from(place).map_err(|_| unread("its number"))?,
        file: parsed("case_sha256")?,
        fate,
        case_file,
        case_id: case_id.map(|id| id.parse().map_err(|_| unread(id))).transpose()?,
    })
}

/// Returns one batch.
pub(crate) async fn load(
    connection: &mut LedgerConnection,
    name: &BatchName,
) -> Result<Option<BatchOnRecord>, LedgerError> {
    let found = one(connection, name).await?;
    Ok(found.map(|batch| BatchOnRecord::of((name.clone(), batch))))
}

/// Returns every row of a batch, whoever may see it.
pub(crate) async fn rows_of(
    connection: &mut LedgerConnection,
    batch: &BatchOnRecord,
) -> Result<Vec<RowOnRecord>, LedgerError> {
    let rows = FATES.query().bind(batch.name.as_str()).fetch_all(connection).await?;
    rows.iter().map(|row| read_row(row, batch.sheet)).collect()
}

/// Returns at most `limit` messages of a batch after a place, whoever may see them.
pub(crate) async fn part_of(
    connection: &mut LedgerConnection,
    name: &BatchName,
    (submission, position): (i64, i64),
    limit: u32,
) -> Result<Vec<Despatch>, LedgerError> {
    let query = PART.query().bind(name.as_str()).bind(submission).bind(position);
    records(&query.bind(i64::from(limit)).fetch_all(connection).await?)
}

/// Returns the messages of a kind of a batch, without those of restricted cases.
pub(crate) async fn of_kind(
    connection: &mut LedgerConnection,
    name: &BatchName,
    kind: &KindName,
) -> Result<Vec<Despatch>, LedgerError> {
    let query = OF_KIND.query().bind(name.as_str()).bind(String::new()).bind(kind.as_str());
    records(&query.fetch_all(connection).await?)
}

/// Returns at most `limit` messages of a kind of a batch that await review after a place, without those of restricted cases.
pub(crate) async fn after_of_kind(
    connection: &mut LedgerConnection,
    name: &BatchName,
    kind: &KindName,
    (submission, position): (i64, i64),
    limit: u32,
) -> Result<Vec<Despatch>, LedgerError> {
    let query = AFTER_OF_KIND.query().bind(name.as_str()).bind(String::new()).bind(kind.as_str());
    let query = query.bind(submission).bind(position).bind(i64::from(limit));
    records(&query.fetch_all(connection).await?)
}

/// Returns the batches that have this case file, the latest first.
pub(crate) async fn of_file(
    connection: &mut LedgerConnection,
    file: Sha256,
) -> Result<Vec<BatchOnRecord>, LedgerError> {
    let rows = OF_FILE.query().bind(file.to_string()).fetch_all(connection).await?;
    rows.iter().map(BatchOnRecord::read).collect()
}
