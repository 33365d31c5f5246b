//! Enters: every case on record, or one, and today. Leaves: what is due, nearest first, as values and as a calendar.
//! Never: calls the response of row 36 overdue, as no deadline is set for it; or puts personal data in a calendar.

use super::alarms::{CopyWaits, Unacknowledged, unacknowledged};
use super::authorise::Unauthorised;
use super::case_digest::{Ahead, CaseDigest};
use super::casework::may_see;
use super::inbox::{Rejected, rejected};
use super::incidents::running;
use super::limits::LimitNear;
use super::moot::MootHold;
use super::running_cases::{digest_of, each_running};
use super::unserved::Unserved;
use super::week_places::WeekPlaces;
use super::{Actor, Failure, OpenOffice, unknown_case};
use crate::office::Office;
use chrono::{NaiveDate, NaiveTime};
use despatch_core::clock::Moment;
use despatch_core::words::CaseId;
use despatch_ledger::{Incident, Ledger};
use despatch_letters::ics::{Entry, EventTime, calendar};
use despatch_process::{Deadline, DeadlineRule};
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
    let now = open.clock.now();
    let OpenOffice { office, ledger, .. } = open;
    let board = match &case {
        Some(only) if !ledger.knows_case(only)? => return Err(unknown_case(only).into()),
        Some(only) => {
            may_see(ledger, actor, only)?;
            DeadlineBoard::of_case(ledger, office, only, now)?
        }
        None => DeadlineBoard::of_all(ledger, office, &hidden, now)?,
    };
    let week = WeekPlaces::of_day(ledger, office, now.today)?;
    Ok(DeadlineBoard { rejected, week, ..board })
}

impl DeadlineBoard {
    /// Everything that is due in every case but the hidden ones, nearest first.
    fn of_all(
        ledger: &mut Ledger,
        office: &Office,
        hidden: &BTreeSet<CaseId>,
        now: Moment,
    ) -> Result<DeadlineBoard, Failure> {
        let (mut board, mut cases) = (DeadlineBoard::default(), BTreeSet::new());
        each_running(
            ledger,
            |case| !hidden.contains(case),
            |ledger, case_id, digest| {
                board.add_copies(ledger, &case_id, &digest, now)?;
                board.add(&case_id, digest, office, now);
                cases.insert(case_id);
                Ok(())
            },
        )?;
        board.finish(ledger, office, now, |case| cases.contains(case))
    }

    /// Everything that is due in one case, nearest first.
    pub(super) fn of_case(
        ledger: &mut Ledger,
        office: &Office,
        case_id: &CaseId,
        now: Moment,
    ) -> Result<DeadlineBoard, Failure> {
        let (mut board, digest) = (DeadlineBoard::default(), digest_of(ledger, case_id)?);
        board.add_copies(ledger, case_id, &digest, now)?;
        board.add(case_id, digest, office, now);
        board.finish(ledger, office, now, |case| case == case_id)
    }

    /// What is due in one case, without the messages that wait or are to be acknowledged and the incidents.
    pub(super) fn of_digest(case_id: &CaseId, digest: CaseDigest, office: &Office, now: Moment) -> Self {
        let mut board = DeadlineBoard::default();
        board.add(case_id, digest, office, now);
        board
    }

    /// Adds the copies for healthcare teams of one case that have waited too long.
    fn add_copies(
        &mut self,
        ledger: &mut Ledger,
        case_id: &CaseId,
        digest: &CaseDigest,
        now: Moment,
    ) -> Result<(), Failure> {
        for copy in &digest.copies {
            self.alarms.extend(CopyWaits::of(ledger, case_id, *copy, now)?);
        }
        Ok(())
    }

    /// Adds one case.
    fn add(&mut self, id: &CaseId, digest: CaseDigest, office: &Office, now: Moment) {
        let (today, case_id) = (now.today, || id.clone());
        let CaseDigest { to_serve, held, unsigned, clocks, appointment, awaited, .. } = digest;
        self.unserved.extend(to_serve.and_then(|one| one.on(id, &office.calendar, today)));
        self.moot.extend(held.iter().filter_map(|one| one.on(id, today)));
        self.unauthorised.extend(unsigned.into_iter().map(|step| step.on(id, &office.config, today)));
        self.limits.extend(clocks.iter().filter_map(|clock| LimitNear::of(id, clock, now)));
        self.deadlines.extend(clocks.into_iter().map(|clock| DueDeadline {
            case_id: case_id(),
            days_left: (clock.due - today).num_days(),
            clock,
        }));
        self.appointments.extend(appointment.map(|Ahead { number, date, time }| UpcomingAppointment {
            case_id: case_id(),
            number,
            date,
            time,
        }));
        self.responses.extend(awaited.map(|(what, since)| PendingResponse {
            case_id: case_id(),
            what: what.words(),
            since,
            days: (today - since).num_days(),
        }));
    }

    /// Sorts it, and adds the messages that wait to be acknowledged and the incidents of the cases that are `meant`.
    fn finish(
        mut self,
        ledger: &mut Ledger,
        office: &Office,
        now: Moment,
        meant: impl Fn(&CaseId) -> bool,
    ) -> Result<DeadlineBoard, Failure> {
        self.sort();
        self.unheard = unacknowledged(ledger, &office.calendar, now)?;
        self.unheard.retain(|one| meant(&one.case_id));
        self.incidents = running(ledger)?;
        self.incidents.retain(|incident| meant(&incident.case_id));
        Ok(self)
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
