//! Enters: an office. Leaves: every fault of it at once, or what was found in order.
//! Never: checks anything itself.

use crate::context::{CommandContext, Exit, this_program};
use despatch_app::operations::Failure;
use despatch_app::operations::check_office::check;
use despatch_core::words::count;
use serde::{Deserialize, Serialize};

/// Say everything that is wrong with the office
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {}

/// Runs `despatch check`.
///
/// # Errors
/// The office is not in order; every fault found is returned.
pub(super) fn run(_: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let print = context.print();
    context.admit()?;
    let checked =
        check(&context.global.office, context.clock()?, this_program()?, &|office| context.actor_in(office))?;
    print.json(&checked);
    print.table(&["checked", "found"], checked.rows.into_iter().map(Vec::from), "");
    checked.warnings.iter().for_each(|warning| print.labelled("warning", warning));
    print.line(&match checked.warnings.len() {
        0 => "Everything is in order.".to_owned(),
        some => format!("Nothing is wrong; {}.", count(some, "warning")),
    });
    Ok(Exit::Done)
}
