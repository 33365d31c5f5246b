//! Enters: a case file that has not been dropped yet. Leaves: what it would produce, for whom, by when and why.
//! Never: writes anything.

use crate::context::{CommandContext, Exit, local_case};
use crate::printing::show_foreseen;
use despatch_app::intake::LocalCase;
use despatch_app::operations::Failure;
use despatch_app::operations::foresight::{Foresight, foresee};
use serde::{Deserialize, Serialize};

/// Say what a case file would make, for whom and why, before it is dropped
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    /// The case file; its attachments are beside it
    #[arg(value_name = "CASE.json", value_parser = local_case())]
    file: LocalCase,
}

/// Runs `despatch plan`.
///
/// # Errors
/// The office cannot be opened; the case file cannot be read, or is at fault.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let foresight = foresee(&mut open, &actor, context.given_by_caller(args.file))?;
    print.json(&foresight);
    match foresight {
        Foresight::Known { duplicate_of, .. } => {
            print.line(&format!("The same file is case {duplicate_of}; nothing would be made of it again."));
        }
        Foresight::New(foreseen) => {
            show_foreseen(&foreseen, print);
            print.line("Nothing was written: drop the case file and its attachments to have this made.");
        }
    }
    Ok(Exit::Done)
}
