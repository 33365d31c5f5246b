//! Enters: a case. Leaves: its litigation hold set or lifted, or the list of holds. Never: removes anything.

use crate::context::{CommandContext, Exit};
use clap::Subcommand;
use despatch_app::operations::Failure;
use despatch_app::operations::retention::{DecideCase, hold, holds, lift};
use despatch_core::words::{CaseId, date_words};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Keep everything of a case, whatever its period
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
enum Command {
    /// Put a case on hold: nothing of it is purged or erased
    Hold(Decide),
    /// Lift a hold that somebody else set
    Lift(Decide),
    /// Every case on hold
    List,
}

#[derive(Debug, clap::Args, Serialize, Deserialize)]
struct Decide {
    /// A case, such as DEMO-0901
    case: CaseId,
    /// Why; it stays on record
    #[arg(long)]
    reason: String,
}

/// Runs `despatch litigation`.
///
/// # Errors
/// The office cannot be opened, or the hold cannot be set or lifted.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    match args.command {
        Command::Hold(Decide { case, reason }) => {
            let held = hold(&mut open, &actor, DecideCase { case, reason })?;
            print.json(&held);
            print.line(&format!(
                "On hold: {}. Nothing of it is purged or erased until a second person lifts it.",
                held.case_id
            ));
        }
        Command::Lift(Decide { case, reason }) => {
            let lifted = lift(&mut open, &actor, DecideCase { case, reason })?;
            print.json(&lifted);
            print.line(&format!("Lifted: {}. It may be purged and erased again.", lifted.case_id));
        }
        Command::List => {
            let holds = holds(&mut open, &actor)?;
            print.json(&json!({ "holds": holds }));
            let day = |text: &str| text.parse().map_or_else(|_| text.to_owned(), date_words);
            let rows = holds.iter().map(|hold| {
                vec![hold.case_id.clone(), hold.by.clone(), day(&hold.since), hold.reason.clone()]
            });
            print.table(&["case", "by", "since", "reason"], rows, "No case is on hold.");
        }
    }
    Ok(Exit::Done)
}
