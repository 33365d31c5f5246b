//! Enters: a case on record and the review key. Leaves: the case file of its last event, from which another is begun.
//! Never: gives it out without that being on record.

use super::casework::may_see;
use super::{Actor, Failure, OpenOffice, unknown_case};
use crate::intake::{AttachedFile, LocalCase};
use crate::office::Unlock;
use crate::pipeline::unsealed;
use despatch_core::fault::Fault;
use despatch_core::reading::patiently;
use despatch_core::words::CaseId;
use std::fs;

/// Opens the last case file of a case, with its attachments. Each view is recorded.
///
/// # Errors
/// Nothing is on record for the case, or its file was removed; the review key cannot be unlocked or does not open it.
pub fn open_last_file(
    open: &mut OpenOffice,
    actor: &Actor,
    case: &CaseId,
    unlock: &Unlock,
) -> Result<LocalCase, Failure> {
    may_see(&mut open.ledger, actor, case)?;
    let last = open.ledger.files_of(case)?.into_iter().max().ok_or_else(|| unknown_case(case))?;
    open_file(open, actor, last, unlock)
}

/// Opens the case file of this number, with its attachments. Each view is recorded.
///
/// # Errors
/// There is none, or it was removed; the review key cannot be unlocked or does not open it.
pub fn open_file(
    open: &mut OpenOffice,
    actor: &Actor,
    number: i64,
    unlock: &Unlock,
) -> Result<LocalCase, Failure> {
    let by = actor.staff()?;
    let now = open.now();
    let OpenOffice { office, ledger, .. } = open;
    let of_case = ledger.submissions_of(None)?.into_iter().find(|(known, _)| *known == number);
    of_case.map_or(Ok(()), |(_, case)| may_see(ledger, actor, &case))?;
    let path = ledger.files().original(number);
    if ledger.is_removed(&path)? {
        let cause = "its case file was removed, when its period was over or with its case";
        return Err(Fault::new(
            format!("case file {number}"),
            "open.removed",
            cause,
            "answer the questions without it",
        )
        .into());
    }
    let secret = office.review_secret_of(&ledger.review_key_of(number)?, unlock)?;
    let sealed = patiently(|| fs::read(&path)).map_err(|error| {
        Fault::new("the sealed case file", "original", error.to_string(), "restore it from a backup")
    })?;
    let (mut bytes, mut attachments) = (Vec::new(), Vec::new());
    for (name, content) in unsealed(&sealed, &secret)? {
        match name.split_once('/') {
            Some((_, file)) => attachments.push(AttachedFile { file: file.to_owned(), bytes: content }),
            None => bytes = content.to_vec(),
        }
    }
    // After it was opened, because what could not be was not looked at; before anybody gets it.
    ledger.record_case_file_view(number, by.id.as_str(), now.at)?;
    Ok(LocalCase::in_memory(&format!("case file {number}"), bytes, attachments))
}
