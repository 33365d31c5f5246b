//! Enters: what staff decide about policy packs. Leaves: who adopted which until when, and what was withdrawn.
//! Never: lets one person adopt a pack alone (G17), or lets a withdrawn pack's messages go.

use super::chain::Chain;
use super::despatch::{DespatchId, Hold, State};
use super::ledger::{Ledger, LedgerError, step};
use crate::connection::{LedgerConnection, begin_write};
use crate::queries::despatches::unsent_of_pack;
use crate::queries::packs::pack_record;
use crate::statement::statements;
use chrono::NaiveDate;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, PackId, date_words};
use despatch_settings::Staff;
use serde_json::json;

statements! {
    PROPOSE = "INSERT INTO adoption (pack, proposed_by, confirmed_by, reason, first_day, last_day) \
               VALUES ($1, $2, NULL, $3, $4, $5)";
    CONFIRM = "UPDATE adoption SET confirmed_by = $2 WHERE pack = $1";
    END_PROPOSAL = "DELETE FROM adoption WHERE pack = $1 AND confirmed_by IS NULL";
    END_EARLIER_ADOPTION = "DELETE FROM adoption WHERE pack = $1 AND confirmed_by IS NOT NULL";
    END_ADOPTIONS = "DELETE FROM adoption WHERE pack = $1";
    WITHDRAW = "INSERT INTO withdrawal (pack, by, reason, day) VALUES ($1, $2, $3, $4) \
                ON CONFLICT (pack) DO UPDATE SET by = $2, reason = $3, day = $4";
    END_WITHDRAWAL = "DELETE FROM withdrawal WHERE pack = $1";
    MOVE_CASE = "UPDATE claim SET pack = $2 WHERE case_id = $1 AND state = 'queued'";
}

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
            let mut tx = begin_write(connection).await?;
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
            let mut tx = begin_write(connection).await?;
            let mut chain = Chain::new(now.at, by.id.as_str());
            END_ADOPTIONS.query().bind(pack.as_str()).execute(&mut *tx).await?;
            WITHDRAW
                .query()
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
            for mut despatch in unsent_of_pack(&mut tx, pack).await? {
                if despatch.planned.safety {
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
            let mut tx = begin_write(connection).await?;
            let moved =
                MOVE_CASE.query().bind(case_id.as_str()).bind(pack.as_str()).execute(&mut *tx).await?;
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
async fn confirm(connection: &mut LedgerConnection, pack: &PackId, by: &Staff) -> Result<(), LedgerError> {
    END_EARLIER_ADOPTION.query().bind(pack.as_str()).execute(&mut *connection).await?;
    CONFIRM.query().bind(pack.as_str()).bind(by.id.as_str()).execute(&mut *connection).await?;
    END_WITHDRAWAL.query().bind(pack.as_str()).execute(connection).await?;
    Ok(())
}

async fn propose(
    connection: &mut LedgerConnection,
    pack: &PackId,
    by: &Staff,
    terms: &Terms,
    now: Moment,
) -> Result<(), LedgerError> {
    if terms.expires < now.today {
        let cause = format!("{} has passed", date_words(terms.expires));
        return refuse(pack, "adopt.expired", cause, "give a last day that is still to come");
    }
    END_PROPOSAL.query().bind(pack.as_str()).execute(&mut *connection).await?;
    PROPOSE
        .query()
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
