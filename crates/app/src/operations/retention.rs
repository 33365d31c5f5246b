//! Enters: what people decide about what is kept. Leaves: what would go, what went, what is on hold.
//! Never: removes anything that was only asked about, or a case without a second person.

use super::{Actor, Failure, OpenOffice, reason};
use crate::retention::{self, Due};
use despatch_core::words::CaseId;
use despatch_ledger::LitigationHold;
use serde::{Deserialize, Serialize};

/// Looks for what has outlived its period, or removes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Purge {
    /// Remove what would otherwise only be listed.
    pub remove: bool,
}

/// What has outlived its period, and how many files of it went.
#[derive(Debug, Serialize)]
pub struct Purged {
    pub due: Due,
    /// Removals that are on record and were stopped.
    pub half_removed: usize,
    /// `None` where nothing was to be removed.
    pub removed: Option<usize>,
}

/// Looks for what has outlived its period, and removes it if that is asked for.
///
/// # Errors
/// Another removal or a backup is at work; the ledger or the disk cannot go on.
pub fn purge(open: &mut OpenOffice, actor: &Actor, request: Purge) -> Result<Purged, Failure> {
    let now = open.now();
    let OpenOffice { office, ledger, .. } = open;
    let due = retention::due(office, ledger, now.today)?;
    let half_removed = ledger.pending_removals()?.len();
    if !request.remove {
        return Ok(Purged { due, half_removed, removed: None });
    }
    let by = actor.staff()?;
    let _lease = ledger.files().lease("keeper")?;
    let removed = Some(retention::purge(office, ledger, &due, by, now)?);
    Ok(Purged { due, half_removed, removed })
}

/// What is to be said of what is kept: kinds without a period, and removals that were stopped.
///
/// # Errors
/// The ledger cannot be read.
pub fn warnings(open: &mut OpenOffice) -> Result<Vec<String>, Failure> {
    let without_period = retention::without_period(&open.office);
    let mut warnings = Vec::new();
    if !without_period.is_empty() {
        warnings.push(format!(
            "Nothing of these kinds is ever purged, because [retention] in despatch.toml has no period for them: {}.",
            without_period.join(", ")
        ));
    }
    if !open.ledger.pending_removals()?.is_empty() {
        warnings.push("A removal was stopped half way: `despatch purge --do` ends it.".to_owned());
    }
    Ok(warnings)
}

/// Puts a case on hold for litigation, or lifts the hold.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DecideHold {
    pub case: CaseId,
    pub reason: String,
}

/// What became of a case.
#[derive(Debug, Serialize)]
pub struct CaseOutcome {
    pub case_id: CaseId,
    /// `held`, `lifted` or `asked`.
    pub outcome: &'static str,
}

/// Keeps everything of a case, whatever its period.
///
/// # Errors
/// Nothing of the case is on record, or it is on hold already.
pub fn hold(open: &mut OpenOffice, actor: &Actor, request: DecideHold) -> Result<CaseOutcome, Failure> {
    let (by, why) = (actor.staff()?, reason(&request.reason)?);
    open.ledger.hold_case(&request.case, by, &why, open.clock.now())?;
    Ok(CaseOutcome { case_id: request.case, outcome: "held" })
}

/// Lifts a hold that somebody else set.
///
/// # Errors
/// There is none, or the same person set it.
pub fn lift(open: &mut OpenOffice, actor: &Actor, request: DecideHold) -> Result<CaseOutcome, Failure> {
    let (by, why) = (actor.staff()?, reason(&request.reason)?);
    open.ledger.lift_hold(&request.case, by, &why, open.clock.now())?;
    Ok(CaseOutcome { case_id: request.case, outcome: "lifted" })
}

/// Every case on hold.
#[derive(Debug, Serialize)]
pub struct Holds {
    pub holds: Vec<LitigationHold>,
}

/// Every case on hold.
///
/// # Errors
/// The ledger cannot be read.
pub fn holds(open: &mut OpenOffice, _: &Actor) -> Result<Holds, Failure> {
    Ok(Holds { holds: open.ledger.litigation_holds()? })
}

/// Asks that a case be erased.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AskErasure {
    pub case: CaseId,
    pub reason: String,
}

/// Asks that a case be erased; a second person confirms it.
///
/// # Errors
/// Nothing of the case is on record; it is on hold, still open, or was asked for already.
pub fn ask_erasure(
    open: &mut OpenOffice,
    actor: &Actor,
    request: AskErasure,
) -> Result<CaseOutcome, Failure> {
    let (by, why) = (actor.staff()?, reason(&request.reason)?);
    open.ledger.ask_erasure(&request.case, by, &why, open.clock.now())?;
    Ok(CaseOutcome { case_id: request.case, outcome: "asked" })
}

/// Confirms what somebody else has asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConfirmErasure {
    pub case: CaseId,
}

/// What an erasure came to.
#[derive(Debug, Serialize)]
pub struct CaseErased {
    pub case_id: CaseId,
    /// Always `erased`.
    pub outcome: &'static str,
    /// How many sealed files went.
    pub sealed: usize,
    /// How many files of rejected cases went.
    pub rejected: usize,
    /// What else lies in the inbox of which nobody can tell whose it is, relative to the inbox.
    pub untold: Vec<String>,
}

/// Removes every sealed byte of a case, which a second person confirms so.
///
/// # Errors
/// Nobody has asked for it, or the same person did; the case is on hold or still open; the disk refuses.
pub fn confirm_erasure(
    open: &mut OpenOffice,
    actor: &Actor,
    request: ConfirmErasure,
) -> Result<CaseErased, Failure> {
    let (by, now) = (actor.staff()?, open.now());
    let OpenOffice { office, ledger, .. } = open;
    let _lease = ledger.files().lease("keeper")?;
    let erased = retention::erase(office, ledger, &request.case, by, now)?;
    let untold = erased.untold.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let (sealed, rejected) = (erased.sealed, erased.rejected);
    Ok(CaseErased { case_id: request.case, outcome: "erased", sealed, rejected, untold })
}
