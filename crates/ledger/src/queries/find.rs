//! Enters: keyed hashes, or the beginning of an id. Leaves: the cases that have them.
//! Never: sees what was searched for, or reads a case that does not match.

use super::known_cases::pseudonym;
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::events::{LedgerEvent, SearchEvent, SearchedBy};
use crate::ledger::Ledger;
use crate::statement::statements;
use despatch_core::clock::Moment;
use despatch_core::words::CaseId;
use despatch_guards::others::{Kind, Pseudonym};
use despatch_settings::Staff;
use sqlx::Row;
use std::collections::BTreeSet;

statements! {
    OF_CASE = "SELECT kind, mark AS pseudonym FROM case_mark WHERE case_id = $1";
    /// A case that was open when a ledger began to keep marks has them with its identity until its next event.
    MARKED = "SELECT case_id FROM case_mark WHERE kind = $1 AND mark = $2 \
              UNION \
              SELECT case_id FROM identity WHERE kind = $1 AND pseudonym = $2 AND seq > COALESCE(( \
              SELECT MAX(closed.seq) FROM identity AS closed \
              WHERE closed.case_id = identity.case_id AND closed.kind = 'closed'), 0)";
    LATEST = "SELECT MAX(number) AS number FROM submission WHERE case_id = $1 AND state = 'queued'";
}

/// What a case is searched for by, as keyed hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks(pub BTreeSet<(Kind, Pseudonym)>);

impl Ledger {
    /// Returns the cases that have every one of these marks, the latest first.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn cases_marked(&mut self, marks: &Marks) -> Result<Vec<CaseId>, LedgerError> {
        self.ask(async |connection| {
            let mut found: Option<BTreeSet<CaseId>> = None;
            for (kind, mark) in &marks.0 {
                let of_mark = marked(connection, *kind, mark).await?;
                found = Some(match found {
                    None => of_mark,
                    Some(before) => before.intersection(&of_mark).cloned().collect(),
                });
            }
            latest_first(connection, found.unwrap_or_default()).await
        })
    }

    /// Returns the other cases of the person's reference, the latest first.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn cases_of_same_reference(&mut self, case: &CaseId) -> Result<Vec<CaseId>, LedgerError> {
        self.ask(async |connection| {
            let mut found = BTreeSet::new();
            for (kind, mark) in marks_of_case(connection, case).await? {
                if kind == Kind::Reference {
                    found.extend(marked(connection, kind, &mark).await?);
                }
            }
            found.remove(case);
            latest_first(connection, found).await
        })
    }

    /// Records a search: by what, and which cases it showed; never for what.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn record_search(
        &mut self,
        by: SearchedBy,
        found: Vec<CaseId>,
        restricted: usize,
        actor: &Staff,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let searched = LedgerEvent::Search(SearchEvent::Searched { by, found, restricted });
        self.transact(actor.id.as_str(), now.at, async |tx| tx.record(searched).await)
    }
}

/// Puts those of these cases of which something was queued in order.
async fn latest_first(
    connection: &mut LedgerConnection,
    cases: BTreeSet<CaseId>,
) -> Result<Vec<CaseId>, LedgerError> {
    let mut dated = Vec::new();
    for case in cases {
        let row = LATEST.query().bind(case.as_str()).fetch_one(&mut *connection).await?;
        // Rows of a case of which nothing was queued tell of no case.
        if let Some(number) = row.get::<Option<i64>, _>("number") {
            dated.push((number, case));
        }
    }
    dated.sort_unstable_by(|one, other| other.cmp(one));
    Ok(dated.into_iter().map(|(_, case)| case).collect())
}

async fn marked(
    connection: &mut LedgerConnection,
    kind: Kind,
    mark: &Pseudonym,
) -> Result<BTreeSet<CaseId>, LedgerError> {
    let rows = MARKED.query().bind(kind.code()).bind(mark.bytes()).fetch_all(connection).await?;
    let unread = |why: &str| LedgerError::Failed(why.to_owned());
    rows.iter().map(|row| row.get::<&str, _>("case_id").parse().map_err(unread)).collect()
}

/// Returns the marks of a case's person.
pub(crate) async fn marks_of_case(
    connection: &mut LedgerConnection,
    case: &CaseId,
) -> Result<Vec<(Kind, Pseudonym)>, LedgerError> {
    let rows = OF_CASE.query().bind(case.as_str()).fetch_all(connection).await?;
    rows.iter().map(pseudonym).collect()
}
