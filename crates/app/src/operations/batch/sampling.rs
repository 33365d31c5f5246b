//! Enters: a batch, and a kind of which the pack lets a sample stand for the rest. Leaves: the sample, on record; and the
//! approvals of the rest once a reviewer has opened it. Never: approves where the office asks for signatures, which are given
//! for what their giver opened.

use super::decide::RefusedMessage;
use super::known::known;
use crate::operations::clock_check::check_clock;
use crate::operations::open_office::checks;
use crate::operations::{Actor, Failure, OpenOffice};
use despatch_core::fault::Fault;
use despatch_core::words::{BatchName, KindName};
use despatch_ledger::{BatchOnRecord, DespatchId, LedgerError, Sample, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A batch, and a kind of its messages.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OfKind {
    pub name: BatchName,
    pub kind: KindName,
}

/// How a sample stands for whoever asks.
#[derive(Debug, Serialize)]
pub struct SampleStanding {
    pub kind: KindName,
    /// How many messages are drawn at most.
    pub number: u32,
    /// What was drawn; `None` until somebody draws it.
    pub sample: Option<Sample>,
    /// Those of the sample that the actor has not opened in their present version.
    pub unopened: Vec<DespatchId>,
    /// How many messages of the kind still await review.
    pub waiting: u64,
}

/// Returns the kinds of a batch of which a sample stands for the rest, as the packs of its messages say.
pub(super) fn samples(
    open: &mut OpenOffice,
    actor: &Actor,
    batch: &BatchOnRecord,
) -> Result<Vec<SampleStanding>, Failure> {
    let listed: BTreeSet<(KindName, u32)> = open
        .office
        .packs
        .iter()
        .flat_map(|pack| pack.sampled.iter().filter_map(|kind| Some((kind.clone(), pack.sample?))))
        .collect();
    if listed.is_empty() {
        return Ok(Vec::new());
    }
    let tally = open.ledger.batch_tally(&batch.name, actor.reader())?;
    let mut standings: Vec<SampleStanding> = Vec::new();
    for (kind, number) in listed {
        if standings.iter().any(|one| one.kind == kind) || !tally.iter().any(|one| one.kind == kind.as_str())
        {
            continue;
        }
        let of_kind = tally.iter().filter(|one| one.kind == kind.as_str());
        let waiting = of_kind.filter(|one| one.state == State::AwaitingReview.code());
        let waiting = waiting.map(|one| one.number).sum();
        let sample = open.ledger.sample_on_record(&batch.name, &kind)?;
        let unopened = unopened(open, actor, sample.as_ref())?;
        standings.push(SampleStanding { kind, number, sample, unopened, waiting });
    }
    Ok(standings)
}

fn unopened(
    open: &mut OpenOffice,
    actor: &Actor,
    sample: Option<&Sample>,
) -> Result<Vec<DespatchId>, Failure> {
    let (Some(sample), Ok(by)) = (sample, actor.staff()) else { return Ok(Vec::new()) };
    let mut unopened = Vec::new();
    for id in &sample.drawn {
        let message = open.ledger.despatch(*id)?.message.map(|bound| bound.sha256);
        let opened = match message {
            Some(message) => open.ledger.has_viewed(*id, message, by)?,
            None => false,
        };
        if !opened {
            unopened.push(*id);
        }
    }
    Ok(unopened)
}

/// Draws the sample of a kind, or returns the one that was drawn.
///
/// # Errors
/// There is no such batch, rows of it are still to be made, or the pack lets no sample stand for the kind; the actor is not
/// on the staff list.
pub fn draw(open: &mut OpenOffice, actor: &Actor, request: OfKind) -> Result<SampleStanding, Failure> {
    let OfKind { name, kind } = request;
    let (by, now) = (actor.staff()?.clone(), open.now());
    let OpenOffice { office, ledger, .. } = open;
    let sample = ledger.draw_sample((&name, &kind), &by, checks(office), now)?;
    let batch = known(open, &name)?;
    let standing = samples(open, actor, &batch)?.into_iter().find(|one| one.kind == sample.kind);
    standing.ok_or_else(|| Failure::Internal(format!("{kind} was drawn and is not listed")))
}

/// What came of approving on the strength of a sample.
#[derive(Debug, Default, Serialize)]
pub struct SampledApproval {
    pub approved: usize,
    /// Approved by this person, and by nobody else yet: two approve these.
    pub first_approved: usize,
    pub refused: Vec<RefusedMessage>,
}

/// Approves the messages of a kind that await review: those that the actor has opened and, where that is all of the sample,
/// the others too, each with the sample on record. `each` is told how many are done.
///
/// # Errors
/// The office takes signed approvals alone; there is no sample, the actor has not opened all of it, or something of it was
/// stopped; the actor is not on the staff list.
pub fn approve_rest(
    open: &mut OpenOffice,
    actor: &Actor,
    request: OfKind,
    each: &mut dyn FnMut(usize) -> bool,
) -> Result<SampledApproval, Failure> {
    let OfKind { name, kind } = request;
    check_clock(open)?;
    let by = actor.staff()?.clone();
    let OpenOffice { office, ledger, clock, .. } = open;
    if office.required_approvers()?.is_some() {
        let cause =
            "this office takes signed approvals alone, and a signature is given for what its giver opened";
        let cure = "open each message, and approve it with `despatch outbox approve --sign-key`";
        return Err(Fault::new(format!("batch {name}"), "sample.signed", cause, cure).into());
    }
    let (mut done, mut from) = (SampledApproval::default(), (0, 0));
    loop {
        let how = (&office.config.unseen, checks(office));
        let part = ledger.approve_by_sample((&name, &kind), &by, how, from, clock.now())?;
        for (id, outcome) in part.decided {
            match outcome {
                Ok(despatch) if despatch.state == State::Approved => done.approved += 1,
                Ok(_) => done.first_approved += 1,
                Err(LedgerError::Refused(fault)) => {
                    done.refused.push(RefusedMessage { id, faults: vec![fault] });
                }
                Err(other) => return Err(other.into()),
            }
        }
        let goes_on = each(done.approved + done.first_approved + done.refused.len());
        match part.next.filter(|_| goes_on) {
            Some(next) => from = next,
            None => return Ok(done),
        }
    }
}
