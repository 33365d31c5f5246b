//! Enters: the name of a batch, and why. Leaves: it and its messages that have not gone held, let on or cancelled.
//! Never: decides anything.

use super::Failure;
use crate::context::{CommandContext, Exit};
use crate::passphrases::{ReviewPassphrase, SigningPassphrase};
use crate::printing::strong;
use despatch_app::operations::Unlocks;
use despatch_app::operations::batch::decide::{DecideBatch, Whole, decide};
use despatch_core::words::{BatchName, count};
use serde::{Deserialize, Serialize};

/// A batch, and why.
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub(super) struct Decide {
    /// The batch
    name: BatchName,
    /// Why; it stays on record
    #[arg(long)]
    reason: String,
}

/// A batch to let on, and the passphrases where messages are made anew.
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub(super) struct Release {
    #[command(flatten)]
    decide: Decide,
    #[command(flatten)]
    unlock: ReviewPassphrase,
    #[command(flatten)]
    signing: SigningPassphrase,
}

/// Holds a batch.
///
/// # Errors
/// The office cannot be opened; there is no such batch, or it is in no state for that.
pub(super) fn hold(args: Decide, context: &CommandContext) -> Result<Exit, Failure> {
    whole(args, Whole::Hold, (ReviewPassphrase::default(), SigningPassphrase::default()), context)
}

/// Cancels what has not gone of a batch.
///
/// # Errors
/// As for [`hold`].
pub(super) fn cancel(args: Decide, context: &CommandContext) -> Result<Exit, Failure> {
    whole(args, Whole::Cancel, (ReviewPassphrase::default(), SigningPassphrase::default()), context)
}

/// Lets a held batch on.
///
/// # Errors
/// As for [`hold`].
pub(super) fn release(args: Release, context: &CommandContext) -> Result<Exit, Failure> {
    whole(args.decide, Whole::Release, (args.unlock, args.signing), context)
}

fn whole(
    Decide { name, reason }: Decide,
    whole: Whole,
    (unlock, signing): (ReviewPassphrase, SigningPassphrase),
    context: &CommandContext,
) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let (review, signing) = (context.unlock(unlock.source()), context.unlock(signing.source()));
    let unlocks = Unlocks { review: &review, signing: &signing };
    let decided = decide(&mut open, &actor, DecideBatch { name, whole, reason }, unlocks)?;
    print.json(&decided);
    let (name, state) = (&decided.batch.name, decided.batch.state.label());
    let did = match whole {
        Whole::Hold => "held",
        Whole::Release => "let on",
        Whole::Cancel => "cancelled",
    };
    print.line(&strong(&format!("Batch {name} is {state}; {} {did}", count(decided.messages, "message"))));
    for refused in &decided.refused {
        print.line(&format!("{}: not {did}", refused.id));
        for fault in &refused.faults {
            print.line(&format!("  {}: {}", fault.cause, fault.cure));
        }
    }
    Ok(if decided.refused.is_empty() { Exit::Done } else { Exit::AtFault })
}
