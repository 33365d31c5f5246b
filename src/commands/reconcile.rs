//! Enters: what somebody found out about what a restored office sent since its backup. Leaves: the findings on record,
//! and what is still to be settled. Never: takes silence for an answer.

use crate::context::{CommandContext, Exit};
use crate::printing::Print;
use despatch_app::operations::Failure;
use despatch_app::operations::backup::{Reconcile, Unsettled, reconcile, unsettled};
use despatch_ledger::{Despatch, DespatchId};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Settle what a restored office may have sent since its backup
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    /// Despatches that were sent after the backup was made
    #[arg(long, value_name = "ID", num_args = 1..)]
    sent: Vec<DespatchId>,
    /// Despatches that were not
    #[arg(long, value_name = "ID", num_args = 1.., conflicts_with = "all_not_sent")]
    not_sent: Vec<DespatchId>,
    /// All that are not named under --sent were not sent
    #[arg(long)]
    all_not_sent: bool,
    /// How you found out; it stays on record
    #[arg(long)]
    reason: Option<String>,
}

/// Runs `despatch reconcile`.
///
/// # Errors
/// The office cannot be opened, or the operation refuses the request; a fault of a single despatch is printed instead.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let Args { sent, not_sent, all_not_sent, reason } = args;
    let waiting = unsettled(&mut open, &actor)?;
    if waiting.restored.is_none() {
        print.json(&json!({ "restored": null }));
        print.line("Nothing is to be reconciled: this office was not restored, or all is settled.");
        return Ok(Exit::Done);
    }
    if sent.is_empty() && not_sent.is_empty() && !all_not_sent {
        show(&waiting, print);
        return Ok(Exit::AtFault);
    }
    let request = Reconcile { sent, not_sent, others_not_sent: all_not_sent, reason };
    let reconciled = reconcile(&mut open, &actor, request)?;
    let mut exit = Exit::Done;
    for (was_sent, outcome) in reconciled.settled {
        match outcome {
            Ok(despatch) => {
                print.json(&despatch);
                let word = if was_sent { "sent" } else { "not sent" };
                print.line(&format!("{word}  {}  to {}", despatch.id, despatch.recipient.name));
            }
            Err(fault) => {
                exit = Exit::AtFault;
                print.faults(&[fault]);
            }
        }
    }
    print.json(&json!({ "reconciled": reconciled.ended, "open": reconciled.left }));
    print.line(&match reconciled.ended {
        true => "All is settled: `run` and `send` go on.".to_owned(),
        false => format!("Still to be settled: {}. `despatch reconcile` lists them.", reconciled.left),
    });
    Ok(exit)
}

/// Prints what may have been sent since the backup, with what to look for in the relay's log.
fn show(waiting: &Unsettled, print: Print) {
    print.json(waiting);
    if let Some(restored) = &waiting.restored {
        let (by, taken) = (&restored.by, &restored.taken);
        print.line(&format!("Restored by {by}. The backup knows nothing after {taken}."));
    }
    print.line(
        "Each of these may have been sent since. Look for it in the relay's log, or ask the recipient:\n",
    );
    let row = |one: &Despatch| {
        let message_id = one.message.as_ref().map_or_else(String::new, |bound| bound.message_id.clone());
        let state = one.state.label().to_owned();
        vec![one.id.to_string(), one.case_id.to_string(), one.recipient.name.clone(), state, message_id]
    };
    let head = ["id", "case", "to", "at the backup", "message-id"];
    print.table(&head, waiting.despatches.iter().map(row), "None: nothing was unsent at the backup.");
    print.line("\n  despatch reconcile --sent ID --reason REASON");
    print.line("  despatch reconcile --not-sent ID --reason REASON");
    print.line("  despatch reconcile --all-not-sent --reason REASON");
}
