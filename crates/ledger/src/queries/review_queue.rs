//! Enters: what is wanted of the queue, and a page number. Leaves: the despatches of that page, case by case, nearest
//! deadline first, and how many there are. Never: reads the record of a despatch that it does not return.

use super::batches::files;
use super::despatches::records;
use super::hidden::hidden_cases;
use crate::despatch::{Despatch, State};
use crate::engine::{Database, LedgerRow};
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::rows::despatch::NEVER;
use crate::statement::{Statement, statements};
use chrono::NaiveDate;
use despatch_core::words::{BatchName, CaseId, KindName, PlaceId, Role, StaffId};
use sqlx::Row;
use sqlx::query::Query;

/// What a selection asks of a row, whosesoever case it is. A condition whose value is null asks nothing.
macro_rules! wanted {
    () => {
        concat!(
            "state IN ($1, $2) AND (CAST($3 AS TEXT) IS NULL OR role = $3) AND (CAST($4 AS TEXT) IS NULL OR kind = $4) \
         AND (CAST($5 AS TEXT) IS NULL OR place = $5) AND (CAST($6 AS TEXT) IS NULL OR prepared_by = $6) \
         AND due >= $7 AND due <= $8 AND (CAST($12 AS TEXT) IS NULL OR submission IN (", files!("$12"), "))"
        )
    };
}

/// What it asks of the case.
macro_rules! wanted_case {
    () => {
        concat!("case_id >= $9 AND case_id < $10 AND case_id NOT IN (", hidden_cases!("$11"), ")")
    };
}

/// Each case with what it has of the selection, beside what all of them have. Counted state by state first, as the index
/// has them: to bring two states together by case would sort every row.
macro_rules! few {
    () => {
        concat!(
            "SELECT of_case, first, waiting, CAST(SUM(waiting) OVER () AS BIGINT) AS messages, COUNT(*) OVER () AS cases \
             FROM (SELECT of_case, MIN(first) AS first, CAST(SUM(waiting) AS BIGINT) AS waiting \
             FROM (SELECT case_id AS of_case, MIN(due) AS first, COUNT(*) AS waiting FROM despatch WHERE ", wanted_case!(),
            " AND ", wanted!(), " GROUP BY state, case_id) AS by_state GROUP BY of_case) AS grouped"
        )
    };
}

statements! {
    /// The few cases of the page come first, then the places of what each has, and then the records of the nearest of
    /// them. All but the records comes from one index.
    PAGE = concat!(
        "SELECT despatch.record AS record, placed.waiting AS waiting, placed.messages AS messages, placed.cases AS cases \
         FROM (SELECT few.of_case, few.first, few.waiting, few.messages, few.cases, despatch.submission, \
         despatch.position, ROW_NUMBER() OVER (PARTITION BY few.of_case \
         ORDER BY despatch.due, despatch.submission, despatch.position) AS nth FROM (",
        few!(), " ORDER BY first, of_case LIMIT $13 OFFSET $14) AS few \
         CROSS JOIN despatch WHERE despatch.case_id = few.of_case AND ", wanted!(), ") AS placed \
         JOIN despatch ON despatch.submission = placed.submission AND despatch.position = placed.position \
         WHERE placed.nth <= $15 ORDER BY placed.first, placed.of_case, placed.nth"
    );
    COUNT = concat!("SELECT messages, cases FROM (", few!(), " LIMIT 1) AS few");
    NEXT_OF_CASE = "SELECT record FROM despatch WHERE case_id = $1 AND state = 'awaiting_review' \
                    ORDER BY due, submission, position LIMIT $2";
}

/// A selection of what waits; all given conditions must match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSelection {
    /// One state, or two with one label.
    pub states: Vec<State>,
    pub role: Option<Role>,
    pub kind: Option<KindName>,
    pub place: Option<PlaceId>,
    pub prepared_by: Option<StaffId>,
    /// The first and the last day of the deadline.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// How the case's id begins.
    pub case_begins: String,
    /// The batch that made it.
    pub batch: Option<BatchName>,
}

impl Default for QueueSelection {
    fn default() -> Self {
        Self {
            states: vec![State::AwaitingReview],
            role: None,
            kind: None,
            place: None,
            prepared_by: None,
            from: None,
            to: None,
            case_begins: String::new(),
            batch: None,
        }
    }
}

/// What is wanted of a page of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuePart {
    /// The page, counted from 1.
    pub number: u32,
    /// How many cases stand on a page.
    pub cases: u32,
    /// How many messages of each are read.
    pub messages: u32,
}

/// A message of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    pub despatch: Despatch,
    /// How many messages of its case there are in the selection.
    pub of_case: u64,
}

/// One page of the queue: its cases follow each other, each with the nearest of what it has of the selection.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuePage {
    pub waiting: Vec<Waiting>,
    /// The number of messages and of cases on all pages.
    pub messages: u64,
    pub cases: u64,
}

type BoundQuery = Query<'static, Database, <Database as sqlx::Database>::Arguments>;

impl QueueSelection {
    fn bind(&self, statement: &Statement, reader: Option<&StaffId>) -> BoundQuery {
        let code = |at: usize| self.states.get(at).or(self.states.first()).map(|state| state.code());
        let day = |day: Option<NaiveDate>, or: &str| day.map_or_else(|| or.to_owned(), |day| day.to_string());
        statement
            .query()
            .bind(code(0))
            .bind(code(1))
            .bind(self.role.map(Role::code))
            .bind(self.kind.as_ref().map(ToString::to_string))
            .bind(self.place.as_ref().map(ToString::to_string))
            .bind(self.prepared_by.as_ref().map(ToString::to_string))
            .bind(day(self.from, ""))
            .bind(day(self.to, NEVER))
            .bind(self.case_begins.clone())
            .bind(format!("{}\u{10FFFF}", self.case_begins))
            .bind(reader.map_or("", StaffId::as_str).to_owned())
            .bind(self.batch.as_ref().map(ToString::to_string))
    }
}

impl Ledger {
    /// Returns a page of what waits and the reader may see.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn review_queue(
        &mut self,
        selection: &QueueSelection,
        reader: Option<&StaffId>,
        part: QueuePart,
    ) -> Result<QueuePage, LedgerError> {
        let before = i64::from(part.number.saturating_sub(1)) * i64::from(part.cases);
        self.ask(async |connection| {
            let page = selection.bind(&PAGE, reader).bind(i64::from(part.cases)).bind(before);
            let rows = page.bind(i64::from(part.messages)).fetch_all(&mut *connection).await?;
            // A page after the last one has no row that could say how many there are.
            let of_all = match rows.is_empty() && part.number > 1 {
                true => selection.bind(&COUNT, reader).fetch_optional(connection).await?,
                false => None,
            };
            let number = |row: &LedgerRow, column| u64::try_from(row.get::<i64, _>(column)).unwrap_or(0);
            let in_all = |column| of_all.as_ref().or(rows.first()).map_or(0, |row| number(row, column));
            let of_case = rows.iter().map(|row| number(row, "waiting"));
            let waiting = records(&rows)?.into_iter().zip(of_case);
            Ok(QueuePage {
                waiting: waiting.map(|(despatch, of_case)| Waiting { despatch, of_case }).collect(),
                messages: in_all("messages"),
                cases: in_all("cases"),
            })
        })
    }

    /// Returns what awaits review of a case, at most `limit` of it, nearest deadline first.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn awaiting_review_of_case(
        &mut self,
        case_id: &CaseId,
        limit: u32,
    ) -> Result<Vec<Despatch>, LedgerError> {
        self.ask(async |connection| {
            let next = NEXT_OF_CASE.query().bind(case_id.as_str()).bind(i64::from(limit));
            records(&next.fetch_all(connection).await?)
        })
    }
}
