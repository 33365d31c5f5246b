//! Enters: an office. Leaves: its inbox processed, with a report of each case as it is done, and its socket and pages
//! open for staff meanwhile; how long its stages took, where that is asked for.
//! Never: processes anything itself.

use crate::context::{CommandContext, Exit};
use crate::passphrases::SigningPassphrase;
use crate::serving::process;
use despatch_app::operations::Failure;
use std::path::PathBuf;

/// Process what is in the inbox, and what arrives later; answer the commands of staff
#[derive(Debug, clap::Args)]
pub struct Args {
    /// End when nothing more can be done
    #[arg(long)]
    once: bool,
    /// Write how long each stage takes into this new file, for chrome://tracing or Perfetto
    #[arg(long, value_name = "FILE")]
    timings: Option<PathBuf>,
    #[command(flatten)]
    signing: SigningPassphrase,
}

/// Runs `despatch run`.
///
/// # Errors
/// The office cannot be opened; the signing key cannot be unlocked; another `run` is at work; the disk fails.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    process(args.once, None, (args.signing.source(), args.timings), context)
}
