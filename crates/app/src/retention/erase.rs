//! Enters: a case whose erasure two people agree on. Leaves: an outbox and an inbox without anything of it but the record
//! that it was there: closed words, dates, ids and hashes. Never: erases what is on hold, still open, or not agreed.

use super::in_clear::InClear;
use super::removal::{self, remove_pending, remove_rejected};
use crate::office::Office;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::CaseId;
use despatch_ledger::{Ledger, LedgerError, retention_subject};
use despatch_settings::Staff;
use serde_json::json;
use std::fmt::Display;
use std::path::PathBuf;

/// What an erasure came to.
#[derive(Debug)]
pub struct Erased {
    /// Sealed files.
    pub sealed: usize,
    /// Files of rejected cases, in clear.
    pub rejected: usize,
    /// What else lies in the inbox of which nobody can tell whose it is, relative to the inbox.
    pub untold: Vec<PathBuf>,
}

/// Removes every byte of a case once a second person confirms it. The caller holds the keeper's lease.
///
/// # Errors
/// The case may not be erased, or this person may not confirm it, or a case file of it is still to be made; the disk
/// refuses: what is on record then goes with
/// the next purge or erasure.
pub fn erase(
    office: &Office,
    ledger: &mut Ledger,
    case: &CaseId,
    by: &Staff,
    now: Moment,
) -> Result<Erased, Fault> {
    let failed = |error: &dyn Display| {
        let cause = format!("the erasure cannot go on: {error}");
        Fault::new(case.to_string(), "erase.failed", cause, "see to the disk, then give the command again")
    };
    let told = |error: LedgerError| match error {
        LedgerError::Refused(fault) => fault,
        other => failed(&other),
    };
    let asked = ledger.erasure_to_confirm(case, by).map_err(told)?;
    let InClear { rejected, to_be_made, untold } = InClear::of(&office.inbox(), case);
    if !to_be_made.is_empty() {
        return Err(still_to_be_made(office, case, &to_be_made));
    }
    let mut removals = Vec::new();
    let detail = json!({ "asked_by": asked.by, "reason": asked.reason });
    for (subject, paths) in sealed(ledger, case).map_err(told)? {
        let removal = removal::of_sealed(ledger, subject, &paths, detail.clone());
        removals.push(removal.map_err(|error| failed(&error))?);
    }
    let in_clear = removal::in_clear(retention_subject(case), &rejected, detail, "rejected");
    removals.push(in_clear.map_err(|error| failed(&error))?);
    ledger.record_removals("erased", &removals, Some(case), &by.id, now).map_err(told)?;
    let sealed = remove_pending(office, ledger).map_err(told)?;
    remove_rejected(&office.inbox(), &rejected).map_err(|error| failed(&error))?;
    let inbox = office.inbox();
    let untold = untold.iter().map(|path| path.strip_prefix(&inbox).unwrap_or(path).to_owned()).collect();
    Ok(Erased { sealed, rejected: rejected.len(), untold })
}

/// What the next run would make of the case again.
fn still_to_be_made(office: &Office, case: &CaseId, files: &[PathBuf]) -> Fault {
    let names: Vec<String> = files
        .iter()
        .map(|path| path.strip_prefix(office.root()).unwrap_or(path).display().to_string())
        .collect();
    let cause = format!("a case file of it is still to be processed: {}", names.join(", "));
    let cure =
        "take each out with all that belongs to it, or let `despatch run` end with it, then confirm again";
    Fault::new(case.to_string(), "erase.waiting", cause, cure)
}

/// The sealed files of a case, by the subject of their record.
fn sealed(ledger: &mut Ledger, case: &CaseId) -> Result<Vec<(String, Vec<PathBuf>)>, LedgerError> {
    let files = ledger.files().clone();
    let mut found = Vec::new();
    for (claim, _) in ledger.claims_of(Some(case))? {
        found.push((format!("case {claim}"), vec![files.original(claim)]));
    }
    for despatch in ledger.despatches_of_case(case)? {
        let last = despatch.message.as_ref().map_or(0, |bound| bound.revision);
        let of = |revision| [files.message(despatch.id, revision), files.copy(despatch.id, revision)];
        let messages = (1..=last).flat_map(of).collect();
        found.push((despatch.id.to_string(), messages));
    }
    for (_, paths) in &mut found {
        let mut there = Vec::new();
        for path in paths.drain(..) {
            if path.exists() && !ledger.is_removed(&path)? {
                there.push(path);
            }
        }
        *paths = there;
    }
    found.retain(|(_, paths)| !paths.is_empty());
    Ok(found)
}
