//! Enters: a case. Leaves: it on hold, or not. Never: removes anything.

use crate::context::{CommandContext, Exit};
use despatch_app::operations::Failure;

/// Keep everything of a case, whatever its period
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: super::args::Litigation,
}

pub fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    super::retention::litigation(&context.global, args.command, &context.print)
}
