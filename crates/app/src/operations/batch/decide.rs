//! Enters: what somebody decides about a batch, and why. Leaves: the batch and each of its messages that has not gone held,
//! let on or cancelled, each on record. Never: lets one refusal block the others, or tells of a message that they may not see.

use crate::operations::decisions::{self, DecisionOutcome, Release};
use crate::operations::{Actor, Failure, OpenOffice, Unlocks, reason};
use despatch_core::fault::Fault;
use despatch_core::words::BatchName;
use despatch_ledger::{BatchDecision, BatchOnRecord, DespatchId, State};
use serde::{Deserialize, Serialize};

/// What is decided about a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whole {
    /// No row is dropped and no message goes until it is released.
    Hold,
    Release,
    /// What has not gone never goes.
    Cancel,
}

/// A request to decide about a batch, and why.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DecideBatch {
    pub name: BatchName,
    pub whole: Whole,
    pub reason: String,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct BatchDecided {
    pub batch: BatchOnRecord,
    /// How many messages were held, let on or cancelled.
    pub messages: usize,
    pub refused: Vec<RefusedMessage>,
}

/// A message about which it could not be decided.
#[derive(Debug, Serialize)]
pub struct RefusedMessage {
    pub id: DespatchId,
    pub faults: Vec<Fault>,
}

/// Decides about a batch and each of its messages that has not gone. What is made of its rows later is held or cancelled
/// too.
///
/// # Errors
/// There is no such batch, or it is in no state for that; no reason is given; the actor is not on the staff list.
pub fn decide(
    open: &mut OpenOffice,
    actor: &Actor,
    request: DecideBatch,
    unlocks: Unlocks<'_>,
) -> Result<BatchDecided, Failure> {
    let DecideBatch { name, whole, reason: why } = request;
    let (by, why, now) = (actor.staff()?.clone(), reason(&why)?, open.now());
    let decision = match whole {
        Whole::Hold => BatchDecision::Hold(why.clone()),
        Whole::Release => BatchDecision::Release(why.clone()),
        Whole::Cancel => BatchDecision::Cancel(why.clone()),
    };
    let batch = open.ledger.decide_batch(&name, &decision, &by, now)?;
    if whole == Whole::Release {
        return release(open, actor, (batch, format!("batch {name}: {why}")), unlocks);
    }
    // Whoever may not see a restricted case stops it all the same, and is told nothing of it.
    let hidden = open.ledger.hidden_from(Some(&by.id))?;
    let (mut messages, mut from) = (0, (0, 0));
    loop {
        let now = open.now();
        let part = open.ledger.stop_part_of_batch(&name, &decision, &by, from, now)?;
        messages += part.stopped.iter().filter(|(_, case)| !hidden.contains(case)).count();
        match part.next {
            Some(next) => from = next,
            None => return Ok(BatchDecided { batch, messages, refused: Vec::new() }),
        }
    }
}

/// Lifts the holds that came with the batch's.
fn release(
    open: &mut OpenOffice,
    actor: &Actor,
    (batch, reason): (BatchOnRecord, String),
    unlocks: Unlocks<'_>,
) -> Result<BatchDecided, Failure> {
    let messages = open.ledger.despatches_of_batch(&batch.name, actor.reader())?;
    let held = messages.iter().filter(|one| one.state == State::Held);
    let ids = held.filter(|one| one.holds.iter().any(|hold| hold.is_of_batch(&batch.name))).map(|one| one.id);
    let release = Release { ids: ids.collect(), reason, overridden: Vec::new() };
    let mut decided = BatchDecided { batch, messages: 0, refused: Vec::new() };
    for DecisionOutcome { id, outcome } in decisions::release(open, actor, release, unlocks)? {
        match outcome {
            Ok(_) => decided.messages += 1,
            Err(Failure::Faults(faults)) => decided.refused.push(RefusedMessage { id, faults }),
            Err(other) => return Err(other),
        }
    }
    Ok(decided)
}
