//! Enters: the number of a case file whose step needs somebody's authority. Leaves: that authority on record, as given by
//! whoever gave the command. Never: approves a message: that is another person's look at it.

use crate::context::{CommandContext, Exit};
use crate::printing::listed;
use despatch_app::operations::Failure;
use despatch_app::operations::authorise::{StepAuthorised, authorise};
use despatch_ledger::DespatchId;
use serde::{Deserialize, Serialize};

/// Authorise a review of detention, a stay that goes on, or the answer to a report of healthcare staff, as yourself
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    /// The number of its case file, as `despatch deadlines` shows it
    #[arg(value_name = "NUMBER")]
    case_file: i64,
}

/// Runs `despatch authorise`.
///
/// # Errors
/// The office cannot be opened; nothing of the case file waits for an authority; the person's own is not enough.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let done = authorise(&mut open, &actor, args.case_file)?;
    print.json(&done);
    let StepAuthorised { case_id, case_file, what, by, signed_as, held } = done;
    print.line(&format!("Authorised by {by} as {signed_as}: case file {case_file} of {case_id}."));
    print.labelled("what", &what);
    if !held.is_empty() {
        print.labelled("held", &listed(&held));
        print.line("Each is made again for review, and goes once somebody has approved it:");
        let ids: Vec<String> = held.iter().map(DespatchId::to_string).collect();
        print.line(&format!("  despatch outbox release {} --reason REASON", ids.join(" ")));
    }
    print.line(&format!("`despatch case {case_id}` shows what runs now."));
    Ok(Exit::Done)
}
