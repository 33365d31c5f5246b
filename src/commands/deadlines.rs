//! Enters: a case, or none for all. Leaves: the open deadlines, nearest first, on the screen and as a calendar file.
//! Never: overwrites a file that is not a calendar.

use crate::context::{CommandContext, Exit};
use crate::output::write_new;
use crate::printing::show_board;
use despatch_app::operations::Failure;
use despatch_app::operations::deadlines::deadlines;
use despatch_core::fault::Fault;
use despatch_core::random::random_hex;
use despatch_core::words::{CaseId, count};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The first bytes of a file that this command may overwrite.
const CALENDAR: &[u8] = b"BEGIN:VCALENDAR";

/// Every deadline that runs, nearest first
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this case
    #[arg(long, value_name = "ID")]
    case: Option<CaseId>,
    /// Write the deadlines and appointments as a calendar file too
    #[arg(long, value_name = "FILE")]
    ics: Option<PathBuf>,
}

/// Runs `despatch deadlines`.
///
/// # Errors
/// The office cannot be opened; the case is not on record; the calendar file cannot be written.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let board = deadlines(&mut open, &actor, args.case)?;
    let now = open.now();
    if let Some(path) = &args.ics {
        write_calendar(path, &board.calendar(&open.office.config.mail_domain, now))?;
    }
    print.json(&serde_json::json!({ "today": now.today, "board": board }));
    show_board(&board, now, print);
    if let Some(path) = &args.ics {
        let deadlines = count(board.deadlines.len(), "deadline");
        let appointments = count(board.appointments.len(), "appointment");
        print.line(&format!("\nWrote {deadlines} and {appointments} to {}.", path.display()));
    }
    Ok(Exit::Done)
}

/// Writes a calendar; overwrites an earlier calendar and nothing else.
fn write_calendar(path: &Path, text: &str) -> Result<(), Failure> {
    let at = path.display().to_string();
    if path.exists() && !fs::read(path).is_ok_and(|bytes| bytes.starts_with(CALENDAR)) {
        let cause = "there is another file of this name, which is not a calendar";
        return Err(Fault::new(at, "ics.other_file", cause, "choose another name").into());
    }
    // A temporary name and a rename, so that a concurrent reader never sees half a calendar.
    let written = random_hex(8).and_then(|random| {
        let unfinished = path.with_file_name(format!(".{random}.part"));
        write_new(&unfinished, text.as_bytes()).map_err(|fault| io::Error::other(fault.cause))?;
        fs::rename(&unfinished, path)
    });
    written.map_err(|error| {
        Fault::new(at, "ics.unwritten", format!("it was not written: {error}"), "choose another place").into()
    })
}
