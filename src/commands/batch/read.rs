//! Enters: what was read where the command was given. Leaves: a case file for each row, or every fault, shown and in a copy of
//! the sheet. Never: drops anything.

use super::Failure;
use super::given::Given;
use crate::caller::{CallerPath, Delivery};
use crate::context::CommandContext;
use crate::printing::Print;
use despatch_app::operations::batch::reading::{Source, WasRead, read};
use despatch_app::operations::batch::{Prepared, Reading, RowFault};
use despatch_app::operations::{Actor, OpenOffice};
use despatch_core::words::count;
use serde_json::json;

/// The most faults that are shown to people; `--json` and the copy of the sheet have all of them.
const SHOWN_MAX: usize = 200;

/// Reads what was given; `None` where rows are at fault, which is told.
///
/// # Errors
/// The file cannot be read; the copy cannot be written.
pub(super) fn rows(
    open: &mut OpenOffice,
    actor: &Actor,
    (given, copy): (Given, Option<CallerPath>),
    context: &CommandContext,
) -> Result<Option<(Prepared, Vec<String>)>, Failure> {
    let print = context.print();
    let mut request = given.read()?;
    if let Source::Cases(files) = &mut request.source {
        *files = std::mem::take(files).into_iter().map(|file| context.given_by_caller(file)).collect();
    }
    let WasRead { said, reading } = read(open, actor, &request)?;
    print.line(&format!("Read as {}.", said.join(", ")));
    match reading {
        Reading::Prepared(prepared) => Ok(Some((prepared, said))),
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
            Ok(None)
        }
    }
}

/// Says that every row stands.
pub(super) fn show_prepared(prepared: &Prepared, said: &[String], print: Print<'_>) {
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
pub(super) fn show_faults(faults: &[RowFault], print: Print<'_>) {
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
