//! Enters: the events of a despatch. Leaves: which people hold it, and whose word each of these holds stopped.
//! Never: asks whether a hold's cause is gone; only its holder, or a reviewer who is none of these, can say so.

use crate::despatch::Despatch;
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::event_log;
use crate::events::{DespatchEvent, Event, HoldCause, LedgerEvent};
use crate::four_eyes::{Matter, must_review, second};
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use crate::queries::despatches::load;
use despatch_settings::Staff;
use std::collections::BTreeSet;

/// A person's hold, and whom it overrules: everybody who had let the despatch go on before.
struct PersonHold {
    by: String,
    overrules: BTreeSet<String>,
}

/// Checks that this person may lift the holds of people on a despatch: each its own holder, or a reviewer who neither
/// prepared the case nor is overruled by it (F9).
///
/// # Errors
/// `by` may not lift one of them, or the ledger cannot be read.
pub(crate) async fn may_lift(
    connection: &mut LedgerConnection,
    despatch: &Despatch,
    by: &Staff,
) -> Result<(), LedgerError> {
    if !despatch.is_held_by_people() {
        return Ok(());
    }
    // With those that it took over, the oldest first.
    let (mut ids, mut before) = (vec![despatch.id], despatch.held_as);
    while let Some(id) = before {
        ids.insert(0, id);
        before = load(connection, id).await?.held_as;
    }
    let mut events = Vec::new();
    for id in ids {
        events.extend(event_log::read(connection, Some(&id.to_string())).await?);
    }
    let all = open_holds(&events);
    for hold in all.iter().filter(|hold| hold.by != by.id.as_str()) {
        must_review(despatch, by)?;
        let overruled = hold.overrules.iter().map(String::as_str);
        second(Matter::Hold(despatch), &by.id, overruled.chain([despatch.prepared_by.as_str()]))?;
    }
    Ok(())
}

impl Ledger {
    /// Checks that this person may lift what people hold of a despatch.
    ///
    /// # Errors
    /// `by` may not, there is no such despatch, or the ledger cannot be read.
    pub fn may_lift(&mut self, id: DespatchId, by: &Staff) -> Result<(), LedgerError> {
        self.ask(async |connection| {
            let despatch = load(connection, id).await?;
            may_lift(connection, &despatch, by).await
        })
    }
}

/// Returns the holds of people that nobody has lifted yet.
fn open_holds(events: &[Event]) -> Vec<PersonHold> {
    let mut open = Vec::new();
    let mut let_go = BTreeSet::new();
    for event in events {
        let LedgerEvent::Despatch(_, happened) = &event.happened else { continue };
        match happened {
            DespatchEvent::Held { cause: HoldCause::Person { .. } | HoldCause::Batch { .. }, .. } => {
                open.push(PersonHold { by: event.actor.clone(), overrules: let_go.clone() });
            }
            DespatchEvent::Approved { .. }
            | DespatchEvent::FirstApproved { .. }
            | DespatchEvent::ReleasedUrgently { .. }
            | DespatchEvent::Overridden { .. } => drop(let_go.insert(event.actor.clone())),
            DespatchEvent::Released { .. } | DespatchEvent::Regenerated(_) => {
                open.clear();
                let_go.insert(event.actor.clone());
            }
            _ => {}
        }
    }
    open
}
