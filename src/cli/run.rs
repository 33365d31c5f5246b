//! Enters: an office. Leaves: its inbox processed, each case reported as it is done.
//! Never: logs the name of a file or a person; those are for stdout, where somebody asked.

use super::alarm::{Told, with_safety};
use super::args::{Common, Run, SigningPassphrase};
use super::bar::Bar;
use super::print::{Print, count, strong};
use super::{Exit, Failure, open_ledger, open_office, this_program};
use despatch_app::intake::{Inbox, Waiting, faults_file};
use despatch_app::office::{Office, Unlock};
use despatch_app::pipeline;
use despatch_app::pipeline::{Finding, Line, Progress, RunError, Summary, process};
use despatch_core::clock::Clock;
use despatch_ledger::Ledger;
use despatch_seal::signing::SigningKey;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

pub(super) fn run(common: &Common, args: &Run, print: &Print) -> Result<Exit, Failure> {
    let (office, clock) = open_office(common)?;
    let summary = process_inbox(&office, clock, args.once, &signing(&args.signing), print, &|finding| {
        tell(&finding, print)
    })?;
    conclude(&summary, print);
    let clean = summary.rejected == 0 && summary.waiting.is_empty();
    Ok(if clean { Exit::Done } else { Exit::AtFault })
}

/// Processes the inbox of an office with a bar, telling each finding.
pub(super) fn process_inbox(
    office: &Office,
    clock: Clock,
    once: bool,
    unlock: &Unlock,
    print: &Print,
    tell: &(dyn Fn(Finding) + Sync),
) -> Result<Summary, Failure> {
    let mut ledger = open_ledger(office)?;
    ledger.check_reconciled()?;
    let _lease = ledger.files().lease("watcher")?;
    let inbox = Inbox::open(&office.inbox())?;
    let signer = office.signing_secret(unlock)?;
    let line = Line::new(office, &this_program()?)?.signed_by(signer.clone());
    let broken = line.try_examples();
    if !broken.is_empty() {
        return Err(broken.into());
    }
    ledger.keep_versions(&office.catalogue.versions(), clock.now().today)?;
    ledger.keep_packs(&office.packs, clock.now().today)?;
    let bar = Bar::new("cases", once);
    // Beside the ledger that the run writes.
    let watched = Mutex::new((open_ledger(office)?, Told::default()));
    let known = Mutex::new(BTreeSet::new());
    let report = |progress: Progress<'_>| match progress {
        Progress::Looked { ready, waiting } => {
            bar.more(ready);
            bar.above(|| tell_alarms(&watched, office, clock, print));
            if !once {
                checkpoint_daily(&watched, &signer, clock, print);
                tell_waiting(waiting, &known, print);
            }
        }
        Progress::Found(finding) => bar.around(|| tell(*finding)),
        Progress::Left { token, why } => {
            print.log(&format!("inbox/claimed/{token} cannot be moved to inbox/rejected: {why}"));
        }
    };
    let summary = process(&line, ledger, &inbox, pipeline::Run { clock, once }, &report);
    let summary = summary.map_err(|error| match error {
        RunError::Office(fault) => with_safety(&office.inbox(), &office.places, fault).into(),
        other => Failure::from(other),
    })?;
    bar.end();
    tell_alarms(&watched, office, clock, print);
    let (ledger, _) = &mut *watched.lock().unwrap_or_else(PoisonError::into_inner);
    ledger.checkpoint(&signer, clock.now())?;
    Ok(summary)
}

/// Where the signing key's passphrase comes from.
pub(super) fn signing(given: &SigningPassphrase) -> Unlock {
    given.signing_passphrase_file.clone().map_or(Unlock::Prompt, Unlock::File)
}

/// Signs a checkpoint on each day of a watch; a file that cannot be written stops no letter.
fn checkpoint_daily(watched: &Mutex<(Ledger, Told)>, signer: &SigningKey, clock: Clock, print: &Print) {
    let (ledger, _) = &mut *watched.lock().unwrap_or_else(PoisonError::into_inner);
    let now = clock.now();
    let signed = ledger.checkpoint_is_due(now).and_then(|due| match due {
        true => ledger.checkpoint(signer, now).map(drop),
        false => Ok(()),
    });
    if let Err(error) = signed {
        print.log(&format!("no checkpoint of the record could be written: {error}"));
    }
}

/// Tells of what has waited too long; a ledger that cannot be read ends the run by itself.
fn tell_alarms(watched: &Mutex<(Ledger, Told)>, office: &Office, clock: Clock, print: &Print) {
    let mut watched = watched.lock().unwrap_or_else(PoisonError::into_inner);
    let (ledger, told) = &mut *watched;
    if let Err(failure) = told.tell(ledger, &office.calendar, clock.now(), print) {
        print.log(&format!("what waits too long cannot be told: {failure}"));
    }
}

/// What became of one case file, for whoever looks.
pub(super) fn tell(finding: &Finding, print: &Print) {
    print.json(finding);
    match finding {
        Finding::Queued { file, claim, case_id, despatches, not_made, superseded, already_sent } => {
            let held = despatches.iter().filter(|despatch| !despatch.holds.is_empty()).count();
            let mut text = format!(
                "queued    {}: case {claim} ({case_id}), {}",
                file.display(),
                count(despatches.len(), "despatch")
            );
            if held > 0 {
                text.push_str(&format!(", {held} held"));
            }
            if *superseded > 0 {
                text.push_str(&format!(", {} superseded", count(*superseded, "earlier one")));
            }
            print.line(&text);
            for id in already_sent {
                print.line(&format!("          {id}, which it would have replaced, has been sent already"));
            }
            for one in not_made {
                print.line(&format!("          not made: row {}: {}", one.row, one.reason));
            }
        }
        Finding::Rejected { file, now_at, faults } => {
            let faults = count(faults.len(), "fault");
            let list = faults_file(now_at);
            print.line(&format!(
                "rejected  {}: {faults}, see inbox/rejected/{}",
                file.display(),
                list.display()
            ));
        }
        Finding::Duplicate { file, of } => {
            print
                .line(&format!("known     {}: the same file is case {of}; nothing was made", file.display()));
        }
    }
}

/// The last word of a run.
pub(super) fn conclude(summary: &Summary, print: &Print) {
    print.json(summary);
    for waiting in &summary.waiting {
        print.line(&format!("waiting   {}: {}", waiting.file.display(), waiting.missing.join("; ")));
    }
    let Summary { queued, rejected, duplicates, waiting } = summary;
    let text = format!(
        "{queued} queued, {rejected} rejected, {duplicates} known already, {} waiting",
        waiting.len()
    );
    print.line(&strong(&text));
}

/// Tells once what each waiting case waits for, and again when that changes.
fn tell_waiting(waiting: &[Waiting], known: &Mutex<BTreeSet<(PathBuf, Vec<String>)>>, print: &Print) {
    let now: BTreeSet<_> = waiting.iter().map(|one| (one.file.clone(), one.missing.clone())).collect();
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    for (file, missing) in now.difference(&known) {
        print.line(&format!("waiting   {}: {}", file.display(), missing.join("; ")));
    }
    *known = now;
}
