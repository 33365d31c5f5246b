//! Enters: a sheet, lines of case files or a folder of them. Leaves: an ordinary case file for each row, or every fault of
//! every row at once. Never: makes some of the rows of a sheet in which another is at fault.

mod given;
mod template;

use crate::caller::{CallerPath, Delivery};
use crate::context::{CommandContext, Exit};
use crate::printing::Print;
use clap::Subcommand;
use despatch_app::operations::Failure;
use despatch_app::operations::batch::reading::{Source, WasRead, read};
use despatch_app::operations::batch::{Prepared, Reading, RowFault};
use despatch_core::words::count;
use given::Given;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The most faults that are shown to people; `--json` and the copy of the sheet have all of them.
const SHOWN_MAX: usize = 200;

/// Make many case files from one sheet
#[derive(Debug, clap::Args, Serialize, Deserialize)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    given: Option<Given>,
    /// Read it, say what is wrong, and do nothing more
    #[arg(long)]
    check: bool,
    /// Write a copy of the sheet with a column that says what is wrong with each row; mend the copy and give it back
    #[arg(long, value_name = "FILE.xlsx")]
    copy: Option<CallerPath>,
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
enum Command {
    /// Write the empty workbook of an event: headings, help and drop-down lists
    Template(template::Args),
}

/// Runs `despatch batch`.
///
/// # Errors
/// The office cannot be opened; the file cannot be read; something cannot be written.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    match (args.command, args.given) {
        (Some(Command::Template(args)), _) => template::run(args, context),
        (None, Some(given)) => read_rows(given, args.copy, context),
        (None, None) => Err(Failure::request("FILE", "batch.file", "no sheet is named", "name one")),
    }
}

fn read_rows(given: Given, copy: Option<CallerPath>, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let mut request = given.read()?;
    if let Source::Cases(files) = &mut request.source {
        *files = std::mem::take(files).into_iter().map(|file| context.given_by_caller(file)).collect();
    }
    let WasRead { said, reading } = read(&mut open, &actor, &request)?;
    print.line(&format!("Read as {}.", said.join(", ")));
    match reading {
        Reading::Prepared(prepared) => {
            show_prepared(&prepared, &said, print);
            Ok(Exit::Done)
        }
        Reading::Faults { faults, copy: with_faults } => {
            print.json(&json!({ "said": said, "faults": faults }));
            show_faults(&faults, print);
            match (copy, with_faults) {
                (Some(to), Some(bytes)) => {
                    let at = context.caller.deliver(Delivery::File(to, bytes.into()))?;
                    print.line(&format!("The sheet with what is wrong in each row: {at}"));
                }
                (None, Some(_)) => {
                    print.line("--copy FILE.xlsx writes the sheet with what is wrong in each row, to be mended there.");
                }
                _ => {}
            }
            Ok(Exit::AtFault)
        }
    }
}

fn show_prepared(prepared: &Prepared, said: &[String], print: Print<'_>) {
    let Prepared { event, sheet, rows, identical_reasons } = prepared;
    print.json(&json!({
        "said": said,
        "event": event,
        "sheet": sheet,
        "identical_reasons": identical_reasons,
        "rows": rows.iter().map(|row| row.row).collect::<Vec<_>>(),
    }));
    let verb = if rows.len() == 1 { "stands" } else { "stand" };
    print.line(&format!("{} {verb}: nothing is wrong.", count(rows.len(), "row")));
}

/// Shows what is wrong, of the sheet first, then row by row.
fn show_faults(faults: &[RowFault], print: Print<'_>) {
    let rows = faults.iter().take(SHOWN_MAX).map(|fault| {
        let RowFault { row, column, cause, cure } = fault;
        let row = row.map(|row| row.to_string()).unwrap_or_default();
        vec![row, column.clone().unwrap_or_default(), cause.clone(), cure.clone()]
    });
    print.table(&["row", "column", "what is wrong", "to mend"], rows, "Nothing is wrong.");
    if faults.len() > SHOWN_MAX {
        print.line(&format!("… and {} more.", faults.len() - SHOWN_MAX));
    }
    let is = if faults.len() == 1 { "is" } else { "are" };
    print.line(&format!("{} {is} wrong, and no row was taken.", count(faults.len(), "thing")));
}
