//! Enters: a case, a member of staff or a day. Leaves: who owns it, who alone may see it, who covers for whom, and the notes
//! that nobody has copied yet. Never: writes.

use crate::engine::{LedgerConnection, LedgerRow};
use crate::error::LedgerError;
use crate::events::CoverKind;
use crate::ids::NoteId;
use crate::ledger::Ledger;
use crate::queries::hidden::{hidden_cases, hidden_files};
use crate::queries::history::read;
use crate::queries::outbox_page::Page;
use crate::statement::statements;
use chrono::NaiveDate;
use despatch_core::words::{CaseId, StaffId};
use serde::Serialize;
use sqlx::Row;
use std::collections::BTreeSet;

statements! {
    OWNER = "SELECT case_id, owner, since, by, word FROM case_owner WHERE case_id = $1";
    OWNED_BY = "SELECT case_id, owner, since, by, word FROM case_owner WHERE owner = $1 ORDER BY since, case_id";
    RESTRICTION = "SELECT case_id, by, reason, since FROM restriction WHERE case_id = $1";
    RESTRICTIONS = "SELECT case_id, by, reason, since FROM restriction ORDER BY since, case_id";
    READERS = "SELECT staff FROM restriction_reader WHERE case_id = $1 ORDER BY staff";
    HIDDEN = hidden_cases!("$1");
    COVERS = "SELECT staff, kind, first_day, last_day, covered_by, by FROM cover WHERE last_day >= $1 \
              ORDER BY first_day, staff, kind";
    OPEN_NOTES = concat!(
        "SELECT number, case_id, notes, recorded FROM submission WHERE open_notes > 0 AND state = 'queued' \
         AND superseded = 0 AND number NOT IN (", hidden_files!("$1"), ") ORDER BY number LIMIT $2 OFFSET $3"
    );
    COUNT_OPEN_NOTES = concat!(
        "SELECT COUNT(*) AS number FROM submission WHERE open_notes > 0 AND state = 'queued' AND superseded = 0 \
         AND number NOT IN (", hidden_files!("$1"), ")"
    );
    TICKS = "SELECT detail FROM event WHERE subject = $1 AND what = 'note_recorded'";
}

/// Who owns a case, and how that came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Owner {
    pub case_id: CaseId,
    pub owner: StaffId,
    pub since: NaiveDate,
    pub by: String,
    /// What whoever handed it over said; empty if the owner took it.
    pub word: String,
}

/// Who alone may see a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restriction {
    pub case_id: CaseId,
    pub to: BTreeSet<StaffId>,
    pub by: String,
    pub reason: String,
    pub since: NaiveDate,
}

/// An absence, or days on which somebody approves out of hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cover {
    pub staff: StaffId,
    pub kind: CoverKind,
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    pub covered_by: Option<StaffId>,
    pub by: String,
}

impl Cover {
    /// Whether it counts on a day.
    pub fn is_on(&self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.until
    }
}

/// A note that nobody has copied into the casework system yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenNote {
    pub id: NoteId,
    pub case_id: CaseId,
    pub text: String,
}

/// A page of the case files with open notes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct OpenNotes {
    pub notes: Vec<OpenNote>,
    /// How many case files have some, on all pages.
    pub files: u64,
}

impl Ledger {
    /// Returns the owner of a case.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn owner_of(&mut self, case: &CaseId) -> Result<Option<Owner>, LedgerError> {
        self.ask(async |connection| owner_of(connection, case).await)
    }

    /// Returns the cases that a member of staff owns, the longest first.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn owned_by(&mut self, who: &StaffId) -> Result<Vec<Owner>, LedgerError> {
        let query = OWNED_BY.query().bind(who.as_str());
        self.ask(async |connection| query.fetch_all(connection).await)?.iter().map(owner).collect()
    }

    /// Returns who alone may see a case; `None` if everybody may.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn restriction_of(&mut self, case: &CaseId) -> Result<Option<Restriction>, LedgerError> {
        self.ask(async |connection| restriction_of(connection, case).await)
    }

    /// Returns every restriction, oldest first.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn restrictions(&mut self) -> Result<Vec<Restriction>, LedgerError> {
        self.ask(async |connection| {
            let rows = RESTRICTIONS.query().fetch_all(&mut *connection).await?;
            let mut found = Vec::new();
            for row in &rows {
                found.push(restriction(connection, row).await?);
            }
            Ok(found)
        })
    }

    /// Returns the cases that a member of staff may not see, or every restricted one for somebody who is none.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn hidden_from(&mut self, who: Option<&StaffId>) -> Result<BTreeSet<CaseId>, LedgerError> {
        let query = HIDDEN.query().bind(who.map_or("", StaffId::as_str));
        let rows = self.ask(async |connection| query.fetch_all(connection).await)?;
        rows.iter().map(|row| parsed(row, "case_id")).collect()
    }

    /// Returns the absences and the days out of hours that are not over on a day.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn covers(&mut self, on: NaiveDate) -> Result<Vec<Cover>, LedgerError> {
        let query = COVERS.query().bind(on.to_string());
        self.ask(async |connection| query.fetch_all(connection).await)?.iter().map(cover).collect()
    }

    /// Returns a page of the case files with notes that nobody has copied, oldest first, without those of cases that the
    /// reader may not see.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn open_notes(&mut self, reader: Option<&StaffId>, page: Page) -> Result<OpenNotes, LedgerError> {
        let who = reader.map_or("", StaffId::as_str).to_owned();
        self.ask(async |connection| {
            let before = i64::from(page.number.saturating_sub(1)) * i64::from(page.limit);
            let query = OPEN_NOTES.query().bind(who.clone()).bind(i64::from(page.limit)).bind(before);
            let mut found = OpenNotes::default();
            for row in query.fetch_all(&mut *connection).await? {
                let (submission, case_id): (i64, CaseId) = (row.get("number"), parsed(&row, "case_id")?);
                let ticked = ticked(connection, submission).await?;
                let notes: Vec<String> = read(row.try_get("notes")?)?;
                let open = notes.into_iter().zip(1..).filter(|(_, note)| !ticked.contains(note));
                found.notes.extend(open.map(|(text, note)| OpenNote {
                    id: NoteId { submission, note },
                    case_id: case_id.clone(),
                    text,
                }));
            }
            let count = COUNT_OPEN_NOTES.query().bind(who).fetch_one(connection).await?;
            found.files = u64::try_from(count.get::<i64, _>("number")).unwrap_or(0);
            Ok(found)
        })
    }
}

async fn ticked(connection: &mut LedgerConnection, submission: i64) -> Result<BTreeSet<usize>, LedgerError> {
    #[derive(serde::Deserialize)]
    struct Ticked {
        note: usize,
    }
    let rows = TICKS.query().bind(format!("case {submission}")).fetch_all(connection).await?;
    rows.iter().map(|row| Ok(read::<Ticked>(row.get("detail"))?.note)).collect()
}

/// Returns the owner of a case.
pub(crate) async fn owner_of(
    connection: &mut LedgerConnection,
    case: &CaseId,
) -> Result<Option<Owner>, LedgerError> {
    OWNER.query().bind(case.as_str()).fetch_optional(connection).await?.as_ref().map(owner).transpose()
}

/// Returns who alone may see a case.
pub(crate) async fn restriction_of(
    connection: &mut LedgerConnection,
    case: &CaseId,
) -> Result<Option<Restriction>, LedgerError> {
    match RESTRICTION.query().bind(case.as_str()).fetch_optional(&mut *connection).await? {
        Some(row) => Ok(Some(restriction(connection, &row).await?)),
        None => Ok(None),
    }
}

/// Returns the absences and days out of hours that are not over on a day.
pub(crate) async fn covers(
    connection: &mut LedgerConnection,
    on: NaiveDate,
) -> Result<Vec<Cover>, LedgerError> {
    COVERS.query().bind(on.to_string()).fetch_all(connection).await?.iter().map(cover).collect()
}

async fn restriction(connection: &mut LedgerConnection, row: &LedgerRow) -> Result<Restriction, LedgerError> {
    let case_id: CaseId = parsed(row, "case_id")?;
    let readers = READERS.query().bind(case_id.as_str()).fetch_all(connection).await?;
    let to = readers.iter().map(|row| parsed(row, "staff")).collect::<Result<_, _>>()?;
    Ok(Restriction {
        case_id,
        to,
        by: row.get("by"),
        reason: row.get("reason"),
        since: parsed(row, "since")?,
    })
}

fn owner(row: &LedgerRow) -> Result<Owner, LedgerError> {
    Ok(Owner {
        case_id: parsed(row, "case_id")?,
        owner: parsed(row, "owner")?,
        since: parsed(row, "since")?,
        by: row.get("by"),
        word: row.get("word"),
    })
}

fn cover(row: &LedgerRow) -> Result<Cover, LedgerError> {
    let code: &str = row.get("kind");
    let kind = CoverKind::ALL.into_iter().find(|kind| kind.code() == code);
    let covered_by = row.get::<Option<&str>, _>("covered_by").map(str::parse).transpose();
    let unread = || LedgerError::Failed("a cover cannot be read".to_owned());
    Ok(Cover {
        staff: parsed(row, "staff")?,
        kind: kind.ok_or_else(unread)?,
        from: parsed(row, "first_day")?,
        until: parsed(row, "last_day")?,
        covered_by: covered_by.map_err(|_| unread())?,
        by: row.get("by"),
    })
}

/// Parses a column.
fn parsed<T: std::str::FromStr>(row: &LedgerRow, column: &str) -> Result<T, LedgerError> {
    let unread = |_| LedgerError::Failed(format!("the column {column} of a row cannot be read"));
    row.try_get::<&str, _>(column)?.parse().map_err(unread)
}
