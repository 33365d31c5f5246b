//! Enters: an entry of the directory that has changed. Leaves: its unsent despatches held, with the current reason.
//! Never: releases anything; a person regenerates the message.

use crate::despatch::{Hold, State};
use crate::error::LedgerError;
use crate::events::{DespatchEvent, HoldCause, LedgerEvent};
use crate::ids::DespatchId;
use crate::queries::despatches::unsent_for_entry;
use crate::transact::Transaction;
use chrono::NaiveDate;
use despatch_directory::directory::{Directory, HoldReason};
use despatch_directory::entry::Entry;
use despatch_directory::rules::AddressRules;

/// Holds the unsent despatches of an entry that may not be used as it is. Approvals are void: they bound the old entry.
pub(super) async fn hold_unsent(
    tx: &mut Transaction<'_>,
    entry: &Entry,
    rules: &AddressRules,
    today: NaiveDate,
) -> Result<Vec<DespatchId>, LedgerError> {
    let alone = Directory::new(Vec::new(), rules.clone());
    let reasons: Vec<Hold> = alone.holds(entry, today).iter().map(Hold::from).collect();
    let mut held = Vec::new();
    if reasons.is_empty() {
        return Ok(held);
    }
    for despatch in unsent_for_entry(tx.connection(), &entry.id).await? {
        let codes: Vec<&str> = reasons.iter().map(|reason| reason.code.as_str()).collect();
        let others = despatch.holds.into_iter().filter(|hold| !codes.contains(&hold.code.as_str()));
        let holds = others.chain(reasons.iter().cloned()).collect();
        let happened = DespatchEvent::Held { holds, cause: HoldCause::EntryChanged };
        tx.record(LedgerEvent::Despatch(despatch.id, happened)).await?;
        held.push(despatch.id);
    }
    Ok(held)
}

/// Updates why an entry's despatches are held; once the entry is in order, they must be regenerated.
pub(super) async fn tell_held(
    tx: &mut Transaction<'_>,
    entry: &Entry,
    rules: &AddressRules,
    today: NaiveDate,
) -> Result<(), LedgerError> {
    let alone = Directory::new(Vec::new(), rules.clone());
    let mut now: Vec<Hold> = alone.holds(entry, today).iter().map(Hold::from).collect();
    if now.is_empty() {
        let words = format!(
            "{} is in order now, and the message was made before that; \
             `despatch directory reseal {}` regenerates it",
            entry.id, entry.id
        );
        now.push(Hold { code: "recipient_changed".to_owned(), words, regenerate: true });
    }
    for despatch in unsent_for_entry(tx.connection(), &entry.id).await? {
        // Whether the entry serves the case is checked with the case at hand, when the message is regenerated.
        let of_entry = |hold: &Hold| HoldReason::is_code(&hold.code) && hold.code != HoldReason::NOT_FOR_CASE;
        if despatch.state != State::Held || !despatch.holds.iter().any(of_entry) {
            continue;
        }
        let others = despatch.holds.into_iter().filter(|hold| !of_entry(hold));
        let holds = others.chain(now.iter().cloned()).collect();
        let happened = DespatchEvent::Held { holds, cause: HoldCause::EntryRechecked };
        tx.record(LedgerEvent::Despatch(despatch.id, happened)).await?;
    }
    Ok(())
}
