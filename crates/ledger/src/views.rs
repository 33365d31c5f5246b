//! Enters: a despatch and whoever is to decide about it. Leaves: that they opened this version of it, or why the office
//! lets them decide unseen. Never: takes a view of another version, or by somebody else, for one of theirs.

use crate::despatch::{Despatch, MessageBinding};
use crate::engine::LedgerConnection;
use crate::error::{LedgerError, refuse};
use crate::event_log;
use crate::events::{DespatchEvent, Event, LedgerEvent};
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use despatch_core::words::Sha256;
use despatch_guards::Outcome;
use despatch_settings::{Staff, Unseen};

/// Returns the reason for which this person may let this message go without having opened it; `None` if they have. `sampled`:
/// the sample of its batch that they opened instead, which stands for no message that a check asks them to look at.
///
/// # Errors
/// They have not, and must.
pub(crate) async fn unseen_because(
    connection: &mut LedgerConnection,
    (despatch, bound): (&Despatch, &MessageBinding),
    by: &Staff,
    (unseen, sampled): (&Unseen, Option<&str>),
) -> Result<Option<String>, LedgerError> {
    if has_viewed(connection, despatch.id, bound.sha256, by).await? {
        return Ok(None);
    }
    let sampled = sampled.filter(|_| !asks(despatch));
    if let Some(reason) = sampled.or_else(|| may_be_unseen(despatch, unseen)) {
        return Ok(Some(reason.to_owned()));
    }
    let cause = format!("{} has not opened this version of it", by.id);
    let cure = "open it with `despatch outbox open`, look at each document, and then decide";
    refuse(despatch.id, "approve.unseen", cause, cure)
}

/// Returns whether this person has opened this very message.
pub(crate) async fn has_viewed(
    connection: &mut LedgerConnection,
    id: DespatchId,
    message: Sha256,
    by: &Staff,
) -> Result<bool, LedgerError> {
    let events = event_log::read(connection, Some(&id.to_string())).await?;
    let theirs = |event: &Event| {
        event.actor == by.id.as_str()
            && matches!(&event.happened, LedgerEvent::Despatch(_, DespatchEvent::Viewed(Some(seen)))
                if seen.message == message)
    };
    Ok(events.iter().any(theirs))
}

impl Ledger {
    /// Returns whether this person has opened this very message.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn has_viewed(&mut self, id: DespatchId, message: Sha256, by: &Staff) -> Result<bool, LedgerError> {
        self.ask(async |connection| has_viewed(connection, id, message, by).await)
    }
}

/// The reason for which a despatch may be approved by somebody who did not open it, as an office's settings have it.
pub fn may_be_unseen<'u>(despatch: &Despatch, unseen: &'u Unseen) -> Option<&'u str> {
    unseen.reason(&despatch.planned.kind, asks(despatch))
}

/// Whether a check asks a person to look at a despatch, or stops it.
pub(crate) fn asks(despatch: &Despatch) -> bool {
    despatch.checks.iter().any(|check| check.outcome == Outcome::Confirm || check.holds())
}
