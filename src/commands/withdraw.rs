//! Enters: the number of a case file that records something that did not happen. Leaves: its event withdrawn.
//! Never: decides who is told of what went already.

use crate::context::{CommandContext, Exit};
use crate::printing::listed;
use despatch_app::operations::Failure;
use despatch_app::operations::withdraw::{EventWithdrawn, WithdrawEvent, withdraw};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Withdraw an event that did not happen; what changed about one that did is corrected instead
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    /// The number of its case file, as `despatch case` shows it
    #[arg(value_name = "NUMBER")]
    case_file: i64,
    /// Why; it stays on record
    #[arg(long)]
    reason: String,
}

/// Runs `despatch withdraw`.
///
/// # Errors
/// The office cannot be opened; there is no such event, or it counts no more; a sender has one of its messages in hand.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let Args { case_file, reason } = args;
    let done = withdraw(&mut open, &actor, &WithdrawEvent { case_file, reason })?;
    print.json(&done);
    let EventWithdrawn { withdrawn, others } = done;
    print.line(&format!("The event of case file {case_file} of {} counts no more.", withdrawn.case_id));
    if !withdrawn.stopped.is_empty() {
        print.labelled("stopped", &listed(&withdrawn.stopped));
    }
    if !withdrawn.already_sent.is_empty() {
        print.labelled("sent", &format!("{}: tell whoever got it", listed(&withdrawn.already_sent)));
    }
    for one in &others.replaced {
        print.labelled("not back", &one.text());
    }
    for case_file in others.replaced.iter().map(|one| one.case_file).collect::<BTreeSet<_>>() {
        print.labelled("make anew", &format!("correct case file {case_file}: `despatch correct`"));
    }
    for one in &others.held {
        let release = format!("`despatch outbox release {}` lets it go on", one.despatch);
        print.labelled("still held", &format!("{}: {release}", one.text()));
    }
    print.line(&format!("`despatch case {}` shows how it stands now.", withdrawn.case_id));
    Ok(Exit::Done)
}
