//! Enters: the ledger. Leaves: every approved despatch that is due, handed to the courier once, several side by side.
//! Never: retries what may have arrived.

use super::lanes::{Lanes, Told};
use super::{Courier, Verdict};
use crate::office::Office;
use despatch_core::clock::Clock;
use despatch_ledger::{Approved, Attempt, Checks, Despatch, Ledger, LedgerError};
use std::thread;

/// Sends what is approved and due, over as many connections side by side as the settings say. Reports each despatch with
/// the state that results, also one that is held because it may not be sent as things stand. The caller holds the
/// `sender` lease.
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
    ledger.withdraw_outdated(clock.now())?;
    thread::scope(|scope| {
        let lanes = Lanes::new(scope, courier, office.config.connections);
        Round { office, ledger, clock, lanes, directory: None, report }.run()
    })
}

/// One round: this thread alone has the ledger, and the lanes speak to the courier.
struct Round<'r, 's, 'e> {
    office: &'r mut Office,
    ledger: &'r mut Ledger,
    clock: Clock,
    lanes: Lanes<'s, 'e>,
    /// The version of the directory that was read.
    directory: Option<i64>,
    report: &'r mut dyn FnMut(&Despatch),
}

impl Round<'_, '_, '_> {
    fn run(&mut self) -> Result<(), LedgerError> {
        let (mut more, mut failed) = (true, None);
        loop {
            while more && self.lanes.free() > 0 {
                // What the lanes have in hand is seen to its end even where nothing more can be begun.
                more = self.begin().unwrap_or_else(|error| {
                    failed = Some(error);
                    false
                });
            }
            let Some(told) = self.lanes.wait() else { return failed.map_or(Ok(()), Err) };
            more |= failed.is_none() && !told.verdicts.is_empty();
            if let Err(error) = self.record(told) {
                (more, failed) = (false, failed.or(Some(error)));
            }
        }
    }

    /// Claims a message for each free lane. Returns whether more may be due.
    fn begin(&mut self) -> Result<bool, LedgerError> {
        // Each message goes by the directory as it stands then: an address or a key may be withdrawn, or a second team
        // of a place verified, in the midst of a round (F21).
        let version = self.ledger.directory_version()?;
        if self.directory != Some(version) {
            self.office.directory = self.ledger.directory(&self.office.config.addresses)?;
            self.directory = Some(version);
        }
        let checks = Checks { directory: &self.office.directory, packs: &self.office.packs };
        let approvers = self.office.required_approvers()?;
        let free = self.lanes.free();
        let attempts = self.ledger.next_to_send(free, checks, approvers.as_ref(), self.clock.now())?;
        let more = attempts.len() == free;
        for attempt in attempts {
            match attempt {
                Attempt::Held(despatch) => (self.report)(&despatch),
                Attempt::Ready(approved) => {
                    let team = self.office.config.teams.get(&approved.despatch().planned.team);
                    self.lanes.send(team.map(|team| team.from.clone()), approved);
                }
            }
        }
        Ok(more)
    }

    /// Records what the lanes told, in one commit, and lets the dots be written that are on record. If that fails, those
    /// connections are cut, and each verdict is recorded by itself: what one message does to the record harms no other.
    fn record(&mut self, Told { dots, verdicts }: Told) -> Result<(), LedgerError> {
        let ids: Vec<_> = dots.iter().map(|dot| dot.id).collect();
        match self.ledger.record_sending(&ids, &verdicts, self.clock.now()) {
            Ok(done) => {
                dots.into_iter().for_each(|dot| dot.answer(Ok(())));
                done.iter().for_each(|despatch| (self.report)(despatch));
                Ok(())
            }
            Err(error) => {
                let why = error.to_string();
                dots.into_iter().for_each(|dot| dot.answer(Err(why.clone())));
                verdicts.into_iter().map(|one| self.record_one(one)).fold(Ok(()), Result::and)
            }
        }
    }

    fn record_one(&mut self, verdict: (Approved, Verdict)) -> Result<(), LedgerError> {
        let done = self.ledger.record_sending(&[], &[verdict], self.clock.now())?;
        done.iter().for_each(|despatch| (self.report)(despatch));
        Ok(())
    }
}
