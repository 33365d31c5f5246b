//! Enters: the number of a case file that records something that did not happen. Leaves: its event withdrawn, and what has
//! to be made anew because of that. Never: takes anything off the record: the reason stands beside it; or brings back what
//! the event took the place of, which was made for how things stood before it.

use super::casework::may_see;
use super::{Actor, Failure, OpenOffice, reason};
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, KindName, Role};
use despatch_ledger::{Despatch, DespatchEvent, DespatchId, Hold, LedgerEvent, OnRecord, State, Withdrawn};
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
    #[serde(flatten)]
    pub others: Others,
}

/// A message of another event that the withdrawn one stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stopped {
    pub despatch: DespatchId,
    pub kind: KindName,
    /// What the kind is called.
    pub title: String,
    pub role: Role,
    /// The recipient's name.
    pub to: String,
    /// The number of its case file, which is corrected to have it made anew.
    pub case_file: i64,
}

/// What the withdrawn event did to messages of other events, and the withdrawal does not undo.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Others {
    /// What it took the place of, which is not brought back.
    pub replaced: Vec<Stopped>,
    /// What it held, which waits for somebody to release it.
    pub held: Vec<Stopped>,
}

impl Others {
    /// What an event of a case did to messages of the others.
    fn of(open: &mut OpenOffice, events: &[OnRecord], by: &OnRecord) -> Result<Others, Failure> {
        let mut found = Others::default();
        let names_it = format!("case {} has come in since", by.submission);
        for event in events.iter().filter(|event| event.submission != by.submission) {
            for despatch in &event.despatches {
                let is_by_it =
                    |hold: &Hold| hold.code == Hold::OVERTAKEN && hold.words.starts_with(&names_it);
                if despatch.state == State::Held && despatch.holds.iter().any(is_by_it) {
                    found.held.push(Stopped::of(open, despatch));
                } else if despatch.state == State::Superseded && was_replaced(open, despatch, by.submission)?
                {
                    found.replaced.push(Stopped::of(open, despatch));
                }
            }
        }
        Ok(found)
    }
}

/// Whether a case file is what superseded a despatch.
fn was_replaced(open: &mut OpenOffice, despatch: &Despatch, case_file: i64) -> Result<bool, Failure> {
    let events = open.ledger.events(Some(&despatch.id.to_string()))?;
    Ok(events.iter().any(|event| {
        matches!(&event.happened, LedgerEvent::Despatch(_, DespatchEvent::Superseded { by }) if *by == case_file)
    }))
}

impl Stopped {
    fn of(open: &OpenOffice, despatch: &Despatch) -> Stopped {
        let kind = despatch.planned.kind.clone();
        let title =
            open.office.catalogue.kind(&kind).map_or_else(|| kind.to_string(), |kind| kind.title.clone());
        Stopped {
            despatch: despatch.id,
            kind,
            title,
            role: despatch.planned.role,
            to: despatch.recipient.name.clone(),
            case_file: despatch.id.submission,
        }
    }

    /// One line about it.
    pub fn text(&self) -> String {
        format!("{} {}, to {} ({})", self.despatch, self.title, self.to, self.role.label())
    }
}

/// A withdrawn event.
#[derive(Debug, Serialize)]
pub struct EventWithdrawn {
    #[serde(flatten)]
    pub withdrawn: Withdrawn,
    #[serde(flatten)]
    pub others: Others,
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
    let events = match &case_id {
        Some(case) => open.ledger.case_events(case)?,
        None => Vec::new(),
    };
    let event = events.iter().find(|event| event.submission == case_file);
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
    let others = Others::of(open, &events, event)?;
    Ok(WithdrawnPreview {
        case_id,
        others,
        summary: event.recorded.fact.summary(),
        on: event.recorded.on,
        stops,
        sent,
    })
}

/// Withdraws an event: it counts no more, and its unsent messages are stopped for good. What went because of it is
/// returned, so that somebody tells whoever got it, and so is what it stopped, so that somebody has that made anew.
///
/// # Errors
/// There is no such event, or it counts no more; no reason is given; a sender has one of its messages in hand; the actor
/// is not on the staff list.
pub fn withdraw(
    open: &mut OpenOffice,
    actor: &Actor,
    request: &WithdrawEvent,
) -> Result<EventWithdrawn, Failure> {
    let (by, why) = (actor.staff()?, reason(&request.reason)?);
    let mut others = Others::default();
    if let Some(case) = open.ledger.counted_case(request.case_file)? {
        may_see(&mut open.ledger, actor, &case)?;
        let events = open.ledger.case_events(&case)?;
        if let Some(event) = events.iter().find(|event| event.submission == request.case_file) {
            others = Others::of(open, &events, event)?;
        }
    }
    let now = open.clock.now();
    let withdrawn = open.ledger.withdraw_event(request.case_file, &why, by, now)?;
    Ok(EventWithdrawn { withdrawn, others })
}
