//! Enters: kinds of events, states and a period. Leaves: how many there were, by hour, by person or by age.
//! Never: reads a record: the indexes have what is counted.

use crate::despatch::State;
use crate::error::LedgerError;
use crate::events::{Subject, at_text};
use crate::ledger::Ledger;
use crate::statement::statements;
use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use chrono_tz::Europe::London;
use serde::Serialize;
use sqlx::Row;
use std::collections::BTreeMap;

statements! {
    BY_HOUR = "SELECT SUBSTR(at, 1, 13) AS hour, COUNT(*) AS number FROM event WHERE what = $1 AND at >= $2 \
               GROUP BY SUBSTR(at, 1, 13)";
    BY_PERSON = "SELECT actor, COUNT(*) AS number FROM event WHERE what = $1 AND at >= $2 AND at < $3 \
                 GROUP BY actor ORDER BY actor";
    QUEUED_SINCE = "SELECT subject FROM event WHERE what = 'queued' AND at >= $1 ORDER BY at LIMIT 1";
    OF_FILES = "SELECT COUNT(*) AS number FROM despatch WHERE state = $1 AND submission >= $2 AND submission < $3";
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
    /// Returns how many events of a kind there were on each day in London since one, without the days that had none.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn counted_by_day(
        &mut self,
        what: &str,
        since: NaiveDate,
    ) -> Result<BTreeMap<NaiveDate, u64>, LedgerError> {
        let query = BY_HOUR.query().bind(what.to_owned()).bind(at_text(beginning(since)));
        let mut days = BTreeMap::new();
        for row in self.ask(async |connection| query.fetch_all(connection).await)? {
            let hour: DateTime<Utc> = format!("{}:00:00Z", row.get::<&str, _>("hour"))
                .parse()
                .map_err(|_| LedgerError::Failed("the time of an event cannot be read".to_owned()))?;
            *days.entry(hour.with_timezone(&London).date_naive()).or_default() += number(&row);
        }
        Ok(days)
    }

    /// Returns how often each person did each of these in a period, whose last day counts.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn deeds(
        &mut self,
        codes: &[&str],
        (from, until): (NaiveDate, NaiveDate),
    ) -> Result<Vec<Deeds>, LedgerError> {
        let after = until.succ_opt().unwrap_or(until);
        let (from, after) = (at_text(beginning(from)), at_text(beginning(after)));
        self.ask(async |connection| {
            let mut found = Vec::new();
            for code in codes {
                let query = BY_PERSON.query().bind((*code).to_owned()).bind(&from).bind(&after);
                let rows = query.fetch_all(&mut *connection).await?;
                found.extend(rows.iter().map(|row| Deeds {
                    by: row.get("actor"),
                    what: (*code).to_owned(),
                    number: number(row),
                }));
            }
            Ok(found)
        })
    }

    /// Returns how many despatches in a state came of case files that were queued before the first of these moments,
    /// between each and the next, and since the last. The moments are in order.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn ages(&mut self, state: State, moments: &[DateTime<Utc>]) -> Result<Vec<u64>, LedgerError> {
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
                let query = OF_FILES.query().bind(state.code()).bind(*from).bind(*before);
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

fn number(row: &crate::engine::LedgerRow) -> u64 {
    u64::try_from(row.get::<i64, _>("number")).unwrap_or(0)
}
