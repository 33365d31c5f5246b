//! Enters: what people decide about the keeping of a case. Leaves: what is settled and since when, what is on hold, and
//! removals on record before a file goes. Never: forgets what happened: an event stays when what it tells of is gone.

use super::chain::Chain;
use super::despatch::{Despatch, DespatchId, State};
use super::identities;
use super::incidents::{Incident, IncidentId, Step};
use super::ledger::{Ledger, LedgerError};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::London;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, Sha256, StaffId};
use despatch_settings::Staff;
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::{Connection, Row, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A case of which nothing may be removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LitigationHold {
    pub case_id: String,
    pub by: String,
    pub reason: String,
    pub since: String,
}

/// A case whose erasure one person has asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erasure {
    pub case_id: String,
    pub by: String,
    pub reason: String,
    pub since: String,
}

/// A sealed case file all of whose messages are at their end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledCase {
    pub claim: i64,
    pub case_id: CaseId,
    pub since: NaiveDate,
}

/// What goes, as one event tells it.
#[derive(Debug, Clone)]
pub struct Removal {
    /// A despatch's id, `case 17`, or the office for what was never numbered.
    pub subject: String,
    /// Sealed files, relative to the office, each with its hash where it is there.
    pub files: Vec<(PathBuf, Option<Sha256>)>,
    /// Why: kind, period and day for a purge, who asked and why for an erasure.
    pub detail: Value,
}

/// A despatch at its end: it goes nowhere any more.
fn is_settled(state: State) -> bool {
    matches!(state, State::Sent | State::Cancelled | State::Superseded)
}

impl Ledger {
    /// The despatches that are at their end, each with the day on which they came there.
    pub fn settled(&mut self) -> Result<Vec<(Despatch, NaiveDate)>, LedgerError> {
        let since = self.last_days()?;
        let despatches = self.despatches(&[])?.into_iter().filter(|one| is_settled(one.state));
        Ok(despatches
            .filter_map(|one| since.get(&one.id.to_string()).map(|day| (one.clone(), *day)))
            .collect())
    }

    /// The case files all of whose messages are at their end.
    pub fn settled_cases(&mut self) -> Result<Vec<SettledCase>, LedgerError> {
        let since = self.last_days()?;
        let despatches = self.despatches(&[])?;
        let mut cases = Vec::new();
        for (claim, case_id) in self.claims_of(None)? {
            let of_claim = || despatches.iter().filter(|one| one.id.claim == claim);
            if of_claim().all(|one| is_settled(one.state)) {
                let subjects = of_claim().map(|one| one.id.to_string()).chain([format!("case {claim}")]);
                let last = subjects.filter_map(|subject| since.get(&subject)).max();
                cases.extend(last.map(|since| SettledCase { claim, case_id, since: *since }));
            }
        }
        Ok(cases)
    }

    /// The queued case files, of one case or of all, with the case of each.
    pub fn claims_of(&mut self, case_id: Option<&CaseId>) -> Result<Vec<(i64, CaseId)>, LedgerError> {
        let connection = &mut self.connection;
        let rows = self.runtime.block_on(
            sqlx::query(
                "SELECT number, case_id FROM claim WHERE state = 'queued' AND ($1 IS NULL OR case_id = $1) ORDER BY number",
            )
            .bind(case_id.map(CaseId::as_str))
            .fetch_all(connection),
        )?;
        let unread = |_| LedgerError::Failed("the id of a case cannot be read".to_owned());
        rows.iter()
            .map(|row| Ok((row.get("number"), row.get::<&str, _>("case_id").parse().map_err(unread)?)))
            .collect()
    }

    /// The day of the last thing that happened to each subject; looking at it or at its words is none.
    fn last_days(&mut self) -> Result<BTreeMap<String, NaiveDate>, LedgerError> {
        let connection = &mut self.connection;
        let rows = self.runtime.block_on(
            sqlx::query("SELECT subject, MAX(at) AS at FROM event WHERE what NOT IN ('viewed', 'words_viewed') GROUP BY subject")
                .fetch_all(connection),
        )?;
        let day = |text: &str| {
            let at = DateTime::parse_from_rfc3339(text).ok()?;
            Some(at.with_timezone(&Utc).with_timezone(&London).date_naive())
        };
        Ok(rows.iter().filter_map(|row| Some((row.get("subject"), day(row.get("at"))?))).collect())
    }

    /// Every litigation hold, the oldest first.
    pub fn litigation_holds(&mut self) -> Result<Vec<LitigationHold>, LedgerError> {
        let connection = &mut self.connection;
        let rows = self.runtime.block_on(
            sqlx::query("SELECT case_id, by, reason, since FROM litigation_hold ORDER BY since, case_id")
                .fetch_all(connection),
        )?;
        let read = |row: &sqlx::sqlite::SqliteRow| LitigationHold {
            case_id: row.get("case_id"),
            by: row.get("by"),
            reason: row.get("reason"),
            since: row.get("since"),
        };
        Ok(rows.iter().map(read).collect())
    }

    /// Keeps everything of a case until the hold is lifted.
    ///
    /// Errors: nothing of the case is on record, or it is on hold already.
    pub fn hold_case(
        &mut self,
        case: &CaseId,
        by: &Staff,
        reason: &str,
        now: Moment,
    ) -> Result<(), LedgerError> {
        self.known(case)?;
        if let Some(hold) = self.hold_on(case)? {
            let cause = format!("{} put it on hold already: {}", hold.by, hold.reason);
            return refuse(case, "litigation.held", cause, "look at it with `despatch litigation list`");
        }
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
            sqlx::query("INSERT INTO litigation_hold (case_id, by, reason, since) VALUES ($1, $2, $3, $4)")
                .bind(case.as_str())
                .bind(by.id.as_str())
                .bind(reason)
                .bind(now.today.to_string())
                .execute(&mut *tx)
                .await?;
            let mut chain = Chain::new(now.at, by.id.as_str());
            chain
                .append(&mut tx, &retention_subject(case), "litigation_held", json!({ "reason": reason }))
                .await?;
            Ok(tx.commit().await?)
        })
    }

    /// Lifts a hold: a second person does.
    ///
    /// Errors: there is none, or the one who set it wants to lift it.
    pub fn lift_hold(
        &mut self,
        case: &CaseId,
        by: &Staff,
        reason: &str,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let Some(hold) = self.hold_on(case)? else {
            let cause = "it is not on hold".to_owned();
            return refuse(case, "litigation.none", cause, "look with `despatch litigation list`");
        };
        second_person(case, &hold.by, by, "litigation.same_person", "set the hold")?;
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
            sqlx::query("DELETE FROM litigation_hold WHERE case_id = $1")
                .bind(case.as_str())
                .execute(&mut *tx)
                .await?;
            let mut chain = Chain::new(now.at, by.id.as_str());
            let detail = json!({ "reason": reason, "set_by": hold.by });
            chain.append(&mut tx, &retention_subject(case), "litigation_lifted", detail).await?;
            Ok(tx.commit().await?)
        })
    }

    /// The erasure of a case that somebody has asked for.
    pub fn erasure_of(&mut self, case: &CaseId) -> Result<Option<Erasure>, LedgerError> {
        let connection = &mut self.connection;
        let row = self.runtime.block_on(
            sqlx::query("SELECT case_id, by, reason, since FROM erasure WHERE case_id = $1")
                .bind(case.as_str())
                .fetch_optional(connection),
        )?;
        Ok(row.map(|row| Erasure {
            case_id: row.get("case_id"),
            by: row.get("by"),
            reason: row.get("reason"),
            since: row.get("since"),
        }))
    }

    /// Asks for the erasure of a case; nothing goes before a second person confirms it.
    ///
    /// Errors: it may not be erased now.
    pub fn ask_erasure(
        &mut self,
        case: &CaseId,
        by: &Staff,
        reason: &str,
        now: Moment,
    ) -> Result<(), LedgerError> {
        self.may_be_erased(case)?;
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
            sqlx::query(
                "INSERT OR REPLACE INTO erasure (case_id, by, reason, since) VALUES ($1, $2, $3, $4)",
            )
            .bind(case.as_str())
            .bind(by.id.as_str())
            .bind(reason)
            .bind(now.today.to_string())
            .execute(&mut *tx)
            .await?;
            let mut chain = Chain::new(now.at, by.id.as_str());
            chain
                .append(&mut tx, &retention_subject(case), "erasure_asked", json!({ "reason": reason }))
                .await?;
            Ok(tx.commit().await?)
        })
    }

    /// The erasure that this person may confirm.
    ///
    /// Errors: nobody asked for it, the same person did, or the case may not be erased now.
    pub fn erasure_to_confirm(&mut self, case: &CaseId, by: &Staff) -> Result<Erasure, LedgerError> {
        let Some(asked) = self.erasure_of(case)? else {
            let cause = "nobody has asked for its erasure".to_owned();
            return refuse(
                case,
                "erase.not_asked",
                cause,
                "one person asks with `despatch erase CASE --reason`",
            );
        };
        second_person(case, &asked.by, by, "erase.same_person", "asked for it")?;
        self.may_be_erased(case)?;
        Ok(asked)
    }

    /// Whether a case may be erased: nothing of it is on hold, still to go, or subject of an open incident.
    fn may_be_erased(&mut self, case: &CaseId) -> Result<(), LedgerError> {
        self.known(case)?;
        if let Some(hold) = self.hold_on(case)? {
            let cause = format!("it is on hold for litigation, by {}: {}", hold.by, hold.reason);
            return refuse(
                case,
                "erase.held",
                cause,
                "a second person lifts it with `despatch litigation lift`",
            );
        }
        let of_case: Vec<Despatch> =
            self.despatches(&[])?.into_iter().filter(|despatch| despatch.case_id == *case).collect();
        let open: Vec<String> = of_case
            .iter()
            .filter(|despatch| !is_settled(despatch.state) && despatch.state != State::Returned)
            .map(|despatch| format!("{} ({})", despatch.id, despatch.state.words()))
            .collect();
        if !open.is_empty() {
            let cause = format!("something of it is still open: {}", open.join(", "));
            return refuse(
                case,
                "erase.open",
                cause,
                "send or cancel each, and settle what is in doubt, first",
            );
        }
        let ids: BTreeSet<DespatchId> = of_case.iter().map(|despatch| despatch.id).collect();
        if let Some(incident) = self.open_incident_of(case, &ids)? {
            let cause = format!("incident {incident} is open, and what it is about may be needed");
            return refuse(case, "erase.incident", cause, "close the incident first");
        }
        Ok(())
    }

    /// The first incident about this case that nobody has closed.
    fn open_incident_of(
        &mut self,
        case: &CaseId,
        ids: &BTreeSet<DespatchId>,
    ) -> Result<Option<IncidentId>, LedgerError> {
        let about = |one: &Incident| one.case_id == *case || one.despatch.is_some_and(|id| ids.contains(&id));
        let open = |one: &Incident| one.act(Step::Closed).is_none();
        Ok(self.incidents()?.into_iter().find(|one| about(one) && open(one)).map(|one| one.number))
    }

    fn known(&mut self, case: &CaseId) -> Result<(), LedgerError> {
        if self.claims_of(Some(case))?.is_empty() {
            let cause = "nothing of this case is on record".to_owned();
            return refuse(case, "case.unknown", cause, "check the case's id with `despatch outbox list`");
        }
        Ok(())
    }

    fn hold_on(&mut self, case: &CaseId) -> Result<Option<LitigationHold>, LedgerError> {
        Ok(self.litigation_holds()?.into_iter().find(|hold| hold.case_id == case.as_str()))
    }
}

/// What two people decide, two people must be.
fn second_person(
    case: &CaseId,
    first: &str,
    by: &Staff,
    code: &'static str,
    did: &str,
) -> Result<(), LedgerError> {
    if by.id.as_str() != first {
        return Ok(());
    }
    let cause = format!("{} {did}, and a second person has to agree", by.id);
    refuse(case, code, cause, "ask another member of staff to give this command")
}

fn refuse<T>(case: &CaseId, code: &'static str, cause: String, cure: &str) -> Result<T, LedgerError> {
    Err(LedgerError::Refused(Fault::new(case.to_string(), code, cause, cure)))
}

/// The subject of events about how long a case is kept. Not the bare id: a case may be numbered as a despatch is.
pub fn retention_subject(case: &CaseId) -> String {
    format!("retention {case}")
}

/// Makes sure that nothing of a case on hold goes: whoever set the hold was told so. Removals name a case file
/// (`case 12`) or a despatch (`12-3`); an erasure names its case.
async fn not_on_hold(
    connection: &mut SqliteConnection,
    subject: &str,
    erased: Option<&CaseId>,
) -> Result<(), LedgerError> {
    let claim = subject.strip_prefix("case ").or_else(|| subject.split('-').next());
    let claim: Option<i64> = claim.and_then(|number| number.parse().ok());
    let held = sqlx::query(
        "SELECT case_id FROM litigation_hold WHERE case_id = $1 \
         OR case_id IN (SELECT case_id FROM claim WHERE number = $2)",
    )
    .bind(erased.map(CaseId::as_str))
    .bind(claim)
    .fetch_optional(connection)
    .await?;
    let Some(held) = held else { return Ok(()) };
    let cause = format!("{} has been put on hold for litigation meanwhile", held.get::<&str, _>("case_id"));
    let cure = "give the command again: it leaves the case out";
    Err(LedgerError::Refused(Fault::new(subject, "litigation.held", cause, cure)))
}

/// Removals, on record first: whatever stops between the record and the file leaves a file that is known to be going.
impl Ledger {
    /// Puts removals on record; the files go after this. An erasure takes what could still identify its case along.
    ///
    /// Errors: a case is on hold for litigation by now.
    pub fn record_removals(
        &mut self,
        what: &str,
        removals: &[Removal],
        erased: Option<&CaseId>,
        by: &StaffId,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
            let mut chain = Chain::new(now.at, by.as_str());
            for removal in removals {
                not_on_hold(&mut tx, &removal.subject, erased).await?;
                let mut detail = removal.detail.clone();
                let files: Vec<Value> = removal
                    .files
                    .iter()
                    .map(|(file, sha256)| json!({ "file": file, "sha256": sha256 }))
                    .collect();
                detail["files"] = files.into();
                chain.append(&mut tx, &removal.subject, what, detail).await?;
                for (file, _) in &removal.files {
                    sqlx::query("INSERT OR REPLACE INTO removed (file, pending) VALUES ($1, 1)")
                        .bind(file.display().to_string())
                        .execute(&mut *tx)
                        .await?;
                }
            }
            if let Some(case) = erased {
                sqlx::query("DELETE FROM erasure WHERE case_id = $1")
                    .bind(case.as_str())
                    .execute(&mut *tx)
                    .await?;
                identities::close(&mut tx, case).await?;
            }
            Ok(tx.commit().await?)
        })
    }

    /// Sealed files whose removal is on record and that may be there still, relative to the office.
    pub fn pending_removals(&mut self) -> Result<Vec<PathBuf>, LedgerError> {
        let connection = &mut self.connection;
        let rows = self.runtime.block_on(
            sqlx::query("SELECT file FROM removed WHERE pending = 1 ORDER BY file").fetch_all(connection),
        )?;
        Ok(rows.iter().map(|row| PathBuf::from(row.get::<&str, _>("file"))).collect())
    }

    /// Takes note that every pending file is gone.
    pub fn removals_done(&mut self) -> Result<(), LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(sqlx::query("UPDATE removed SET pending = 0").execute(connection))?;
        Ok(())
    }

    /// Whether a file of the outbox was removed on record.
    pub fn is_removed(&mut self, file: &Path) -> Result<bool, LedgerError> {
        let name = self.files.relative(file).display().to_string();
        let connection = &mut self.connection;
        let row = self.runtime.block_on(
            sqlx::query("SELECT 1 FROM removed WHERE file = $1").bind(name).fetch_optional(connection),
        )?;
        Ok(row.is_some())
    }
}
