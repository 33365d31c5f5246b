//! Enters: a case whose erasure two people agree on. Leaves: an outbox and an inbox without anything of it but the record
//! that it was there: closed words, dates, ids and hashes. Never: erases what is on hold, still open, or not agreed.

use super::removal::{hash_of, remove_pending, remove_rejected};
use crate::clock::Moment;
use crate::fault::Fault;
use crate::intake::Inbox;
use crate::office::{Office, Staff};
use crate::outbox::{Ledger, LedgerError, Removal, retention_subject};
use crate::words::{CaseId, Sha256};
use serde_json::{Value, json};
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// What an erasure came to.
#[derive(Debug)]
pub struct Erased {
    /// Sealed files.
    pub sealed: usize,
    /// Files of rejected cases, in clear.
    pub rejected: usize,
}

/// Removes every byte of a case once a second person confirms it. The caller holds the keeper's lease.
///
/// # Errors
/// The case may not be erased, or this person may not confirm it; the disk refuses: what is on record then goes with
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
    let leftovers = leftovers(&office.inbox(), case);
    let mut removals = Vec::new();
    let detail = json!({ "asked_by": asked.by, "reason": asked.reason });
    for (subject, paths) in sealed(ledger, case).map_err(told)? {
        let mut files = Vec::new();
        for path in paths {
            files.push((ledger.files().relative(&path), hash_of(&path).map_err(|error| failed(&error))?));
        }
        removals.push(Removal { subject, files, detail: detail.clone() });
    }
    let hashes: Vec<Option<Sha256>> = leftovers
        .iter()
        .map(|path| hash_of(path))
        .collect::<Result<_, _>>()
        .map_err(|error| failed(&error))?;
    let mut detail = detail;
    detail["rejected"] = json!(hashes);
    removals.push(Removal { subject: retention_subject(case), files: Vec::new(), detail });
    ledger.record_removals("erased", &removals, Some(case), &by.id, now).map_err(told)?;
    let sealed = remove_pending(office, ledger).map_err(told)?;
    remove_rejected(&office.inbox(), &leftovers).map_err(|error| failed(&error))?;
    Ok(Erased { sealed, rejected: leftovers.len() })
}

/// The sealed files of a case, by the subject of their record.
fn sealed(ledger: &mut Ledger, case: &CaseId) -> Result<Vec<(String, Vec<PathBuf>)>, LedgerError> {
    let files = ledger.files().clone();
    let mut found = Vec::new();
    for (claim, _) in ledger.claims_of(Some(case))? {
        found.push((format!("case {claim}"), vec![files.original(claim)]));
    }
    for despatch in ledger.despatches(&[])?.into_iter().filter(|one| one.case_id == *case) {
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

/// Rejected case files that say they are of this case, with their fault lists and the attachments that they name.
fn leftovers(inbox: &Path, case: &CaseId) -> Vec<PathBuf> {
    let rejected = inbox.join(Inbox::REJECTED);
    let files = WalkDir::new(&rejected).sort_by_file_name().into_iter().filter_map(Result::ok);
    let mut found = Vec::new();
    for entry in files.filter(|entry| entry.path().extension().is_some_and(|ending| ending == "json")) {
        let path = entry.path();
        let Some(content) =
            fs::read(path).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
        else {
            continue;
        };
        if content["case_id"].as_str() != Some(case.as_str()) {
            continue;
        }
        let folder = path.parent().unwrap_or(&rejected);
        let mut list = path.as_os_str().to_owned();
        list.push(".faults.txt");
        found.push(PathBuf::from(list));
        let names = content["attachments"].as_array().into_iter().flatten();
        for name in names.filter_map(|attachment| attachment["file"].as_str()) {
            // A name is one file's name; anything else leads elsewhere.
            if Path::new(name).file_name().is_some_and(|only| only == name) {
                found.extend([folder.join(name), path.with_extension("").join(name)]);
            }
        }
        found.push(path.to_owned());
    }
    found.retain(|path| path.symlink_metadata().is_ok_and(|there| !there.is_dir()));
    found
}
