//! Enters: the outcomes of a decision about despatches. Leaves: a line for each, and the exit code.
//! Never: omits one that was refused.

use super::{Print, state};
use crate::context::Exit;
use despatch_app::operations::Failure;
use despatch_app::operations::decisions::DecisionOutcome;
use despatch_ledger::Despatch;

/// Prints the outcome for each despatch.
///
/// # Errors
/// An outcome is a failure other than faults of its despatch, which ends the command.
pub fn show_decided(decided: Vec<DecisionOutcome>, print: Print) -> Result<Exit, Failure> {
    let mut exit = Exit::Done;
    for DecisionOutcome { id, outcome } in decided {
        match outcome {
            Ok(despatch) => {
                print.json(&despatch);
                let (state, bound) = (state(despatch.state), binding(&despatch));
                print.line(&format!("{state}  {id}  to {}{bound}", despatch.recipient.name));
            }
            Err(Failure::Faults(faults)) => {
                exit = Exit::AtFault;
                print.faults(&faults);
            }
            Err(other) => return Err(other),
        }
    }
    Ok(exit)
}

/// Summarises what an approval binds, or that another is needed.
fn binding(despatch: &Despatch) -> String {
    if let (Some(first), None) = (&despatch.first_approval, &despatch.approval) {
        return format!(
            ": {} approved message {}; {}, so another reviewer approves it too",
            first.by,
            first.sha256.short(),
            despatch.two_because().unwrap_or("one was not enough")
        );
    }
    despatch.approval.as_ref().map_or_else(String::new, |approval| {
        format!(": message {}, keys {}", approval.sha256.short(), approval.fingerprints.join(", "))
    })
}
