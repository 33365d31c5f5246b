//! Enters: commands about the office's own keys. Leaves: their state, replacement keys, and recovery drills.
//! Never: shows a private key.

use crate::caller::{CallerPath, PassphraseSource};
use crate::context::{CommandContext, Exit};
use crate::passphrases::{ReviewPassphrase, SigningPassphrase};
use crate::printing::Print;
use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;
use clap::Subcommand;
use despatch_app::operations::keys::{
    DrillRecovery, KeyUse, KeyView, MakeSigning, RotateReview, SigningShown, drill, list, make_signing,
    rotate_review, show_signing,
};
use despatch_app::operations::process_inbox::take_inbox;
use despatch_app::operations::{Actor, Failure, OpenOffice};
use despatch_core::words::date_words;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The office's own keys: which there are, a new review key, a drill with the recovery key
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
enum Command {
    /// Every key of the office, since when, and whether it is in use
    List,
    /// The key that proves what comes from this office
    #[command(subcommand)]
    Signing(Signing),
    /// Make a new review key; the old one is kept for reading
    RotateReview(Rotate),
    /// Check that the recovery key opens what the office keeps
    Drill(Drill),
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
enum Signing {
    /// Make one, for an office that has none
    Make {
        /// Replace the present one: its private half is lost, or somebody has seen it
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        unlock: SigningPassphrase,
    },
    /// Show its fingerprint, and the line by which recipients check what this office sends
    Show,
}

#[derive(Debug, clap::Args, Serialize, Deserialize)]
struct Rotate {
    /// Why; it stays on record
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    unlock: ReviewPassphrase,
    /// Read the new key's passphrase from the first line of a file instead of asking
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<CallerPath>,
}

#[derive(Debug, clap::Args, Serialize, Deserialize)]
struct Drill {
    /// The recovery key, as age-keygen made it, or locked with a passphrase
    #[arg(long, value_name = "FILE")]
    recovery_key: CallerPath,
    #[command(flatten)]
    unlock: ReviewPassphrase,
}

impl Args {
    /// Whether the command makes the signing key.
    pub(super) fn makes_signing_key(&self) -> bool {
        matches!(self.command, Command::Signing(Signing::Make { .. }))
    }
}

/// Runs `despatch keys`.
///
/// # Errors
/// The office cannot be opened; a key cannot be read, unlocked or made; the operation refuses the request.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    match args.command {
        Command::List => {
            let keys = list(&mut open, &actor)?;
            print.json(&json!({ "keys": keys }));
            let head = ["key", "fingerprint", "since", "state", "last drill"];
            print.table(&head, keys.iter().map(row), "");
        }
        Command::Signing(Signing::Show) => show(&show_signing(&mut open, &actor)?, print),
        Command::Signing(Signing::Make { replace, unlock }) => {
            let made =
                make_signing(&mut open, &actor, MakeSigning { replace }, &context.unlock(unlock.source()))?;
            show(&made, print);
        }
        Command::RotateReview(args) => rotate(args, &mut open, &actor, context)?,
        Command::Drill(args) => return try_recovery(args, &mut open, &actor, context),
    }
    Ok(Exit::Done)
}

fn row(key: &KeyView) -> Vec<String> {
    let day = |at: DateTime<Utc>| date_words(at.with_timezone(&London).date_naive());
    let (since, drill) = match key.what {
        // The recovery key is named in the settings, whose history is not recorded.
        KeyUse::Recovery => ("not on record", key.last_drill.map_or_else(|| "never".to_owned(), day)),
        KeyUse::Review | KeyUse::Signing => ("the beginning", String::new()),
    };
    let since = key.since.map_or_else(|| since.to_owned(), day);
    vec![key.what.label().to_owned(), key.fingerprint.clone(), since, key.state.to_owned(), drill]
}

/// Prints what recipients need to check the office's signatures.
fn show(key: &SigningShown, print: Print) {
    print.json(key);
    print.line(&format!("The signing key's fingerprint, to be read out: {}", key.fingerprint));
    print.line("\nThe line for the file allowed_signers of whoever checks what this office sends:");
    print.line(&format!("\n{}", key.allowed_signers));
}

fn rotate(
    args: Rotate,
    open: &mut OpenOffice,
    actor: &Actor,
    context: &CommandContext,
) -> Result<(), Failure> {
    let print = context.print();
    let request = RotateReview { reason: args.reason };
    let new = context.unlock(PassphraseSource { file: args.new_passphrase_file, review: false });
    let unlocks = (&context.unlock(args.unlock.source()), &new);
    // A run seals to the key that it read at its start: none is at work meanwhile, or the service starts again.
    let _lease = if context.service.is_none() { Some(take_inbox(open)?) } else { None };
    let rotated = rotate_review(open, actor, request, unlocks)?;
    context.outdated();
    print.json(&rotated);
    print.line(&format!("The review key is now {}.", rotated.to));
    print.line(&format!(
        "{} is kept for reading what was sealed to it; keep its passphrase too.",
        rotated.from
    ));
    print.line("Make a copy of keys/ and keep the new passphrase where only reviewers can get at it.");
    Ok(())
}

fn try_recovery(
    args: Drill,
    open: &mut OpenOffice,
    actor: &Actor,
    context: &CommandContext,
) -> Result<Exit, Failure> {
    let (Drill { recovery_key, unlock }, print) = (args, context.print());
    let request = DrillRecovery { key_name: recovery_key.shown() };
    let question = "Passphrase of the recovery key: ";
    let key = || context.caller.private_key(&recovery_key, &unlock.source(), question);
    let drilled = drill(open, actor, request, key)?;
    print.json(&drilled);
    for one in &drilled.tried {
        print.line(&format!("{}  {}", if one.opened { "opened" } else { "NOT OPENED" }, one.file));
    }
    if drilled.opened {
        print.line("The recovery key opens them. Nothing of them was shown or kept; put the key back where it is kept.");
        return Ok(Exit::Done);
    }
    print.line("Something did not open: it was sealed before the key was named, or is not what was sealed.");
    Ok(Exit::AtFault)
}
