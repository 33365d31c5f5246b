//! Enters: the ledger. Leaves: every approved despatch that is due, handed to the courier once.
//! Never: retries what may have arrived.

use super::{Courier, Verdict};
use crate::office::Office;
use despatch_core::clock::Clock;
use despatch_ledger::{Attempt, Checks, Despatch, Ledger, LedgerError};

/// Sends what is approved and due. Reports each despatch with the state that results, also one that is held because it
/// may not be sent as things stand. The caller holds the `sender` lease.
///
/// # Errors
/// The ledger fails, or the file of approvers is not in order; the next start recovers what was being sent.
pub fn send_due(
    office: &mut Office,
    ledger: &mut Ledger,
    courier: &Courier,
    clock: Clock,
    report: &mut dyn FnMut(&Despatch),
) -> Result<(), LedgerError> {
    loop {
        // Each message goes by the directory as it stands then: an address or a key may be withdrawn, or a second team
        // of a place verified, in the midst of a round (F21).
        office.directory = ledger.directory(&office.config.addresses)?;
        let checks = Checks { directory: &office.directory, packs: &office.packs };
        let approvers = office.required_approvers()?;
        let approved = match ledger.next_to_send(checks, approvers.as_ref(), clock.now())? {
            Attempt::Nothing => return Ok(()),
            Attempt::Held(despatch) => {
                report(&despatch);
                continue;
            }
            Attempt::Ready(approved) => approved,
        };
        let verdict = match office.config.teams.get(&approved.despatch().planned.team) {
            Some(sender) => {
                let mut dot_pending = || ledger.dot_pending(&approved, clock.now());
                courier.deliver(&sender.from, &approved.parcel(), &mut dot_pending)
            }
            None => {
                Verdict::Refused { reply: "the office no longer acts for the team that wrote it".to_owned() }
            }
        };
        report(&ledger.record_verdict(*approved, &verdict, clock.now())?);
    }
}
