//! Enters: a case. Leaves: the other cases of the person's Home Office reference, each with what is due in it.
//! Never: tells anything of a case that is restricted to others, or keeps the reference.

use super::due_list::{Due, due_in};
use super::{Actor, Failure, OpenOffice};
use chrono::NaiveDate;
use despatch_core::words::CaseId;
use despatch_process::events::Family;
use serde::Serialize;

/// Another case of the same person's reference.
#[derive(Debug, Serialize)]
pub struct LinkedCase {
    pub case_id: CaseId,
    pub family: Family,
    /// The latest event, and its day.
    pub latest: String,
    pub on: NaiveDate,
    /// What is due in it, nearest first.
    pub due: Vec<Due>,
}

/// Returns the other cases of a case's reference, the latest first.
///
/// # Errors
/// The ledger cannot be read.
pub(super) fn linked(
    open: &mut OpenOffice,
    actor: &Actor,
    case: &CaseId,
) -> Result<Vec<LinkedCase>, Failure> {
    let hidden = open.ledger.hidden_from(actor.reader())?;
    let others = open.ledger.cases_of_same_reference(case)?;
    let mut found = Vec::new();
    for case_id in others.into_iter().filter(|case| !hidden.contains(case)) {
        let Some(latest) = open.ledger.latest_of_case(&case_id)? else { continue };
        let (family, due) = (latest.fact.name().family(), due_in(open, &case_id)?);
        found.push(LinkedCase { case_id, family, latest: latest.fact.summary(), on: latest.on, due });
    }
    Ok(found)
}
