//! Enters: who is signed in. Leaves: the page where their work begins, and the numbers that stand beside it.
//! Never: a value of the detained person.

use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_app::operations::review_queue;
use despatch_ledger::UserRole;
use despatch_web::{Content, Response};
use std::collections::BTreeMap;

/// Leads to where the person's work begins.
///
/// # Errors
/// Nobody is signed in.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let first = if visit.has_role(UserRole::Reviewer) { "/review" } else { "/work" };
    Ok(Response::redirect(first))
}

/// The numbers that stand in the navigation.
///
/// # Errors
/// The ledger cannot be read.
pub fn counts(visit: &mut Visit<'_>) -> Result<BTreeMap<&'static str, u64>, Failure> {
    if visit.person().is_err() {
        return Ok(BTreeMap::new());
    }
    let counts = review_queue::counts(visit.open)?;
    Ok(BTreeMap::from([("to_review", counts.to_review), ("came_back", counts.came_back)]))
}

/// Tells the same numbers to a page that is open.
///
/// # Errors
/// The ledger cannot be read.
pub fn notices(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let counts = counts(visit)?;
    let json = serde_json::to_vec(&counts).map_err(|error| Failure::Internal(error.to_string()))?;
    Ok(Response::of(Content::Json, json))
}
