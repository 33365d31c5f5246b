//! Enters: who is away, and who approves out of hours. Leaves: it on record, or the list of it.
//! Never: decides anything.

use crate::context::{CommandContext, Exit, date};
use crate::printing::Print;
use chrono::NaiveDate;
use clap::Subcommand;
use despatch_app::operations::Failure;
use despatch_app::operations::casework::{EndCover, RecordCover, covers, end_cover, record_cover};
use despatch_core::words::{StaffId, date_words};
use despatch_ledger::{Cover, CoverKind};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Who works in whose place, and who approves out of hours
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
enum Command {
    /// From today on: who is away, and who approves out of hours
    List,
    /// You, or somebody else, will be away: their cases are in the work of whoever covers
    Absent {
        #[command(flatten)]
        days: DaysOf,
        /// Who works in their place
        #[arg(long, value_name = "STAFF")]
        covered_by: StaffId,
    },
    /// You, or somebody else, approve out of hours on these days
    OutOfHours(DaysOf),
    /// End an absence, or days out of hours
    End {
        /// Whose
        who: StaffId,
        /// The first day, as `cover list` shows it
        #[arg(value_parser = date)]
        from: NaiveDate,
        /// Days out of hours, not an absence
        #[arg(long)]
        out_of_hours: bool,
    },
}

#[derive(Debug, clap::Args, Serialize, Deserialize)]
struct DaysOf {
    /// Who (default: you)
    #[arg(long, value_name = "STAFF")]
    who: Option<StaffId>,
    /// The first day
    #[arg(long, value_name = "DAY", value_parser = date)]
    from: NaiveDate,
    /// The last day
    #[arg(long, value_name = "DAY", value_parser = date)]
    until: NaiveDate,
}

/// Runs `despatch cover`.
///
/// # Errors
/// The office cannot be opened; the operation refuses the request.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let known = match args.command {
        Command::List => covers(&mut open, &actor)?,
        Command::Absent { days: DaysOf { who, from, until }, covered_by } => {
            record_cover(&mut open, &actor, RecordCover { who, from, until, covered_by: Some(covered_by) })?
        }
        Command::OutOfHours(DaysOf { who, from, until }) => {
            record_cover(&mut open, &actor, RecordCover { who, from, until, covered_by: None })?
        }
        Command::End { who, from, out_of_hours } => {
            let kind = if out_of_hours { CoverKind::OutOfHours } else { CoverKind::Absence };
            end_cover(&mut open, &actor, EndCover { who, kind, from })?
        }
    };
    show(&known, print);
    Ok(Exit::Done)
}

fn show(known: &[Cover], print: Print) {
    print.json(&json!({ "covers": known }));
    let rows = known.iter().map(|one| {
        let by = one.covered_by.as_ref().map_or_else(String::new, |by| format!("covered by {by}"));
        vec![
            one.staff.to_string(),
            one.kind.label().to_owned(),
            date_words(one.from),
            date_words(one.until),
            by,
        ]
    });
    print.table(
        &["who", "what", "from", "until", ""],
        rows,
        "Nobody is away, and nobody approves out of hours.",
    );
}
