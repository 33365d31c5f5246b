//! Enters: the cases on record and today. Leaves: what is due in each as one list, nearest first, kept from one request to
//! the next. Never: reads a case of which nothing has happened since, but on another day.

use super::deadlines::DeadlineBoard;
use super::running_cases::{digest_of, each_running};
use super::summary::{days_left, time_left};
use super::{Actor, Failure, OpenOffice};
use chrono::NaiveDate;
use despatch_core::clock::Moment;
use despatch_core::words::{CaseId, time_words, weekday_words};
use despatch_ledger::Tail;
use despatch_process::DeadlineRule;
use despatch_process::detention::LondonTime;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What kind of thing is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DueKind {
    Deadline,
    Unserved,
    Appointment,
    /// Nobody has authorised it who may: the day is that since when it waits.
    Authority,
    Review,
    /// No deadline is set for it: the day is that since when it waits.
    Response,
}

impl DueKind {
    /// Returns the label that people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Deadline => "deadline",
            Self::Unserved => "service before removal",
            Self::Appointment => "appointment",
            Self::Authority => "authority",
            Self::Review => "detention review",
            Self::Response => "response, without a deadline",
        }
    }
}

/// Something that is due in a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Due {
    pub case_id: CaseId,
    pub kind: DueKind,
    pub due: NaiveDate,
    /// The last moment, where the time is counted in hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<LondonTime>,
    pub what: String,
    /// How the day was counted; empty if nothing was.
    pub arithmetic: String,
    /// The sentence of the guidance; empty where none sets it.
    pub source: String,
}

impl Due {
    /// How far off it is, in words.
    pub fn left(&self, now: Moment) -> String {
        match (self.kind, self.at) {
            (DueKind::Response | DueKind::Authority, _) => {
                format!("waits since {}", weekday_words(self.due))
            }
            (_, Some(at)) => time_left(at, now),
            (_, None) => days_left(self.due, now.today),
        }
    }

    /// Whether its day or its hour is over, or it waits for an authority. What has no deadline is never late.
    pub fn is_late(&self, now: Moment) -> bool {
        match self.kind {
            DueKind::Response => false,
            DueKind::Authority => true,
            _ => self.due < now.today || self.at.is_some_and(|at| at.utc() <= now.at),
        }
    }

    /// Everything that is due in one case.
    fn of(board: DeadlineBoard) -> Vec<Due> {
        let plain = |case_id: CaseId, kind, due, what: String| {
            let (arithmetic, source) = (String::new(), String::new());
            Due { case_id, kind, due, at: None, what, arithmetic, source }
        };
        let deadlines = board.deadlines.into_iter().map(|one| Due {
            case_id: one.case_id,
            kind: match one.clock.rule {
                DeadlineRule::DetentionReview => DueKind::Review,
                _ => DueKind::Deadline,
            },
            due: one.clock.due,
            at: one.clock.at,
            what: one.clock.task(),
            arithmetic: one.clock.arithmetic,
            source: one.clock.source,
        });
        let unserved = board.unserved.into_iter().map(|one| {
            let what = "serve the response before the removal".to_owned();
            plain(one.case_id, DueKind::Unserved, one.due, what)
        });
        let appointments = board.appointments.into_iter().map(|one| {
            let what = format!("assessment, number {}, at {}", one.number, time_words(one.time));
            plain(one.case_id, DueKind::Appointment, one.date, what)
        });
        let responses = board
            .responses
            .into_iter()
            .map(|one| plain(one.case_id, DueKind::Response, one.since, one.what.to_owned()));
        let unauthorised = board.unauthorised.into_iter().map(|one| {
            let what = format!("case file {} needs the authority of {}", one.case_file, one.needs.who());
            plain(one.case_id, DueKind::Authority, one.since, what)
        });
        deadlines.chain(unauthorised).chain(unserved).chain(appointments).chain(responses).collect()
    }
}

/// What is due, as of an event of the record and a day. Whoever lists it often keeps it: only the cases of which something
/// has happened since are read again.
#[derive(Debug, Clone, Default)]
pub struct DueList {
    as_of: Option<(Tail, NaiveDate)>,
    by_case: BTreeMap<CaseId, Arc<Vec<Due>>>,
    sorted: Arc<Vec<Due>>,
}

impl DueList {
    /// Returns everything that is due, nearest first; what has no deadline comes last.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn now(&mut self, open: &mut OpenOffice) -> Result<Arc<Vec<Due>>, Failure> {
        let now = open.now();
        let tail = open.ledger.tail()?.map(|(seq, hash)| Tail { seq, hash });
        let Some(tail) = tail else {
            *self = Self::default();
            return Ok(Arc::clone(&self.sorted));
        };
        match &self.as_of {
            Some((known, day)) if *day == now.today && *known == tail => return Ok(Arc::clone(&self.sorted)),
            Some((known, day)) if *day == now.today && known.seq < tail.seq => {
                for case in open.ledger.cases_touched_since(known.seq)? {
                    let due = due_in(open, &case)?;
                    self.take(case, due);
                }
            }
            // Another day, or a record that was restored.
            _ => {
                self.by_case.clear();
                let OpenOffice { office, ledger, .. } = open;
                each_running(
                    ledger,
                    |_| true,
                    |_, case, digest| {
                        let due = Due::of(DeadlineBoard::of_digest(&case, digest, office, now));
                        self.take(case, due);
                        Ok(())
                    },
                )?;
            }
        }
        let mut sorted: Vec<Due> = self.by_case.values().flat_map(|due| due.iter().cloned()).collect();
        sorted.sort_by_cached_key(rank);
        (self.as_of, self.sorted) = (Some((tail, now.today)), Arc::new(sorted));
        Ok(Arc::clone(&self.sorted))
    }

    fn take(&mut self, case: CaseId, due: Vec<Due>) {
        match due.is_empty() {
            true => self.by_case.remove(&case),
            false => self.by_case.insert(case, Arc::new(due)),
        };
    }
}

/// Where something stands in a list: the nearest first, and what has no deadline last.
fn rank(due: &Due) -> (bool, NaiveDate, Option<LondonTime>, CaseId, DueKind) {
    (due.kind == DueKind::Response, due.due, due.at, due.case_id.clone(), due.kind)
}

/// Returns the steps that wait for somebody's authority, of the cases that the actor may see.
///
/// # Errors
/// The ledger cannot be read.
pub fn awaiting_authority(
    open: &mut OpenOffice,
    actor: &Actor,
    due: &mut DueList,
) -> Result<Vec<Due>, Failure> {
    let all = due.now(open)?;
    let hidden = open.ledger.hidden_from(actor.reader())?;
    let waits = |one: &&Due| one.kind == DueKind::Authority && !hidden.contains(&one.case_id);
    Ok(all.iter().filter(waits).cloned().collect())
}

/// Returns what is due in one case, nearest first.
///
/// # Errors
/// The ledger cannot be read.
pub(super) fn due_in(open: &mut OpenOffice, case: &CaseId) -> Result<Vec<Due>, Failure> {
    let now = open.now();
    let OpenOffice { office, ledger, .. } = open;
    let digest = digest_of(ledger, case)?;
    let mut due = Due::of(DeadlineBoard::of_digest(case, digest, office, now));
    due.sort_by_cached_key(rank);
    Ok(due)
}
