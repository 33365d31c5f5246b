//! Enters: the ledger and the time. Leaves: what has waited too long: copies for healthcare teams (G19),
//! unacknowledged messages, responses that are to be served before a removal, limits of detention that are near, incidents
//! to be reported.
//! Never: sends or releases anything, or identifies a case by anything but its id.

use super::Failure;
use super::case_watch::CaseWatch;
use super::incidents::{report_clock, running};
use super::limits::LimitNear;
use super::unserved::Unserved;
use chrono::{NaiveDate, TimeDelta};
use despatch_core::clock::Moment;
use despatch_core::words::{CaseId, date_words, duration_words, weekday_words};
use despatch_ledger::{Despatch, DespatchId, Incident, Ledger, LimitStep, State};
use despatch_process::{Calendar, Division};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Minutes after which an unsent healthcare copy raises an alarm (G19).
const ALARM_AFTER_MINUTES: i64 = 30;
/// Working days after which an unacknowledged message raises an alarm.
const ALARM_AFTER_WORKING_DAYS: u32 = 1;

/// Something that has waited too long.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Alarm {
    Unacknowledged(Unacknowledged),
    CopyWaits(CopyWaits),
    Unserved(Unserved),
    Limit(LimitNear),
    Incident(Incident),
}

impl Alarm {
    /// The alarm as shown to a person.
    pub fn text(&self, now: Moment) -> String {
        match self {
            Alarm::Unacknowledged(one) => one.text(),
            Alarm::CopyWaits(one) => one.text(),
            Alarm::Unserved(one) => one.text(),
            Alarm::Limit(one) => one.text(),
            Alarm::Incident(incident) => incident_text(incident, now),
        }
    }

    /// The alarm for a log, without the recipient's name.
    pub fn log_text(&self, now: Moment) -> String {
        match self {
            Alarm::Unacknowledged(one) => one.log_text(),
            _ => self.text(now),
        }
    }

    /// The key of the alarm, by its kind: one despatch may raise several in succession.
    fn key(&self) -> (&'static str, String) {
        match self {
            Alarm::Unacknowledged(one) if one.cannot_open => ("cannot open", one.despatch.to_string()),
            Alarm::Unacknowledged(one) => ("not acknowledged", one.despatch.to_string()),
            Alarm::CopyWaits(one) => ("copy waits", one.despatch.to_string()),
            Alarm::Unserved(one) => ("unserved", one.key()),
            Alarm::Limit(one) => ("limit", one.key()),
            Alarm::Incident(one) => ("incident", one.number.to_string()),
        }
    }
}

/// A copy for a healthcare team that has not been sent.
#[derive(Debug, Clone, Serialize)]
pub struct CopyWaits {
    pub despatch: DespatchId,
    pub case_id: CaseId,
    pub state: State,
    pub minutes: i64,
}

impl CopyWaits {
    /// The alarm of a copy that has not gone; `None` if it has not waited long enough.
    pub(super) fn of(
        ledger: &mut Ledger,
        case_id: &CaseId,
        (despatch, state): (DespatchId, State),
        now: Moment,
    ) -> Result<Option<CopyWaits>, Failure> {
        let made = ledger.made_at(despatch)?;
        let minutes = made.map_or(0, |at| now.at.signed_duration_since(at).num_minutes().max(0));
        let alarm = CopyWaits { despatch, case_id: case_id.clone(), state, minutes };
        Ok(Some(alarm).filter(|alarm| alarm.minutes >= ALARM_AFTER_MINUTES))
    }

    /// The text of the alarm, without any name.
    pub fn text(&self) -> String {
        let waited = duration_words(TimeDelta::minutes(self.minutes));
        let state = self.state.label();
        format!(
            "ALARM  {} of {}: the healthcare team's copy has not gone ({state}, for {waited})",
            self.despatch, self.case_id
        )
    }
}

/// A message that was sent and, as far as the office knows, not opened.
#[derive(Debug, Clone, Serialize)]
pub struct Unacknowledged {
    pub despatch: DespatchId,
    pub case_id: CaseId,
    pub sent_on: Option<NaiveDate>,
    pub cannot_open: bool,
    /// The deadline that this message meets, and what is due by then.
    pub due: Option<NaiveDate>,
    pub what: Option<String>,
    pub recipient: String,
}

impl Unacknowledged {
    /// The alarm of a sent despatch.
    pub fn of(despatch: Despatch) -> Self {
        let deadline = despatch.planned.deadline;
        Self {
            despatch: despatch.id,
            case_id: despatch.case_id,
            sent_on: despatch.sent_on,
            cannot_open: despatch.receipt.is_some(),
            due: deadline.as_ref().map(|deadline| deadline.due),
            what: deadline.map(|deadline| deadline.what),
            recipient: despatch.recipient.name,
        }
    }

    /// The alarm as shown to a person.
    pub fn text(&self) -> String {
        let said = match (self.cannot_open, self.sent_on) {
            (true, _) => "cannot open it".to_owned(),
            (false, Some(day)) => format!("has not acknowledged it since {}", date_words(day)),
            (false, None) => "has not acknowledged it".to_owned(),
        };
        let clock = match (&self.what, self.due) {
            (Some(what), Some(due)) => format!("; {what} by {}", weekday_words(due)),
            _ => String::new(),
        };
        format!("ALARM  {} of {}: {} {said}{clock}", self.despatch, self.case_id, self.recipient)
    }

    fn log_text(&self) -> String {
        let said = if self.cannot_open { "cannot open it" } else { "has not acknowledged it" };
        format!("ALARM  {} of {}: the recipient {said}", self.despatch, self.case_id)
    }
}

/// Returns every message that its recipient cannot open, or has not acknowledged for a working day.
///
/// # Errors
/// The ledger cannot be read.
pub fn unacknowledged(
    ledger: &mut Ledger,
    calendar: &Calendar,
    now: Moment,
) -> Result<Vec<Unacknowledged>, Failure> {
    let days = calendar.working_days(Division::EnglandAndWales);
    let late =
        |sent: NaiveDate| days.after(sent, ALARM_AFTER_WORKING_DAYS).is_ok_and(|last| last < now.today);
    let mut sent = ledger.unacknowledged()?;
    sent.retain(|one| one.receipt.is_some() || one.sent_on.is_some_and(late));
    Ok(sent.into_iter().map(Unacknowledged::of).collect())
}

/// The alarm of an incident that must be reported.
pub fn incident_text(incident: &Incident, now: Moment) -> String {
    format!(
        "ALARM  incident {} of {}: tell the Information Commissioner, or record why not, {}",
        incident.number,
        incident.case_id,
        report_clock(incident, now)
    )
}

/// Raises each alarm once for as long as it lives.
#[derive(Debug, Default)]
pub struct AlarmWatch {
    raised: BTreeSet<(&'static str, String)>,
    cases: CaseWatch,
}

impl AlarmWatch {
    /// Returns every limit whose alarm is due, raised or not: whoever tells staff of them knows of what they were told.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub(super) fn limit_steps(
        &mut self,
        ledger: &mut Ledger,
        now: Moment,
    ) -> Result<Vec<LimitStep>, Failure> {
        Ok(self.cases.limits(ledger, now)?.into_iter().map(LimitNear::step).collect())
    }

    /// Returns the alarms that have not been raised yet.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn fresh(
        &mut self,
        ledger: &mut Ledger,
        calendar: &Calendar,
        now: Moment,
    ) -> Result<Vec<Alarm>, Failure> {
        let unacknowledged = unacknowledged(ledger, calendar, now)?;
        let mut copies = Vec::new();
        for copy in ledger.waiting_copies()? {
            copies.extend(CopyWaits::of(ledger, &copy.case_id, (copy.id, copy.state), now)?);
        }
        copies.sort_by_key(|copy| Reverse(copy.minutes));
        let all = (unacknowledged.into_iter().map(Alarm::Unacknowledged))
            .chain(copies.into_iter().map(Alarm::CopyWaits))
            .chain(self.cases.unserved(ledger, calendar, now.today)?.into_iter().map(Alarm::Unserved))
            .chain(self.cases.limits(ledger, now)?.into_iter().map(Alarm::Limit))
            .chain(running(ledger)?.into_iter().map(Alarm::Incident));
        Ok(all.filter(|alarm| self.raised.insert(alarm.key())).collect())
    }
}
