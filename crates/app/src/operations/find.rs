//! Enters: a reference, a name, a date of birth, or an id. Leaves: the cases that they belong to, and on record that
//! somebody searched. Never: writes down or prints what was searched for, or tells anything of a case that is restricted to
//! others.

use super::{Actor, Failure, OpenOffice};
use chrono::NaiveDate;
use despatch_core::words::{CaseId, StaffId};
use despatch_guards::others::Kind;
use despatch_ledger::{DespatchId, Ledger, Marks, Owner, SearchedBy};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// Cases on a page of what was found.
pub const FOUND_ON_PAGE: usize = 20;

/// What is searched for.
#[derive(Clone, Serialize, Deserialize)]
pub enum Find {
    /// A Home Office reference, with or without its spaces and signs.
    Reference(String),
    /// Words of a name, in any order; and a date of birth, which must belong to them.
    Name {
        words: String,
        born: Option<NaiveDate>,
    },
    Born(NaiveDate),
    Case(CaseId),
    Despatch(DespatchId),
}

impl fmt::Debug for Find {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is searched for is about a person.
        write!(f, "Find by {}", self.by().label())
    }
}

impl Find {
    fn by(&self) -> SearchedBy {
        match self {
            Self::Reference(_) => SearchedBy::Reference,
            Self::Name { born: None, .. } => SearchedBy::Name,
            Self::Name { born: Some(_), .. } => SearchedBy::NameAndBirth,
            Self::Born(_) => SearchedBy::Birth,
            Self::Case(_) => SearchedBy::CaseId,
            Self::Despatch(_) => SearchedBy::Despatch,
        }
    }
}

/// What a search found.
#[derive(Debug, Serialize)]
pub struct Found {
    pub by: SearchedBy,
    pub cases: Vec<FoundCase>,
    /// Of how many; the others are not shown: more of the name, or a date of birth, finds fewer.
    pub total: usize,
    /// Cases that are restricted to others, by whom to ask.
    pub restricted: Vec<String>,
}

/// A case that was found.
#[derive(Debug, Serialize)]
pub struct FoundCase {
    pub case_id: CaseId,
    /// The latest event, and its day.
    pub latest: String,
    pub on: NaiveDate,
    pub owner: Option<StaffId>,
    /// The message that was searched for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub despatch: Option<DespatchId>,
}

/// Finds cases; the search is on record without what was searched for.
///
/// # Errors
/// The actor is not on the staff list; nothing to search for was given; the ledger or the key cannot be read.
pub fn find(open: &mut OpenOffice, actor: &Actor, request: Find) -> Result<Found, Failure> {
    let (staff, now, by) = (actor.staff()?.clone(), open.now(), request.by());
    let despatch = match &request {
        Find::Despatch(id) => Some(*id),
        _ => None,
    };
    let matching = cases(open, request)?;
    let ledger = &mut open.ledger;
    let hidden = ledger.hidden_from(Some(&staff.id))?;
    let (restricted, seen): (Vec<CaseId>, Vec<CaseId>) =
        matching.into_iter().partition(|case| hidden.contains(case));
    let total = seen.len();
    let mut found = Vec::new();
    for case_id in seen.into_iter().take(FOUND_ON_PAGE) {
        found.extend(found_case(ledger, case_id, despatch)?);
    }
    let mut whom = BTreeSet::new();
    for case in &restricted {
        whom.extend(ledger.restriction_of(case)?.map(|restriction| restriction.by));
    }
    let shown = found.iter().map(|one| one.case_id.clone()).collect();
    ledger.record_search(by, shown, restricted.len(), &staff, now)?;
    Ok(Found { by, cases: found, total, restricted: whom.into_iter().collect() })
}

fn cases(open: &mut OpenOffice, request: Find) -> Result<Vec<CaseId>, Failure> {
    let OpenOffice { office, ledger, .. } = open;
    let nothing = |field: &str| {
        let cause = "there is nothing to search for";
        Failure::request(field, "find.empty", cause, "write letters or digits")
    };
    let marks: Vec<_> = match request {
        Find::Case(case) => return Ok(ledger.knows_case(&case)?.then_some(case).into_iter().collect()),
        Find::Despatch(id) => {
            let of_file = ledger.despatches_of_submission(id.submission)?;
            return Ok(of_file
                .into_iter()
                .find(|one| one.id == id)
                .map(|one| one.case_id)
                .into_iter()
                .collect());
        }
        Find::Reference(text) => {
            let mark = office.identity_key()?.sought_reference(&text).ok_or_else(|| nothing("reference"))?;
            vec![(Kind::Reference, mark)]
        }
        Find::Born(born) => vec![(Kind::Born, office.identity_key()?.sought_birth(born))],
        Find::Name { words, born } => {
            let key = office.identity_key()?;
            let name = key.sought_name(&words);
            if name.is_empty() {
                return Err(nothing("name"));
            }
            let born = born.map(|born| (Kind::Born, key.sought_birth(born)));
            name.into_iter().map(|word| (Kind::Word, word)).chain(born).collect()
        }
    };
    Ok(ledger.cases_marked(&Marks(marks.into_iter().collect()))?)
}

fn found_case(
    ledger: &mut Ledger,
    case_id: CaseId,
    despatch: Option<DespatchId>,
) -> Result<Option<FoundCase>, Failure> {
    let Some(latest) = ledger.latest_of_case(&case_id)? else { return Ok(None) };
    let owner = ledger.owner_of(&case_id)?.map(|Owner { owner, .. }| owner);
    Ok(Some(FoundCase { case_id, latest: latest.fact.summary(), on: latest.on, owner, despatch }))
}
