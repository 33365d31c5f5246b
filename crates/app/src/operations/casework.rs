//! Enters: who takes, hands over or restricts a case, and who is away. Leaves: it on record, with who may see what.
//! Never: restricts a case to people who could not let anything of it go.

use super::{Actor, Failure, OpenOffice, one_line, reason};
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, StaffId};
use despatch_ledger::{Cover, CoverKind, Despatch, DespatchId, Ledger, Owner, Restriction};
use despatch_settings::Staff;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The longest word at a handover, in characters.
const WORD_MAX: usize = 500;

/// Checks that the actor may see a case.
///
/// # Errors
/// It is restricted to others, or the ledger cannot be read.
pub fn may_see(ledger: &mut Ledger, actor: &Actor, case: &CaseId) -> Result<(), Failure> {
    match ledger.restriction_of(case)? {
        Some(restriction) if !restriction.admits(actor.reader()) => Err(restriction.refusal().into()),
        _ => Ok(()),
    }
}

/// Returns a despatch that the actor may see.
///
/// # Errors
/// There is none with that id, its case is restricted to others, or the ledger cannot be read.
pub fn seen(ledger: &mut Ledger, actor: &Actor, id: DespatchId) -> Result<Despatch, Failure> {
    let despatch = ledger.despatch(id)?;
    may_see(ledger, actor, &despatch.case_id)?;
    Ok(despatch)
}

/// Keeps those of these despatches that somebody may see.
///
/// # Errors
/// The ledger cannot be read.
pub fn only_seen(
    ledger: &mut Ledger,
    reader: &StaffId,
    ids: Vec<DespatchId>,
) -> Result<Vec<DespatchId>, Failure> {
    let hidden = ledger.hidden_from(Some(reader))?;
    if hidden.is_empty() {
        return Ok(ids);
    }
    let mut seen = Vec::new();
    for id in ids {
        if !hidden.contains(&ledger.despatch(id)?.case_id) {
            seen.push(id);
        }
    }
    Ok(seen)
}

/// Who owns a case, and who alone may see it.
#[derive(Debug, Clone, Serialize)]
pub struct Standing {
    pub case_id: CaseId,
    pub owner: Option<Owner>,
    pub restriction: Option<Restriction>,
}

impl Standing {
    fn of(ledger: &mut Ledger, case_id: CaseId) -> Result<Standing, Failure> {
        let (owner, restriction) = (ledger.owner_of(&case_id)?, ledger.restriction_of(&case_id)?);
        Ok(Standing { case_id, owner, restriction })
    }
}

/// Returns who owns a case and who alone may see it.
///
/// # Errors
/// It is restricted to others, or the ledger cannot be read.
pub fn standing(open: &mut OpenOffice, actor: &Actor, case: CaseId) -> Result<Standing, Failure> {
    may_see(&mut open.ledger, actor, &case)?;
    Standing::of(&mut open.ledger, case)
}

/// Takes a case: the actor owns it from now on.
///
/// # Errors
/// Nothing of it is on record, the actor may not see it or owns it already.
pub fn take(open: &mut OpenOffice, actor: &Actor, case: CaseId) -> Result<Standing, Failure> {
    let now = open.now();
    open.ledger.take_case(&case, actor.staff()?, now)?;
    Standing::of(&mut open.ledger, case)
}

/// A case, its next owner, and what they need to know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HandOver {
    pub case: CaseId,
    pub to: StaffId,
    pub word: String,
}

/// Hands a case over.
///
/// # Errors
/// Nothing of it is on record, no such person is on the staff list or may see it, or the word is missing.
pub fn hand_over(open: &mut OpenOffice, actor: &Actor, request: HandOver) -> Result<Standing, Failure> {
    let HandOver { case, to, word } = request;
    let (word, now) = (one_line(&word, "word", WORD_MAX)?, open.now());
    colleague(open, &to, "to")?;
    open.ledger.hand_over(&case, &to, &word, actor.staff()?, now)?;
    Standing::of(&mut open.ledger, case)
}

/// A case, and the people who alone see it from now on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Restrict {
    pub case: CaseId,
    pub to: BTreeSet<StaffId>,
    pub reason: String,
}

/// Restricts a case to named people.
///
/// # Errors
/// They are not on the staff list, or too few to prepare and approve anything; the actor is not one of them, and does
/// neither own the case nor keep the record; no reason is given.
pub fn restrict(open: &mut OpenOffice, actor: &Actor, request: Restrict) -> Result<Standing, Failure> {
    let Restrict { case, to, reason: why } = request;
    let (by, why, now) = (may_restrict(open, actor, &case)?, reason(&why)?, open.now());
    let mut reviewers = 0;
    for one in &to {
        reviewers += usize::from(colleague(open, one, "to")?.reviewer);
    }
    if reviewers == 0 || to.len() < 2 {
        let cause =
            "one person prepares what another approves: with these people alone nothing of it could go";
        return Err(Failure::request(
            "to",
            "restrict.people",
            cause,
            "name two people at least, one of them a reviewer",
        ));
    }
    open.ledger.restrict_case(&case, to, &why, &by, now)?;
    Standing::of(&mut open.ledger, case)
}

/// A case that everybody may see again, and why.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Unrestrict {
    pub case: CaseId,
    pub reason: String,
}

/// Lets everybody see a case again.
///
/// # Errors
/// It is not restricted; the actor may not see it, or neither owns it nor keeps the record; no reason is given.
pub fn unrestrict(open: &mut OpenOffice, actor: &Actor, request: Unrestrict) -> Result<Standing, Failure> {
    let Unrestrict { case, reason: why } = request;
    let (by, why, now) = (may_restrict(open, actor, &case)?, reason(&why)?, open.now());
    open.ledger.unrestrict_case(&case, &why, &by, now)?;
    Standing::of(&mut open.ledger, case)
}

/// The member of staff, who owns the case or keeps the record.
fn may_restrict(open: &mut OpenOffice, actor: &Actor, case: &CaseId) -> Result<Staff, Failure> {
    let by = actor.staff()?;
    may_see(&mut open.ledger, actor, case)?;
    let owns = open.ledger.owner_of(case)?.is_some_and(|owner| owner.owner == by.id);
    if owns || by.keeper {
        return Ok(by.clone());
    }
    let cause = format!("{} neither owns it nor keeps the record of this office", by.id);
    let cure = "ask its owner or a keeper, or take it first with `despatch case take`";
    Err(Fault::new(case.to_string(), "restrict.not_owner", cause, cure).into())
}

/// Days of one person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordCover {
    /// The actor if nobody is named.
    pub who: Option<StaffId>,
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    /// Who works in their place; without one, they approve out of hours on these days.
    pub covered_by: Option<StaffId>,
}

/// Records an absence with who covers it, or who approves out of hours.
///
/// # Errors
/// The people are not on the staff list; the days are in the wrong order, or on record already; who approves out of hours
/// is not a reviewer.
pub fn record_cover(
    open: &mut OpenOffice,
    actor: &Actor,
    request: RecordCover,
) -> Result<Vec<Cover>, Failure> {
    let RecordCover { who, from, until, covered_by } = request;
    let (by, now) = (actor.staff()?, open.now());
    let who = colleague(open, who.as_ref().unwrap_or(&by.id), "who")?;
    match covered_by {
        Some(other) if other == who.id => {
            let cause = "nobody covers for themselves";
            return Err(Failure::request("covered_by", "cover.self", cause, "name somebody else"));
        }
        Some(other) => {
            colleague(open, &other, "covered_by")?;
            open.ledger.record_absence(&who.id, (from, until), &other, by, now)?;
        }
        None if !who.reviewer => {
            let cause = format!("{} is not a reviewer, so they cannot approve", who.id);
            return Err(Failure::request("who", "cover.reviewer", cause, "name a reviewer"));
        }
        None => open.ledger.record_out_of_hours(&who.id, (from, until), by, now)?,
    }
    Ok(open.ledger.covers(now.today)?)
}

/// What ends: the days of this kind that begin on this day.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EndCover {
    pub who: StaffId,
    pub kind: CoverKind,
    pub from: NaiveDate,
}

/// Ends an absence, or days out of hours.
///
/// # Errors
/// There are none.
pub fn end_cover(open: &mut OpenOffice, actor: &Actor, request: EndCover) -> Result<Vec<Cover>, Failure> {
    let EndCover { who, kind, from } = request;
    let now = open.now();
    open.ledger.end_cover(&who, kind, from, actor.staff()?, now)?;
    Ok(open.ledger.covers(now.today)?)
}

/// Returns who is away and who approves out of hours, from today on.
///
/// # Errors
/// The ledger cannot be read.
pub fn covers(open: &mut OpenOffice, _: &Actor) -> Result<Vec<Cover>, Failure> {
    let today = open.now().today;
    Ok(open.ledger.covers(today)?)
}

/// A member of staff whom the value of `field` names.
fn colleague(open: &OpenOffice, id: &StaffId, field: &str) -> Result<Staff, Failure> {
    open.office.config.staff_member(id).cloned().ok_or_else(|| {
        let cause = format!("{id} is not on the staff list");
        Failure::request(field, "staff.unknown", cause, "use the id of a member of staff")
    })
}
