//! Enters: an office. Leaves: what has outlived its period, and it removed. Never: removes anything without `--do`.

use crate::context::{CommandContext, Exit};
use despatch_app::operations::Failure;

pub use super::args::Purge as Args;

pub fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    super::retention::purge(&context.global, &args, &context.print)
}
