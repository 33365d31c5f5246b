//! Enters: a case whose erasure two people agree on. Leaves: an outbox and an inbox with nothing of it but the record
//! that it existed: fixed words, dates, ids and hashes. Never: erases what is on hold, still open, or not agreed.

use super::in_clear::InClear;
use super::removal::{self, remove_pending, remove_rejected};
use crate::office::Office;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::CaseId;
use despatch_ledger::{Ledger, LedgerError, WhyRemoved, retention_subject};
use despatch_settings::Staff;
use serde::Serialize;
use std::borrow::Cow;
use std::fmt::Display;
use std::path::PathBuf;

/// The result of an erasure.
#[derive(Debug, Serialize)]
pub struct Erased {
    /// The number of sealed files removed.
    pub sealed: usize,
    /// The number of files of rejected cases removed, which were in clear.
    pub rejected: usize,
    /// Other files in the inbox whose case cannot be determined, relative to the inbox.
    pub untold: Vec<String>,
}

/// Removes every byte of a case once a second person confirms it. The caller holds the `keeper` lease.
///
/// # Errors
/// The case may not be erased, this person may not confirm it, or a case file of it is still to be processed; a file
/// cannot be removed: its removal is then on record, and the next purge or erasure completes it.
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
    let InClear { rejected, to_be_made, untold } = InClear::of(&office.intake(), case);
    if !to_be_made.is_empty() {
        return Err(still_to_be_made(office, case, &to_be_made));
    }
    let mut removals = Vec::new();
    let why = WhyRemoved::Erased { asked_by: asked.by, reason: asked.reason };
    for (subject, paths) in sealed(ledger, case).map_err(told)? {
        let removal = removal::of_sealed(ledger, subject, &paths, why.clone());
        removals.push(removal.map_err(|error| failed(&error))?);
    }
    let in_clear = removal::in_clear(retention_subject(case), &rejected, why);
    removals.push(in_clear.map_err(|error| failed(&error))?);
    ledger.record_removals(&removals, Some(case), &by.id, now).map_err(told)?;
    let sealed = remove_pending(office, ledger).map_err(told)?;
    remove_rejected(&office.intake().rejected(), &rejected).map_err(|error| failed(&error))?;
    let intake = office.intake();
    let untold =
        untold.iter().map(|path| path.strip_prefix(intake.inbox()).unwrap_or(path).to_string_lossy());
    let untold = untold.map(Cow::into_owned).collect();
    Ok(Erased { sealed, rejected: rejected.len(), untold })
}

/// The fault of an erasure after which the next run would process the case again.
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
    let mut all = Vec::new();
    for (submission, _) in ledger.submissions_of(Some(case))? {
        all.push((format!("case {submission}"), vec![files.original(submission)]));
    }
    for despatch in ledger.despatches_of_case(case)? {
        let last = despatch.message.as_ref().map_or(0, |bound| bound.revision);
        let of = |revision| [files.message(despatch.id, revision), files.copy(despatch.id, revision)];
        all.push((despatch.id.to_string(), (1..=last).flat_map(of).collect()));
    }
    let mut found = Vec::new();
    for (subject, paths) in all {
        let mut there = Vec::new();
        for path in paths {
            if path.exists() && !ledger.is_removed(&path)? {
                there.push(path);
            }
        }
        if !there.is_empty() {
            found.push((subject, there));
        }
    }
    Ok(found)
}
