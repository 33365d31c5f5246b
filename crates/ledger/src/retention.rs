//! Enters: what people decide about the keeping of a case. Leaves: what is settled and since when, what is on hold, and
//! removals on record before a file goes. Never: forgets what happened: an event stays when what it tells of is gone.

use super::despatch::{DespatchId, State};
use super::events::{
    DespatchEvent, Erased, InboxEvent, LedgerEvent, Purged, RemovedFile, RetentionEvent, Subject,
    SubmissionEvent,
};
use super::four_eyes::{Matter, second};
use super::incidents::{Incident, IncidentId, Step};
use super::ledger::{Ledger, LedgerError};
use super::pseudonyms;
use crate::queries::removals::{Erasure, hold_on, not_on_hold};
use crate::queries::settled::is_settled;
use crate::statement::statements;
use chrono::NaiveDate;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, Sha256, StaffId};
use despatch_settings::Staff;
use std::collections::BTreeSet;
use std::path::PathBuf;

statements! {
    REMOVALS_DONE = "UPDATE removed SET pending = 0 WHERE pending = 1";
}

/// What goes, as one event tells it.
#[derive(Debug, Clone)]
pub struct Removal {
    /// A despatch's id, `case 17`, or the office for what was never numbered.
    pub subject: String,
    /// Sealed files, relative to the office, each with its hash where it is there.
    pub files: Vec<(PathBuf, Option<Sha256>)>,
    /// The hashes of what lay in clear in `rejected/`.
    pub rejected: Vec<Option<Sha256>>,
    pub why: WhyRemoved,
}

/// Why sealed files go.
#[derive(Debug, Clone)]
pub enum WhyRemoved {
    /// The period of their kind, which counts from a day, is over.
    Purged { kind: String, since: NaiveDate, days: i64 },
    /// Two people erase the case.
    Erased { asked_by: String, reason: String },
}

impl Removal {
    /// That it goes.
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
    /// Keeps everything of a case until the hold is lifted.
    ///
    /// Errors: nothing of the case is on record, or it is on hold already.
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

    /// Lifts a hold: a second person does.
    ///
    /// Errors: there is none, or the one who set it wants to lift it.
    pub fn lift_hold(
        &mut self,
        case: &CaseId,
        by: &Staff,
        reason: &str,
        now: Moment,
    ) -> Result<(), LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let Some(hold) = hold_on(tx.connection(), case).await? else {
                let cause = "it is not on hold".to_owned();
                return refuse(case, "litigation.none", cause, "look with `despatch litigation list`");
            };
            second(Matter::Lifting(case), &by.id, [hold.by.as_str()])?;
            let lifted = RetentionEvent::LitigationLifted { reason: reason.to_owned(), set_by: hold.by };
            tx.record(LedgerEvent::Retention(case.clone(), lifted)).await
        })
    }

    /// Asks for the erasure of a case; nothing goes before a second person confirms it.
    ///
    /// Errors: it may not be erased now.
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

    /// The erasure that this person may confirm.
    ///
    /// Errors: nobody asked for it, the same person did, or the case may not be erased now.
    pub fn erasure_to_confirm(&mut self, case: &CaseId, by: &Staff) -> Result<Erasure, LedgerError> {
        let Some(asked) = self.erasure_of(case)? else {
            let cause = "nobody has asked for its erasure".to_owned();
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

    /// Whether a case may be erased: nothing of it is on hold, still to go, or subject of an open incident.
    fn may_be_erased(&mut self, case: &CaseId) -> Result<(), LedgerError> {
        self.known(case)?;
        let connection = &mut self.connection;
        if let Some(hold) = self.runtime.block_on(hold_on(connection, case))? {
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
            .filter(|despatch| !is_settled(despatch.state) && despatch.state != State::Returned)
            .map(|despatch| format!("{} ({})", despatch.id, despatch.state.words()))
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

    /// The first incident about this case that nobody has closed.
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
        if self.claims_of(Some(case))?.is_empty() {
            let cause = "nothing of this case is on record".to_owned();
            return refuse(case, "case.unknown", cause, "check the case's id with `despatch outbox list`");
        }
        Ok(())
    }
}

fn refuse<T>(case: &CaseId, code: &'static str, cause: String, cure: &str) -> Result<T, LedgerError> {
    Err(LedgerError::Refused(Fault::new(case.to_string(), code, cause, cure)))
}

/// The subject of events about how long a case is kept. Not the bare id: a case may be numbered as a despatch is.
pub fn retention_subject(case: &CaseId) -> String {
    Subject::Retention(case.clone()).to_string()
}

/// Removals, on record first: whatever stops between the record and the file leaves a file that is known to be going.
impl Ledger {
    /// Puts removals on record; the files go after this. An erasure takes what could still identify its case along.
    ///
    /// Errors: a case is on hold for litigation by now.
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
            }
            if let Some(case) = erased {
                pseudonyms::close(tx.connection(), case).await?;
            }
            Ok(())
        })
    }

    /// Takes note that every pending file is gone.
    pub fn removals_done(&mut self) -> Result<(), LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(REMOVALS_DONE.query().execute(connection))?;
        Ok(())
    }
}
