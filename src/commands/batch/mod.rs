//! Enters: a sheet, lines of case files or a folder of them; or the name of a batch. Leaves: an ordinary case file in the
//! inbox for each row, or every fault of every row at once; or what became of them. Never: drops some of the rows of a sheet
//! in which another is at fault.

mod given;
mod hold;
mod list;
mod read;
mod run;
mod sample;
mod template;

use crate::context::{CommandContext, Exit};
use clap::Subcommand;
use despatch_app::operations::Failure;
use given::Given;
use serde::{Deserialize, Serialize};

/// Many cases from one sheet: run it, look at it, hold it, report on it
#[derive(Debug, clap::Args, Serialize, Deserialize)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    given: Option<Given>,
    #[command(flatten)]
    how: run::How,
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
enum Command {
    /// Write the empty workbook of an event: headings, help and drop-down lists
    Template(template::Args),
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
        if matches!(self.command, Some(Command::Release(_))) { usize::MAX } else { 0 }
    }
}

/// Runs `despatch batch`.
///
/// # Errors
/// The office cannot be opened; the file cannot be read; something cannot be written; the operation refuses the request.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    match (args.command, args.given) {
        (Some(Command::Template(args)), _) => template::run(args, context),
        (Some(Command::List(args)), _) => list::list(args, context),
        (Some(Command::Show(args)), _) => list::show(args, context),
        (Some(Command::Hold(args)), _) => hold::hold(args, context),
        (Some(Command::Release(args)), _) => hold::release(args, context),
        (Some(Command::Cancel(args)), _) => hold::cancel(args, context),
        (Some(Command::Sample(args)), _) => sample::draw(args, context),
        (Some(Command::Approve(args)), _) => sample::approve(args, context),
        (None, Some(given)) => run::run(given, args.how, context),
        (None, None) => Err(Failure::request("FILE", "batch.file", "no sheet is named", "name one")),
    }
}
