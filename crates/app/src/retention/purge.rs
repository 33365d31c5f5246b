//! Enters: the office's retention periods and a day. Leaves: what has outlived its period, and its removal.
//! Never: removes what is unsent, in doubt, returned or in a case on hold, anything without a period, or any file
//! before its removal is on record.

use super::in_clear::files_below;
use super::removal;
use crate::office::Office;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Europe::London;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::CaseId;
use despatch_ledger::{Files, Ledger, LedgerError, MessageBinding, State, WhyRemoved};
use despatch_settings::Staff;
use serde::Serialize;
use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The kind of what is in `rejected/`, as named in the settings and the record.
const REJECTED: &str = "rejected";

/// One item whose retention period is over.
#[derive(Debug, Clone, Serialize)]
pub struct Going {
    /// `sent`, `cancelled`, `superseded`, `received` or `rejected`, as the settings name its period.
    pub kind: &'static str,
    /// A despatch's id, `case 17`, or `rejected`.
    pub subject: String,
    pub case_id: Option<String>,
    pub since: NaiveDate,
    pub days: i64,
    /// Not serialised: the names of rejected files stay out of the record and the logs, because people chose them.
    #[serde(skip)]
    pub files: Vec<PathBuf>,
}

/// What may be removed today, what a hold keeps, and which kinds have no period.
#[derive(Debug, Default, Serialize)]
pub struct Due {
    pub going: Vec<Going>,
    /// Despatches and case files whose period is over but whose case is on hold.
    pub on_hold: Vec<Going>,
    /// Whether rejected files are kept because a case is on hold: whose they are cannot be determined for certain.
    pub rejected_kept: bool,
    /// Kinds that are kept for good, because the settings have no period for them.
    pub without_period: Vec<&'static str>,
}

impl Due {
    /// Divides what is of these cases from the rest, which comes first.
    pub fn without(self, cases: &BTreeSet<CaseId>) -> (Due, Due) {
        let is_of = |one: &Going| {
            let of = |case: &CaseId| one.case_id.as_deref() == Some(case.as_str());
            cases.iter().any(of)
        };
        let (their_going, going) = self.going.into_iter().partition(is_of);
        let (their_on_hold, on_hold) = self.on_hold.into_iter().partition(is_of);
        let theirs = Due { going: their_going, on_hold: their_on_hold, ..Due::default() };
        (Due { going, on_hold, ..self }, theirs)
    }
}

/// Lists what has outlived its retention period; changes nothing.
///
/// # Errors
/// The ledger cannot be read.
pub fn due(office: &Office, ledger: &mut Ledger, today: NaiveDate) -> Result<Due, LedgerError> {
    let retention = office.config.retention;
    let held: BTreeSet<String> = ledger.litigation_holds()?.into_iter().map(|hold| hold.case_id).collect();
    let files = ledger.files().clone();
    let mut found = Due { without_period: without_period(office), ..Due::default() };
    let ends = [
        (State::Sent, "sent", retention.sent),
        (State::Cancelled, "cancelled", retention.cancelled),
        (State::Superseded, "superseded", retention.superseded),
    ];
    let over: Vec<(State, NaiveDate)> =
        ends.iter().filter_map(|(state, _, days)| Some((*state, last_day(today, (*days)?)))).collect();
    let mut candidates = Vec::new();
    for (despatch, since) in ledger.settled(&over)? {
        let end = ends.iter().find(|(state, ..)| *state == despatch.state);
        if let (Some((_, kind, Some(days))), Some(bound)) = (end, &despatch.message) {
            let messages = messages(&files, despatch.id, bound);
            candidates.push(Going {
                kind,
                subject: despatch.id.to_string(),
                case_id: Some(despatch.case_id.to_string()),
                since,
                days: *days,
                files: messages,
            });
        }
    }
    if let Some(days) = retention.received {
        for case in ledger.settled_cases(last_day(today, days))? {
            candidates.push(Going {
                kind: "received",
                subject: format!("case {}", case.submission),
                case_id: Some(case.case_id.to_string()),
                since: case.since,
                days,
                files: vec![files.original(case.submission)],
            });
        }
    }
    for one in candidates {
        if is_gone(ledger, &one)? {
            continue;
        }
        let kept = one.case_id.as_ref().is_some_and(|case| held.contains(case));
        if kept { found.on_hold.push(one) } else { found.going.push(one) }
    }
    if let Some(days) = retention.rejected {
        let old = rejected(&office.intake().rejected(), days, today);
        found.rejected_kept = !held.is_empty() && old.is_some();
        found.going.extend(old.filter(|_| held.is_empty()));
    }
    Ok(found)
}

/// The kinds that are kept for good, because the settings have no period for them.
pub fn without_period(office: &Office) -> Vec<&'static str> {
    let retention = office.config.retention;
    let periods = [
        ("sent", retention.sent),
        ("cancelled", retention.cancelled),
        ("superseded", retention.superseded),
        ("received", retention.received),
        (REJECTED, retention.rejected),
    ];
    periods.iter().filter(|(_, days)| days.is_none()).map(|(kind, _)| *kind).collect()
}

/// The last day on which a period of this many days can have begun to be over today.
fn last_day(today: NaiveDate, days: i64) -> NaiveDate {
    TimeDelta::try_days(days).and_then(|days| today.checked_sub_signed(days)).unwrap_or(NaiveDate::MIN)
}

/// Every message of a despatch that still exists, with the office's own copies; the current one last.
fn messages(files: &Files, id: despatch_ledger::DespatchId, bound: &MessageBinding) -> Vec<PathBuf> {
    let earlier =
        (1..bound.revision).map(|revision| files.message(id, revision)).filter(|path| path.exists());
    let copies = (1..=bound.revision).map(|revision| files.copy(id, revision)).filter(|path| path.exists());
    earlier.chain(copies).chain([files.message(id, bound.revision)]).collect()
}

fn is_gone(ledger: &mut Ledger, going: &Going) -> Result<bool, LedgerError> {
    for file in &going.files {
        if !ledger.is_removed(file)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What has been in `rejected/` for its period, as one item: a file's ctime is when it was moved there.
fn rejected(folder: &Path, days: i64, today: NaiveDate) -> Option<Going> {
    let came = |path: &Path| {
        let seconds = fs::symlink_metadata(path).ok()?.ctime();
        Some(DateTime::<Utc>::from_timestamp(seconds, 0)?.with_timezone(&London).date_naive())
    };
    let dated: Vec<(PathBuf, NaiveDate)> = files_below(folder)
        .filter_map(|path| Some((path.clone(), came(&path)?)))
        .filter(|(_, since)| (today - *since).num_days() >= days)
        .collect();
    let since = dated.iter().map(|(_, since)| *since).min()?;
    let files = dated.into_iter().map(|(path, _)| path).collect();
    Some(Going { kind: REJECTED, subject: REJECTED.to_owned(), case_id: None, since, days, files })
}

/// The reason on record for the removal.
fn why(one: &Going) -> WhyRemoved {
    WhyRemoved::Purged { kind: one.kind.to_owned(), since: one.since, days: one.days }
}

/// Removes what is due, and completes an interrupted purge. The caller holds the `keeper` lease.
///
/// # Errors
/// The ledger or a file fails; what is on record is then removed by the next purge.
pub fn purge(
    office: &Office,
    ledger: &mut Ledger,
    due: &Due,
    by: &Staff,
    now: Moment,
) -> Result<usize, Fault> {
    remove(office, ledger, due, by, now).map_err(|error| {
        let cause = format!("the removal cannot go on: {error}");
        Fault::new("outbox", "purge.failed", cause, "see to the disk, then give the command again")
    })
}

fn remove(
    office: &Office,
    ledger: &mut Ledger,
    due: &Due,
    by: &Staff,
    now: Moment,
) -> Result<usize, Box<dyn Error>> {
    let (mut removals, mut rejected) = (Vec::new(), Vec::new());
    for one in &due.going {
        let (subject, files) = (one.subject.clone(), &one.files);
        removals.push(match one.kind {
            REJECTED => {
                rejected.extend(files.iter().cloned());
                removal::in_clear(subject, files, why(one))?
            }
            _ => removal::of_sealed(ledger, subject, files, why(one))?,
        });
    }
    if !removals.is_empty() {
        ledger.record_removals(&removals, None, &by.id, now)?;
    }
    let sealed = removal::remove_pending(office, ledger)?;
    removal::remove_rejected(&office.intake().rejected(), &rejected)?;
    Ok(sealed + rejected.len())
}
