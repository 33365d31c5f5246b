//! Enters: what people decide about the keeping of a case. Leaves: what is settled and since when, what is on hold, and
//! removals on record before a file goes. Never: forgets what happened: an event stays when what it tells of is gone.

use super::chain::Chain;
use super::despatch::{DespatchId, State};
use super::identities;
use super::incidents::{Incident, IncidentId, Step};
use super::ledger::{Ledger, LedgerError};
use crate::connection::begin_write;
use crate::queries::removals::{Erasure, LitigationHold, not_on_hold};
use crate::queries::settled::is_settled;
use crate::statement::statements;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, Sha256, StaffId};
use despatch_settings::Staff;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;

statements! {
    HOLD = "INSERT INTO litigation_hold (case_id, by, reason, since) VALUES ($1, $2, $3, $4)";
    END_HOLD = "DELETE FROM litigation_hold WHERE case_id = $1";
    ASK_ERASURE = "INSERT INTO erasure (case_id, by, reason, since) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (case_id) DO UPDATE SET by = $2, reason = $3, since = $4";
    END_ERASURE = "DELETE FROM erasure WHERE case_id = $1";
    REMOVE = "INSERT INTO removed (file, pending) VALUES ($1, 1) ON CONFLICT (file) DO UPDATE SET pending = 1";
    REMOVALS_DONE = "UPDATE removed SET pending = 0 WHERE pending = 1";
}

/// What goes, as one event tells it.
#[derive(Debug, Clone)]
pub struct Removal {
    /// A despatch's id, `case 17`, or the office for what was never numbered.
    pub subject: String,
    /// Sealed files, relative to the office, each with its hash where it is there.
    pub files: Vec<(PathBuf, Option<Sha256>)>,
    /// Why: kind, period and day for a purge, who asked and why for an erasure.
    pub detail: Value,
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
        if let Some(hold) = self.hold_on(case)? {
            let cause = format!("{} put it on hold already: {}", hold.by, hold.reason);
            return refuse(case, "litigation.held", cause, "look at it with `despatch litigation list`");
        }
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            HOLD.query()
                .bind(case.as_str())
                .bind(by.id.as_str())
                .bind(reason)
                .bind(now.today.to_string())
                .execute(&mut *tx)
                .await?;
            let mut chain = Chain::new(now.at, by.id.as_str());
            chain
                .append(&mut tx, &retention_subject(case), "litigation_held", json!({ "reason": reason }))
                .await?;
            Ok(tx.commit().await?)
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
        let Some(hold) = self.hold_on(case)? else {
            let cause = "it is not on hold".to_owned();
            return refuse(case, "litigation.none", cause, "look with `despatch litigation list`");
        };
        second_person(case, &hold.by, by, "litigation.same_person", "set the hold")?;
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            END_HOLD.query().bind(case.as_str()).execute(&mut *tx).await?;
            let mut chain = Chain::new(now.at, by.id.as_str());
            let detail = json!({ "reason": reason, "set_by": hold.by });
            chain.append(&mut tx, &retention_subject(case), "litigation_lifted", detail).await?;
            Ok(tx.commit().await?)
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
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            ASK_ERASURE
                .query()
                .bind(case.as_str())
                .bind(by.id.as_str())
                .bind(reason)
                .bind(now.today.to_string())
                .execute(&mut *tx)
                .await?;
            let mut chain = Chain::new(now.at, by.id.as_str());
            chain
                .append(&mut tx, &retention_subject(case), "erasure_asked", json!({ "reason": reason }))
                .await?;
            Ok(tx.commit().await?)
        })
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
        second_person(case, &asked.by, by, "erase.same_person", "asked for it")?;
        self.may_be_erased(case)?;
        Ok(asked)
    }

    /// Whether a case may be erased: nothing of it is on hold, still to go, or subject of an open incident.
    fn may_be_erased(&mut self, case: &CaseId) -> Result<(), LedgerError> {
        self.known(case)?;
        if let Some(hold) = self.hold_on(case)? {
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

    fn hold_on(&mut self, case: &CaseId) -> Result<Option<LitigationHold>, LedgerError> {
        Ok(self.litigation_holds()?.into_iter().find(|hold| hold.case_id == case.as_str()))
    }
}

/// What two people decide, two people must be.
fn second_person(
    case: &CaseId,
    first: &str,
    by: &Staff,
    code: &'static str,
    did: &str,
) -> Result<(), LedgerError> {
    if by.id.as_str() != first {
        return Ok(());
    }
    let cause = format!("{} {did}, and a second person has to agree", by.id);
    refuse(case, code, cause, "ask another member of staff to give this command")
}

fn refuse<T>(case: &CaseId, code: &'static str, cause: String, cure: &str) -> Result<T, LedgerError> {
    Err(LedgerError::Refused(Fault::new(case.to_string(), code, cause, cure)))
}

/// The subject of events about how long a case is kept. Not the bare id: a case may be numbered as a despatch is.
pub fn retention_subject(case: &CaseId) -> String {
    format!("retention {case}")
}

/// Removals, on record first: whatever stops between the record and the file leaves a file that is known to be going.
impl Ledger {
    /// Puts removals on record; the files go after this. An erasure takes what could still identify its case along.
    ///
    /// Errors: a case is on hold for litigation by now.
    pub fn record_removals(
        &mut self,
        what: &str,
        removals: &[Removal],
        erased: Option<&CaseId>,
        by: &StaffId,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            let mut chain = Chain::new(now.at, by.as_str());
            for removal in removals {
                not_on_hold(&mut tx, &removal.subject, erased).await?;
                let mut detail = removal.detail.clone();
                let files: Vec<Value> = removal
                    .files
                    .iter()
                    .map(|(file, sha256)| json!({ "file": file, "sha256": sha256 }))
                    .collect();
                detail["files"] = files.into();
                chain.append(&mut tx, &removal.subject, what, detail).await?;
                for (file, _) in &removal.files {
                    REMOVE.query().bind(file.display().to_string()).execute(&mut *tx).await?;
                }
            }
            if let Some(case) = erased {
                END_ERASURE.query().bind(case.as_str()).execute(&mut *tx).await?;
                identities::close(&mut tx, case).await?;
            }
            Ok(tx.commit().await?)
        })
    }

    /// Takes note that every pending file is gone.
    pub fn removals_done(&mut self) -> Result<(), LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(REMOVALS_DONE.query().execute(connection))?;
        Ok(())
    }
}
