//! Enters: case files that were rejected. Leaves: their preparers told, where the settings say so.
//! Never: keeps a letter back: whatever fails here is told and on record.

use super::{Courier, Verdict};
use crate::office::Office;
use despatch_core::clock::Clock;
use despatch_ledger::{Ledger, LedgerError, Notice};
use despatch_message::Mailbox;

/// Sends the notices that are due, in the name of the first team of the settings, and reports each. The caller holds the
/// `sender` lease.
///
/// # Errors
/// The ledger fails, or a notice cannot be composed.
pub fn send_notices(
    office: &Office,
    ledger: &mut Ledger,
    courier: &Courier,
    clock: Clock,
    report: &mut dyn FnMut(&Notice, &Verdict),
) -> Result<(), LedgerError> {
    let team = office.config.teams.values().next().filter(|_| office.config.tell_preparers);
    let Some(team) = team else { return Ok(()) };
    let from = Mailbox { name: team.letterhead.name.clone(), address: team.from.clone() };
    while let Some(notice) = ledger.next_notice(&office.config, &from, clock.now())? {
        // On record before it goes, as a test message is: at most one of a reject may arrive.
        let verdict = courier.deliver(&team.from, &notice.parcel(), &mut || Ok::<(), LedgerError>(()));
        ledger.record_notice_delivery(&notice, verdict.clone(), clock.now())?;
        report(&notice, &verdict);
    }
    Ok(())
}
