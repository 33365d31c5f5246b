//! Enters: what a person found out of what was sent since a backup. Leaves: it on record. Never: decides what was sent.

use crate::context::{CommandContext, Exit};
use despatch_app::operations::Failure;

pub use super::args::Reconcile as Args;

pub fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    super::backup::reconcile(&context.global, &args, &context.print)
}
