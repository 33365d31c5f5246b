//! Enters: case files taken from the inbox and the sealed cases made of them. Leaves: their rows, exactly once.
//! Never: queues the same bytes twice, or two accounts of one event.

use super::cross_references;
use super::despatch::{Despatch, DespatchId, SealedCase, State};
use super::events::{DespatchEvent, LedgerEvent, Queued as Filing, SubmissionEvent};
use super::ledger::{Ledger, LedgerError};
use super::pseudonyms;
use super::transact::Transaction;
use super::unsent;
use crate::queries::claims::{current, next_number, open, twin};
use crate::queries::despatches::of_claim;
use crate::queries::history::{digest, history};
use chrono::{DateTime, Utc};
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;

/// The actor of what the line does by itself.
pub(super) const THE_LINE: &str = "despatch";

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
        self.transact(THE_LINE, at, async |tx| {
            for (claim, _) in open(tx.connection()).await?.iter().filter(|(_, token)| !tokens.contains(token))
            {
                let rejected = SubmissionEvent::Rejected { faults: vec!["claim.gone".to_owned()] };
                tx.record(LedgerEvent::Submission(*claim, rejected)).await?;
            }
            Ok(())
        })
    }

    /// Does several writes in one transaction: one wait for the disk for all of them.
    pub(super) fn write(
        &mut self,
        writes: &[Write<'_>],
        at: DateTime<Utc>,
    ) -> Result<Vec<Written>, LedgerError> {
        self.transact(THE_LINE, at, async |tx| {
            let mut written = Vec::with_capacity(writes.len());
            for write in writes {
                written.push(match write {
                    Write::Claim { token, file_sha256 } => {
                        Written::Claimed(claim(tx, token, *file_sha256).await?)
                    }
                    Write::Queue(case) => Written::Queued(queue(tx, case).await?),
                    Write::Reject { claim, codes } => {
                        reject(tx, *claim, codes).await?;
                        Written::Rejected
                    }
                });
            }
            Ok(written)
        })
    }
}

async fn claim(tx: &mut Transaction<'_>, token: &str, file_sha256: Sha256) -> Result<Claimed, LedgerError> {
    let known = twin(tx.connection(), file_sha256).await?;
    let number = next_number(tx.connection()).await?;
    let claimed = SubmissionEvent::Claimed { token: token.to_owned(), file_sha256 };
    tx.record(LedgerEvent::Submission(number, claimed)).await?;
    match known {
        Some(of) => {
            tx.record(LedgerEvent::Submission(number, SubmissionEvent::Duplicate { of })).await?;
            Ok(Claimed::Duplicate(of))
        }
        None => Ok(Claimed::Fresh(number)),
    }
}

async fn reject(tx: &mut Transaction<'_>, claim: i64, codes: &[&'static str]) -> Result<(), LedgerError> {
    let faults = codes.iter().map(|code| (*code).to_owned()).collect();
    tx.record(LedgerEvent::Submission(claim, SubmissionEvent::Rejected { faults })).await
}

async fn queue(tx: &mut Transaction<'_>, case: &SealedCase) -> Result<Queued, LedgerError> {
    if let Some(of) = twin(tx.connection(), case.file_sha256).await? {
        tx.record(LedgerEvent::Submission(case.claim, SubmissionEvent::Duplicate { of })).await?;
        return Ok(Queued::Duplicate(of));
    }
    let event = case.recorded.fact.name();
    let on_record = history(tx.connection(), &case.case_id, &case.event_id, event).await?;
    if digest(&on_record) != digest(&case.history) {
        return Ok(Queued::Overtaken);
    }
    let current = current(tx.connection(), &case.event_id).await?;
    if let Some(fault) = contradiction(case.replaces, current.as_ref().map(|(_, sha256)| sha256.as_str())) {
        reject(tx, case.claim, &[fault.code]).await?;
        return Ok(Queued::Conflict(fault));
    }
    let earlier = current.map(|(number, _)| number);
    let (superseded, already_sent) = match earlier {
        Some(earlier) => supersede(tx, earlier, case.claim).await?,
        None => (0, Vec::new()),
    };
    pseudonyms::keep(tx.connection(), case).await?;
    cross_references::keep(tx.connection(), case).await?;
    cross_references::hold(tx, case).await?;
    let withdrawn = unsent::withdraw(tx, case).await?;
    let queued = SubmissionEvent::Queued(Box::new(filing(case, earlier)));
    tx.record(LedgerEvent::Submission(case.claim, queued)).await?;
    for sealed in &case.despatches {
        let mut despatch = sealed.despatch.clone();
        despatch.warnings.extend(already_sent.iter().map(|id| {
            format!("{id}, of the file that this one replaces, has been sent already: tell whoever got it.")
        }));
        unsent::overtaken_on_arrival(tx.connection(), case, &mut despatch).await?;
        let (id, made) = (despatch.id, DespatchEvent::Made(Box::new(despatch)));
        tx.record(LedgerEvent::Despatch(id, made)).await?;
    }
    Ok(Queued::Made { superseded: superseded + withdrawn, already_sent })
}

/// What the case file puts on record, for the rules that plan the next event of its case.
fn filing(case: &SealedCase, supersedes: Option<i64>) -> Filing {
    Filing {
        case_id: case.case_id.clone(),
        event_id: case.event_id.clone(),
        prepared_by: case.prepared_by.clone(),
        issued_on: case.issued_on,
        despatches: case.despatches.len(),
        not_made: case.not_made.clone(),
        pack: case.pack.clone(),
        recorded: case.recorded.clone(),
        notes: case.notes.clone(),
        history: case.history.clone(),
        original_sha256: Sha256::of(&case.original),
        review_key: case.review_key.clone(),
        supersedes,
    }
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
    tx: &mut Transaction<'_>,
    earlier: i64,
    by: i64,
) -> Result<(usize, Vec<DespatchId>), LedgerError> {
    let (mut count, mut gone) = (0, Vec::new());
    for Despatch { id, state, .. } in of_claim(tx.connection(), earlier).await? {
        if state.may_become(State::Superseded) {
            tx.record(LedgerEvent::Despatch(id, DespatchEvent::Superseded { by })).await?;
            count += 1;
        } else if matches!(state, State::Sent | State::InDoubt | State::Claimed | State::DotPending) {
            gone.push(id);
        }
    }
    Ok((count, gone))
}
