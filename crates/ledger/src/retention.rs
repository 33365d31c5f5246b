//! Enters: decisions about the retention of a case. Leaves: litigation holds, requested erasures, and removals recorded
//! before a file is removed. Never: deletes an event: it remains when its files are gone.

use crate::despatch::State;
use crate::error::{LedgerError, refuse};
use crate::events::{
    DespatchEvent, Erased, InboxEvent, LedgerEvent, Purged, RemovedFile, RetentionEvent, Subject,
    SubmissionEvent,
};
use crate::four_eyes::{Matter, second};
use crate::ids::{DespatchId, IncidentId};
use crate::incidents::{Incident, Step};
use crate::ledger::Ledger;
use crate::queries::removals::{CaseDecision, hold_on, not_on_hold};
use crate::statement::statements;
use crate::{marks, pseudonyms};
use chrono::NaiveDate;
use despatch_core::clock::Moment;
use despatch_core::words::{CaseId, Sha256, StaffId};
use despatch_settings::Staff;
use std::collections::BTreeSet;
use std::path::PathBuf;

statements! {
    REMOVALS_DONE = "UPDATE removed SET pending = 0 WHERE pending = 1";
}

/// The removals that one event records.
#[derive(Debug, Clone)]
pub struct Removal {
    /// A despatch's id, `case 17`, or `rejected` for files without a submission.
    pub subject: String,
    /// Sealed files, relative to the office, each with its hash if it exists.
    pub files: Vec<(PathBuf, Option<Sha256>)>,
    /// The hashes of the files in `rejected/`, which are not sealed.
    pub rejected: Vec<Option<Sha256>>,
    pub why: WhyRemoved,
}

/// Why sealed files are removed.
#[derive(Debug, Clone)]
pub enum WhyRemoved {
    /// The retention period of their kind, which began on a day, has ended.
    Purged { kind: String, since: NaiveDate, days: i64 },
    /// Two people erase the case.
    Erased { asked_by: String, reason: String },
}

impl Removal {
    /// Returns the event of the removal.
    fn happened(&self) -> Result<LedgerEvent, LedgerError> {
        let file =
            |(file, sha256): &(PathBuf, _)| RemovedFile { file: file.display().to_string(), sha256: *sha256 };
        let (files, rejected) = (self.files.iter().map(file).collect(), self.rejected.clone());
        let subject = self.subject.parse().map_err(LedgerError::Failed)?;
        let happened = match self.why.clone() {
            WhyRemoved::Purged { kind, since, days } => {
                let purged = Purged { kind, since, days, files, rejected };
                match subject {
                    Subject::Despatch(id) => LedgerEvent::Despatch(id, DespatchEvent::Purged(purged)),
                    Subject::Submission(number) => {
                        LedgerEvent::Submission(number, SubmissionEvent::Purged(purged))
                    }
                    Subject::Rejected => LedgerEvent::Rejected(InboxEvent::Purged(purged)),
                    other => return Err(LedgerError::Failed(format!("nothing of {other} is purged"))),
                }
            }
            WhyRemoved::Erased { asked_by, reason } => {
                let erased = Erased { asked_by, reason, files, rejected };
                match subject {
                    Subject::Despatch(id) => LedgerEvent::Despatch(id, DespatchEvent::Erased(erased)),
                    Subject::Submission(number) => {
                        LedgerEvent::Submission(number, SubmissionEvent::Erased(erased))
                    }
                    Subject::Retention(case) => LedgerEvent::Retention(case, RetentionEvent::Erased(erased)),
                    other => return Err(LedgerError::Failed(format!("nothing of {other} is erased"))),
                }
            }
        };
        Ok(happened)
    }
}

impl Ledger {
    /// Places a litigation hold on a case: nothing of it is removed until the hold is lifted.
    ///
    /// # Errors
    /// Nothing of the case is recorded, or it is on hold already.
    pub fn hold_case(
        &mut self,
        case: &CaseId,
        by: &Staff,
        reason: &str,
        now: Moment,
    ) -> Result<(), LedgerError> {
        self.known(case)?;
        self.transact(by.id.as_str(), now.at, async |tx| {
            if let Some(hold) = hold_on(tx.connection(), case).await? {
                let cause = format!("{} put it on hold already: {}", hold.by, hold.reason);
                return refuse(case, "litigation.held", cause, "look at it with `despatch litigation list`");
            }
            let held = RetentionEvent::LitigationHeld { reason: reason.to_owned() };
            tx.record(LedgerEvent::Retention(case.clone(), held)).await
        })
    }

    /// Lifts a hold, which takes a second person.
    ///
    /// # Errors
    /// There is no hold, or `by` set it.
    pub fn lift_hold(
        &mut self,
        case: &CaseId,
        by: &Staff,
        reason: &str,
        now: Moment,
    ) -> Result<(), LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let Some(hold) = hold_on(tx.connection(), case).await? else {
                let cause = "it is not on hold";
                return refuse(case, "litigation.none", cause, "look with `despatch litigation list`");
            };
            second(Matter::Lifting(case), &by.id, [hold.by.as_str()])?;
            let lifted = RetentionEvent::LitigationLifted { reason: reason.to_owned(), set_by: hold.by };
            tx.record(LedgerEvent::Retention(case.clone(), lifted)).await
        })
    }

    /// Requests the erasure of a case; nothing is removed before a second person confirms it.
    ///
    /// # Errors
    /// The case may not be erased now.
    pub fn ask_erasure(
        &mut self,
        case: &CaseId,
        by: &Staff,
        reason: &str,
        now: Moment,
    ) -> Result<(), LedgerError> {
        self.may_be_erased(case)?;
        let asked = RetentionEvent::ErasureAsked { reason: reason.to_owned() };
        let asked = LedgerEvent::Retention(case.clone(), asked);
        self.transact(by.id.as_str(), now.at, async |tx| tx.record(asked).await)
    }

    /// Returns the erasure that this person may confirm.
    ///
    /// # Errors
    /// Nobody requested it, the same person did, or the case may not be erased now.
    pub fn erasure_to_confirm(&mut self, case: &CaseId, by: &Staff) -> Result<CaseDecision, LedgerError> {
        let Some(asked) = self.erasure_of(case)? else {
            let cause = "nobody has asked for its erasure";
            return refuse(
                case,
                "erase.not_asked",
                cause,
                "one person asks with `despatch erase CASE --reason`",
            );
        };
        second(Matter::Erasure(case), &by.id, [asked.by.as_str()])?;
        self.may_be_erased(case)?;
        Ok(asked)
    }

    /// Checks that nothing of a case is on hold, unsettled, or the subject of an open incident.
    fn may_be_erased(&mut self, case: &CaseId) -> Result<(), LedgerError> {
        self.known(case)?;
        if let Some(hold) = self.ask(async |connection| hold_on(connection, case).await)? {
            let cause = format!("it is on hold for litigation, by {}: {}", hold.by, hold.reason);
            return refuse(
                case,
                "erase.held",
                cause,
                "a second person lifts it with `despatch litigation lift`",
            );
        }
        let of_case = self.despatches_of_case(case)?;
        let open: Vec<String> = of_case
            .iter()
            .filter(|despatch| !despatch.state.is_settled() && despatch.state != State::Returned)
            .map(|despatch| format!("{} ({})", despatch.id, despatch.state.label()))
            .collect();
        if !open.is_empty() {
            let cause = format!("something of it is still open: {}", open.join(", "));
            return refuse(
                case,
                "erase.open",
                cause,
                "send or cancel each, and settle what is in doubt, first",
            );
        }
        let ids: BTreeSet<DespatchId> = of_case.iter().map(|despatch| despatch.id).collect();
        if let Some(incident) = self.open_incident_of(case, &ids)? {
            let cause = format!("incident {incident} is open, and what it is about may be needed");
            return refuse(case, "erase.incident", cause, "close the incident first");
        }
        Ok(())
    }

    /// Returns the first open incident about this case.
    fn open_incident_of(
        &mut self,
        case: &CaseId,
        ids: &BTreeSet<DespatchId>,
    ) -> Result<Option<IncidentId>, LedgerError> {
        let about = |one: &Incident| one.case_id == *case || one.despatch.is_some_and(|id| ids.contains(&id));
        let open = |one: &Incident| one.act(Step::Closed).is_none();
        Ok(self.incidents()?.into_iter().find(|one| about(one) && open(one)).map(|one| one.number))
    }

    fn known(&mut self, case: &CaseId) -> Result<(), LedgerError> {
        if self.submissions_of(Some(case))?.is_empty() {
            let cause = "nothing of this case is on record";
            return refuse(case, "case.unknown", cause, "check the case's id with `despatch outbox list`");
        }
        Ok(())
    }
}

/// Returns the subject of events about the retention of a case. Not the bare id, which may look like a despatch's id.
pub fn retention_subject(case: &CaseId) -> String {
    Subject::Retention(case.clone()).to_string()
}

/// Removals are recorded first: a crash between record and removal leaves a file that is known to be pending removal.
impl Ledger {
    /// Records removals, before the files are removed. An erasure also deletes the case's pseudonyms.
    ///
    /// # Errors
    /// A case has been put on hold for litigation since.
    pub fn record_removals(
        &mut self,
        removals: &[Removal],
        erased: Option<&CaseId>,
        by: &StaffId,
        now: Moment,
    ) -> Result<(), LedgerError> {
        self.transact(by.as_str(), now.at, async |tx| {
            for removal in removals {
                not_on_hold(tx.connection(), &removal.subject, erased).await?;
                tx.record(removal.happened()?).await?;
                marks::forget_after(tx.connection(), &removal.subject).await?;
            }
            if let Some(case) = erased {
                pseudonyms::close(tx.connection(), case).await?;
                marks::forget(tx.connection(), case).await?;
            }
            Ok(())
        })
    }

    /// Records that every pending file is gone.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn removals_done(&mut self) -> Result<(), LedgerError> {
        self.ask(async |connection| REMOVALS_DONE.query().execute(connection).await)?;
        Ok(())
    }
}
