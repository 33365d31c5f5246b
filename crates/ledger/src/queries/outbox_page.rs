//! Enters: a selection of despatches, and a page number. Leaves: that page, and the total.
//! Never: reads a despatch that it does not return: filters and order follow the indexes.

use super::despatches::records;
use super::hidden::hidden_files;
use crate::despatch::{Despatch, State};
use crate::engine::Database;
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::{Statement, statements};
use despatch_core::words::{CaseId, Role, StaffId};
use serde::Serialize;
use sqlx::Row;
use sqlx::query::Query;

/// The rows of a page, and the count of a selection. The positions come from an index alone; records are read only for
/// the page.
macro_rules! page {
    ($places:expr, $limit:literal, $offset:literal) => {
        concat!(
            "SELECT despatch.record FROM (",
            $places,
            " ORDER BY submission, position LIMIT ",
            $limit,
            " OFFSET ",
            $offset,
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
macro_rules! everything {
    () => {
        concat!(
            "SELECT submission, position FROM despatch WHERE submission NOT IN (",
            hidden_files!("$1"),
            ")"
        )
    };
}
macro_rules! to_role {
    () => {
        concat!(
            "SELECT submission, position FROM despatch WHERE role = $2 AND submission NOT IN (",
            hidden_files!("$1"),
            ")"
        )
    };
}
/// One label may mean two states.
macro_rules! in_states {
    () => {
        concat!(
            "SELECT submission, position FROM despatch WHERE state = $2 AND (CAST($4 AS TEXT) IS NULL OR role = $4) \
             AND submission NOT IN (", hidden_files!("$1"), ") \
             UNION ALL \
             SELECT submission, position FROM despatch WHERE state = $3 AND (CAST($4 AS TEXT) IS NULL OR role = $4) \
             AND submission NOT IN (", hidden_files!("$1"), ")"
        )
    };
}
macro_rules! of_case {
    () => {
        concat!(
            "SELECT submission, position FROM despatch WHERE case_id = $5 AND (CAST($4 AS TEXT) IS NULL OR role = $4) \
             AND (CAST($2 AS TEXT) IS NULL OR state IN ($2, $3)) AND submission NOT IN (", hidden_files!("$1"), ")"
        )
    };
}

statements! {
    EVERYTHING = page!(everything!(), "$2", "$3");
    // What is hidden is counted and taken off: the engines count a whole table far faster than they look at each row.
    COUNT_EVERYTHING = concat!(
        "SELECT (SELECT COUNT(*) FROM despatch) - (SELECT COUNT(*) FROM despatch WHERE submission IN (",
        hidden_files!("$1"),
        ")) AS number"
    );
    TO_ROLE = page!(to_role!(), "$3", "$4");
    COUNT_TO_ROLE = count!(to_role!());
    IN_STATES = page!(in_states!(), "$5", "$6");
    COUNT_IN_STATES = count!(in_states!());
    OF_CASE = page!(of_case!(), "$6", "$7");
    COUNT_OF_CASE = count!(of_case!());
}

/// A selection of despatches; all given conditions must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// The states of one label: none for any state, and at most two.
    pub states: Vec<State>,
    pub case_id: Option<CaseId>,
    pub role: Option<Role>,
    /// Who asks; without one, nothing of restricted cases is selected.
    pub reader: Option<StaffId>,
}

/// A part of a selection, in order of receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Page {
    /// Counted from 1.
    pub number: u32,
    /// The number of despatches on a page.
    pub limit: u32,
}

/// One page of the outbox.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboxPage {
    pub despatches: Vec<Despatch>,
    /// The number of despatches on all pages.
    pub total: u64,
}

type BoundQuery = Query<'static, Database, <Database as sqlx::Database>::Arguments>;

impl Selection {
    /// Returns the bound query of a page, or of the count.
    fn query(&self, page: &Statement, count: &Statement, of: Option<Page>) -> BoundQuery {
        let code = |state: Option<&State>| state.map(|state| state.code());
        let role = self.role.map(Role::code);
        let query = if of.is_some() { page.query() } else { count.query() };
        let query = query.bind(self.reader.as_ref().map_or("", StaffId::as_str).to_owned());
        let query = match self {
            Self { case_id: Some(case_id), states, .. } => {
                query.bind(code(states.first())).bind(code(states.get(1))).bind(role).bind(case_id.as_str())
            }
            Self { states, .. } if !states.is_empty() => {
                query.bind(code(states.first())).bind(code(states.get(1))).bind(role)
            }
            _ if role.is_some() => query.bind(role),
            _ => query,
        };
        match of {
            Some(page) => {
                let before = i64::from(page.number.saturating_sub(1)) * i64::from(page.limit);
                query.bind(i64::from(page.limit)).bind(before)
            }
            None => query,
        }
    }

    fn statements(&self) -> (&'static Statement, &'static Statement) {
        match self {
            Self { case_id: Some(_), .. } => (&OF_CASE, &COUNT_OF_CASE),
            Self { states, .. } if !states.is_empty() => (&IN_STATES, &COUNT_IN_STATES),
            Self { role: Some(_), .. } => (&TO_ROLE, &COUNT_TO_ROLE),
            _ => (&EVERYTHING, &COUNT_EVERYTHING),
        }
    }
}

impl Ledger {
    /// Returns one page of a selection.
    ///
    /// # Errors
    /// The ledger fails, or more than two states are selected.
    pub fn outbox_page(&mut self, selection: &Selection, page: Page) -> Result<OutboxPage, LedgerError> {
        if selection.states.len() > 2 {
            return Err(LedgerError::Failed("a page of the outbox is of two states at most".to_owned()));
        }
        let (of_page, of_all) = selection.statements();
        self.ask(async |connection| {
            let count = selection.query(of_page, of_all, None).fetch_one(&mut *connection).await?;
            let rows = selection.query(of_page, of_all, Some(page)).fetch_all(connection).await?;
            let total = u64::try_from(count.get::<i64, _>("number")).unwrap_or(0);
            Ok(OutboxPage { despatches: records(&rows)?, total })
        })
    }
}
