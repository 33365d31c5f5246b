//! Enters: what people decide about retention. Leaves: what is due for removal, what was removed, what is on hold.
//! Never: removes anything in a dry run, or erases a case without four eyes.

use super::clock_check::check_clock;
use super::drafts::{self, Stale};
use super::{Actor, Failure, OpenOffice, reason};
use crate::retention::{self, Due, Erased};
use despatch_core::words::CaseId;
use despatch_ledger::CaseDecision;
use serde::{Deserialize, Serialize};

/// A request to list what has outlived its retention period, or to remove it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Purge {
    /// Whether to remove it instead of only listing it.
    pub remove: bool,
}

/// What has outlived its retention period, and how many files of it were removed.
#[derive(Debug, Serialize)]
pub struct Purged {
    pub due: Due,
    /// Files whose removal is on record but was interrupted.
    pub half_removed: usize,
    /// `None` if nothing was to be removed.
    pub removed: Option<usize>,
    /// Drafts that nobody has changed for so long that they are removed too; the record has nothing of a draft.
    pub drafts: Vec<Stale>,
}

/// Lists what has outlived its retention period and the actor may see, and removes all of it if asked to.
///
/// # Errors
/// Another removal or a backup is running; the ledger or a file cannot be read or written.
pub fn purge(open: &mut OpenOffice, actor: &Actor, request: Purge) -> Result<Purged, Failure> {
    if request.remove {
        check_clock(open)?;
    }
    let now = open.now();
    let OpenOffice { office, ledger, .. } = open;
    // Taken before the list is made: another removal that ends meanwhile would leave on it what is gone.
    let removing = match request.remove {
        true => Some((actor.keeper()?, ledger.files().lease("keeper")?)),
        false => None,
    };
    // What is restricted to others goes at the same time, and is told to them.
    let hidden = ledger.hidden_from(actor.reader())?;
    let (due, of_others) = retention::due(office, ledger, now.today)?.without(&hidden);
    let half_removed = ledger.pending_removals()?.len();
    let drafts = drafts::stale(office.root(), now.today)?;
    let removed = match removing {
        Some((by, _lease)) => {
            drafts::remove_stale(office.root(), now.today)?;
            retention::purge(office, ledger, &of_others, by, now)?;
            Some(retention::purge(office, ledger, &due, by, now)?)
        }
        None => None,
    };
    Ok(Purged { due, half_removed, removed, drafts })
}

/// Returns the warnings about retention: kinds without a period, and interrupted removals.
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

/// A decision about a case: to put it on hold for litigation, to lift the hold, or to ask for its erasure.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DecideCase {
    pub case: CaseId,
    pub reason: String,
}

/// The outcome for a case.
#[derive(Debug, Serialize)]
pub struct CaseOutcome {
    pub case_id: CaseId,
    /// `held`, `lifted` or `asked`.
    pub outcome: &'static str,
}

/// Puts a case on hold: everything of it is kept, whatever its retention period.
///
/// # Errors
/// Nothing is on record for the case, or it is already on hold.
pub fn hold(open: &mut OpenOffice, actor: &Actor, request: DecideCase) -> Result<CaseOutcome, Failure> {
    let (by, why) = (actor.keeper()?, reason(&request.reason)?);
    open.ledger.hold_case(&request.case, by, &why, open.clock.now())?;
    Ok(CaseOutcome { case_id: request.case, outcome: "held" })
}

/// Lifts a hold that another person set.
///
/// # Errors
/// There is none, or the same person set it.
pub fn lift(open: &mut OpenOffice, actor: &Actor, request: DecideCase) -> Result<CaseOutcome, Failure> {
    let (by, why) = (actor.keeper()?, reason(&request.reason)?);
    open.ledger.lift_hold(&request.case, by, &why, open.clock.now())?;
    Ok(CaseOutcome { case_id: request.case, outcome: "lifted" })
}

/// Returns every case on hold.
///
/// # Errors
/// The ledger cannot be read.
pub fn holds(open: &mut OpenOffice, actor: &Actor) -> Result<Vec<CaseDecision>, Failure> {
    let hidden = open.ledger.hidden_from(actor.reader())?;
    let mut holds = open.ledger.litigation_holds()?;
    holds.retain(|hold| !hidden.iter().any(|case| case.as_str() == hold.case_id));
    Ok(holds)
}

/// Asks for the erasure of a case; a second person confirms it.
///
/// # Errors
/// Nothing is on record for the case; it is on hold or still open; its erasure was already asked for.
pub fn ask_erasure(
    open: &mut OpenOffice,
    actor: &Actor,
    request: DecideCase,
) -> Result<CaseOutcome, Failure> {
    let (by, why) = (actor.keeper()?, reason(&request.reason)?);
    open.ledger.ask_erasure(&request.case, by, &why, open.clock.now())?;
    Ok(CaseOutcome { case_id: request.case, outcome: "asked" })
}

/// The result of an erasure.
#[derive(Debug, Serialize)]
pub struct CaseErased {
    pub case_id: CaseId,
    /// Always `erased`.
    pub outcome: &'static str,
    #[serde(flatten)]
    pub erased: Erased,
}

/// Removes every sealed byte of a case, on the confirmation of a second person.
///
/// # Errors
/// Nobody has asked for it, or the same person did; the case is on hold or still open; a file cannot be removed.
pub fn confirm_erasure(open: &mut OpenOffice, actor: &Actor, case: CaseId) -> Result<CaseErased, Failure> {
    let (by, now) = (actor.keeper()?, open.now());
    let OpenOffice { office, ledger, .. } = open;
    let _lease = ledger.files().lease("keeper")?;
    let erased = retention::erase(office, ledger, &case, by, now)?;
    Ok(CaseErased { case_id: case, outcome: "erased", erased })
}
