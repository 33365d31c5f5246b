//! Enters: kinds of events, states, a period and a reader. Leaves: how many there were of what the reader may see, by hour,
//! by person or by age. Never: reads a record: the indexes have what is counted.

use super::hidden::{hidden_cases, hidden_files, subjects_of};
use crate::despatch::State;
use crate::engine::LedgerRow;
use crate::error::LedgerError;
use crate::events::{Subject, at_text};
use crate::ledger::Ledger;
use crate::statement::{Statement, statements};
use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use chrono_tz::Europe::London;
use despatch_core::words::StaffId;
use serde::Serialize;
use sqlx::Row;
use std::collections::BTreeMap;

statements! {
    BY_HOUR = "SELECT SUBSTR(at, 1, 13) AS hour, COUNT(*) AS number FROM event WHERE what = $1 AND at >= $2 \
               GROUP BY SUBSTR(at, 1, 13)";
    BY_PERSON = "SELECT actor, COUNT(*) AS number FROM event WHERE what = $1 AND at >= $2 AND at < $3 \
                 GROUP BY actor ORDER BY actor";
    /// What is hidden from somebody is little: it is counted by itself and taken off, for no index has both.
    HIDDEN_BY_HOUR = concat!(
        "SELECT SUBSTR(at, 1, 13) AS hour, COUNT(*) AS number FROM event WHERE what = $1 AND at >= $2 AND subject IN (",
        subjects_of!(hidden_cases!("$3")), ") GROUP BY SUBSTR(at, 1, 13)"
    );
    HIDDEN_BY_PERSON = concat!(
        "SELECT actor, COUNT(*) AS number FROM event WHERE what = $1 AND at >= $2 AND at < $3 AND subject IN (",
        subjects_of!(hidden_cases!("$4")), ") GROUP BY actor"
    );
    QUEUED_SINCE = "SELECT subject FROM event WHERE what = 'queued' AND at >= $1 ORDER BY at LIMIT 1";
    OF_FILES = concat!(
        "SELECT COUNT(*) AS number FROM despatch WHERE state = $1 AND submission >= $2 AND submission < $3 \
         AND submission NOT IN (", hidden_files!("$4"), ")"
    );
}

/// How often somebody did something in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deeds {
    pub by: String,
    /// The code of the event.
    pub what: String,
    pub number: u64,
}

impl Ledger {
    /// Returns how many events of a kind there were on each day in London since one, in the cases that the reader may see;
    /// without the days that had none.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn counted_by_day(
        &mut self,
        what: &str,
        since: NaiveDate,
        reader: Option<&StaffId>,
    ) -> Result<BTreeMap<NaiveDate, u64>, LedgerError> {
        let (what, since) = (what.to_owned(), at_text(beginning(since)));
        let all = BY_HOUR.query().bind(what.clone()).bind(since.clone());
        let hidden = HIDDEN_BY_HOUR.query().bind(what).bind(since).bind(name(reader));
        let all = self.ask(async |connection| all.fetch_all(connection).await)?;
        let hidden = self.ask(async |connection| hidden.fetch_all(connection).await)?;
        let mut days = by_day(&all)?;
        for (day, hidden) in by_day(&hidden)? {
            days.entry(day).and_modify(|number| *number = number.saturating_sub(hidden));
        }
        days.retain(|_, number| *number > 0);
        Ok(days)
    }

    /// Returns how often each person did each of these in a period, whose last day counts, in the cases that the reader may
    /// see.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn deeds(
        &mut self,
        codes: &[&str],
        (from, until): (NaiveDate, NaiveDate),
        reader: Option<&StaffId>,
    ) -> Result<Vec<Deeds>, LedgerError> {
        let after = until.succ_opt().unwrap_or(until);
        let (from, after) = (at_text(beginning(from)), at_text(beginning(after)));
        self.ask(async |connection| {
            let mut found = Vec::new();
            for code in codes {
                let bound = |statement: &Statement| {
                    statement.query().bind((*code).to_owned()).bind(from.clone()).bind(after.clone())
                };
                let rows = bound(&HIDDEN_BY_PERSON).bind(name(reader)).fetch_all(&mut *connection).await?;
                let hidden: BTreeMap<String, u64> =
                    rows.iter().map(|row| (row.get("actor"), number(row))).collect();
                for row in bound(&BY_PERSON).fetch_all(&mut *connection).await? {
                    let by: String = row.get("actor");
                    let number = number(&row).saturating_sub(hidden.get(&by).copied().unwrap_or(0));
                    if number > 0 {
                        found.push(Deeds { by, what: (*code).to_owned(), number });
                    }
                }
            }
            Ok(found)
        })
    }

    /// Returns how many despatches in a state that the reader may see came of case files that were queued before the first
    /// of these moments, between each and the next, and since the last. The moments are in order.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn ages(
        &mut self,
        state: State,
        moments: &[DateTime<Utc>],
        reader: Option<&StaffId>,
    ) -> Result<Vec<u64>, LedgerError> {
        self.ask(async |connection| {
            let mut bounds = vec![0];
            for moment in moments {
                let row =
                    QUEUED_SINCE.query().bind(at_text(*moment)).fetch_optional(&mut *connection).await?;
                let subject = row.and_then(|row| row.get::<&str, _>("subject").parse().ok());
                bounds.push(match subject {
                    Some(Subject::Submission(number)) => number,
                    _ => i64::MAX,
                });
            }
            bounds.push(i64::MAX);
            let mut counts = Vec::new();
            for pair in bounds.windows(2) {
                let [from, before] = pair else { continue };
                let query = OF_FILES.query().bind(state.code()).bind(*from).bind(*before).bind(name(reader));
                counts.push(number(&query.fetch_one(&mut *connection).await?));
            }
            Ok(counts)
        })
    }
}

/// The first moment of a day in London.
pub(crate) fn beginning(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    // Midnight exists on every day: the clocks change at one o'clock.
    London.from_local_datetime(&midnight).earliest().map_or_else(|| midnight.and_utc(), |at| at.to_utc())
}

fn by_day(rows: &[LedgerRow]) -> Result<BTreeMap<NaiveDate, u64>, LedgerError> {
    let mut days = BTreeMap::new();
    for row in rows {
        let hour: DateTime<Utc> = format!("{}:00:00Z", row.get::<&str, _>("hour"))
            .parse()
            .map_err(|_| LedgerError::Failed("the time of an event cannot be read".to_owned()))?;
        *days.entry(hour.with_timezone(&London).date_naive()).or_default() += number(row);
    }
    Ok(days)
}

/// As whom a statement knows whoever asks; the empty name is nobody's.
fn name(reader: Option<&StaffId>) -> String {
    reader.map_or("", StaffId::as_str).to_owned()
}

fn number(row: &LedgerRow) -> u64 {
    u64::try_from(row.get::<i64, _>("number")).unwrap_or(0)
}
