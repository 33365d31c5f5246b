//! Enters: a kind. Leaves: its documents. Never: seals or sends anything.

use crate::context::{CommandContext, Exit};
use despatch_app::operations::Failure;

pub use super::args::Preview as Args;

pub fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    super::template::preview(&context.global, &args, &context.print)
}
