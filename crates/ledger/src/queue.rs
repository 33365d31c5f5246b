//! Enters: case files taken from the inbox and the sealed cases made of them. Leaves: their rows, exactly once.
//! Never: queues the same bytes twice, or two accounts of one event.

use super::chain::Chain;
use super::despatch::{DespatchId, SealedCase, State};
use super::identities;
use super::ledger::{Ledger, LedgerError, put_down, step};
use super::mentions;
use super::unsent;
use crate::connection::{LedgerConnection, begin_write};
use crate::queries::claims::{ClaimState, current, next_number, open, twin};
use crate::queries::despatches::of_claim;
use crate::queries::history::{digest, history};
use crate::statement::statements;
use chrono::{DateTime, Utc};
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use despatch_process::Fact;
use despatch_process::events::ReferralFact;
use serde_json::json;

/// The actor of what the line does by itself.
const THE_LINE: &str = "despatch";

statements! {
    CLAIM = "INSERT INTO claim (number, token, file_sha256, state) VALUES ($1, $2, $3, $4)";
    PUT_ON_RECORD = "UPDATE claim SET case_id = $2, event_id = $3, issued_on = $4, pack = $5, recorded = $6, \
                     history = $7, notes = $8, week = $9, review_key = $10, original_sha256 = $11 WHERE number = $1";
    SUPERSEDE = "UPDATE claim SET superseded = 1 WHERE number = $1";
    END = "UPDATE claim SET state = $2 WHERE number = $1";
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimed {
    /// It is this run's to process.
    Fresh(i64),
    /// The same bytes are queued already, as this claim.
    Duplicate(i64),
}

/// What became of a sealed case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Queued {
    /// It is durable; `superseded` unsent despatches gave way to it or are held, and these of the file that it
    /// replaces had gone already.
    Made { superseded: usize, already_sent: Vec<DespatchId> },
    /// The same bytes are queued already, as this claim.
    Duplicate(i64),
    /// It contradicts what is queued.
    Conflict(Fault),
    /// The record has changed since the case was planned: plan it again.
    Overtaken,
}

/// One write of the line.
pub(super) enum Write<'a> {
    Claim { token: &'a str, file_sha256: Sha256 },
    Queue(&'a SealedCase),
    Reject { claim: i64, codes: Vec<&'static str> },
}

/// What one write came to.
pub(super) enum Written {
    Claimed(Claimed),
    Queued(Queued),
    Rejected,
}

impl Ledger {
    /// Ends the claims of which nothing lies in `claimed/` any more: a run was stopped between moving a reject
    /// and taking note of it.
    pub fn end_lost_claims(&mut self, tokens: &[String], at: DateTime<Utc>) -> Result<(), LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            let open = open(&mut tx).await?;
            let mut chain = Chain::new(at, THE_LINE);
            for (claim, _) in open.iter().filter(|(_, token)| !tokens.contains(token)) {
                let detail = json!({ "faults": ["claim.gone"] });
                end_claim(&mut tx, &mut chain, *claim, ClaimState::Rejected, detail).await?;
            }
            Ok(tx.commit().await?)
        })
    }

    /// Does several writes in one transaction: one wait for the disk for all of them.
    pub(super) fn write(
        &mut self,
        writes: &[Write<'_>],
        at: DateTime<Utc>,
    ) -> Result<Vec<Written>, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            let mut chain = Chain::new(at, THE_LINE);
            let mut written = Vec::with_capacity(writes.len());
            for write in writes {
                written.push(match write {
                    Write::Claim { token, file_sha256 } => {
                        Written::Claimed(claim(&mut tx, &mut chain, token, *file_sha256).await?)
                    }
                    Write::Queue(case) => Written::Queued(queue(&mut tx, &mut chain, case).await?),
                    Write::Reject { claim, codes } => {
                        end_claim(
                            &mut tx,
                            &mut chain,
                            *claim,
                            ClaimState::Rejected,
                            json!({ "faults": codes }),
                        )
                        .await?;
                        Written::Rejected
                    }
                });
            }
            tx.commit().await?;
            Ok(written)
        })
    }
}

async fn claim(
    connection: &mut LedgerConnection,
    chain: &mut Chain<'_>,
    token: &str,
    file_sha256: Sha256,
) -> Result<Claimed, LedgerError> {
    let known = twin(connection, file_sha256).await?;
    let state = match known {
        Some(_) => ClaimState::Duplicate,
        None => ClaimState::Claimed,
    };
    let number = next_number(connection).await?;
    CLAIM
        .query()
        .bind(number)
        .bind(token)
        .bind(file_sha256.to_string())
        .bind(state.code())
        .execute(&mut *connection)
        .await?;
    let subject = format!("case {number}");
    let detail = json!({ "file_sha256": file_sha256, "token": token });
    chain.append(connection, &subject, state.code(), detail).await?;
    Ok(match known {
        Some(twin) => Claimed::Duplicate(twin),
        None => Claimed::Fresh(number),
    })
}

async fn queue(
    connection: &mut LedgerConnection,
    chain: &mut Chain<'_>,
    case: &SealedCase,
) -> Result<Queued, LedgerError> {
    if let Some(twin) = twin(connection, case.file_sha256).await? {
        end_claim(connection, chain, case.claim, ClaimState::Duplicate, json!({ "of": twin })).await?;
        return Ok(Queued::Duplicate(twin));
    }
    let on_record = history(connection, &case.case_id, &case.event_id, case.recorded.fact.name()).await?;
    if digest(&on_record) != digest(&case.history) {
        return Ok(Queued::Overtaken);
    }
    let current = current(connection, &case.event_id).await?;
    if let Some(fault) = contradiction(case.replaces, current.as_ref().map(|(_, sha256)| sha256.as_str())) {
        end_claim(connection, chain, case.claim, ClaimState::Rejected, json!({ "faults": [fault.code] }))
            .await?;
        return Ok(Queued::Conflict(fault));
    }
    let (superseded, already_sent) = match current {
        Some((earlier, _)) => supersede(connection, chain, earlier, case.claim).await?,
        None => (0, Vec::new()),
    };
    let history_sha256 = put_on_record(connection, case).await?;
    identities::keep(connection, case).await?;
    mentions::keep(connection, case).await?;
    mentions::hold(connection, chain, case).await?;
    let withdrawn = unsent::withdraw(connection, chain, case).await?;
    let detail = json!({
        "case_id": case.case_id, "event_id": case.event_id, "prepared_by": case.prepared_by,
        "issued_on": case.issued_on, "despatches": case.despatches.len(), "not_made": case.not_made,
        "pack": case.pack, "recorded": case.recorded, "notes": case.notes,
        "history_sha256": history_sha256, "original_sha256": Sha256::of(&case.original),
    });
    end_claim(connection, chain, case.claim, ClaimState::Queued, detail).await?;
    for sealed in &case.despatches {
        let mut despatch = sealed.despatch.clone();
        despatch.warnings.extend(already_sent.iter().map(|id| {
            format!("{id}, of the file that this one replaces, has been sent already: tell whoever got it.")
        }));
        unsent::overtaken_on_arrival(connection, case, &mut despatch).await?;
        let despatch = &despatch;
        let detail = serde_json::to_value(despatch).unwrap_or_default();
        put_down(connection, chain, despatch, despatch.state.code(), detail).await?;
    }
    Ok(Queued::Made { superseded: superseded + withdrawn, already_sent })
}

/// What the event puts on record, for the rules that plan the next one: the hash of the history that it was planned by.
async fn put_on_record(connection: &mut LedgerConnection, case: &SealedCase) -> Result<Sha256, LedgerError> {
    let text =
        |value: serde_json::Result<String>| value.map_err(|error| LedgerError::Failed(error.to_string()));
    let week = match &case.recorded.fact {
        Fact::ReferralReceived(ReferralFact { week, granted: true, .. }) => Some(week.to_string()),
        _ => None,
    };
    let history = text(serde_json::to_string(&case.history))?;
    PUT_ON_RECORD
        .query()
        .bind(case.claim)
        .bind(case.case_id.as_str())
        .bind(case.event_id.as_str())
        .bind(case.issued_on.to_string())
        .bind(case.pack.as_str())
        .bind(text(serde_json::to_string(&case.recorded))?)
        .bind(&history)
        .bind(text(serde_json::to_string(&case.notes))?)
        .bind(week)
        .bind(&case.review_key)
        .bind(Sha256::of(&case.original).to_string())
        .execute(connection)
        .await?;
    Ok(Sha256::of(history.as_bytes()))
}

/// Whether a case may take its place beside what is queued for the same event.
pub(crate) fn contradiction(replaces: Option<Sha256>, current: Option<&str>) -> Option<Fault> {
    match (current, replaces) {
        (None, None) => None,
        (Some(current), Some(replaces)) if replaces.to_string() == current => None,
        (Some(current), None) => Some(Fault::new(
            "/event_id",
            "event.conflict",
            "another file was queued for this event, with other contents",
            format!(
                "give this event an event_id of its own, or, if this file corrects the earlier one, \
                 add \"replaces\": \"{current}\""
            ),
        )),
        (Some(current), Some(_)) => Some(Fault::new(
            "/replaces",
            "replaces.outdated",
            "the file that this one replaces is not the latest one for this event",
            format!("check the latest version and use \"replaces\": \"{current}\""),
        )),
        (None, Some(_)) => Some(Fault::new(
            "/replaces",
            "replaces.unknown",
            "no file was queued for this event, so there is nothing to replace",
            "check the event_id, or leave \"replaces\" out",
        )),
    }
}

/// Takes what is unsent of an earlier file out of the queue: how many, and what has gone or may have gone.
async fn supersede(
    connection: &mut LedgerConnection,
    chain: &mut Chain<'_>,
    earlier: i64,
    by: i64,
) -> Result<(usize, Vec<DespatchId>), LedgerError> {
    SUPERSEDE.query().bind(earlier).execute(&mut *connection).await?;
    let despatches = of_claim(connection, earlier).await?;
    let (mut count, mut gone) = (0, Vec::new());
    for mut despatch in despatches {
        if despatch.state.may_become(State::Superseded) {
            despatch.approval = None;
            step(connection, chain, &mut despatch, State::Superseded, "superseded", json!({ "by": by }))
                .await?;
            count += 1;
        } else if matches!(despatch.state, State::Sent | State::InDoubt | State::Claimed | State::DotPending)
        {
            gone.push(despatch.id);
        }
    }
    Ok((count, gone))
}

async fn end_claim(
    connection: &mut LedgerConnection,
    chain: &mut Chain<'_>,
    claim: i64,
    state: ClaimState,
    detail: serde_json::Value,
) -> Result<(), LedgerError> {
    END.query().bind(claim).bind(state.code()).execute(&mut *connection).await?;
    chain.append(connection, &format!("case {claim}"), state.code(), detail).await?;
    Ok(())
}
