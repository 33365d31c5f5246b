//! Enters: the ledger, the inbox and the time. Leaves: the copies for healthcare teams that wait, loudly (G19), and the
//! messages that nobody has acknowledged.
//! Never: lets one go, or says whose it is in other words than the case's id.

use super::Failure;
use super::incident::{alarm_words, running};
use super::print::{Print, count, red};
use super::receipts::unheard;
use despatch_app::intake::lying_in;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::CaseId;
use despatch_ledger::{Despatch, DespatchId, IncidentId, Ledger, State};
use despatch_process::case;
use despatch_process::case::Event;
use despatch_process::{Calendar, Places};
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::Path;

/// A healthcare copy that nobody has let go for so long raises an alarm (G19).
const ALARM_AFTER_MINUTES: i64 = 30;

/// A copy for a healthcare team that has not gone.
#[derive(Debug, Serialize)]
pub(super) struct Alarm {
    despatch: DespatchId,
    case_id: CaseId,
    state: State,
    pub(super) minutes: i64,
}

/// The copies that have waited too long, the oldest first.
fn alarms(ledger: &mut Ledger, now: Moment) -> Result<Vec<Alarm>, Failure> {
    let mut found = Vec::new();
    for despatch in ledger.waiting_copies()? {
        found.extend(Alarm::of(ledger, &despatch, now)?);
    }
    found.sort_by_key(|alarm| std::cmp::Reverse(alarm.minutes));
    Ok(found)
}

impl Alarm {
    /// The alarm of a despatch; `None` where it is no such copy, has gone, or has not waited for long.
    pub(super) fn of(
        ledger: &mut Ledger,
        despatch: &Despatch,
        now: Moment,
    ) -> Result<Option<Alarm>, Failure> {
        if !despatch.planned.safety || !despatch.state.waits() {
            return Ok(None);
        }
        let minutes = minutes_since(ledger, despatch.id, now)?;
        let (case_id, state) = (despatch.case_id.clone(), despatch.state);
        let alarm = Alarm { despatch: despatch.id, case_id, state, minutes };
        Ok(Some(alarm).filter(|alarm| alarm.minutes >= ALARM_AFTER_MINUTES))
    }

    pub(super) fn show(&self, print: &Print) {
        print.line(&red(&self.words()));
    }

    /// The alarm, which names nobody.
    fn words(&self) -> String {
        format!(
            "ALARM  {} of {}: the healthcare team's copy has not gone ({}, for {})",
            self.despatch,
            self.case_id,
            self.state.words(),
            length_words(self.minutes)
        )
    }
}

/// An alarm that was told, by its kind: one despatch may raise several, one after the other.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Raised {
    NotGone(DespatchId),
    NotAcknowledged(DespatchId),
    CannotOpen(DespatchId),
    Incident(IncidentId),
}

/// Tells each alarm once, for as long as somebody watches.
#[derive(Debug, Default)]
pub(super) struct Told(BTreeSet<Raised>);

impl Told {
    pub(super) fn tell(
        &mut self,
        ledger: &mut Ledger,
        calendar: &Calendar,
        now: Moment,
        print: &Print,
    ) -> Result<(), Failure> {
        for one in unheard(ledger, calendar, now)? {
            let raised = if one.cannot_open { Raised::CannotOpen } else { Raised::NotAcknowledged };
            if self.0.insert(raised(one.despatch)) {
                print.json(&serde_json::json!({ "alarm": one }));
                one.show(print);
                log(&one.log_words(), print);
            }
        }
        for alarm in alarms(ledger, now)? {
            if self.0.insert(Raised::NotGone(alarm.despatch)) {
                print.json(&serde_json::json!({ "alarm": alarm }));
                alarm.show(print);
                log(&alarm.words(), print);
            }
        }
        for incident in running(ledger)? {
            if self.0.insert(Raised::Incident(incident.number)) {
                print.json(&serde_json::json!({ "alarm": incident }));
                let words = alarm_words(&incident, now);
                print.line(&red(&words));
                log(&words, print);
            }
        }
        Ok(())
    }
}

/// An alarm for the log, which is all that is left of a service; who sits at a terminal has seen it there.
fn log(words: &str, print: &Print) {
    if !io::stdout().is_terminal() {
        print.log(words);
    }
}

/// The fault of a pack for new cases that may not be used: where reports wait in the inbox, their copies for healthcare
/// teams do too, and somebody telephones those.
pub(super) fn with_safety(inbox: &Path, places: &Places, fault: Fault) -> Fault {
    let waiting = waiting_reports(inbox, places);
    if waiting.is_empty() {
        return fault;
    }
    let cause = format!(
        "{}. ALARM: reports wait in the inbox, and nobody sends the healthcare teams their copies: {}",
        fault.cause,
        waiting.join(", ")
    );
    let cure = format!("telephone the healthcare team of each place now; then {}", fault.cure);
    Fault::new(fault.at, fault.code, cause, cure)
}

/// The reports in the inbox whose healthcare team waits for its copy: the case's id and the place.
fn waiting_reports(inbox: &Path, places: &Places) -> Vec<String> {
    let cases = lying_in(inbox).filter_map(|bytes| case::parse(&bytes).ok());
    let reports = cases.filter(|case| {
        matches!(case.event, Event::ExternalReportReceived(_) | Event::SecondOpinionReceived(_))
    });
    let mut waiting: Vec<String> = reports
        .map(|case| {
            let place = places.get(&case.detention.place);
            let name = place.map_or_else(|| case.detention.place.to_string(), |place| place.name.clone());
            format!("{} ({name})", case.case_id)
        })
        .collect();
    waiting.sort();
    waiting
}

fn minutes_since(ledger: &mut Ledger, id: DespatchId, now: Moment) -> Result<i64, Failure> {
    let first = ledger.made_at(id)?;
    Ok(first.map_or(0, |at| now.at.signed_duration_since(at).num_minutes().max(0)))
}

/// "45 minutes", "3 hours", "2 days".
fn length_words(minutes: i64) -> String {
    let of = |number: i64, noun: &str| count(usize::try_from(number).unwrap_or(0), noun);
    match minutes {
        ..120 => of(minutes, "minute"),
        120..2880 => of(minutes / 60, "hour"),
        _ => of(minutes / 1440, "day"),
    }
}
