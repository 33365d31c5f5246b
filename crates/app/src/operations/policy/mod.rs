//! Enters: what staff ask and decide about policy packs. Leaves: the state of each pack in this office, and the
//! decisions on record. Never: lets a pack into use that two people have not adopted, or accepts a decision without its
//! author and reason.

pub mod diff;
pub mod in_use;

use super::{Actor, Failure, OpenOffice, reason};
use crate::office::Office;
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, PackId, date_words};
use despatch_ledger::{Adopted, Despatch, DespatchId, State, Terms};
use despatch_process::packs::pack::{Extends, StatusChange};
use despatch_process::{Pack, PackRecord};
use serde::{Deserialize, Serialize};

/// The state of a pack in the office on a day.
#[derive(Debug, Serialize)]
pub struct PackView {
    pub id: PackId,
    pub title: String,
    pub status: Option<StatusChange>,
    pub usable: bool,
    pub why_not: Option<Fault>,
    pub for_new_cases: bool,
    pub extends: Option<Extends>,
    pub decided: PackRecord,
}

/// Returns every pack, by id.
///
/// # Errors
/// The ledger cannot be read.
pub fn list(open: &mut OpenOffice, _: &Actor) -> Result<Vec<PackView>, Failure> {
    let mut records = open.ledger.packs()?;
    let (office, today) = (&open.office, open.clock.now().today);
    let view = |pack: &Pack| {
        let decided = records.remove(&pack.id).unwrap_or_default();
        let why_not = office.packs.permitted(&pack.id, Some(&decided), today).err();
        PackView {
            id: pack.id.clone(),
            title: pack.title.clone(),
            status: pack.status_on(today).cloned(),
            usable: why_not.is_none(),
            why_not,
            for_new_cases: office.config.packs().contains(&pack.id),
            extends: pack.extends.clone(),
            decided,
        }
    };
    Ok(office.packs.iter().map(view).collect())
}

/// One complete pack, and its state in the office.
#[derive(Debug, Serialize)]
pub struct PackShown {
    pub pack: Pack,
    pub status_today: Option<StatusChange>,
    pub usable: bool,
    pub why_not: Option<Fault>,
    pub decided: PackRecord,
}

/// Returns the contents of a pack.
///
/// # Errors
/// The office has no such pack, or the ledger cannot be read.
pub fn show(open: &mut OpenOffice, _: &Actor, id: PackId) -> Result<PackShown, Failure> {
    let pack = pack(&open.office, &id)?.clone();
    let decided = open.ledger.packs()?.remove(&pack.id).unwrap_or_default();
    let why_not = open.office.packs.permitted(&pack.id, Some(&decided), open.now().today).err();
    let status_today = pack.status_on(open.now().today).cloned();
    Ok(PackShown { pack, status_today, usable: why_not.is_none(), why_not, decided })
}

/// Finds a pack of the office.
pub(super) fn pack<'a>(office: &'a Office, id: &PackId) -> Result<&'a Pack, Fault> {
    office.packs.get(id).ok_or_else(|| missing(office, id))
}

fn missing(office: &Office, id: &PackId) -> Fault {
    let known: Vec<&str> = office.packs.iter().map(|pack| pack.id.as_str()).collect();
    let cure = format!("name one of: {}", known.join(", "));
    Fault::new(at(id), "pack.missing", "the office has no such pack", cure)
}

fn at(id: &PackId) -> String {
    format!("policy pack {id}")
}

/// A request to propose the adoption of a pack, with terms; or, without terms, to confirm another person's proposal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AdoptPack {
    pub pack: PackId,
    pub terms: Option<ProposedTerms>,
}

/// Why a pack that is not in force is to be used, and until when.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProposedTerms {
    pub reason: String,
    pub until: NaiveDate,
}

/// The outcome of an adoption.
#[derive(Debug, Serialize)]
pub struct PackAdopted {
    pub pack: PackId,
    /// `proposed` or `adopted`.
    pub outcome: &'static str,
    pub decided: PackRecord,
    /// The decisions before this one.
    #[serde(skip)]
    pub before: PackRecord,
    #[serde(skip)]
    pub for_new_cases: bool,
}

/// Adopts a pack that is not in force.
///
/// # Errors
/// It needs no adoption; the same person proposed it; there is nothing to confirm.
pub fn adopt(open: &mut OpenOffice, actor: &Actor, request: AdoptPack) -> Result<PackAdopted, Failure> {
    let by = actor.staff()?;
    let now = open.now();
    let pack = pack(&open.office, &request.pack)?;
    let text = open.office.packs.text(&pack.id).ok_or_else(|| missing(&open.office, &pack.id))?;
    let terms = request
        .terms
        .map(|terms| Ok::<_, Failure>(Terms { reason: reason(&terms.reason)?, expires: terms.until }));
    let terms = terms.transpose()?;
    let before = open.ledger.packs()?.remove(&pack.id).unwrap_or_default();
    let in_force = open.office.packs.is_in_force(pack, now.today);
    if in_force && before.withdrawn.is_none() {
        let cause = "it is in force, so it needs no adoption";
        let cure = "use it: policy.pack in despatch.toml for new cases, `despatch policy move` for open ones";
        return Err(Fault::new(at(&pack.id), "adopt.in_force", cause, cure).into());
    }
    let outcome = match open.ledger.adopt((&pack.id, text.sha256), by, terms.as_ref(), now)? {
        Adopted::Proposed => "proposed",
        Adopted::Confirmed => "adopted",
    };
    let decided = open.ledger.packs()?.remove(&pack.id).unwrap_or_default();
    let for_new_cases = open.office.config.packs().contains(&pack.id);
    Ok(PackAdopted { pack: pack.id.clone(), outcome, decided, before, for_new_cases })
}

/// A request to withdraw a pack.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WithdrawPack {
    pub pack: PackId,
    pub reason: String,
}

/// What was under a withdrawn pack.
#[derive(Debug, Serialize)]
pub struct PackWithdrawn {
    pub pack: PackId,
    /// Always `withdrawn`.
    pub outcome: &'static str,
    pub held: Vec<DespatchId>,
    /// Copies for a healthcare team, which no policy delays.
    pub not_held: Vec<DespatchId>,
    pub cases: Vec<CaseUnder>,
    #[serde(skip)]
    pub for_new_cases: bool,
}

/// A case under a pack, and its held despatches.
#[derive(Debug, Serialize)]
pub struct CaseUnder {
    pub case_id: CaseId,
    pub held: Vec<DespatchId>,
}

/// Withdraws a pack from use, and holds what was made under it.
///
/// # Errors
/// The office has no such pack, or it is already withdrawn.
pub fn withdraw(
    open: &mut OpenOffice,
    actor: &Actor,
    request: WithdrawPack,
) -> Result<PackWithdrawn, Failure> {
    let by = actor.staff()?;
    let id = &request.pack;
    let why = reason(&request.reason)?;
    pack(&open.office, id)?;
    let (ledger, now) = (&mut open.ledger, open.clock.now());
    if let Some(earlier) = ledger.packs()?.remove(id).and_then(|record| record.withdrawn) {
        let cause = format!("{} withdrew it on {}", earlier.by, date_words(earlier.on));
        let cure = "nothing is left to do; `despatch outbox list --state held` has what is held";
        return Err(Fault::new(at(id), "withdraw.twice", cause, cure).into());
    }
    let hidden = ledger.hidden_from(Some(&by.id))?;
    let (_, mut held) = ledger.withdraw(id, by, &why, now)?;
    // What is restricted to others is held too, and told to nobody else.
    let mut despatches = ledger.unsent_of_pack(id)?;
    despatches.retain(|one| !hidden.contains(&one.case_id));
    held.retain(|held| despatches.iter().any(|one| one.id == *held));
    let not_held = despatches.iter().filter(|one| one.planned.safety).map(|one| one.id).collect();
    let held_of = |case: &CaseId| -> Vec<DespatchId> {
        let ours = |one: &&Despatch| one.case_id == *case && held.contains(&one.id);
        despatches.iter().filter(ours).map(|one| one.id).collect()
    };
    let under =
        in_use::cases(ledger)?.into_iter().filter(|case| case.pack == *id && !hidden.contains(&case.id));
    let with_held = under.map(|case| (case.open, CaseUnder { held: held_of(&case.id), case_id: case.id }));
    let cases =
        with_held.filter(|(open, case)| *open || !case.held.is_empty()).map(|(_, case)| case).collect();
    let for_new_cases = open.office.config.packs().contains(id);
    Ok(PackWithdrawn { pack: request.pack, outcome: "withdrawn", held, not_held, cases, for_new_cases })
}

/// A request to move a case to another pack.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MoveCase {
    pub case: CaseId,
    pub pack: PackId,
    pub reason: String,
}

/// A case that was moved to another pack.
#[derive(Debug, Serialize)]
pub struct CaseMoved {
    pub case_id: CaseId,
    pub pack: PackId,
    pub before: Option<PackId>,
    /// Always `moved`.
    pub outcome: &'static str,
    pub held: Vec<DespatchId>,
    /// Made under the earlier pack, and not held.
    pub other_unsent: Vec<DespatchId>,
}

/// Moves a case to another pack, which applies to its new events.
///
/// # Errors
/// The pack may not be used; the case is already under it, or is not on record.
pub fn move_case(open: &mut OpenOffice, actor: &Actor, request: MoveCase) -> Result<CaseMoved, Failure> {
    let by = actor.staff()?;
    let MoveCase { case, pack: id, reason: why } = request;
    let why = reason(&why)?;
    pack(&open.office, &id)?;
    let (ledger, now) = (&mut open.ledger, open.clock.now());
    let records = ledger.packs()?;
    open.office.packs.permitted(&id, records.get(&id), now.today)?;
    let before = ledger.case_events(&case)?.last().map(|event| event.pack.clone());
    if before.as_ref() == Some(&id) {
        let cause = format!("it is under {id} already");
        return Err(Fault::new(case.to_string(), "move.same", cause, "name another pack").into());
    }
    ledger.move_case(&case, &id, by, &why, now)?;
    let mut unsent = ledger.unsent_of_case(&case)?;
    unsent.retain(|one| one.pack != id);
    let (held, others): (Vec<Despatch>, _) = unsent.into_iter().partition(|one| one.state == State::Held);
    let ids = |despatches: Vec<Despatch>| despatches.into_iter().map(|one| one.id).collect();
    Ok(CaseMoved {
        case_id: case,
        pack: id,
        before,
        outcome: "moved",
        held: ids(held),
        other_unsent: ids(others),
    })
}
