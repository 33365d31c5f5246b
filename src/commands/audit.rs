//! Enters: commands about the record. Leaves: whether it is complete and unchanged, its signed checkpoints, and an
//! export of one case. Never: repairs the record.

use crate::caller::{CallerPath, Delivery, Document, LocalFile};
use crate::context::{CommandContext, Exit, date};
use crate::output::show;
use crate::passphrases::{ReviewPassphrase, SigningPassphrase};
use crate::printing::Print;
use chrono::NaiveDate;
use clap::Subcommand;
use despatch_app::operations::audit::{NamedText, VerifyRecord, checkpoint, verify};
use despatch_app::operations::export::{Export, ExportRecord, export};
use despatch_app::operations::push::vouched;
use despatch_app::operations::record_search::{FoundEvents, SearchRecord, search};
use despatch_app::operations::{Actor, Failure, OpenOffice, Unlocks};
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, count, moment_words};
use despatch_ledger::Audit;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Whether the record is whole and unchanged
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
enum Command {
    /// Everything on record of one case, unsealed: for a subject access request, a disclosure or a tribunal
    Export(ExportArgs),
    /// What happened, by case, person and period, the newest first
    Events(EventsArgs),
    /// Find every row and file that was edited, removed, put elsewhere or cut off
    Verify(VerifyArgs),
    /// Sign how far the record has come, so that a record that was cut or rewritten is noticed
    Checkpoint(SigningPassphrase),
}

#[derive(Debug, clap::Args, Serialize, Deserialize)]
struct VerifyArgs {
    /// A copy of outbox/checkpoints that was kept elsewhere
    #[arg(long, value_name = "FILE")]
    checkpoints: Option<LocalFile>,
    /// Whose signatures count (default: the office's own signing key, and those before it)
    #[arg(long, value_name = "ALLOWED_SIGNERS")]
    signer: Option<LocalFile>,
    /// Whose signatures approve (default: the file that the settings name)
    #[arg(long, value_name = "APPROVERS")]
    approvers: Option<LocalFile>,
}

#[derive(Debug, clap::Args, Serialize, Deserialize)]
struct EventsArgs {
    /// Only of this case
    #[arg(long, value_name = "CASE")]
    case: Option<CaseId>,
    /// Only by this person; `despatch` for what the program did by itself
    #[arg(long, value_name = "STAFF")]
    by: Option<String>,
    /// From this day on
    #[arg(long, value_name = "DAY", value_parser = date)]
    from: Option<NaiveDate>,
    /// Up to the end of this day
    #[arg(long, value_name = "DAY", value_parser = date)]
    until: Option<NaiveDate>,
    /// Which page
    #[arg(long, default_value_t = 1)]
    page: u32,
    /// How many lines
    #[arg(long, value_name = "LINES", default_value_t = 50)]
    limit: u32,
}

#[derive(Debug, clap::Args, Serialize, Deserialize)]
struct ExportArgs {
    /// A case, such as DEMO-0901
    #[arg(value_name = "CASE")]
    case: CaseId,
    /// What for; it stays on record
    #[arg(long)]
    reason: String,
    /// Where to put it (default: a private folder in memory)
    #[arg(long, value_name = "DIR")]
    to: Option<CallerPath>,
    #[command(flatten)]
    unlock: ReviewPassphrase,
    #[command(flatten)]
    signing: SigningPassphrase,
}

/// Runs `despatch audit`.
///
/// # Errors
/// The office cannot be opened; the record does not verify; a key cannot be unlocked; a file cannot be read or written.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    match args.command {
        Command::Export(args) => run_export(&mut open, &actor, args, context),
        Command::Verify(args) => {
            print_verified(&verify(&mut open, &actor, to_verify(args)?)?, print);
            Ok(Exit::Done)
        }
        Command::Events(args) => {
            let EventsArgs { case, by, from, until, page, limit } = args;
            let request = SearchRecord { case, by, from, until, page, limit };
            show_events(&search(&mut open, &actor, request)?, print);
            Ok(Exit::Done)
        }
        Command::Checkpoint(signing) => {
            let signed = checkpoint(&mut open, &actor, &context.unlock(signing.source()))?;
            print.json(&json!({ "checkpoint": signed }));
            print.line(&match signed {
                Some(signed) => format!(
                    "Signed: the record has {}, the last with the hash {}. Copy outbox/checkpoints to another machine.",
                    count(usize::try_from(signed.seq).unwrap_or(0), "event"),
                    signed.hash.short()
                ),
                None => format!("Nothing has happened in {} since the last checkpoint.", show(open.office.root())),
            });
            Ok(Exit::Done)
        }
    }
}

fn show_events(found: &FoundEvents, print: Print) {
    print.json(found);
    let rows = found.events.iter().map(|event| {
        vec![
            event.seq.to_string(),
            moment_words(event.at),
            event.actor.clone(),
            event.subject(),
            event.label(),
        ]
    });
    print.table(&["event", "when", "by", "about", "what"], rows, "Nothing like this is on record.");
    let pages = found.total.div_ceil(u64::from(found.limit.max(1))).max(1);
    print.line(&format!("Page {} of {pages}; {} on record.", found.page, found.total));
}

fn to_verify(args: VerifyArgs) -> Result<VerifyRecord, Fault> {
    let named = |file: LocalFile, code| {
        Ok::<_, Fault>(NamedText { name: file.shown().to_owned(), text: file.text(code)? })
    };
    let signers = args.signer.map(|file| named(file, "open.read")).transpose()?;
    let checkpoints = args.checkpoints.map(|file| named(file, "audit.unread")).transpose()?;
    let approvers = args.approvers.map(|file| named(file, "audit.unread")).transpose()?;
    Ok(VerifyRecord { checkpoints, signers, approvers })
}

fn print_verified(found: &Audit, print: Print) {
    print.json(found);
    print.line(&format!(
        "The record holds: {}, {}, {}, {} and {} follow from each other.",
        count(found.events, "event"),
        count(found.cases, "case file"),
        count(found.despatches, "despatch"),
        count(found.files, "sealed file"),
        count(found.checkpoints, "signed checkpoint"),
    ));
    print.line(&vouched(found.outside.as_ref()));
    if found.signed_batches > 0 {
        let number = count(found.signed_batches, "batch");
        print.line(&format!("Signed in the record itself: {number} of the line."));
    }
    for fork in &found.forks {
        let (when, seq) = (moment_words(fork.restored_at), fork.from.seq);
        print.line(&format!(
            "{} restored it on {when}: it goes on from event {seq} of a backup, with the hash {}.",
            fork.by,
            fork.from.hash.short()
        ));
    }
    for lost in &found.before_restoration {
        let when = moment_words(lost.at);
        print.line(&format!(
            "The checkpoint of {when} over event {} is of the time before the restore: what it signs is not in the backup.",
            lost.seq
        ));
    }
    if found.signed_approvals > 0 {
        let number = count(found.signed_approvals, "approval");
        print.line(&format!("Signed by whoever gave them: {number}."));
    }
    if found.unverified_approvals > 0 {
        let number = count(found.unverified_approvals, "signed approval");
        print.line(&format!("{number} could not be verified: name the approvers with --approvers FILE."));
    }
    if found.checkpoints == 0 {
        print.line("There is no checkpoint, so rows that were cut off at the end would not show.");
    }
    for name in &found.unknown_files {
        print.line(&format!("No event names the file {name}; a crash may have left it."));
    }
}

fn run_export(
    open: &mut OpenOffice,
    actor: &Actor,
    args: ExportArgs,
    context: &CommandContext,
) -> Result<Exit, Failure> {
    let print = context.print();
    let ExportArgs { case, reason, to, unlock, signing } = args;
    let (review, signing) = (context.unlock(unlock.source()), context.unlock(signing.source()));
    let unlocks = Unlocks { review: &review, signing: &signing };
    let request = ExportRecord { case: case.clone(), reason };
    let Export { files, despatches, events, missing } = export(open, actor, request, unlocks)?;
    let number = files.len();
    let documents = Document::all(files);
    let folder = context.caller.deliver(Delivery::Documents { to, name: "record".to_owned(), documents })?;
    print.json(&json!({
        "folder": folder, "files": number, "despatches": despatches, "events": events, "missing": missing,
    }));
    print.line(&format!("The record of {case} is in {folder} ({}).", count(number, "file")));
    print.line("It is unsealed. Begin with record.pdf; SHA256SUMS and its signature prove that nothing was changed since.");
    missing.iter().for_each(|gap| print.labelled("missing", gap));
    if missing.is_empty() {
        return Ok(Exit::Done);
    }
    print.line(
        "It is not whole, and no removal is on record: restore the outbox from its backup and export again.",
    );
    Ok(Exit::AtFault)
}
