//! Enters: the record and the moment. Leaves: the limits of detentions and stays whose alarm is due, kept from one look to the
//! next. Never: reads a case of which nothing has happened since, or says that a limit lapsed before its hour.

use super::Failure;
use despatch_core::clock::Moment;
use despatch_core::words::CaseId;
use despatch_ledger::{Ledger, OnRecord, Tail};
use despatch_process::detention::LondonTime;
use despatch_process::{CaseState, Deadline, History};
use serde::Serialize;
use std::collections::BTreeMap;

/// A limit that is near, or has lapsed.
#[derive(Debug, Clone, Serialize)]
pub struct LimitNear {
    pub case_id: CaseId,
    pub what: String,
    pub until: LondonTime,
    /// The alarm that is due: of those before the limit the latest, or the limit itself.
    pub step: LondonTime,
    pub lapsed: bool,
}

impl LimitNear {
    /// The limit of a clock, once its first alarm is due.
    pub(super) fn of(case_id: &CaseId, clock: &Deadline, now: Moment) -> Option<LimitNear> {
        let until = clock.at.filter(|_| !clock.alarms.is_empty())?;
        let steps = clock.alarms.iter().copied().chain([until]);
        let step = steps.filter(|alarm| alarm.utc() <= now.at).max()?;
        let lapsed = until.utc() <= now.at;
        Some(LimitNear { case_id: case_id.clone(), what: clock.what.clone(), until, step, lapsed })
    }

    /// The alarm, without any name.
    pub fn text(&self) -> String {
        let (case_id, what, until) = (&self.case_id, &self.what, self.until.end_words());
        match self.lapsed {
            true => format!("ALARM  {case_id}: {what}: lapsed on {until}"),
            false => format!("ALARM  {case_id}: {what} on {until}"),
        }
    }

    /// What tells this alarm from another: each step raises its own.
    pub(super) fn key(&self) -> String {
        format!("{} {} {} {}", self.case_id, self.what, self.until, self.step)
    }
}

/// The limits that run, as of an event of the record.
#[derive(Debug, Default)]
pub(super) struct LimitWatch {
    as_of: Option<Tail>,
    by_case: BTreeMap<CaseId, Vec<Deadline>>,
}

impl LimitWatch {
    /// Returns every limit whose alarm is due, the nearest first.
    pub(super) fn near(&mut self, ledger: &mut Ledger, now: Moment) -> Result<Vec<LimitNear>, Failure> {
        self.refresh(ledger)?;
        let of_case = |(case, clocks): (&CaseId, &Vec<Deadline>)| {
            clocks.iter().filter_map(|clock| LimitNear::of(case, clock, now)).collect::<Vec<_>>()
        };
        let mut found: Vec<LimitNear> = self.by_case.iter().flat_map(of_case).collect();
        found.sort_by_key(|one| one.until);
        Ok(found)
    }

    fn refresh(&mut self, ledger: &mut Ledger) -> Result<(), Failure> {
        let Some(tail) = ledger.tail()?.map(|(seq, hash)| Tail { seq, hash }) else {
            *self = Self::default();
            return Ok(());
        };
        let cases: Vec<CaseId> = match &self.as_of {
            Some(known) if *known == tail => return Ok(()),
            Some(known) if known.seq < tail.seq => {
                ledger.cases_touched_since(known.seq)?.into_iter().collect()
            }
            _ => {
                self.by_case.clear();
                ledger.cases_with_limits()?
            }
        };
        for case in cases {
            let clocks = limits_of(&ledger.case_events(&case)?);
            match clocks.is_empty() {
                true => self.by_case.remove(&case),
                false => self.by_case.insert(case, clocks),
            };
        }
        self.as_of = Some(tail);
        Ok(())
    }
}

/// The clocks of a case that have alarms.
fn limits_of(events: &[OnRecord]) -> Vec<Deadline> {
    let history = History { events: events.iter().map(OnRecord::past).collect(), ..History::default() };
    CaseState::of(&history).clocks.into_iter().filter(|clock| !clock.alarms.is_empty()).collect()
}
