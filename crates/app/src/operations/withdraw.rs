//! Enters: the number of a case file that records something that did not happen. Leaves: its event withdrawn.
//! Never: takes anything off the record: the reason stands beside it.

use super::casework::may_see;
use super::{Actor, Failure, OpenOffice, reason};
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::CaseId;
use despatch_ledger::{DespatchId, State, Withdrawn};
use serde::{Deserialize, Serialize};

/// An event to withdraw.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WithdrawEvent {
    /// The number of its case file.
    pub case_file: i64,
    /// Why.
    pub reason: String,
}

/// What withdrawing an event would do.
#[derive(Debug, Serialize)]
pub struct WithdrawnPreview {
    /// The case.
    pub case_id: CaseId,
    /// What is on record.
    pub summary: String,
    /// The day of it.
    pub on: NaiveDate,
    /// The messages that would be stopped for good.
    pub stops: Vec<DespatchId>,
    /// Those that were sent, or may have been.
    pub sent: Vec<DespatchId>,
}

/// Says what withdrawing an event would do.
///
/// # Errors
/// There is no such event, or it counts no more; the actor is not on the staff list.
pub fn preview(open: &mut OpenOffice, actor: &Actor, case_file: i64) -> Result<WithdrawnPreview, Failure> {
    actor.staff()?;
    let case_id = open.ledger.counted_case(case_file)?;
    if let Some(case) = &case_id {
        may_see(&mut open.ledger, actor, case)?;
    }
    let event = match &case_id {
        Some(case) => open.ledger.case_events(case)?.into_iter().find(|event| event.submission == case_file),
        None => None,
    };
    let (Some(case_id), Some(event)) = (case_id, event) else {
        let cause = "no event on record came with it, or a correction or a withdrawal has replaced it";
        let cure = "look at the case with `despatch case`";
        return Err(Fault::new(format!("case file {case_file}"), "withdraw.unknown", cause, cure).into());
    };
    let (mut stops, mut sent) = (Vec::new(), Vec::new());
    for despatch in &event.despatches {
        if despatch.state.has_gone() {
            sent.push(despatch.id);
        } else if despatch.state.may_become(State::Cancelled) {
            stops.push(despatch.id);
        }
    }
    Ok(WithdrawnPreview {
        case_id,
        summary: event.recorded.fact.summary(),
        on: event.recorded.on,
        stops,
        sent,
    })
}

/// Withdraws an event: it counts no more, and its unsent messages are stopped for good. What went because of it is
/// returned, so that somebody tells whoever got it.
///
/// # Errors
/// There is no such event, or it counts no more; no reason is given; a sender has one of its messages in hand; the actor
/// is not on the staff list.
pub fn withdraw(open: &mut OpenOffice, actor: &Actor, request: &WithdrawEvent) -> Result<Withdrawn, Failure> {
    let (by, why) = (actor.staff()?, reason(&request.reason)?);
    if let Some(case) = open.ledger.counted_case(request.case_file)? {
        may_see(&mut open.ledger, actor, &case)?;
    }
    let now = open.clock.now();
    Ok(open.ledger.withdraw_event(request.case_file, &why, by, now)?)
}
