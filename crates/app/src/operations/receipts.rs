//! Enters: what a recipient let the office know. Leaves: it on record.
//! Never: takes silence for a receipt.

use super::{Actor, Failure, OpenOffice, one_line};
use despatch_ledger::{Despatch, DespatchId};
use serde::{Deserialize, Serialize};

/// The longest note, in characters.
const NOTE_MAX: usize = 200;

/// What a recipient let the office know of one message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Acknowledgement {
    /// They have opened it; the reply's Message-ID says so.
    Replied(String),
    /// They have opened it; the office heard in another way.
    Opened(String),
    /// They cannot open it, and what they said.
    CannotOpen(String),
}

/// Of which message the office heard what.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordReceipt {
    pub id: DespatchId,
    pub said: Acknowledgement,
}

/// Takes note of it.
///
/// # Errors
/// The despatch has not been sent, or the note is no line.
pub fn record(open: &mut OpenOffice, actor: &Actor, request: RecordReceipt) -> Result<Despatch, Failure> {
    let (opened, how, field) = match &request.said {
        Acknowledgement::Replied(message_id) => (true, message_id, "message-id"),
        Acknowledgement::Opened(how) => (true, how, "how"),
        Acknowledgement::CannotOpen(words) => (false, words, "reason"),
    };
    let how = one_line(how, field, NOTE_MAX)?;
    Ok(open.ledger.record_receipt(request.id, opened, &how, actor.staff()?, open.clock.now())?)
}
