//! Enters: the record and the moment. Leaves: the limits whose alarm is due and the responses that are to be served before a
//! removal, kept from one look to the next. Never: reads a case of which nothing has happened since.

use super::Failure;
use super::case_digest::CaseDigest;
use super::limits::LimitNear;
use super::running_cases::{CaseReader, each_running};
use super::unserved::{ToServe, Unserved};
use chrono::NaiveDate;
use despatch_core::clock::Moment;
use despatch_core::words::CaseId;
use despatch_ledger::{Ledger, Tail};
use despatch_process::{Calendar, Deadline};
use std::collections::BTreeMap;

/// What the alarms need of a case.
#[derive(Debug)]
struct Watched {
    limits: Vec<Deadline>,
    to_serve: Option<ToServe>,
}

impl Watched {
    /// That of a case; `None` if it has neither.
    fn of(digest: CaseDigest) -> Option<Watched> {
        let CaseDigest { clocks, to_serve, .. } = digest;
        let limits: Vec<Deadline> = clocks.into_iter().filter(|clock| !clock.alarms.is_empty()).collect();
        (!limits.is_empty() || to_serve.is_some()).then_some(Watched { limits, to_serve })
    }
}

/// What runs in the cases, as of an event of the record.
#[derive(Debug, Default)]
pub(super) struct CaseWatch {
    as_of: Option<Tail>,
    by_case: BTreeMap<CaseId, Watched>,
}

impl CaseWatch {
    /// Returns every limit whose alarm is due, the nearest first.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub(super) fn limits(&mut self, ledger: &mut Ledger, now: Moment) -> Result<Vec<LimitNear>, Failure> {
        self.refresh(ledger)?;
        let all = self.by_case.iter().flat_map(|(case, of)| of.limits.iter().map(move |clock| (case, clock)));
        let mut found: Vec<LimitNear> =
            all.filter_map(|(case, clock)| LimitNear::of(case, clock, now)).collect();
        found.sort_by_key(|one| one.until);
        Ok(found)
    }

    /// Returns every response that is near the last day for its service, the nearest first.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub(super) fn unserved(
        &mut self,
        ledger: &mut Ledger,
        calendar: &Calendar,
        today: NaiveDate,
    ) -> Result<Vec<Unserved>, Failure> {
        self.refresh(ledger)?;
        let all = self.by_case.iter().filter_map(|(case, of)| Some((case, of.to_serve.clone()?)));
        let mut found: Vec<Unserved> = all.filter_map(|(case, one)| one.on(case, calendar, today)).collect();
        found.sort_by_key(|one| one.due);
        Ok(found)
    }

    fn refresh(&mut self, ledger: &mut Ledger) -> Result<(), Failure> {
        let Some(tail) = ledger.tail()?.map(|(seq, hash)| Tail { seq, hash }) else {
            *self = Self::default();
            return Ok(());
        };
        match &self.as_of {
            Some(known) if *known == tail => return Ok(()),
            Some(known) if known.seq < tail.seq => {
                let mut reader = CaseReader::of(ledger)?;
                for case in ledger.cases_touched_since(known.seq)? {
                    let digest = reader.read(ledger, &case)?;
                    self.take(case, digest);
                }
                reader.keep(ledger)?;
            }
            // The first look, or a record that was restored.
            _ => {
                self.by_case.clear();
                each_running(
                    ledger,
                    |_| true,
                    |_, case, digest| {
                        self.take(case, digest);
                        Ok(())
                    },
                )?;
            }
        }
        self.as_of = Some(tail);
        Ok(())
    }

    fn take(&mut self, case: CaseId, digest: CaseDigest) {
        match Watched::of(digest) {
            Some(watched) => self.by_case.insert(case, watched),
            None => self.by_case.remove(&case),
        };
    }
}
