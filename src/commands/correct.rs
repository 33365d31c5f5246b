//! Enters: a corrected case file, and what has changed. Leaves: the file in the inbox, naming the one that it replaces.
//! Never: overwrites a file.

use crate::context::{CommandContext, Exit, local_case};
use crate::printing::{listed, show_foreseen, strong};
use despatch_app::intake::LocalCase;
use despatch_app::operations::Failure;
use despatch_app::operations::correct::{Correct, correct};
use despatch_core::shown::shown_path;
use despatch_core::words::weekday_words;
use serde::{Deserialize, Serialize};

/// Printed with every correction.
const FRESH_APPROVAL: &str =
    "What is made of it needs a fresh approval: no approval of the earlier file holds for it.";

/// Drop a corrected case file in place of the one that was taken
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    /// The corrected case file; its attachments are beside it
    #[arg(value_name = "CASE.json", value_parser = local_case())]
    file: LocalCase,
    /// What has changed, for those who got the letters that this corrects
    #[arg(long, value_name = "TEXT")]
    changed: String,
}

/// Runs `despatch correct`.
///
/// # Errors
/// The office or the case file cannot be opened; the case file is at fault, or corrects nothing on record.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let request = Correct { file: context.given_by_caller(args.file), changed: args.changed };
    let corrected = correct(&mut open, &actor, request)?;
    print.json(&corrected);
    show_foreseen(&corrected.foreseen, print);
    print.line("");
    print.line(&strong(&format!("Dropped as inbox/{}", shown_path(&corrected.dropped))));
    let (number, issued) = (corrected.replaces_case_file, weekday_words(corrected.replaces_issued_on));
    print.labelled("replaces", &format!("case {number}, issued on {issued}"));
    if !corrected.already_sent.is_empty() {
        let ids = listed(&corrected.already_sent);
        print.labelled("sent already", &format!("{ids}: the new letters say what they correct"));
    }
    corrected.windows.iter().for_each(|window| print.labelled("window", window));
    print.line(FRESH_APPROVAL);
    Ok(Exit::Done)
}
