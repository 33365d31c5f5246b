//! Enters: what staff decide about policy packs. Leaves: who adopted which until when, and what was withdrawn.
//! Never: lets one person adopt a pack alone (G17), or lets a withdrawn pack's messages go.

use super::chain::Chain;
use super::despatch::{Despatch, DespatchId, Hold, State};
use super::ledger::{Ledger, LedgerError, record, step};
use chrono::NaiveDate;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, PackId, StaffId, date_words};
use despatch_process::policy::Adoption;
use despatch_process::policy::pack::{PackRecord, Withdrawal};
use despatch_settings::Staff;
use serde_json::json;
use sqlx::{Connection, Row, SqliteConnection};
use std::collections::BTreeMap;

/// The terms of an adoption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    pub reason: String,
    /// The last day on which it holds.
    pub expires: NaiveDate,
}

/// What adopting came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Adopted {
    /// A second person has yet to confirm it.
    Proposed,
    /// Two people have adopted it.
    Confirmed,
}

impl Ledger {
    /// What staff decided about the packs.
    pub fn packs(&mut self) -> Result<BTreeMap<PackId, PackRecord>, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(pack_record(connection))
    }

    /// Adopts a pack: the first person gives the terms, a second one confirms them. Until then an earlier adoption
    /// by two people goes on.
    ///
    /// Errors: the same person twice, no terms to confirm, or a last day that has passed.
    pub fn adopt(
        &mut self,
        pack: &PackId,
        by: &Staff,
        terms: Option<&Terms>,
        now: Moment,
    ) -> Result<Adopted, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
            let known = pack_record(&mut tx).await?.remove(pack).unwrap_or_default();
            let open = known.proposed().filter(|adoption| adoption.expires >= now.today).cloned();
            let mut chain = Chain::new(now.at, by.id.as_str());
            let subject = format!("pack {pack}");
            let adopted = match (open, terms) {
                (Some(open), None) => {
                    if open.by.contains(&by.id) {
                        let cause =
                            format!("{} has adopted it already, and two different people must", by.id);
                        return refuse(
                            pack,
                            "adopt.same_person",
                            cause,
                            "ask a second member of staff to adopt it",
                        );
                    }
                    confirm(&mut tx, pack, by).await?;
                    let detail = json!({ "reason": open.reason, "expires": open.expires, "with": open.by });
                    chain.append(&mut tx, &subject, "adopted", detail).await?;
                    Adopted::Confirmed
                }
                (_, Some(terms)) => {
                    propose(&mut tx, pack, by, terms, now).await?;
                    let detail = json!({ "reason": terms.reason, "expires": terms.expires });
                    chain.append(&mut tx, &subject, "adoption_proposed", detail).await?;
                    Adopted::Proposed
                }
                (None, None) => {
                    let cause = "nobody has proposed to adopt it, so there is nothing to confirm".to_owned();
                    return refuse(pack, "adopt.nothing", cause, "give --reason and --until");
                }
            };
            tx.commit().await?;
            Ok(adopted)
        })
    }

    /// Withdraws a pack: everything unsent under it is held, but for the copies for healthcare teams, which policy
    /// does not delay (G19). Gives the cases and what was held.
    ///
    /// Errors: the ledger fails.
    pub fn withdraw(
        &mut self,
        pack: &PackId,
        by: &Staff,
        reason: &str,
        now: Moment,
    ) -> Result<(Vec<CaseId>, Vec<DespatchId>), LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
            let mut chain = Chain::new(now.at, by.id.as_str());
            sqlx::query("DELETE FROM adoption WHERE pack = $1").bind(pack.as_str()).execute(&mut *tx).await?;
            sqlx::query("INSERT OR REPLACE INTO withdrawal VALUES ($1, $2, $3, $4)")
                .bind(pack.as_str())
                .bind(by.id.as_str())
                .bind(reason)
                .bind(now.today.to_string())
                .execute(&mut *tx)
                .await?;
            let detail = json!({ "reason": reason });
            chain.append(&mut tx, &format!("pack {pack}"), "withdrawn", detail).await?;
            let mut held = Vec::new();
            let mut cases: Vec<CaseId> = Vec::new();
            for mut despatch in unsent(&mut tx).await? {
                if despatch.pack != *pack || despatch.planned.safety {
                    continue;
                }
                if !cases.contains(&despatch.case_id) {
                    cases.push(despatch.case_id.clone());
                }
                despatch.holds.retain(|hold| hold.code != WITHDRAWN);
                despatch.holds.push(withdrawn_hold(pack, now.today));
                despatch.approval = None;
                held.push(despatch.id);
                if despatch.state == State::Held {
                    let detail = json!({ "holds": despatch.holds });
                    super::ledger::put_down(&mut tx, &mut chain, &despatch, "held", detail).await?;
                } else {
                    let detail = json!({ "holds": despatch.holds });
                    step(&mut tx, &mut chain, &mut despatch, State::Held, "held", detail).await?;
                }
            }
            tx.commit().await?;
            Ok((cases, held))
        })
    }

    /// Moves a case to another pack: what comes in from now on is planned under it, and what is held may be made anew.
    ///
    /// Errors: nothing of the case is on record.
    pub fn move_case(
        &mut self,
        case_id: &CaseId,
        pack: &PackId,
        by: &Staff,
        reason: &str,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
            let moved = sqlx::query("UPDATE claim SET pack = $2 WHERE case_id = $1 AND state = 'queued'")
                .bind(case_id.as_str())
                .bind(pack.as_str())
                .execute(&mut *tx)
                .await?;
            if moved.rows_affected() == 0 {
                return Err(LedgerError::Refused(Fault::new(
                    case_id.to_string(),
                    "case.unknown",
                    "nothing of this case is on record",
                    "check the case's id with `despatch outbox list`",
                )));
            }
            let mut chain = Chain::new(now.at, by.id.as_str());
            let detail = json!({ "case_id": case_id, "reason": reason });
            chain.append(&mut tx, &format!("pack {pack}"), "case_moved", detail).await?;
            tx.commit().await?;
            Ok(())
        })
    }
}

/// The word of the hold that a withdrawal sets.
const WITHDRAWN: &str = "pack_withdrawn";

/// What holds a despatch whose pack was withdrawn.
fn withdrawn_hold(pack: &PackId, on: NaiveDate) -> Hold {
    Hold {
        code: WITHDRAWN.to_owned(),
        words: format!(
            "the policy pack {pack} was withdrawn on {}: move the case to another pack (`despatch policy move`), then release it",
            date_words(on)
        ),
        remake: true,
    }
}

/// Puts what was proposed in the place of an earlier adoption and of a withdrawal.
async fn confirm(connection: &mut SqliteConnection, pack: &PackId, by: &Staff) -> Result<(), LedgerError> {
    sqlx::query("DELETE FROM adoption WHERE pack = $1 AND confirmed_by IS NOT NULL")
        .bind(pack.as_str())
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE adoption SET confirmed_by = $2 WHERE pack = $1")
        .bind(pack.as_str())
        .bind(by.id.as_str())
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM withdrawal WHERE pack = $1").bind(pack.as_str()).execute(connection).await?;
    Ok(())
}

async fn propose(
    connection: &mut SqliteConnection,
    pack: &PackId,
    by: &Staff,
    terms: &Terms,
    now: Moment,
) -> Result<(), LedgerError> {
    if terms.expires < now.today {
        let cause = format!("{} has passed", date_words(terms.expires));
        return refuse(pack, "adopt.expired", cause, "give a last day that is still to come");
    }
    sqlx::query("DELETE FROM adoption WHERE pack = $1 AND confirmed_by IS NULL")
        .bind(pack.as_str())
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO adoption VALUES ($1, $2, NULL, $3, $4, $5)")
        .bind(pack.as_str())
        .bind(by.id.as_str())
        .bind(&terms.reason)
        .bind(now.today.to_string())
        .bind(terms.expires.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

fn refuse<T>(pack: &PackId, code: &'static str, cause: String, cure: &str) -> Result<T, LedgerError> {
    Err(LedgerError::Refused(Fault::new(format!("policy pack {pack}"), code, cause, cure)))
}

/// Every despatch that has not gone and may still.
pub(super) async fn unsent(connection: &mut SqliteConnection) -> Result<Vec<Despatch>, LedgerError> {
    let rows = sqlx::query(
        "SELECT record FROM despatch \
         WHERE state IN ('held', 'awaiting_review', 'approved', 'deferred', 'refused') ORDER BY claim, position",
    )
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| record(row.get("record"))).collect()
}

pub(super) async fn pack_record(
    connection: &mut SqliteConnection,
) -> Result<BTreeMap<PackId, PackRecord>, LedgerError> {
    let mut packs: BTreeMap<PackId, PackRecord> = BTreeMap::new();
    let rows = sqlx::query("SELECT * FROM adoption ORDER BY confirmed_by IS NULL")
        .fetch_all(&mut *connection)
        .await?;
    for row in rows {
        let pack: PackId = read_id(row.get("pack"))?;
        let second: Option<&str> = row.get("confirmed_by");
        let mut by: Vec<StaffId> = vec![read_id(row.get("proposed_by"))?];
        if let Some(second) = second {
            by.push(read_id(second)?);
        }
        let adoption = Adoption {
            pack: pack.clone(),
            by,
            reason: row.get("reason"),
            from: day(row.get("first_day"))?,
            expires: day(row.get("last_day"))?,
        };
        let known = packs.entry(pack).or_default();
        match known.adoption {
            None => known.adoption = Some(adoption),
            Some(_) => known.renewal = Some(adoption),
        }
    }
    let rows = sqlx::query("SELECT * FROM withdrawal").fetch_all(&mut *connection).await?;
    for row in rows {
        let pack: PackId = read_id(row.get("pack"))?;
        packs.entry(pack).or_default().withdrawn = Some(Withdrawal {
            by: read_id(row.get("by"))?,
            reason: row.get("reason"),
            on: day(row.get("day"))?,
        });
    }
    Ok(packs)
}

fn read_id<T: std::str::FromStr<Err = &'static str>>(text: &str) -> Result<T, LedgerError> {
    text.parse().map_err(|why: &str| LedgerError::Failed(format!("{text} is not {why}")))
}

fn day(text: &str) -> Result<NaiveDate, LedgerError> {
    text.parse().map_err(|_| LedgerError::Failed(format!("{text} is no day")))
}
