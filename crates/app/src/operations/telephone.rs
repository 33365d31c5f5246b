//! Enters: a call that somebody made about a message. Leaves: a note of it on record.
//! Never: takes a call for an acknowledgement.

use super::casework::seen;
use super::{Actor, Failure, OpenOffice, one_line};
use despatch_ledger::{CallOutcome, Despatch, DespatchId};
use serde::{Deserialize, Serialize};

/// The longest note, in characters.
pub const NOTE_MAX: usize = 200;

/// A call about a message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordCall {
    /// The message.
    pub id: DespatchId,
    /// How the call ended.
    pub outcome: CallOutcome,
    /// A few words, without anything about the detained person; may be left out.
    pub note: Option<String>,
}

/// Records a call.
///
/// # Errors
/// There is no such message; the note is not one short line; the actor is not on the staff list.
pub fn record(open: &mut OpenOffice, actor: &Actor, request: RecordCall) -> Result<Despatch, Failure> {
    seen(&mut open.ledger, actor, request.id)?;
    let by = actor.staff()?;
    let note = request.note.filter(|note| !note.trim().is_empty());
    let note = note.map(|note| one_line(&note, "note", NOTE_MAX)).transpose()?;
    let now = open.clock.now();
    Ok(open.ledger.record_call(request.id, (request.outcome, note.as_deref()), by, now)?)
}
