//! Enters: the clock of a limit and the moment. Leaves: the alarm of a detention or a stay that is due.
//! Never: says that a limit lapsed before its hour.

use despatch_core::clock::Moment;
use despatch_core::words::CaseId;
use despatch_ledger::LimitStep;
use despatch_process::Deadline;
use despatch_process::detention::LondonTime;
use serde::Serialize;

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

    /// The step of which staff are told by email.
    pub(super) fn step(self) -> LimitStep {
        let LimitNear { case_id, what, until, step, .. } = self;
        LimitStep { case_id, what, until, step }
    }

    /// What tells this alarm from another: each step raises its own.
    pub(super) fn key(&self) -> String {
        format!("{} {} {} {}", self.case_id, self.what, self.until, self.step)
    }
}
