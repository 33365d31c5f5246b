//! Enters: a sheet, or the name of a batch. Leaves: its rows in the inbox as ordinary cases, or what became of them.
//! Never: decides anything.

mod hold;
mod list;
mod run;
mod sample;
mod source;

use crate::context::{CommandContext, Exit, event};
use clap::Subcommand;
use despatch_app::operations::Failure;
use despatch_process::case::EventName;
use serde::{Deserialize, Serialize};
use source::Source;

/// Many cases from one sheet: run it, look at it, hold it, report on it
#[derive(Debug, clap::Args, Serialize, Deserialize)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    /// The sheet, a file with a case a line (.ndjson), or a folder of case files
    #[arg(value_name = "FILE", required = true, value_parser = source::given())]
    file: Option<Source>,
    /// The event of every row
    #[arg(long, value_name = "EVENT", value_parser = event)]
    event: Option<EventName>,
    #[command(flatten)]
    how: run::How,
    #[command(subcommand)]
    of_batch: Option<OfBatch>,
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
enum OfBatch {
    /// Every batch, newest first
    List(list::List),
    /// How a batch stands, and what comes next; or its report
    Show(list::Show),
    /// Stop what has not gone, and drop no further row
    Hold(hold::Decide),
    /// Let what was held go on
    Release(hold::Release),
    /// Stop for good what has not gone
    Cancel(hold::Decide),
    /// Draw the messages that are opened for all of a kind, where the pack lets a sample stand for it
    Sample(sample::OfKind),
    /// Approve the messages of a kind once you have opened its whole sample
    Approve(sample::OfKind),
}

impl Args {
    /// How many sealed files the command opens at most: a release may make messages anew.
    pub(super) fn files_opened_max(&self) -> usize {
        if matches!(self.of_batch, Some(OfBatch::Release(_))) { usize::MAX } else { 0 }
    }
}

/// Runs `despatch batch`.
///
/// # Errors
/// The office cannot be opened; the sheet cannot be read; the operation refuses the request.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    match args.of_batch {
        Some(OfBatch::List(args)) => list::list(args, context),
        Some(OfBatch::Show(args)) => list::show(args, context),
        Some(OfBatch::Hold(args)) => hold::hold(args, context),
        Some(OfBatch::Release(args)) => hold::release(args, context),
        Some(OfBatch::Cancel(args)) => hold::cancel(args, context),
        Some(OfBatch::Sample(args)) => sample::draw(args, context),
        Some(OfBatch::Approve(args)) => sample::approve(args, context),
        None => {
            let file = args.file.ok_or_else(no_file)?;
            run::run(file.prepared(args.event)?, args.how, context)
        }
    }
}

fn no_file() -> Failure {
    Failure::request("file", "batch.unnamed", "no sheet is named", "name one, or see `despatch batch --help`")
}
