//! Enters: a token, an event, a case or a hash. Leaves: the matching submissions.
//! Never: changes one.

use crate::engine::{LedgerConnection, LedgerRow};
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::statements;
use crate::submission::SubmissionState;
use chrono::{DateTime, NaiveDate, Utc};
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, EventId, Sha256, StaffId};
use serde_json::Value;
use sqlx::Row;
use std::collections::BTreeMap;

statements! {
    BY_TOKEN = "SELECT number, token, state FROM submission WHERE token = $1";
    OPEN = "SELECT number, token FROM submission WHERE state = 'claimed' ORDER BY number";
    /// By the event alone, as the index `submission_event_once` has it: two cases cannot share one.
    LATEST_OF_EVENT = "SELECT number, case_id, file_sha256, issued_on FROM submission \
                       WHERE event_id = $1 AND state = 'queued' AND superseded = 0";
    TWIN = "SELECT number, case_id FROM submission WHERE file_sha256 = $1 AND state = 'queued'";
    QUEUED = "SELECT number, case_id FROM submission WHERE state = 'queued' ORDER BY number";
    QUEUED_OF_CASE = "SELECT number, case_id FROM submission WHERE state = 'queued' AND case_id = $1 ORDER BY number";
    OF_CASE = "SELECT number FROM submission WHERE case_id = $1 ORDER BY number";
    COUNTS_STILL = "SELECT 1 AS still FROM submission WHERE number = $1 AND superseded = 0";
    COUNTED = "SELECT case_id FROM submission WHERE number = $1 AND state = 'queued' AND superseded = 0";
    /// By the events, whose index says which were rejected; the number stands behind `case `.
    REJECTED = "SELECT submission.number, submission.file_sha256, event.at, event.detail FROM event JOIN submission \
                ON submission.number = CAST(SUBSTR(event.subject, 6) AS BIGINT) \
                WHERE event.what = 'rejected' AND submission.state = 'rejected' ORDER BY event.seq";
    NEXT_NUMBER = "SELECT COALESCE(MAX(number), 0) + 1 AS next FROM submission";
}

/// A case file taken from the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSubmission {
    pub number: i64,
    /// The name of its folder under `claimed/`.
    pub token: String,
    pub state: SubmissionState,
}

/// What is on record of a case file that was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedOnRecord {
    pub number: i64,
    pub at: DateTime<Utc>,
    /// Whose file it was, or whom it named as its preparer, if that is one of the staff.
    pub preparer: Option<StaffId>,
}

/// The current file of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatestFile {
    pub submission: i64,
    pub case_id: CaseId,
    pub sha256: Sha256,
    pub issued_on: NaiveDate,
}

/// What a case file names of what is on record.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    pub case_id: &'a CaseId,
    pub event_id: &'a EventId,
    pub replaces: Option<Sha256>,
}

/// What would happen if a case file were queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Foreseen {
    /// It would be queued.
    Fresh,
    /// The same bytes are queued already, as this submission.
    Duplicate(i64),
    /// It contradicts a queued file.
    Conflict(Fault),
}

impl Ledger {
    /// Returns the submission with this token, if known.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn submission(&mut self, token: &str) -> Result<Option<LiveSubmission>, LedgerError> {
        let row =
            self.ask(async |connection| BY_TOKEN.query().bind(token).fetch_optional(connection).await)?;
        row.map(|row| {
            Ok(LiveSubmission {
                number: row.get("number"),
                token: row.get("token"),
                state: SubmissionState::from_code(row.get("state"))?,
            })
        })
        .transpose()
    }

    /// Returns the latest queued file of an event: the one that a correction replaces.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn latest_file(&mut self, event_id: &EventId) -> Result<Option<LatestFile>, LedgerError> {
        let row = self.ask(async |connection| {
            LATEST_OF_EVENT.query().bind(event_id.as_str()).fetch_optional(connection).await
        })?;
        row.map(|row| {
            let unread = |what: &str| LedgerError::Failed(format!("the {what} of a case cannot be read"));
            Ok(LatestFile {
                submission: row.get("number"),
                case_id: row.try_get::<&str, _>("case_id")?.parse().map_err(|_| unread("id"))?,
                sha256: row.get::<&str, _>("file_sha256").parse().map_err(|_| unread("file's hash"))?,
                issued_on: row.try_get::<&str, _>("issued_on")?.parse().map_err(|_| unread("day"))?,
            })
        })
        .transpose()
    }

    /// Returns the case files that were rejected, by their bytes; of those that were rejected twice, the last time.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn rejected(&mut self) -> Result<BTreeMap<Sha256, RejectedOnRecord>, LedgerError> {
        let rows = self.ask(async |connection| REJECTED.query().fetch_all(connection).await)?;
        let unread =
            |what: &str| LedgerError::Failed(format!("the {what} of a rejected case cannot be read"));
        rows.iter()
            .map(|row| {
                let sha256 = row.get::<&str, _>("file_sha256").parse().map_err(|_| unread("hash"))?;
                let at = row.get::<String, _>("at").parse().map_err(|_| unread("time"))?;
                let detail: Value =
                    serde_json::from_str(row.get("detail")).map_err(|_| unread("preparer"))?;
                let preparer = detail.get("preparer").and_then(|id| id.as_str()?.parse().ok());
                Ok((sha256, RejectedOnRecord { number: row.get("number"), at, preparer }))
            })
            .collect()
    }

    /// Predicts the outcome of queueing a case file, without changing anything.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn foresee(&mut self, named: Named<'_>, file: Sha256) -> Result<Foreseen, LedgerError> {
        self.ask(async |connection| {
            if let Some(twin) = twin(connection, file).await? {
                return Ok(Foreseen::Duplicate(twin));
            }
            let against = contradiction(connection, named).await?;
            Ok(against.map_or(Foreseen::Fresh, Foreseen::Conflict))
        })
    }

    /// Returns the queued submissions, of one case or of all, with the case of each.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn submissions_of(&mut self, case_id: Option<&CaseId>) -> Result<Vec<(i64, CaseId)>, LedgerError> {
        let query = match case_id {
            Some(case_id) => QUEUED_OF_CASE.query().bind(case_id.as_str()),
            None => QUEUED.query(),
        };
        let rows = self.ask(async |connection| query.fetch_all(connection).await)?;
        let unread = |_| LedgerError::Failed("the id of a case cannot be read".to_owned());
        rows.iter()
            .map(|row| Ok((row.get("number"), row.try_get::<&str, _>("case_id")?.parse().map_err(unread)?)))
            .collect()
    }

    /// Returns the numbers of a case's queued files, including replaced ones.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn files_of(&mut self, case_id: &CaseId) -> Result<Vec<i64>, LedgerError> {
        let rows =
            self.ask(async |connection| OF_CASE.query().bind(case_id.as_str()).fetch_all(connection).await)?;
        Ok(rows.iter().map(|row| row.get("number")).collect())
    }
}

/// Returns the queued submission with this hash.
pub(crate) async fn twin(
    connection: &mut LedgerConnection,
    file: Sha256,
) -> Result<Option<i64>, LedgerError> {
    let row = TWIN.query().bind(file.to_string()).fetch_optional(connection).await?;
    Ok(row.map(|row| row.get("number")))
}

/// Returns the number of the current file of an event.
pub(crate) async fn current(
    connection: &mut LedgerConnection,
    event_id: &EventId,
) -> Result<Option<i64>, LedgerError> {
    let row = LATEST_OF_EVENT.query().bind(event_id.as_str()).fetch_optional(connection).await?;
    Ok(row.map(|row| row.get("number")))
}

/// Returns why a case file may not be queued beside those that are: an event belongs to one case, and a correction
/// replaces the latest file of its own event and case.
pub(crate) async fn contradiction(
    connection: &mut LedgerConnection,
    named: Named<'_>,
) -> Result<Option<Fault>, LedgerError> {
    let latest =
        LATEST_OF_EVENT.query().bind(named.event_id.as_str()).fetch_optional(&mut *connection).await?;
    let current = latest.as_ref().map(|row| row.get::<&str, _>("file_sha256"));
    if let Some(replaces) = named.replaces.filter(|replaces| current != Some(replaces.to_string().as_str())) {
        let file = TWIN.query().bind(replaces.to_string()).fetch_optional(connection).await?;
        if let Some(of) = other_case(file.as_ref(), named.case_id)? {
            return Ok(Some(replaces_other_case(of)));
        }
    }
    Ok(match (current, other_case(latest.as_ref(), named.case_id)?) {
        (None, _) => named.replaces.map(|_| {
            Fault::new(
                "/replaces",
                "replaces.unknown",
                "no file was queued for this event, so there is nothing to replace",
                "check the event_id, or leave \"replaces\" out",
            )
        }),
        (Some(_), Some(of)) if named.replaces.is_some() => Some(replaces_other_case(of)),
        (Some(_), Some(of)) => Some(Fault::new(
            "/event_id",
            "event.conflict",
            format!("a file of the case {of} was queued for this event"),
            "give this event an event_id of its own, or check the case_id",
        )),
        (Some(current), None) => outdated(named.replaces, current),
    })
}

/// Returns the case of a row, if it is another one.
fn other_case<'r>(row: Option<&'r LedgerRow>, case_id: &CaseId) -> Result<Option<&'r str>, LedgerError> {
    let of = row.map(|row| row.try_get::<&str, _>("case_id")).transpose()?;
    Ok(of.filter(|of| *of != case_id.as_str()))
}

fn replaces_other_case(of: &str) -> Fault {
    Fault::new(
        "/replaces",
        "replaces.other_case",
        format!("the file that this one replaces is one of the case {of}"),
        "check case_id and \"replaces\": a correction keeps the case_id of the file that it corrects. If that file was \
         dropped under the wrong case_id, cancel its despatches, and drop this one without \"replaces\" and with an \
         event_id of its own",
    )
}

/// Returns why a file of the right case may not be queued beside `current`.
fn outdated(replaces: Option<Sha256>, current: &str) -> Option<Fault> {
    match replaces {
        Some(replaces) if replaces.to_string() == current => None,
        None => Some(Fault::new(
            "/event_id",
            "event.conflict",
            "another file was queued for this event, with other contents",
            format!(
                "give this event an event_id of its own, or, if this file corrects the earlier one, \
                 add \"replaces\": \"{current}\""
            ),
        )),
        Some(_) => Some(Fault::new(
            "/replaces",
            "replaces.outdated",
            "the file that this one replaces is not the latest one for this event",
            format!("check the latest version and use \"replaces\": \"{current}\""),
        )),
    }
}

/// Returns the numbers and tokens of the submissions that are neither queued nor rejected yet.
pub(crate) async fn open(connection: &mut LedgerConnection) -> Result<Vec<(i64, String)>, LedgerError> {
    let rows = OPEN.query().fetch_all(connection).await?;
    Ok(rows.iter().map(|row| (row.get("number"), row.get("token"))).collect())
}

/// Returns whether no correction has replaced a submission.
pub(crate) async fn counts_still(
    connection: &mut LedgerConnection,
    submission: i64,
) -> Result<bool, LedgerError> {
    Ok(COUNTS_STILL.query().bind(submission).fetch_optional(connection).await?.is_some())
}

/// Returns the case of a queued submission whose event counts.
pub(crate) async fn counted(
    connection: &mut LedgerConnection,
    submission: i64,
) -> Result<Option<CaseId>, LedgerError> {
    let row = COUNTED.query().bind(submission).fetch_optional(connection).await?;
    let unread = |_| LedgerError::Failed("the id of a case cannot be read".to_owned());
    row.map(|row| row.try_get::<&str, _>("case_id")?.parse().map_err(unread)).transpose()
}

/// Returns the number of the next submission.
pub(crate) async fn next_number(connection: &mut LedgerConnection) -> Result<i64, LedgerError> {
    Ok(NEXT_NUMBER.query().fetch_one(connection).await?.get("next"))
}
