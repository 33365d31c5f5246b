//! Enters: the recovery key, fetched from where it is kept. Leaves: a recorded proof that it opens what the office
//! stores. Never: reveals or stores what it opened.

use crate::office::CONFIG_FILE;
use crate::operations::{Actor, Failure, OpenOffice};
use chrono_tz::Europe::London;
use despatch_core::fault::Fault;
use despatch_core::reading::patiently;
use despatch_core::words::{Sha256, date_words};
use despatch_ledger::{Despatch, DespatchId, Files, Ledger, is_unread};
use despatch_message as message;
use despatch_seal::keys::SecretKey;
use despatch_seal::sealing;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;

/// A drill proves nothing after a year: people and media change, and other checks of the office are also yearly (NCSC,
/// "Offline backups in an online world": test that you can restore).
const DRILL_DAYS_MAX: i64 = 365;

/// A request to test whether the recovery key opens what the office stores.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DrillRecovery {
    /// The owner's name for the key: its file name.
    pub key_name: String,
}

/// The result of a drill.
#[derive(Debug, Serialize)]
pub struct Drilled {
    pub key: String,
    /// Whether everything opened.
    pub opened: bool,
    pub tried: Vec<Tried>,
}

/// What the key was tried on, its hash, and whether all of it opened.
#[derive(Debug, Serialize)]
pub struct Tried {
    pub file: String,
    pub sha256: Sha256,
    pub opened: bool,
}

/// Tries the recovery key, which `key` supplies.
///
/// # Errors
/// The office has none; it is another key; there is nothing to try it on.
pub fn drill(
    open: &mut OpenOffice,
    actor: &Actor,
    request: DrillRecovery,
    key: impl FnOnce() -> Result<SecretKey, Fault>,
) -> Result<Drilled, Failure> {
    let by = actor.keeper()?;
    let Some(recovery) = &open.office.config.recovery else {
        let cure = "write [recovery] key = \"age1…\" there";
        return Err(Fault::new(CONFIG_FILE, "recovery.none", "the office has no recovery key", cure).into());
    };
    let (secret, expected) = (key()?, recovery.fingerprint());
    if secret.to_public() != *recovery {
        let is = secret.to_public().fingerprint();
        let cause = format!("it is {is}, and the office's recovery key is {expected}");
        let cure = "fetch the key that belongs to it";
        return Err(Fault::new(request.key_name, "recovery.other", cause, cure).into());
    }
    let tried = try_both(&mut open.ledger, &secret)?;
    let recorded: Vec<_> = tried.iter().map(|one| (one.file.clone(), one.sha256, one.opened)).collect();
    open.ledger.record_drill(&expected, by, &recorded, open.clock.now())?;
    Ok(Drilled { key: expected, opened: tried.iter().all(|one| one.opened), tried })
}

/// Tries the newest sealed case file and the newest message.
fn try_both(ledger: &mut Ledger, secret: &SecretKey) -> Result<Vec<Tried>, Failure> {
    let files = ledger.files().clone();
    let case_file = newest(ledger, |one| {
        let Some(sealed) = there(patiently(|| fs::read(files.original(one.id.submission))))? else {
            return Ok(None);
        };
        let opened = sealing::open(&sealed, secret).is_ok();
        let file = format!("received/{}.tar.age", one.id.submission);
        Ok(Some(Tried { file, sha256: Sha256::of(&sealed), opened }))
    })?;
    let message = newest(ledger, |one| {
        let Some(bound) = one.message.clone() else { return Ok(None) };
        let bytes = there(files.message_bytes(one.id, bound.revision, bound.sha256))?;
        Ok(bytes.map(|bytes| (one.id, bound, bytes)))
    })?;
    let (Some(case_file), Some((id, bound, bytes))) = (case_file, message) else {
        let cause = "there is no sealed case file or no message to try it on";
        return Err(Fault::new("outbox", "recovery.nothing", cause, "process a case first").into());
    };
    let message = match bound.copy {
        Some(hash) => try_copy(&files, id, bound.revision, hash, secret)?,
        None => try_parts(id, &bytes, secret)?,
    };
    Ok(vec![case_file, message])
}

/// Returns what `take` takes from the newest despatch for which it returns anything.
fn newest<T>(
    ledger: &mut Ledger,
    take: impl Fn(&Despatch) -> Result<Option<T>, Failure>,
) -> Result<Option<T>, Failure> {
    /// How many despatches are read at a time.
    const PART: u32 = 20;
    let mut before = None;
    loop {
        let part = ledger.despatches_before(before, PART)?;
        let Some(oldest) = part.last() else { return Ok(None) };
        before = Some(oldest.id);
        for one in &part {
            if let Some(taken) = take(one)? {
                return Ok(Some(taken));
            }
        }
    }
}

/// Tries each part of a message that is sealed to keys.
fn try_parts(id: DespatchId, bytes: &[u8], secret: &SecretKey) -> Result<Tried, Failure> {
    let mut sealed = message::parts(bytes)?;
    sealed.retain(|(name, _)| name.ends_with(".age"));
    let opened = !sealed.is_empty() && sealed.iter().all(|(_, part)| sealing::open(part, secret).is_ok());
    Ok(Tried { file: format!("despatch {id}"), sha256: Sha256::of(bytes), opened })
}

/// Tries the office's own copy of a message with a passphrase, because no key opens the message's parts.
fn try_copy(
    files: &Files,
    id: DespatchId,
    revision: u32,
    sha256: Sha256,
    secret: &SecretKey,
) -> Result<Tried, Failure> {
    let sealed = there(patiently(|| fs::read(files.copy(id, revision))))?.unwrap_or_default();
    let opened = Sha256::of(&sealed) == sha256 && sealing::open(&sealed, secret).is_ok();
    Ok(Tried { file: format!("the office's copy of despatch {id}"), sha256, opened })
}

/// What was read, if it is there; a drill that could not read tells nothing of the key.
fn there(read: io::Result<Vec<u8>>) -> Result<Option<Vec<u8>>, Failure> {
    match read {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if is_unread(&error) => {
            Err(Failure::TryAgain(format!("the outbox cannot be read ({error}): the key was not tried")))
        }
        Err(_) => Ok(None),
    }
}

/// Returns a warning if the recovery key was not tried for too long.
///
/// # Errors
/// The ledger cannot be read.
pub fn overdue(open: &mut OpenOffice) -> Result<Option<String>, Failure> {
    let Some(recovery) = &open.office.config.recovery else { return Ok(None) };
    let cure = "fetch it and run `despatch keys drill`";
    Ok(match open.ledger.last_drill(&recovery.fingerprint())? {
        None => Some(format!("Nobody has tried whether the recovery key opens anything: {cure}.")),
        Some(drill) if (open.clock.now().at - drill.at).num_days() > DRILL_DAYS_MAX => {
            let on = date_words(drill.at.with_timezone(&London).date_naive());
            Some(format!("The recovery key was last tried on {on}: {cure}."))
        }
        Some(_) => None,
    })
}
