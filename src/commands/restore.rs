//! Enters: a backup. Leaves: an office restored from it. Never: lets that office send before it is reconciled.

use crate::context::{CommandContext, Exit, GlobalArgs};
use crate::passphrases::ReviewPassphrase;
use crate::printing::show_damaged;
use despatch_app::office::private_key;
use despatch_app::operations::{Actor, Failure, backup};
use despatch_core::words::count;
use std::path::PathBuf;

/// Restore an office from a backup
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The backup
    #[arg(value_name = "FILE.tar.age")]
    file: PathBuf,
    /// The folder to make: a new one, or an empty one
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// The recovery key or a review key, as age-keygen made it, or locked with a passphrase
    #[arg(long, value_name = "KEY")]
    identity: PathBuf,
    #[command(flatten)]
    unlock: ReviewPassphrase,
}

/// Runs `despatch restore`.
///
/// # Errors
/// The key cannot be read or unlocked; the backup does not open or verify; the folder is not empty or not writable.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let print = context.print();
    let secret =
        private_key(&args.identity, &context.unlock(args.unlock.source()), "Passphrase of the key: ")?;
    let restored = backup::restore(&args.file, &args.to, &secret, |office| {
        let global = GlobalArgs { office: office.root().to_owned(), ..context.global.clone() };
        let clock = CommandContext::here(global, context.answers).clock()?;
        Ok((Actor::of_process(office, context.global.actor.as_ref()), clock))
    })?;
    print.json(&restored);
    let to = args.to.display();
    print.line(&format!("Restored {} into {to}.", count(restored.files, "file")));
    let exit = show_damaged(&restored.damaged, print);
    print.labelled("not in it", "the inbox, what was sent into folders, and the relay's password");
    print.line("Nothing is made or sent there before you have settled what was sent since the backup:");
    print.line(&format!("  despatch --office {to} reconcile"));
    Ok(exit)
}
