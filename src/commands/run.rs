//! Enters: an office. Leaves: its inbox processed, with a report of each case as it is done, and its socket open for
//! staff meanwhile.
//! Never: processes anything itself.

use crate::context::{CommandContext, Exit};
use crate::passphrases::SigningPassphrase;
use crate::printing::{conclude, inbox_report, log_rejected, show_finding};
use crate::service::Door;
use despatch_app::office::OpenKeys;
use despatch_app::operations::Failure;
use despatch_app::operations::process_inbox::{ProcessInbox, process_inbox, take_inbox};

/// Process what is in the inbox, and what arrives later; answer the commands of staff
#[derive(Debug, clap::Args)]
pub struct Args {
    /// End when nothing more can be done
    #[arg(long)]
    once: bool,
    #[command(flatten)]
    signing: SigningPassphrase,
}

/// Runs `despatch run`.
///
/// # Errors
/// The office cannot be opened; the signing key cannot be unlocked; another `run` is at work; the disk fails.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (open, _, print) = context.open()?;
    let lease = take_inbox(&open)?;
    let signing_key = open.office.signing_secret(&context.unlock(args.signing.source()))?;
    if !args.once {
        Door::open(&open.office, signing_key.clone(), OpenKeys::default(), context.answers)?.serve();
    }
    let request = ProcessInbox { once: args.once };
    let tell = |finding| {
        show_finding(&finding, print);
        // The log is all that a service leaves.
        if !args.once {
            log_rejected(&finding, print);
        }
    };
    let clock = open.clock;
    let report = inbox_report(request, (print, clock), &tell);
    let summary = process_inbox(open, &lease, request, signing_key, &report)?;
    conclude(&summary, clock.now().at, print);
    let clean = summary.rejected == 0 && summary.waiting.is_empty();
    Ok(if clean { Exit::Done } else { Exit::AtFault })
}
