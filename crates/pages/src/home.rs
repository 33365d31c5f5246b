//! Enters: who is signed in. Leaves: the page where their work begins, and the numbers that stand beside it.
//! Never: a value of the detained person.

use crate::counts;
use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_ledger::UserRole;
use despatch_web::{Content, Response};

/// Leads to where the person's work begins.
///
/// # Errors
/// Nobody is signed in.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let first = if visit.has_role(UserRole::Reviewer) { "/review" } else { "/work" };
    Ok(Response::redirect(first))
}

/// Tells a page that is open the numbers that stand beside it.
///
/// # Errors
/// The ledger cannot be read.
pub fn notices(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let counts = counts::of(visit.open, &actor)?;
    let json = serde_json::to_vec(&counts).map_err(|error| Failure::Internal(error.to_string()))?;
    Ok(Response::of(Content::Json, json))
}
