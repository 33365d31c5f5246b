//! Enters: the ledger. Leaves: every approved despatch that is due, given to the courier once.
//! Never: tries again what may have arrived.

use super::{Courier, Verdict};
use crate::office::Office;
use despatch_core::clock::Clock;
use despatch_ledger::{Attempt, Checks, Despatch, Ledger, LedgerError};

/// What became of one despatch.
#[derive(Debug)]
pub enum Outcome {
    /// The courier had it; its state says what came of it.
    Tried(Box<Despatch>),
    /// It may not go as things stand.
    Held(Box<Despatch>),
}

/// Sends what is approved and due. The caller holds the sender's lease.
///
/// Errors: the ledger cannot go on; what was being sent is then put in order by the next start.
pub fn send_due(
    office: &Office,
    ledger: &mut Ledger,
    courier: &Courier,
    clock: Clock,
    report: &mut dyn FnMut(Outcome),
) -> Result<(), LedgerError> {
    loop {
        let approved = match ledger
            .next_to_send(Checks { directory: &office.directory, packs: &office.packs }, clock.now())?
        {
            Attempt::Nothing => return Ok(()),
            Attempt::Held(despatch) => {
                report(Outcome::Held(despatch));
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
        let despatch = ledger.record_verdict(*approved, &verdict, clock.now())?;
        report(Outcome::Tried(Box::new(despatch)));
    }
}
