//! Enters: case files. Leaves: them in the inbox, each with its preparer on record, and what will be made of them.
//! Never: drops a file that is at fault, or overwrites one.

use crate::context::{CommandContext, Exit, local_case};
use crate::printing::{red, show_foreseen, strong};
use despatch_app::intake::LocalCase;
use despatch_app::operations::Failure;
use despatch_app::operations::drop_case::{DropOutcome, drop_case};
use despatch_core::shown::{shown, shown_path};
use serde::{Deserialize, Serialize};

/// Printed where a report is not dropped: its copy for the healthcare team must not wait (docs/process.md).
const COPY_WAITS: &str = "The healthcare team's copy waits for it. Mend it now, or put the files into the inbox as they \
                          are: the copy then goes although the rest is at fault.";

/// Put case files into the inbox; you are their preparer for certain
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    /// Case files; the attachments of each are beside it
    #[arg(value_name = "CASE.json", required = true, value_parser = local_case())]
    files: Vec<LocalCase>,
}

/// Runs `despatch drop`.
///
/// # Errors
/// The office cannot be opened. The faults of each file are printed, and the others are dropped all the same.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let mut exit = Exit::Done;
    for file in args.files {
        let (name, is_report) = (file.shown.clone(), file.is_report());
        let outcome = match drop_case(&mut open, &actor, context.given_by_caller(file)) {
            Ok(outcome) => outcome,
            Err(Failure::Faults(faults)) => {
                print.line(&format!("not dropped  {}", shown(&name)));
                print.faults(&faults);
                if is_report {
                    print.log(&red(COPY_WAITS));
                }
                exit = Exit::AtFault;
                continue;
            }
            Err(failure) => return Err(failure),
        };
        print.json(&outcome);
        match outcome {
            DropOutcome::Dropped(dropped) => {
                show_foreseen(&dropped.foreseen, print);
                print.line(&strong(&format!("Dropped as inbox/{}\n", shown_path(&dropped.dropped))));
            }
            DropOutcome::Known { duplicate_of } => {
                print.line(&format!(
                    "The same file is case {duplicate_of}: {} was not dropped again.",
                    shown(&name)
                ));
            }
        }
    }
    Ok(exit)
}
