//! Enters: a despatch and an event about it. Leaves: the despatch after the event.
//! Never: a transition that the table of states lacks, except what a person found out after restoring a backup.

use super::{State, cannot, not_from, remove, signing, staff};
use crate::despatch::Receipt;
use crate::despatch::{Approval, Despatch, Hold, State as Stands, Urgent};
use crate::events::{DespatchEvent, Event, HoldCause, Regenerated};
use crate::ids::DespatchId;
use despatch_core::fault::Fault;
use despatch_guards::{Guard, Override};

pub(super) fn apply(
    state: &mut State,
    id: DespatchId,
    happened: &DespatchEvent,
    event: &Event,
) -> Result<(), Fault> {
    match happened {
        DespatchEvent::Made(despatch) => {
            if despatch.id != id {
                return Err(cannot(event, "it tells of another despatch"));
            }
            // As if nothing had happened to it: a hold would be undone, and a number given again.
            if state.despatches.get(&id).is_some() {
                return Err(cannot(event, "it was made before"));
            }
            state.despatches.put(id, Despatch::clone(despatch));
            return Ok(());
        }
        // The sealed files are removed; the despatch record stays.
        DespatchEvent::Purged(purged) => {
            remove(state, &purged.files);
            return Ok(());
        }
        DespatchEvent::Erased(erased) => {
            remove(state, &erased.files);
            return Ok(());
        }
        DespatchEvent::FoundSent { .. } | DespatchEvent::FoundUnsent { .. } => state.unreconciled.remove(&id),
        // Looking changes nothing.
        DespatchEvent::Viewed(_) | DespatchEvent::PassphraseViewed => return Ok(()),
        _ => {}
    }
    let Some(despatch) = state.despatches.edit(&id) else {
        return Err(Despatch::unknown(id));
    };
    change(despatch, happened, event)?;
    signing::after(despatch, happened, (&event.actor, event.at)).map_err(|why| cannot(event, why))
}

/// Applies an event to its despatch.
fn change(despatch: &mut Despatch, happened: &DespatchEvent, event: &Event) -> Result<(), Fault> {
    match happened {
        DespatchEvent::Held { holds, cause } => hold(despatch, holds, cause)?,
        DespatchEvent::Approved { approval } => {
            despatch.approval = Some(approval.clone());
            step(despatch, Stands::Approved)?;
        }
        DespatchEvent::FirstApproved { approval } => {
            if despatch.state != Stands::AwaitingReview {
                return Err(not_from(despatch, Stands::Approved));
            }
            despatch.first_approval = Some(approval.clone());
        }
        DespatchEvent::Returned { reason } => {
            despatch.reason = Some(reason.clone());
            step(despatch, Stands::Returned)?;
        }
        DespatchEvent::Cancelled { reason } => {
            despatch.reason = Some(reason.clone());
            step(despatch, Stands::Cancelled)?;
        }
        DespatchEvent::Released { reason, state } => {
            despatch.holds.clear();
            despatch.next_attempt = None;
            despatch.attempts = 0;
            despatch.reason = Some(reason.clone());
            step(despatch, *state)?;
        }
        DespatchEvent::Regenerated(made) => regenerate(despatch, made)?,
        DespatchEvent::Superseded { .. } => {
            despatch.void();
            despatch.overtaken = None;
            step(despatch, Stands::Superseded)?;
        }
        DespatchEvent::Overtaken(overtaken) => despatch.overtaken = Some(overtaken.clone()),
        DespatchEvent::Overridden { guard, reason, .. } => let_pass(despatch, *guard, reason, event)?,
        DespatchEvent::ReleasedUrgently { reason, approval } => {
            release_urgently(despatch, reason, approval, event)?;
        }
        DespatchEvent::UrgentReviewed { .. } => {
            let by = staff(event)?;
            let urgent = despatch.urgent.as_mut().ok_or_else(|| cannot(event, "nobody let it go alone"))?;
            urgent.reviewed_by = Some(by);
        }
        DespatchEvent::Received { how } => receive(despatch, true, how, event)?,
        DespatchEvent::Unopened { how } => receive(despatch, false, how, event)?,
        DespatchEvent::Telephoned { .. } => {}
        sending => send(despatch, sending, event)?,
    }
    Ok(())
}

/// Applies what a sender did, or what a person found out after a restoration.
fn send(despatch: &mut Despatch, happened: &DespatchEvent, event: &Event) -> Result<(), Fault> {
    match happened {
        DespatchEvent::Claimed => step(despatch, Stands::Claimed),
        DespatchEvent::Unclaimed => step(despatch, Stands::Approved),
        DespatchEvent::DotPending => step(despatch, Stands::DotPending),
        DespatchEvent::Sent { reply, attempts } => {
            despatch.sent_on = Some(event.day());
            answer(despatch, Stands::Sent, reply, *attempts)
        }
        DespatchEvent::Deferred { reply, attempts, next_attempt } => {
            answer(despatch, Stands::Deferred, reply, *attempts)?;
            despatch.next_attempt = Some(*next_attempt);
            Ok(())
        }
        DespatchEvent::Refused { reply, attempts } => answer(despatch, Stands::Refused, reply, *attempts),
        DespatchEvent::InDoubt { reply, attempts } => answer(despatch, Stands::InDoubt, reply, *attempts),
        DespatchEvent::FoundSent { reason } => {
            // The one way to `Sent` that is not in the table of states: it was sent before this ledger was restored.
            despatch.state = Stands::Sent;
            // The day is the one on which this became known; pending holds and attempts are void.
            despatch.sent_on = Some(event.day());
            despatch.holds.clear();
            despatch.next_attempt = None;
            despatch.reply = Some(format!("sent after the backup was made: {reason}"));
            despatch.reason = Some(reason.clone());
            Ok(())
        }
        DespatchEvent::FoundUnsent { reason, state } => {
            despatch.reason = Some(reason.clone());
            if *state == despatch.state { Ok(()) } else { step(despatch, *state) }
        }
        _ => Ok(()),
    }
}

fn step(despatch: &mut Despatch, next: Stands) -> Result<(), Fault> {
    if !despatch.state.may_become(next) {
        return Err(not_from(despatch, next));
    }
    despatch.state = next;
    Ok(())
}

fn hold(despatch: &mut Despatch, holds: &[Hold], cause: &HoldCause) -> Result<(), Fault> {
    let approval_is_void = match cause {
        HoldCause::Recheck => {
            let ends_it = |hold: &Hold| [Hold::FROZEN, Hold::UNSIGNED].contains(&hold.code.as_str());
            holds.iter().any(|hold| hold.regenerate || ends_it(hold))
        }
        HoldCause::EntryRechecked => false,
        // Whoever approved did not know what this person knows (F9).
        HoldCause::Person { .. }
        | HoldCause::Batch { .. }
        | HoldCause::EntryChanged
        | HoldCause::PackWithdrawn
        | HoldCause::Overtaken
        | HoldCause::CrossReference { .. } => true,
    };
    if approval_is_void {
        despatch.void();
    }
    despatch.holds = holds.to_vec();
    match cause {
        HoldCause::Person { reason } | HoldCause::Batch { reason } => despatch.reason = Some(reason.clone()),
        HoldCause::Overtaken => despatch.overtaken = None,
        HoldCause::CrossReference { check } => {
            despatch.checks.push(check.clone());
            despatch.checks.sort_by_key(|check| check.guard);
        }
        _ => {}
    }
    let stays = despatch.state == Stands::Held && !matches!(cause, HoldCause::Person { .. });
    if stays { Ok(()) } else { step(despatch, Stands::Held) }
}

/// Replaces the message by a new one; approval, holds and attempts belonged to the old one.
fn regenerate(despatch: &mut Despatch, made: &Regenerated) -> Result<(), Fault> {
    despatch.pack = made.pack.clone();
    despatch.planned = made.planned.clone();
    despatch.recipient = made.recipient.clone();
    despatch.message = made.message.clone();
    despatch.checks = made.checks.clone();
    despatch.warnings.extend(made.warnings.iter().cloned());
    despatch.holds.clear();
    despatch.void();
    despatch.urgent = None;
    despatch.attempts = 0;
    despatch.next_attempt = None;
    despatch.reason = Some(made.reason.clone());
    step(despatch, Stands::AwaitingReview)
}

/// Records a person's override of a guard.
fn let_pass(despatch: &mut Despatch, guard: Guard, reason: &str, event: &Event) -> Result<(), Fault> {
    let word = Override { by: staff(event)?, at: event.at, reason: reason.to_owned() };
    despatch.let_pass(guard, &word);
    Ok(())
}

fn release_urgently(
    despatch: &mut Despatch,
    reason: &str,
    approval: &Approval,
    event: &Event,
) -> Result<(), Fault> {
    // An urgent release overrides the identity guard too.
    let_pass(despatch, Guard::Identity, reason, event)?;
    let urgent = Urgent { by: staff(event)?, at: event.at, reason: reason.to_owned(), reviewed_by: None };
    despatch.approval = Some(approval.clone());
    despatch.holds.clear();
    despatch.reason = Some(reason.to_owned());
    despatch.urgent = Some(urgent);
    step(despatch, Stands::Approved)
}

fn answer(despatch: &mut Despatch, next: Stands, reply: &str, attempts: u32) -> Result<(), Fault> {
    despatch.attempts = attempts;
    despatch.reply = Some(reply.to_owned());
    despatch.next_attempt = None;
    step(despatch, next)
}

fn receive(despatch: &mut Despatch, opened: bool, how: &str, event: &Event) -> Result<(), Fault> {
    despatch.receipt = Some(Receipt { by: staff(event)?, on: event.day(), opened, how: how.to_owned() });
    Ok(())
}
