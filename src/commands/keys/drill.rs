//! Enters: the recovery key, fetched from where it is kept. Leaves: proof that it opens what the office keeps, on
//! record. Never: shows or keeps what it opened.

use crate::commands::args::Drill;
use crate::commands::open_ledger;
use crate::context::Exit;
use crate::printing::Print;
use chrono_tz::Europe::London;
use despatch_app::office::{CONFIG_FILE, Office, private_key};
use despatch_app::operations::Failure;
use despatch_core::clock::{Clock, Moment};
use despatch_core::fault::Fault;
use despatch_core::words::{Sha256, date_words};
use despatch_ledger::{Despatch, DespatchId, Files, Ledger, LedgerError};
use despatch_seal::keys::SecretKey;
use despatch_seal::sealing;
use despatch_settings::Staff;
use serde_json::json;
use std::fs;

/// A drill older than a year is no proof: people and media change meanwhile, and a year is how often the office's
/// other yearly checks come round (NCSC, "Offline backups in an online world": test that you can restore).
const DRILL_DAYS_MAX: i64 = 365;

pub(super) fn drill(
    office: &Office,
    args: &Drill,
    actor: &Staff,
    clock: Clock,
    print: &Print,
) -> Result<Exit, Failure> {
    let Some(recovery) = &office.config.recovery else {
        let cure = "write [recovery] key = \"age1…\" there";
        return Err(Fault::new(CONFIG_FILE, "recovery.none", "the office has no recovery key", cure).into());
    };
    let unlock = args.unlock.unlock();
    let secret = private_key(&args.recovery_key, &unlock, "Passphrase of the recovery key: ")?;
    if secret.to_public() != *recovery {
        let cause = format!(
            "it is {}, and the office's recovery key is {}",
            secret.to_public().fingerprint(),
            recovery.fingerprint()
        );
        let at = args.recovery_key.display().to_string();
        return Err(Fault::new(at, "recovery.other", cause, "fetch the key that belongs to it").into());
    }
    let mut ledger = open_ledger(office)?;
    let tried = try_both(&mut ledger, &secret)?;
    ledger.record_drill(&recovery.fingerprint(), actor, &tried, clock.now())?;
    let opened = tried.iter().all(|(_, _, opened)| *opened);
    let rows: Vec<serde_json::Value> = tried
        .iter()
        .map(|(file, sha256, opened)| json!({ "file": file, "sha256": sha256, "opened": opened }))
        .collect();
    print.json(&json!({ "key": recovery.fingerprint(), "opened": opened, "tried": rows }));
    for (file, _, opened) in &tried {
        print.line(&format!("{}  {file}", if *opened { "opened" } else { "NOT OPENED" }));
    }
    if opened {
        print.line("The recovery key opens them. Nothing of them was shown or kept; put the key back where it is kept.");
        return Ok(Exit::Done);
    }
    print.line("Something did not open: it was sealed before the key was named, or is not what was sealed.");
    Ok(Exit::AtFault)
}

/// What the key was tried on, its hash, and whether it opened whole.
type Tried = (String, Sha256, bool);

/// The newest sealed case file and the newest message: what each is, and whether it opened whole.
fn try_both(ledger: &mut Ledger, secret: &SecretKey) -> Result<Vec<Tried>, Failure> {
    let files = ledger.files().clone();
    let mut tried = Vec::new();
    let original = newest(ledger, |one| {
        let path = files.original(one.id.claim);
        Some((one.id.claim, fs::read(path).ok()?))
    })?;
    if let Some((claim, sealed)) = original {
        let opened = sealing::open(&sealed, secret).is_ok();
        tried.push((format!("received/{claim}.tar.age"), Sha256::of(&sealed), opened));
    }
    let message = newest(ledger, |one| {
        let bound = one.message.as_ref()?;
        Some((one.id, bound.clone(), files.message_bytes(one.id, bound.revision, bound.sha256).ok()?))
    })?;
    if let Some((id, bound, bytes)) = message {
        tried.push(match bound.copy {
            Some(hash) => try_copy(&files, id, bound.revision, hash, secret),
            None => try_parts(id, &bytes, secret)?,
        });
    }
    if tried.len() < 2 {
        let cause = "there is no sealed case file or no message to try it on";
        return Err(Fault::new("outbox", "recovery.nothing", cause, "process a case first").into());
    }
    Ok(tried)
}

/// What the newest despatch gives of which there is anything to take.
fn newest<T>(ledger: &mut Ledger, take: impl Fn(&Despatch) -> Option<T>) -> Result<Option<T>, LedgerError> {
    /// Despatches that are read at a time.
    const PART: u32 = 20;
    let mut before = None;
    loop {
        let part = ledger.despatches_before(before, PART)?;
        let Some(oldest) = part.last() else { return Ok(None) };
        before = Some(oldest.id);
        if let Some(taken) = part.iter().find_map(&take) {
            return Ok(Some(taken));
        }
    }
}

/// A message that is sealed to keys: each of its parts.
fn try_parts(id: DespatchId, bytes: &[u8], secret: &SecretKey) -> Result<Tried, Failure> {
    let mut sealed = despatch_message::parts(bytes)?;
    sealed.retain(|(name, _)| name.ends_with(".age"));
    let opened = !sealed.is_empty() && sealed.iter().all(|(_, part)| sealing::open(part, secret).is_ok());
    Ok((format!("despatch {id}"), Sha256::of(bytes), opened))
}

/// A message that words open: no key opens its parts, and the office reads it by a copy of its own.
fn try_copy(files: &Files, id: DespatchId, revision: u32, hash: Sha256, secret: &SecretKey) -> Tried {
    let sealed = fs::read(files.copy(id, revision)).unwrap_or_default();
    let opened = Sha256::of(&sealed) == hash && sealing::open(&sealed, secret).is_ok();
    (format!("the office's copy of despatch {id}"), hash, opened)
}

/// What `check` says of the recovery key, where nobody has tried it for too long.
pub(super) fn overdue(office: &Office, ledger: &mut Ledger, now: Moment) -> Result<Option<String>, Failure> {
    let Some(recovery) = &office.config.recovery else { return Ok(None) };
    let cure = "fetch it and run `despatch keys drill`";
    Ok(match ledger.last_drill(&recovery.fingerprint())? {
        None => Some(format!("Nobody has tried whether the recovery key opens anything: {cure}.")),
        Some(drill) if (now.at - drill.at).num_days() > DRILL_DAYS_MAX => {
            let on = date_words(drill.at.with_timezone(&London).date_naive());
            Some(format!("The recovery key was last tried on {on}: {cure}."))
        }
        Some(_) => None,
    })
}
