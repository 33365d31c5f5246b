//! Enters: a case. Leaves: it erased. Never: erases on one word.

use crate::context::{CommandContext, Exit};
use despatch_app::operations::Failure;

pub use super::args::Erase as Args;

pub fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    super::retention::erase(&context.global, &args, &context.print)
}
