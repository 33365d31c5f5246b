//! Enters: commands about the office's own keys. Leaves: their state, replacement keys, and recovery drills.
//! Never: shows a private key.

use crate::context::{CommandContext, Exit};
use crate::passphrases::{ReviewPassphrase, SigningPassphrase, unlock};
use crate::printing::Print;
use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;
use clap::Subcommand;
use despatch_app::office::private_key;
use despatch_app::operations::keys::{
    DrillRecovery, KeyUse, KeyView, MakeSigning, RotateReview, SigningShown, drill, list, make_signing,
    rotate_review, show_signing,
};
use despatch_app::operations::{Actor, Failure, OpenOffice};
use despatch_core::words::date_words;
use serde_json::json;
use std::path::PathBuf;

/// The office's own keys: which there are, a new review key, a drill with the recovery key
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
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

#[derive(Debug, Subcommand)]
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

#[derive(Debug, clap::Args)]
struct Rotate {
    /// Why; it stays on record
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    unlock: ReviewPassphrase,
    /// Read the new key's passphrase from the first line of a file instead of asking
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Drill {
    /// The recovery key, as age-keygen made it, or locked with a passphrase
    #[arg(long, value_name = "FILE")]
    recovery_key: PathBuf,
    #[command(flatten)]
    unlock: ReviewPassphrase,
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
            let made = make_signing(&mut open, &actor, MakeSigning { replace }, &unlock.unlock())?;
            show(&made, print);
        }
        Command::RotateReview(args) => rotate(args, &mut open, &actor, print)?,
        Command::Drill(args) => return try_recovery(&args, &mut open, &actor, print),
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

fn rotate(args: Rotate, open: &mut OpenOffice, actor: &Actor, print: Print) -> Result<(), Failure> {
    let request = RotateReview { reason: args.reason };
    let unlocks = (&args.unlock.unlock(), &unlock(args.new_passphrase_file));
    let rotated = rotate_review(open, actor, request, unlocks)?;
    print.json(&rotated);
    print.line(&format!("The review key is now {}.", rotated.to));
    print.line(&format!(
        "{} is kept for reading what was sealed to it; keep its passphrase too.",
        rotated.from
    ));
    print.line("Make a copy of keys/ and keep the new passphrase where only reviewers can get at it.");
    Ok(())
}

fn try_recovery(args: &Drill, open: &mut OpenOffice, actor: &Actor, print: Print) -> Result<Exit, Failure> {
    let request = DrillRecovery { key_name: args.recovery_key.display().to_string() };
    let key = || private_key(&args.recovery_key, &args.unlock.unlock(), "Passphrase of the recovery key: ");
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
