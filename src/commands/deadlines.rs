//! Enters: a case, or none for all. Leaves: the open deadlines, nearest first, on the screen and as a calendar file.
//! Never: overwrites a file that is not a calendar.

use crate::caller::{CallerPath, Delivery};
use crate::context::{CommandContext, Exit};
use crate::printing::show_board;
use despatch_app::operations::Failure;
use despatch_app::operations::deadlines::deadlines;
use despatch_core::words::{CaseId, count};
use serde::{Deserialize, Serialize};

/// Every deadline that runs, nearest first
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    /// Only this case
    #[arg(long, value_name = "ID")]
    case: Option<CaseId>,
    /// Write the deadlines and appointments as a calendar file too
    #[arg(long, value_name = "FILE")]
    ics: Option<CallerPath>,
}

/// Runs `despatch deadlines`.
///
/// # Errors
/// The office cannot be opened; the case is not on record; the calendar file cannot be written.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let board = deadlines(&mut open, &actor, args.case)?;
    let now = open.now();
    let calendar = |path| {
        let text = board.calendar(&open.office.config.mail_domain, now);
        context.caller.deliver(Delivery::Calendar(path, text))
    };
    let written = args.ics.map(calendar).transpose()?;
    print.json(&serde_json::json!({ "today": now.today, "board": board }));
    show_board(&board, now, print);
    if let Some(file) = written {
        let deadlines = count(board.deadlines.len(), "deadline");
        let appointments = count(board.appointments.len(), "appointment");
        print.line(&format!("\nWrote {deadlines} and {appointments} to {file}."));
    }
    Ok(Exit::Done)
}
