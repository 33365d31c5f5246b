//! Enters: every case on record, or one, and today. Leaves: what is due, nearest first, as values and as a calendar.
//! Never: calls the response of row 36 overdue, as no deadline is set for it; or puts personal data in a calendar.

use super::alarms::{CopyWaits, Unacknowledged, unacknowledged};
use super::at_rest::{AtRest, rest_awaited};
use super::authorise::Unauthorised;
use super::casework::may_see;
use super::inbox::{Rejected, rejected};
use super::incidents::running;
use super::limits::LimitNear;
use super::moot::MootHold;
use super::unserved::Unserved;
use super::week_places::WeekPlaces;
use super::{Actor, Failure, OpenOffice, unknown_case};
use crate::office::Office;
use chrono::{NaiveDate, NaiveTime};
use despatch_core::clock::Moment;
use despatch_core::words::CaseId;
use despatch_ledger::{Despatch, Incident, Ledger, OnRecord};
use despatch_letters::ics::{Entry, EventTime, calendar};
use despatch_process::events::DecisionFact;
use despatch_process::{CaseState, Deadline, DeadlineRule, Fact, History, Purpose};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Everything that is due.
#[derive(Debug, Default, Serialize)]
pub struct DeadlineBoard {
    /// Copies for healthcare teams that have waited too long (G19).
    pub alarms: Vec<CopyWaits>,
    /// Responses before a removal whose service is not on record although the last day is near (row 33).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unserved: Vec<Unserved>,
    /// Messages that their recipients cannot open, or have not acknowledged for a working day.
    pub unheard: Vec<Unacknowledged>,
    pub deadlines: Vec<DueDeadline>,
    pub appointments: Vec<UpcomingAppointment>,
    /// The responses still to be decided or sent, with only their age (row 36).
    pub responses: Vec<PendingResponse>,
    /// Steps that nobody has authorised who may: the clock goes on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unauthorised: Vec<Unauthorised>,
    /// Limits of detention or of a stay of which an alarm is due, or that have lapsed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<LimitNear>,
    /// The places of this week for second opinions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub week: Option<WeekPlaces>,
    /// What is held and waits for nothing any more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moot: Vec<MootHold>,
    /// Rejected case files that nobody has mended: what they tell is not on record, and no deadline runs by it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rejected: Vec<Rejected>,
    /// Incidents to be reported within 72 hours (UK GDPR, article 33(1)).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incidents: Vec<Incident>,
}

/// A deadline of a case.
#[derive(Debug, Serialize)]
pub struct DueDeadline {
    pub case_id: CaseId,
    pub days_left: i64,
    #[serde(flatten)]
    pub clock: Deadline,
}

/// An appointment in the future.
#[derive(Debug, Serialize)]
pub struct UpcomingAppointment {
    pub case_id: CaseId,
    pub number: u32,
    pub date: NaiveDate,
    pub time: NaiveTime,
}

/// A response still to be decided or sent.
#[derive(Debug, Serialize)]
pub struct PendingResponse {
    pub case_id: CaseId,
    /// What there is to do.
    pub what: &'static str,
    pub since: NaiveDate,
    pub days: i64,
}

/// Returns what is due in one case, or in all on record.
///
/// # Errors
/// Nothing is on record for the case, or the ledger cannot be read.
pub fn deadlines(
    open: &mut OpenOffice,
    actor: &Actor,
    case: Option<CaseId>,
) -> Result<DeadlineBoard, Failure> {
    let hidden = open.ledger.hidden_from(actor.reader())?;
    let of_case = |one: &Rejected| {
        let seen = one.case_id.as_ref().is_none_or(|case| !hidden.contains(case));
        seen && (case.is_none() || one.case_id == case)
    };
    let rejected = rejected(&open.office, &mut open.ledger)?.into_iter().filter(of_case).collect();
    let cases = match &case {
        Some(only) if !open.ledger.knows_case(only)? => return Err(unknown_case(only).into()),
        Some(only) => {
            may_see(&mut open.ledger, actor, only)?;
            vec![only.clone()]
        }
        None => open.ledger.running_cases()?.into_iter().filter(|case| !hidden.contains(case)).collect(),
    };
    let now = open.clock.now();
    let board = DeadlineBoard::of(&mut open.ledger, &open.office, &cases, now)?;
    let week = WeekPlaces::of_day(&mut open.ledger, &open.office, now.today)?;
    Ok(DeadlineBoard { rejected, week, ..board })
}

impl DeadlineBoard {
    /// Everything that is due in these cases, nearest first.
    pub(super) fn of(
        ledger: &mut Ledger,
        office: &Office,
        cases: &[CaseId],
        now: Moment,
    ) -> Result<DeadlineBoard, Failure> {
        let (mut board, days) = (DeadlineBoard::default(), &office.calendar);
        let mut rest = AtRest::of(ledger)?;
        for case_id in cases {
            let events = ledger.case_events(case_id)?;
            for despatch in events.iter().flat_map(|event| &event.despatches) {
                board.alarms.extend(CopyWaits::of(ledger, despatch, now)?);
            }
            board.unserved.extend(Unserved::of(case_id, &events, days, now.today));
            board.moot.extend(MootHold::of_case(&events, now.today));
            board.unauthorised.extend(Unauthorised::of(case_id, &events, &office.config, now.today));
            board.add(case_id, &events, now);
            rest.look(case_id, &events);
        }
        rest.note(ledger)?;
        board.sort();
        board.unheard = unacknowledged(ledger, days, now)?;
        board.unheard.retain(|one| cases.contains(&one.case_id));
        board.incidents = running(ledger)?;
        board.incidents.retain(|incident| cases.contains(&incident.case_id));
        Ok(board)
    }

    /// What is due in one case, without the messages that wait to be acknowledged and the incidents.
    pub(super) fn of_one(
        ledger: &mut Ledger,
        office: &Office,
        case_id: &CaseId,
        now: Moment,
    ) -> Result<DeadlineBoard, Failure> {
        let mut board = DeadlineBoard::default();
        let events = ledger.case_events(case_id)?;
        board.unserved.extend(Unserved::of(case_id, &events, &office.calendar, now.today));
        board.unauthorised.extend(Unauthorised::of(case_id, &events, &office.config, now.today));
        board.add(case_id, &events, now);
        Ok(board)
    }

    /// Adds one case.
    fn add(&mut self, case_id: &CaseId, events: &[OnRecord], now: Moment) {
        let (today, id) = (now.today, case_id);
        let case_id = || id.clone();
        let history = History { events: events.iter().map(OnRecord::past).collect(), ..History::default() };
        let standing = CaseState::of(&history);
        self.deadlines.extend(standing.clocks.iter().map(|clock| DueDeadline {
            case_id: case_id(),
            days_left: (clock.due - today).num_days(),
            clock: clock.clone(),
        }));
        self.limits.extend(standing.clocks.iter().filter_map(|clock| LimitNear::of(id, clock, now)));
        // Where papers alone are left, nothing is held on that day.
        let held = standing.ahead().filter(|_| !standing.papers_only);
        self.appointments.extend(held.map(|booked| UpcomingAppointment {
            case_id: case_id(),
            number: booked.number,
            date: booked.fact.date,
            time: booked.fact.time,
        }));
        let response = response(&standing, events);
        self.responses.extend(response.map(|(what, since)| PendingResponse {
            case_id: case_id(),
            what,
            since,
            days: (today - since).num_days(),
        }));
    }

    /// Sorts nearest first; responses by age, oldest first.
    fn sort(&mut self) {
        self.alarms.sort_by_key(|alarm| Reverse(alarm.minutes));
        self.unserved.sort_by_key(|one| one.due);
        self.deadlines.sort_by_key(|due| (due.clock.due, due.clock.at));
        self.appointments.sort_by_key(|ahead| (ahead.date, ahead.time));
        self.responses.sort_by_key(|age| age.since);
        self.limits.sort_by_key(|limit| limit.until);
        self.unauthorised.sort_by_key(|one| (one.since, one.case_file));
    }

    /// Formats the deadlines and appointments as a calendar, with only the case's id and the words of the rule.
    pub fn calendar(&self, mail_domain: &str, now: Moment) -> String {
        let mut known = BTreeSet::new();
        let mut entry = |stem: String, when: EventTime, summary: String, description: String, alarms| {
            let numbered = (2..).map(|number| format!("{stem}.{number}@{mail_domain}"));
            let mut uids = std::iter::once(format!("{stem}@{mail_domain}")).chain(numbered);
            let uid = uids.find(|uid| known.insert(uid.clone())).unwrap_or_default();
            Entry { uid, when, summary, description, location: None, alarms }
        };
        let mut entries = Vec::new();
        for UpcomingAppointment { case_id, number, date, time } in &self.appointments {
            let stem = format!("{case_id}.appointment.{number}");
            let summary = format!("{case_id}: second opinion assessment");
            entries.push(entry(stem, EventTime::At(*date, *time), summary, String::new(), Vec::new()));
        }
        for DueDeadline { case_id, clock, .. } in &self.deadlines {
            let stem = format!("{case_id}.{}.{}", rule_word(clock.rule), clock.due.format("%Y%m%d"));
            let summary = format!("{case_id}: {}", clock.task());
            let when = match clock.at {
                Some(at) => EventTime::At(at.last_minute().date(), at.last_minute().time()),
                None => EventTime::AllDay(clock.due),
            };
            let alarms = clock.alarms.iter().map(|alarm| alarm.utc()).collect();
            entries.push(entry(stem, when, summary, clock.arithmetic.clone(), alarms));
        }
        calendar(&entries, now.at)
    }
}

/// The name of a rule, as it is in the ledger.
fn rule_word(rule: DeadlineRule) -> String {
    serde_json::to_value(rule).ok().and_then(|word| Some(word.as_str()?.to_owned())).unwrap_or_default()
}

/// What is left of a report that was rejected below the baseline (G14): no response is awaited, and the case is over once
/// the referral and the healthcare team's copy have gone and the letter that rejects the report is served.
fn rejection(standing: &CaseState, events: &[OnRecord]) -> Option<(&'static str, NaiveDate)> {
    let since = standing.received_on?;
    let waits = |despatch: &Despatch| {
        let needed = matches!(despatch.planned.purpose, Purpose::Referral | Purpose::ReportToHealthcare);
        needed && despatch.state.waits()
    };
    if standing.answer_served_on.is_none() {
        Some(("the letter that rejects the report is not served", since))
    } else if events.iter().flat_map(|event| &event.despatches).any(waits) {
        Some(("the rejected report has not gone to everybody who must have it", since))
    } else {
        None
    }
}

/// The response still to be decided or sent, and since when it could have been.
fn response(standing: &CaseState, events: &[OnRecord]) -> Option<(&'static str, NaiveDate)> {
    if let Some(since) = rest_awaited(events) {
        return Some(("only the healthcare team's copy was made: the rest of its file was rejected", since));
    }
    let decided = events.iter().rev().find_map(|event| match event.recorded.fact {
        Fact::ResponseDecided(DecisionFact { on, before_removal: false, .. }) => Some((event, on)),
        _ => None,
    });
    if let Some((event, on)) = decided {
        let unsent =
            event.despatches.iter().any(|one| one.planned.purpose == Purpose::Response && one.state.waits());
        return unsent.then_some(("the response is decided and has not gone to everybody", on));
    }
    if standing.is_over() || standing.responded_on.is_some() || standing.awaits_opinion() {
        return None;
    }
    if standing.rejected {
        return rejection(standing, events);
    }
    // While the person was not detained, nothing ran.
    let again = |on: NaiveDate| standing.detained_again_on.map_or(on, |again| again.max(on));
    let arrived = standing.received_on.or(standing.referred_on).map(again);
    match standing.opinion_received_on {
        Some(on) => Some(("the second opinion is here and the response is not decided", again(on))),
        // Unknown: the record does not say whether a second opinion was requested.
        None if standing.requested.is_none() && !standing.without_opinion => None,
        None => Some(("no second opinion is to come and the response is not decided", arrived?)),
    }
}
