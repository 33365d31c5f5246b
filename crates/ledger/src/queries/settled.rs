//! Enters: a day. Leaves: what was settled on that day or before, and not removed yet.
//! Never: counts a view as an event, or reads what is not settled.

use super::despatches::record;
use crate::despatch::{Despatch, State};
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::statements;
use chrono::{DateTime, Days, NaiveDate};
use chrono_tz::Europe::London;
use despatch_core::words::CaseId;
use sqlx::Row;

statements! {
    DESPATCHES = "SELECT record, at FROM ( \
                  SELECT submission, position, record, (SELECT MAX(event.at) FROM event WHERE event.subject = despatch.id \
                  AND event.what NOT IN ('viewed', 'passphrase_viewed')) AS at \
                  FROM despatch WHERE state = $1 AND NOT EXISTS (SELECT 1 FROM event \
                  WHERE event.subject = despatch.id AND event.what IN ('purged', 'erased')) \
                  ) AS settled WHERE at < $2 ORDER BY submission, position";
    CASES = "SELECT number, case_id, at, at_of_despatches FROM ( \
             SELECT number, case_id, \
             (SELECT MAX(event.at) FROM event WHERE event.subject = 'case ' || submission.number \
              AND event.what NOT IN ('viewed', 'passphrase_viewed')) AS at, \
             (SELECT MAX(event.at) FROM despatch JOIN event ON event.subject = despatch.id \
              WHERE despatch.submission = submission.number \
              AND event.what NOT IN ('viewed', 'passphrase_viewed')) AS at_of_despatches \
             FROM submission WHERE state = 'queued' AND NOT EXISTS (SELECT 1 FROM despatch \
             WHERE despatch.submission = submission.number AND despatch.state NOT IN ('sent', 'cancelled', 'superseded')) \
             AND NOT EXISTS (SELECT 1 FROM event \
             WHERE event.subject = 'case ' || submission.number AND event.what IN ('purged', 'erased')) \
             ) AS settled WHERE at < $1 ORDER BY number";
}

/// A sealed case file whose messages are all settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledCase {
    pub submission: i64,
    pub case_id: CaseId,
    pub since: NaiveDate,
}

impl Ledger {
    /// Returns the despatches that reached one of these final states by the given day, with the day, in order of
    /// receipt.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn settled(
        &mut self,
        ends: &[(State, NaiveDate)],
    ) -> Result<Vec<(Despatch, NaiveDate)>, LedgerError> {
        let mut settled: Vec<(Despatch, NaiveDate)> = Vec::new();
        for (state, last) in ends {
            let query = DESPATCHES.query().bind(state.code()).bind(beyond(*last));
            for row in self.ask(async |connection| query.fetch_all(connection).await)? {
                if let Some(since) = london_day(row.get("at")).filter(|since| since <= last) {
                    settled.push((record(row.get("record"))?, since));
                }
            }
        }
        settled.sort_by_key(|(despatch, _)| despatch.id);
        Ok(settled)
    }

    /// Returns the case files whose messages were all settled by this day.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn settled_cases(&mut self, last: NaiveDate) -> Result<Vec<SettledCase>, LedgerError> {
        let query = CASES.query().bind(beyond(last));
        let rows = self.ask(async |connection| query.fetch_all(connection).await)?;
        let mut cases = Vec::new();
        for row in rows {
            let of_despatches = row.get::<Option<&str>, _>("at_of_despatches");
            let at = of_despatches.max(Some(row.get("at"))).and_then(london_day);
            let Some(since) = at.filter(|since| *since <= last) else { continue };
            let unread = |_| LedgerError::Failed("the id of a case cannot be read".to_owned());
            let case_id = row.try_get::<&str, _>("case_id")?.parse().map_err(unread)?;
            cases.push(SettledCase { submission: row.get("number"), case_id, since });
        }
        Ok(cases)
    }
}

/// Returns a text later than every moment of a day in London: one more day than UTC may lag behind.
fn beyond(day: NaiveDate) -> String {
    day.checked_add_days(Days::new(2)).unwrap_or(day).to_string()
}

fn london_day(at: &str) -> Option<NaiveDate> {
    Some(DateTime::parse_from_rfc3339(at).ok()?.with_timezone(&London).date_naive())
}
