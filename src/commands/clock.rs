//! Enters: an office. Leaves: whether the machine's clock may be believed, or a person's word that it is right.
//! Never: sets a clock.

use crate::context::{CommandContext, Exit};
use despatch_app::operations::Failure;
use despatch_app::operations::clock_check::{confirm_clock, look};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Say whether the machine's clock may be believed
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    /// Say that it is right although it seems to have jumped; it stays on record
    #[arg(long)]
    is_right: bool,
}

/// Runs `despatch clock`.
///
/// # Errors
/// The office cannot be opened; the clock may not be believed; whoever says that it is right is not on the staff list.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    if args.is_right {
        confirm_clock(&mut open, &actor)?;
    }
    if let Some(fault) = look(&mut open)? {
        return Err(fault.into());
    }
    print.json(&json!({ "believed": open.now().at }));
    print.line("The clock is believed.");
    Ok(Exit::Done)
}
