//! Enters: a backup. Leaves: an office restored from it. Never: lets it send before somebody has reconciled it.

use crate::context::{CommandContext, Exit};
use despatch_app::operations::Failure;

pub use super::args::Restore as Args;

pub fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    super::backup::restore(&context.global, &args, &context.print)
}
