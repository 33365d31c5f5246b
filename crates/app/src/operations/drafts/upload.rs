//! Enters: a file that somebody uploads. Leaves: whether it can be an attachment, after a worker has looked into it.
//! Never: opens it in this process.

use crate::operations::{Failure, OpenOffice};
use despatch_core::fault::Fault;
use despatch_guards::{Outcome, attachment};
use despatch_letters::render::pool::{Pool, TIME_LIMIT};

/// What the words of a guard call the first file.
const FIRST: &str = "document 1";

/// Has a worker inspect a file, as it is inspected before it is sent. Returns what a guard will say of it.
///
/// # Errors
/// It is no sound, open PDF within the office's limits; no worker can be started.
pub(super) fn inspected(open: &OpenOffice, bytes: &[u8]) -> Result<Vec<String>, Failure> {
    let pool = Pool::start(&open.program, &open.office.catalogue.files(), 1, TIME_LIMIT)?;
    let found = pool.inspect(bytes).map_err(|fault| Failure::Faults(fault.faults()))?;
    let limits = &open.office.config.guards.limits;
    let words = |evidence: &str| evidence.replacen(FIRST, "the file", 1);
    let refused = |evidence: &str| -> Failure {
        let cure = "print it to a new PDF, and upload that";
        Fault::new("/attachments", "attachment.refused", words(evidence), cure).into()
    };
    if let Some(check) = attachment::within_limits(1, &found, bytes.len(), limits) {
        return Err(refused(&check.evidence));
    }
    let sound = found.sound && !found.encrypted && !found.is_two_files && !found.is_cut_off;
    let check = attachment::check(1, &found);
    if check.outcome == Outcome::Stops && !sound {
        return Err(refused(&check.evidence));
    }
    let mut warnings = Vec::new();
    if check.outcome == Outcome::Stops {
        warnings.push(words(&check.evidence));
    }
    warnings.extend(attachment::behind(1, &found, limits.history).map(|check| words(&check.evidence)));
    Ok(warnings)
}
