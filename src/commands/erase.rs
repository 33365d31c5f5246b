//! Enters: a case. Leaves: its erasure requested, or confirmed and done. Never: erases at one person's request.

use crate::context::{CommandContext, Exit};
use despatch_app::operations::Failure;
use despatch_app::operations::retention::{DecideCase, ask_erasure, confirm_erasure};
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, count};
use serde::{Deserialize, Serialize};

/// Remove every sealed byte of a case: one person asks, a second one confirms
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    /// A case, such as DEMO-0901
    case: CaseId,
    /// To ask for it: why; it stays on record
    #[arg(long, conflicts_with = "confirm")]
    reason: Option<String>,
    /// To confirm what somebody else has asked for
    #[arg(long)]
    confirm: bool,
}

/// Runs `despatch erase`.
///
/// # Errors
/// The office cannot be opened; the actor is not on the staff list; the operation refuses the request.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let by = &actor.staff()?.id;
    let Args { case, reason, confirm } = args;
    match (reason, confirm) {
        (Some(reason), false) => {
            let asked = ask_erasure(&mut open, &actor, DecideCase { case, reason })?;
            print.json(&asked);
            let case = &asked.case_id;
            print.line(&format!("{by} asks that {case} be erased. A second person confirms it:"));
            print.line(&format!("  despatch erase {case} --confirm"));
        }
        (None, true) => {
            let erased = confirm_erasure(&mut open, &actor, case)?;
            print.json(&erased);
            print.line(&format!(
                "Erased: {}; {} and {} of rejected cases.",
                erased.case_id,
                count(erased.erased.sealed, "sealed file"),
                count(erased.erased.rejected, "file")
            ));
            for path in &erased.erased.untold {
                print.line(&format!("Whose this is cannot be determined, so look yourself: inbox/{path}"));
            }
            print.line("The record stays: that the case was there, what went to whom and when, in closed words and hashes.");
            print.line("Backups that were made before still hold it.");
        }
        _ => {
            let cause = "say why, or confirm what somebody else has asked for";
            let cure = "use --reason, or --confirm as a second person";
            return Err(Failure::Request(Fault::new("erase", "erase.words", cause, cure)));
        }
    }
    Ok(Exit::Done)
}
