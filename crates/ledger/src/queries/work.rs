//! Enters: a state, a reader, and a page number. Leaves: the despatches in that state that the reader may see, or those of
//! the cases that they own or cover; and which cases changed since an event. Never: reads a despatch that it does not
//! return.

use super::despatches::records;
use super::hidden::hidden_files;
use super::history::read;
use super::outbox_page::{OutboxPage, Page};
use crate::despatch::State;
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::events::Subject;
use crate::ledger::Ledger;
use crate::statement::statements;
use chrono::{DateTime, NaiveDate, Utc};
use despatch_core::words::{CaseId, StaffId};
use despatch_process::Recorded;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use std::collections::BTreeSet;

/// The cases that somebody owns, or whose owner they cover for on a day.
macro_rules! own_cases {
    ($me:literal, $day:literal) => {
        concat!(
            "SELECT case_id FROM case_owner WHERE owner = ",
            $me,
            " OR owner IN (SELECT staff FROM cover \
             WHERE kind = 'absence' AND covered_by = ",
            $me,
            " AND first_day <= ",
            $day,
            " AND last_day >= ",
            $day,
            ")"
        )
    };
}
macro_rules! waiting {
    () => {
        concat!(
            "SELECT submission, position FROM despatch WHERE state = $2 AND submission NOT IN (",
            hidden_files!("$1"),
            ")"
        )
    };
}
macro_rules! own {
    () => {
        concat!(waiting!(), " AND case_id IN (", own_cases!("$1", "$3"), ")")
    };
}
macro_rules! page {
    ($places:expr, $limit:literal, $offset:literal) => {
        concat!(
            "SELECT despatch.record FROM (", $places, " ORDER BY submission, position LIMIT ", $limit, " OFFSET ", $offset,
            ") AS page JOIN despatch ON despatch.submission = page.submission AND despatch.position = page.position \
             ORDER BY page.submission, page.position"
        )
    };
}
macro_rules! count {
    ($places:expr) => {
        concat!("SELECT COUNT(*) AS number FROM (", $places, ") AS meant")
    };
}

statements! {
    WAITING = page!(waiting!(), "$3", "$4");
    COUNT_WAITING = count!(waiting!());
    OWN = page!(own!(), "$4", "$5");
    COUNT_OWN = count!(own!());
    OWN_CASES = own_cases!("$1", "$2");
    TOUCHED = "SELECT subject FROM event WHERE seq > $1";
    CASE_OF_FILE = "SELECT case_id FROM submission WHERE number = $1 AND state = 'queued'";
    LATEST = "SELECT recorded FROM submission WHERE case_id = $1 AND state = 'queued' AND superseded = 0 \
              ORDER BY number DESC LIMIT 1";
    WHEN_QUEUED = "SELECT at FROM event WHERE subject = $1 AND what = 'queued' ORDER BY seq LIMIT 1";
}

/// Whose work is listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// That of everybody.
    #[default]
    Team,
    /// That of the cases which whoever asks owns, or whose owner they cover for.
    Own,
}

impl Ledger {
    /// Returns a page of the despatches in a state, in order of receipt.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn waiting(
        &mut self,
        state: State,
        (whose, reader): (Whose, Option<&StaffId>),
        day: NaiveDate,
        page: Page,
    ) -> Result<OutboxPage, LedgerError> {
        let who = reader.map_or("", StaffId::as_str).to_owned();
        let before = i64::from(page.number.saturating_sub(1)) * i64::from(page.limit);
        let limit = i64::from(page.limit);
        self.ask(async |connection| {
            let (rows, count) = match whose {
                Whose::Team => (
                    WAITING.query().bind(who.clone()).bind(state.code()).bind(limit).bind(before),
                    COUNT_WAITING.query().bind(who).bind(state.code()),
                ),
                Whose::Own => {
                    let day = day.to_string();
                    let rows = OWN.query().bind(who.clone()).bind(state.code()).bind(day.clone());
                    (rows.bind(limit).bind(before), COUNT_OWN.query().bind(who).bind(state.code()).bind(day))
                }
            };
            let despatches = records(&rows.fetch_all(&mut *connection).await?)?;
            let total = count.fetch_one(connection).await?.get::<i64, _>("number");
            Ok(OutboxPage { despatches, total: u64::try_from(total).unwrap_or(0) })
        })
    }

    /// Returns how many despatches are in a state that the reader may see.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn count_waiting(&mut self, state: State, reader: Option<&StaffId>) -> Result<u64, LedgerError> {
        let query = COUNT_WAITING.query().bind(reader.map_or("", StaffId::as_str)).bind(state.code());
        let row = self.ask(async |connection| query.fetch_one(connection).await)?;
        Ok(u64::try_from(row.get::<i64, _>("number")).unwrap_or(0))
    }

    /// Returns the cases that somebody owns, or whose owner they cover for on a day.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn own_cases(&mut self, who: &StaffId, day: NaiveDate) -> Result<BTreeSet<CaseId>, LedgerError> {
        let query = OWN_CASES.query().bind(who.as_str()).bind(day.to_string());
        let rows = self.ask(async |connection| query.fetch_all(connection).await)?;
        rows.iter().map(|row| case_id(row.get("case_id"))).collect()
    }

    /// Returns the cases of which something happened after this event.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn cases_touched_since(&mut self, seq: i64) -> Result<BTreeSet<CaseId>, LedgerError> {
        self.ask(async |connection| touched_since(connection, seq).await)
    }

    /// Returns what the latest event of a case left on record.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn latest_of_case(&mut self, case: &CaseId) -> Result<Option<Recorded>, LedgerError> {
        let query = LATEST.query().bind(case.as_str());
        let row = self.ask(async |connection| query.fetch_optional(connection).await)?;
        row.map(|row| read(row.try_get("recorded")?)).transpose()
    }

    /// Returns when a case file was queued.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn queued_at(&mut self, submission: i64) -> Result<Option<DateTime<Utc>>, LedgerError> {
        let query = WHEN_QUEUED.query().bind(format!("case {submission}"));
        let row = self.ask(async |connection| query.fetch_optional(connection).await)?;
        Ok(row.and_then(|row| row.get::<&str, _>("at").parse().ok()))
    }
}

fn case_id(text: &str) -> Result<CaseId, LedgerError> {
    text.parse().map_err(|why: &str| LedgerError::Failed(why.to_owned()))
}

/// Returns the cases of which something has happened since an event.
pub(super) async fn touched_since(
    connection: &mut LedgerConnection,
    seq: i64,
) -> Result<BTreeSet<CaseId>, LedgerError> {
    let rows = TOUCHED.query().bind(seq).fetch_all(&mut *connection).await?;
    let mut cases = BTreeSet::new();
    let mut files = BTreeSet::new();
    for row in rows {
        match row.get::<&str, _>("subject").parse() {
            Ok(Subject::Submission(number)) => drop(files.insert(number)),
            Ok(Subject::Despatch(id)) => drop(files.insert(id.submission)),
            Ok(Subject::Retention(case) | Subject::Casework(case)) => drop(cases.insert(case)),
            _ => {}
        }
    }
    for number in files {
        let row = CASE_OF_FILE.query().bind(number).fetch_optional(&mut *connection).await?;
        cases.extend(row.map(|row| case_id(row.get("case_id"))).transpose()?);
    }
    Ok(cases)
}
