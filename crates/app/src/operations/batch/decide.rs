//! Enters: what somebody decides about a batch, and why. Leaves: the batch and each of its messages that has not gone held,
//! let on or cancelled, each on record. Never: lets one refusal block the others, or tells of a message that they may not see.

use crate::operations::decisions::{self, Release};
use crate::operations::open_office::checks;
use crate::operations::{Actor, Failure, OpenOffice, Unlocks, reason};
use despatch_core::fault::Fault;
use despatch_core::words::BatchName;
use despatch_ledger::{BatchDecision, BatchOnRecord, Decision, Despatch, DespatchId, Hold, State};
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
    let why = format!("batch {name}: {why}");
    if whole == Whole::Release {
        return release(open, actor, (batch, why), unlocks);
    }
    let (stopped, decision) = match whole {
        Whole::Hold => (State::Held, Decision::Hold(why)),
        _ => (State::Cancelled, Decision::Cancel(why)),
    };
    // Whoever may not see a restricted case stops it all the same, and is told nothing of it.
    let hidden = open.ledger.hidden_from(Some(&by.id))?;
    let OpenOffice { office, ledger, clock, .. } = open;
    let mut decided = BatchDecided { batch, messages: 0, refused: Vec::new() };
    for Despatch { id, state, case_id, .. } in ledger.every_despatch_of_batch(&name)? {
        let may = state == State::Held || state.may_become(stopped);
        if !may || state == State::InDoubt {
            // It has gone, or may have: a person looks for it at the relay first.
            continue;
        }
        let outcome = ledger.decide(id, &by, &decision, checks(office), clock.now());
        let seen = !hidden.contains(&case_id);
        decided.note(id, outcome.map(drop).map_err(Failure::from), seen)?;
    }
    Ok(decided)
}

impl BatchDecided {
    /// Counts a message, or keeps why not; any other failure stops the rest.
    fn note(&mut self, id: DespatchId, outcome: Result<(), Failure>, seen: bool) -> Result<(), Failure> {
        match outcome {
            Ok(()) => self.messages += usize::from(seen),
            Err(Failure::Faults(faults)) if seen => self.refused.push(RefusedMessage { id, faults }),
            Err(Failure::Faults(_)) => {}
            Err(other) => return Err(other),
        }
        Ok(())
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
    let ids = held.filter(|one| one.holds.iter().any(|hold| is_of(hold, &batch.name))).map(|one| one.id);
    let release = Release { ids: ids.collect(), reason, overridden: Vec::new() };
    let mut decided = BatchDecided { batch, messages: 0, refused: Vec::new() };
    for one in decisions::release(open, actor, release, unlocks)? {
        decided.note(one.id, one.outcome.map(drop), true)?;
    }
    Ok(decided)
}

/// Whether a person's hold came with that of a batch.
fn is_of(hold: &Hold, batch: &BatchName) -> bool {
    let named = format!("batch {batch}");
    let ends = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '-');
    hold.code == Hold::BY_PERSON && hold.words.split_once(&named).is_some_and(|(_, rest)| ends(rest))
}
