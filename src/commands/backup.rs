//! Enters: an office or a backup of one. Leaves: a backup, an office restored from it, and on record what a person found
//! out of what was sent meanwhile. Never: lets a restored office send before that.

use super::args::{Backup, Reconcile, Restore};
use super::{clock, open_ledger, open_office};
use crate::context::GlobalArgs as Common;
use crate::context::{CommandContext, Exit};
use crate::printing::{Print, wrapped};
use despatch_app::keeping;
use despatch_app::keeping::Restoring;
use despatch_app::office::private_key;
use despatch_app::operations::Failure;
use despatch_app::operations::reason;
use despatch_core::fault::Fault;
use despatch_core::words::count;
use despatch_ledger::{DespatchId, Found, Ledger, LedgerError, Restored};
use serde_json::json;
use std::path::PathBuf;

pub(super) fn backup(common: &Common, args: &Backup, print: &Print) -> Result<Exit, Failure> {
    let (office, clock) = open_office(common)?;
    let actor = office.actor(common.actor.as_ref())?;
    let mut ledger = open_ledger(&office)?;
    let _lease = ledger.files().lease("keeper")?;
    let made = keeping::backup(&office, &mut ledger, &args.to)?;
    ledger.record_backup(actor, made.sha256, made.files, &made.sealed_to, clock.now())?;
    print.json(&json!({
        "backup": args.to, "files": made.files, "bytes": made.bytes, "sha256": made.sha256,
        "sealed_to": made.sealed_to, "damaged": made.damaged,
    }));
    print.line(&format!(
        "Backed up {} ({} bytes) into {}.",
        count(made.files, "file"),
        made.bytes,
        args.to.display()
    ));
    print.line(&format!("It opens with the private key of {}.", made.sealed_to.join(" or ")));
    tell_damaged(&made.damaged, print);
    Ok(if made.damaged.is_empty() { Exit::Done } else { Exit::AtFault })
}

pub(super) fn restore(common: &Common, args: &Restore, print: &Print) -> Result<Exit, Failure> {
    let unlock = args.unlock.unlock();
    let secret = private_key(&args.identity, &unlock, "Passphrase of the key: ")?;
    let mut restoring = keeping::restore(&args.file, &args.to, &secret)?;
    let restored = match mark(&mut restoring, common) {
        Ok(restored) => restored,
        Err(failure) => {
            restoring.abandon();
            return Err(failure);
        }
    };
    let (files, damaged) = (restoring.files, restoring.damaged.clone());
    restoring.finish()?;
    print.json(&json!({ "office": args.to, "files": files, "restored": restored, "damaged": damaged }));
    print.line(&format!("Restored {} into {}.", count(files, "file"), args.to.display()));
    tell_damaged(&damaged, print);
    print.line(&wrapped("not in it", "the inbox, what was sent into folders, and the relay's password"));
    print.line("Nothing is made or sent there before you have settled what was sent since the backup:");
    print.line(&format!("  despatch --office {} reconcile", args.to.display()));
    Ok(if damaged.is_empty() { Exit::Done } else { Exit::AtFault })
}

/// Takes note in the restored ledger of who restored it.
fn mark(restoring: &mut Restoring, common: &Common) -> Result<Restored, Failure> {
    let here = Common { office: restoring.office.root().to_owned(), ..common.clone() };
    let now = clock(&here)?.now();
    let actor = restoring.office.actor(common.actor.as_ref())?;
    Ok(restoring.ledger.mark_restored(actor, restoring.backup, now)?)
}

fn tell_damaged(damaged: &[PathBuf], print: &Print) {
    for path in damaged {
        print.line(&wrapped(
            "damaged",
            &format!("{}: it is missing or not the one that was made", path.display()),
        ));
    }
}

pub(super) fn reconcile(common: &Common, args: &Reconcile, print: &Print) -> Result<Exit, Failure> {
    let (office, clock) = open_office(common)?;
    let mut ledger = open_ledger(&office)?;
    let Some(restored) = ledger.restored()? else {
        print.json(&json!({ "restored": null }));
        print.line("Nothing is to be reconciled: this office was not restored, or all is settled.");
        return Ok(Exit::Done);
    };
    if args.sent.is_empty() && args.not_sent.is_empty() && !args.all_not_sent {
        return list(&mut ledger, &restored, print);
    }
    let Some(why) = &args.reason else {
        let fault = Fault::new("--reason", "reason.empty", "a reason is missing", "say how you found out");
        return Err(Failure::Request(fault));
    };
    let (why, actor) = (reason(why)?, office.actor(common.actor.as_ref())?);
    let others: Vec<DespatchId> = match args.all_not_sent {
        true => restored.open.iter().filter(|id| !args.sent.contains(id)).copied().collect(),
        false => args.not_sent.clone(),
    };
    let mut exit = Exit::Done;
    let found = args.sent.iter().map(|id| (*id, Found::Sent));
    for (id, found) in found.chain(others.into_iter().map(|id| (id, Found::NotSent))) {
        let despatch = match ledger.reconcile(id, found, actor, &why, clock.now()) {
            Ok(despatch) => despatch,
            Err(LedgerError::Refused(fault)) => {
                exit = Exit::AtFault;
                print.faults(&[fault]);
                continue;
            }
            Err(other) => return Err(other.into()),
        };
        print.json(&despatch);
        let word = if found == Found::Sent { "sent" } else { "not sent" };
        print.line(&format!("{word}  {id}  to {}", despatch.recipient.name));
    }
    let ended = ledger.end_reconciliation(actor, &why, clock.now())?;
    let left = ledger.restored()?.map_or(0, |restored| restored.open.len());
    print.json(&json!({ "reconciled": ended, "open": left }));
    print.line(&match ended {
        true => "All is settled: `run` and `send` go on.".to_owned(),
        false => format!("Still to be settled: {left}. `despatch reconcile` lists them."),
    });
    Ok(exit)
}

/// What may have gone since the backup, with what to look for in the relay's log.
fn list(ledger: &mut Ledger, restored: &Restored, print: &Print) -> Result<Exit, Failure> {
    let mut rows = Vec::new();
    let mut despatches = Vec::new();
    for id in &restored.open {
        let despatch = ledger.despatch(*id)?;
        let message_id = despatch.message.as_ref().map_or_else(String::new, |bound| bound.message_id.clone());
        rows.push(vec![
            id.to_string(),
            despatch.case_id.to_string(),
            despatch.recipient.name.clone(),
            despatch.state.words().to_owned(),
            message_id,
        ]);
        despatches.push(despatch);
    }
    print.json(&json!({ "restored": restored, "despatches": despatches }));
    print.line(&format!("Restored by {}. The backup knows nothing after {}.", restored.by, restored.taken));
    print.line(
        "Each of these may have been sent since. Look for it in the relay's log, or ask the recipient:\n",
    );
    let head = ["id", "case", "to", "at the backup", "message-id"];
    print.table(&head, &rows, "None: nothing was unsent at the backup.");
    print.line("\n  despatch reconcile --sent ID --reason REASON");
    print.line("  despatch reconcile --not-sent ID --reason REASON");
    print.line("  despatch reconcile --all-not-sent --reason REASON");
    Ok(Exit::AtFault)
}

pub use super::args::Backup as Args;

pub fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    backup(&context.global, &args, &context.print)
}
