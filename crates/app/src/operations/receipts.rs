//! Enters: an acknowledgement from a recipient. Leaves: a record of it.
//! Never: treats silence as a receipt.

use super::casework::seen;
use super::{Actor, Failure, OpenOffice, one_line};
use despatch_ledger::{Despatch, DespatchId};
use serde::{Deserialize, Serialize};

/// The longest note, in characters.
const NOTE_MAX: usize = 200;

/// A recipient's acknowledgement of one message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Acknowledgement {
    /// They have opened it, as their reply with this Message-ID says.
    Replied(String),
    /// They have opened it, as the office learned in another way.
    Opened(String),
    /// They cannot open it, and what they said.
    CannotOpen(String),
}

/// A request to record an acknowledgement.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordReceipt {
    pub id: DespatchId,
    pub said: Acknowledgement,
}

/// Records an acknowledgement.
///
/// # Errors
/// The despatch has not been sent, or the note is not one short line.
pub fn record(open: &mut OpenOffice, actor: &Actor, request: RecordReceipt) -> Result<Despatch, Failure> {
    let (opened, how, field) = match &request.said {
        Acknowledgement::Replied(message_id) => (true, message_id, "message-id"),
        Acknowledgement::Opened(how) => (true, how, "how"),
        Acknowledgement::CannotOpen(words) => (false, words, "reason"),
    };
    seen(&mut open.ledger, actor, request.id)?;
    let how = one_line(how, field, NOTE_MAX)?;
    Ok(open.ledger.record_receipt(request.id, opened, &how, actor.staff()?, open.clock.now())?)
}
