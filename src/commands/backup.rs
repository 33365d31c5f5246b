//! Enters: an office. Leaves: a sealed copy of it. Never: interrupts its work.

use crate::caller::CallerPath;
use crate::context::{CommandContext, Exit};
use crate::printing::show_damaged;
use despatch_app::operations::{Failure, backup};
use despatch_core::words::count;
use serde::{Deserialize, Serialize};

/// Write a sealed copy of the office, even while it is running
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    /// The file to write, outside the office; through the service, its name in the folder that the settings name
    #[arg(long, value_name = "FILE.tar.age")]
    to: CallerPath,
}

/// Runs `despatch backup`.
///
/// # Errors
/// The office cannot be opened, or the backup cannot be written.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let to = context.backup_file(&open.office, &args.to)?;
    let made = backup::make(&mut open, &actor, &to)?;
    print.json(&made);
    let (files, bytes) = (count(made.files, "file"), made.bytes);
    print.line(&format!("Backed up {files} ({bytes} bytes) into {}.", args.to.shown()));
    print.line(&format!("It opens with the private key of {}.", made.sealed_to.join(" or ")));
    Ok(show_damaged(&made.damaged, print))
}
