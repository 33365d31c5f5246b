//! Enters: an open office. Leaves: the numbers that stand beside places of the navigation, by their names.
//! Never: a value of the detained person.

use despatch_app::operations::{Actor, Failure, OpenOffice, review_queue};
use std::collections::BTreeMap;

/// What waits for a reviewer, and what came back to those who prepared it, of the cases that the actor may see.
///
/// # Errors
/// The ledger cannot be read.
pub fn of(open: &mut OpenOffice, actor: &Actor) -> Result<BTreeMap<&'static str, u64>, Failure> {
    let counts = review_queue::counts(open, actor)?;
    Ok(BTreeMap::from([("to_review", counts.to_review), ("came_back", counts.came_back)]))
}
