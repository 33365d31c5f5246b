//! Enters: a case, a person, a period, and a page number. Leaves: that page of the record, the newest events first.
//! Never: shows what happened in a case to somebody who may not see it.

use super::counts::beginning;
use super::hidden::{hidden_cases, subjects_of};
use super::outbox_page::Page;
use crate::error::LedgerError;
use crate::event_log::event;
use crate::events::{Event, at_text};
use crate::ledger::Ledger;
use crate::statement::{Statement, statements};
use chrono::NaiveDate;
use despatch_core::words::{CaseId, StaffId};
use sqlx::Row;

/// Events of a period that the reader may see, and of one person unless none is named.
macro_rules! seen {
    ($more:expr) => {
        concat!(
            " FROM event WHERE at >= $2 AND at < $3 AND subject NOT IN (",
            subjects_of!(hidden_cases!("$1")),
            ")",
            $more
        )
    };
}
macro_rules! page {
    ($seen:expr, $limit:literal, $offset:literal) => {
        concat!(
            "SELECT version, seq, at, actor, subject, what, detail",
            $seen,
            " ORDER BY at DESC, seq DESC LIMIT ",
            $limit,
            " OFFSET ",
            $offset
        )
    };
}
macro_rules! count {
    ($seen:expr) => {
        concat!("SELECT COUNT(*) AS number", $seen)
    };
}
macro_rules! everything {
    () => {
        seen!("")
    };
}
macro_rules! of_person {
    () => {
        seen!(" AND actor = $4")
    };
}
macro_rules! of_case {
    () => {
        seen!(concat!(
            " AND (CAST($4 AS TEXT) IS NULL OR actor = $4) AND subject IN (",
            subjects_of!("SELECT CAST($5 AS TEXT) AS case_id"),
            ")"
        ))
    };
}

statements! {
    EVERYTHING = page!(everything!(), "$4", "$5");
    COUNT_EVERYTHING = count!(everything!());
    OF_PERSON = page!(of_person!(), "$5", "$6");
    COUNT_OF_PERSON = count!(of_person!());
    OF_CASE = page!(of_case!(), "$6", "$7");
    COUNT_OF_CASE = count!(of_case!());
}

/// A selection of events; all given conditions must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordSelection {
    pub case: Option<CaseId>,
    /// A member of staff, or the component of despatch that acts by itself.
    pub by: Option<String>,
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
    /// Who asks; without one, nothing of restricted cases is selected.
    pub reader: Option<StaffId>,
}

/// One page of the record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RecordPage {
    pub events: Vec<Event>,
    /// The number of events on all pages.
    pub total: u64,
}

impl Ledger {
    /// Returns one page of a selection of events, the newest first.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn record_page(&mut self, of: &RecordSelection, page: Page) -> Result<RecordPage, LedgerError> {
        let from = of.from.map_or_else(String::new, |day| at_text(beginning(day)));
        let after = of.until.map(|day| at_text(beginning(day.succ_opt().unwrap_or(day))));
        // Later than every time as text.
        let after = after.unwrap_or_else(|| "~".to_owned());
        let reader = of.reader.as_ref().map_or("", StaffId::as_str).to_owned();
        let (rows, count) = match of {
            RecordSelection { case: Some(_), .. } => (&OF_CASE, &COUNT_OF_CASE),
            RecordSelection { by: Some(_), .. } => (&OF_PERSON, &COUNT_OF_PERSON),
            _ => (&EVERYTHING, &COUNT_EVERYTHING),
        };
        let bound = |statement: &Statement| {
            let query = statement.query().bind(reader.clone()).bind(from.clone()).bind(after.clone());
            match of {
                RecordSelection { case: Some(case), by, .. } => query.bind(by.clone()).bind(case.to_string()),
                RecordSelection { by: Some(by), .. } => query.bind(by.clone()),
                _ => query,
            }
        };
        self.ask(async |connection| {
            let before = i64::from(page.number.saturating_sub(1)) * i64::from(page.limit);
            let query = bound(rows).bind(i64::from(page.limit)).bind(before);
            let found = query.fetch_all(&mut *connection).await?;
            let total = bound(count).fetch_one(connection).await?.get::<i64, _>("number");
            let events = found.iter().map(event).collect::<Result<_, _>>()?;
            Ok(RecordPage { events, total: u64::try_from(total).unwrap_or(0) })
        })
    }
}
