//! Enters: a case file that records what somebody must authorise, and who does. Leaves: that on record, by their own account,
//! and what it records counted as authorised. Never: takes a grade that is not enough, or authority for a file that a
//! correction has replaced.

use crate::engine::LedgerConnection;
use crate::error::{LedgerError, refuse};
use crate::event_log;
use crate::events::{LedgerEvent, Subject, SubmissionEvent};
use crate::ledger::Ledger;
use crate::queries::submissions::counted;
use crate::submission::Submission;
use despatch_core::clock::Moment;
use despatch_core::words::CaseId;
use despatch_process::Recorded;
use despatch_process::detention::Signer;
use despatch_settings::Staff;

/// What a case file records, and its case.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedOf {
    pub case_id: CaseId,
    pub recorded: Recorded,
}

impl Ledger {
    /// Returns what a queued case file records, if it counts.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn recorded_of(&mut self, case_file: i64) -> Result<Option<RecordedOf>, LedgerError> {
        self.ask(async |connection| recorded_of(connection, case_file).await)
    }

    /// Records that a member of staff authorises what a case file records.
    ///
    /// # Errors
    /// It records nothing that waits for an authority, or theirs is not enough.
    pub fn authorise(
        &mut self,
        case_file: i64,
        signer: Signer,
        by: &Staff,
        now: Moment,
    ) -> Result<RecordedOf, LedgerError> {
        let at = format!("case file {case_file}");
        self.transact(by.id.as_str(), now.at, async |tx| {
            let Some(found) = recorded_of(tx.connection(), case_file).await? else {
                let cause =
                    "no event on record came with it, or a correction or a withdrawal has replaced it";
                return refuse(&at, "authorise.unknown", cause, "look at the case with `despatch case`");
            };
            let Some(needed) = found.recorded.awaits_authority() else {
                let cause = "nothing that it records waits for anybody's authority";
                return refuse(&at, "authorise.nothing", cause, "look at the case with `despatch case`");
            };
            if !signer.may_sign(needed) {
                let cause = format!("it needs {}, and you sign as {}", needed.who(), signer.words());
                let cure = "have somebody authorise it who may: `despatch deadlines` names them";
                return refuse(&at, "authority.grade", cause, cure);
            }
            tx.record(LedgerEvent::Submission(case_file, SubmissionEvent::Authorised(signer))).await?;
            Ok(found)
        })
    }
}

async fn recorded_of(
    connection: &mut LedgerConnection,
    case_file: i64,
) -> Result<Option<RecordedOf>, LedgerError> {
    let Some(case_id) = counted(connection, case_file).await? else { return Ok(None) };
    let Some(submission) = Submission::load(connection, case_file).await? else { return Ok(None) };
    let recorded = submission.recorded().map_err(|error| LedgerError::Failed(error.to_string()))?;
    Ok(recorded.map(|recorded| RecordedOf { case_id, recorded }))
}

/// Returns as whom somebody authorised what a case file records, by their own account.
pub(crate) async fn authorised_by(
    connection: &mut LedgerConnection,
    case_file: i64,
) -> Result<Option<Signer>, LedgerError> {
    let subject = Subject::Submission(case_file).to_string();
    let events = event_log::read(connection, Some(&subject)).await?;
    Ok(events.into_iter().rev().find_map(|event| match event.happened {
        LedgerEvent::Submission(_, SubmissionEvent::Authorised(signer)) => Some(signer),
        _ => None,
    }))
}
