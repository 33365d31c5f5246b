//! Enters: commands about the record. Leaves: whether it is whole and unchanged, and its signed checkpoints.
//! Never: mends the record: what is wrong with it is for people to find out.

use super::args::Common;
mod export;
mod paper;

use super::args::{Audit, Checkpointing, VerifyAudit};
use super::open::signers;
use super::print::{Print, count};
use super::run::signing;
use super::{Exit, Failure, open_ledger, open_office};
use despatch_app::office::Office;
use despatch_core::fault::Fault;
use despatch_ledger::{Checkpoint, read_checkpoints};
use despatch_seal::signing::Signer;
use std::fs;
use std::path::Path;

/// What somebody does who finds the record changed.
const STOP: &str = "stop `run` and `send`, keep the files as they are, and find out who changed them";

pub(super) fn audit(common: &Common, command: Audit, print: &Print) -> Result<Exit, Failure> {
    match command {
        Audit::Export(export) => export::export(common, &export, print),
        Audit::Verify(verify) => self::verify(common, &verify, print),
        Audit::Checkpoint(checkpoint) => self::checkpoint(common, &checkpoint, print),
    }
}

fn verify(common: &Common, args: &VerifyAudit, print: &Print) -> Result<Exit, Failure> {
    let (office, _) = open_office(common)?;
    let mut ledger = open_ledger(&office)?;
    let trusted = match &args.signer {
        Some(path) => signers(path)?,
        None => office.signers(),
    };
    let own = ledger.files().checkpoints();
    let mut faults = Vec::new();
    let mut known = Vec::new();
    if own.exists() {
        take(&own, &trusted, &mut known, &mut faults)?;
    }
    let mut given = Vec::new();
    if let Some(path) = &args.checkpoints {
        take(path, &trusted, &mut given, &mut faults)?;
        // The copy elsewhere is of some day; from its last line back, the office's own file must say the same.
        if given.iter().any(|checkpoint| !known.contains(checkpoint)) {
            let cause = "it lacks a checkpoint of the copy that was given: it was cut or changed";
            faults.push(Fault::new(own.display().to_string(), "audit.checkpoints", cause, STOP));
        }
    }
    let mut checkpoints = known;
    checkpoints.extend(given.into_iter().filter(|one| !checkpoints.contains(one)).collect::<Vec<_>>());
    let found = ledger.audit(&checkpoints)?;
    let wrong = |wrong: &despatch_ledger::Wrong| Fault::new(&wrong.at, "audit.wrong", &wrong.why, STOP);
    faults.extend(found.wrong.iter().map(wrong));
    if !faults.is_empty() {
        return Err(faults.into());
    }
    print.json(&found);
    print.line(&format!(
        "The record holds: {}, {}, {}, {} and {} follow from each other.",
        count(found.events, "event"),
        count(found.cases, "case file"),
        count(found.despatches, "despatch"),
        count(found.files, "sealed file"),
        count(found.checkpoints, "signed checkpoint"),
    ));
    if found.checkpoints == 0 {
        print.line("There is no checkpoint, so rows that were cut off at the end would not show.");
    }
    for name in &found.unknown_files {
        print.line(&format!("Nothing tells of the file {name}; a crash may have left it."));
    }
    Ok(Exit::Done)
}

/// The checkpoints of a file, or what is wrong with it.
fn take(
    path: &Path,
    trusted: &[Signer],
    found: &mut Vec<Checkpoint>,
    faults: &mut Vec<Fault>,
) -> Result<(), Failure> {
    let text = fs::read(path).map_err(|error| {
        let cause = format!("it cannot be read: {error}");
        Fault::new(path.display().to_string(), "audit.unread", cause, "check the name and who may read it")
    })?;
    match read_checkpoints(&String::from_utf8_lossy(&text), trusted) {
        Ok(read) => found.extend(read),
        Err((line, why)) => {
            faults.push(Fault::new(format!("{}:{line}", path.display()), "audit.checkpoints", why, STOP));
        }
    }
    Ok(())
}

fn checkpoint(common: &Common, args: &Checkpointing, print: &Print) -> Result<Exit, Failure> {
    let (office, clock) = open_office(common)?;
    let mut ledger = open_ledger(&office)?;
    let signer = office.signing_secret(&signing(&args.signing))?;
    let signed = ledger.checkpoint(&signer, clock.now())?;
    print.json(&serde_json::json!({ "checkpoint": signed }));
    print.line(&match signed {
        Some(signed) => format!(
            "Signed: the record has {}, the last with the hash {}. Copy outbox/checkpoints to another machine.",
            count(usize::try_from(signed.seq).unwrap_or(0), "event"),
            signed.hash.short()
        ),
        None => nothing_new(&office),
    });
    Ok(Exit::Done)
}

fn nothing_new(office: &Office) -> String {
    format!("Nothing has happened in {} since the last checkpoint.", office.root().display())
}
