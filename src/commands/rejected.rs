//! Enters: a number or a name, or neither. Leaves: the case files that were rejected, and what is wrong with each.
//! Never: changes one.

use crate::context::{CommandContext, Exit};
use despatch_app::operations::Failure;
use despatch_app::operations::inbox::list_rejected;
use despatch_core::shown::{shown_lines, shown_path};
use despatch_core::words::moment_words;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Case files that were rejected and not mended since, and what is wrong with one
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    /// Say what is wrong with this one: its number, or the name of its file
    #[arg(value_name = "NUMBER")]
    which: Option<String>,
}

/// Runs `despatch rejected`.
///
/// # Errors
/// The office cannot be opened; the caller is not on the staff list; there is no such file.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let found = list_rejected(&mut open, &actor, args.which.as_deref())?;
    if args.which.is_some() {
        for one in &found {
            print.json(&json!({ "rejected": one, "faults": one.faults }));
            print.line(&one.text());
            print.line(&format!("\n{}", shown_lines(one.faults.trim_end())));
        }
        return Ok(Exit::Done);
    }
    print.json(&json!({ "rejected": found }));
    let rows = found.iter().map(|one| {
        let number = one.submission.map_or_else(String::new, |number| number.to_string());
        let case = one.case_id.as_ref().map_or_else(String::new, ToString::to_string);
        vec![number, case, shown_path(&one.file), moment_words(one.since)]
    });
    print.table(
        &["number", "case", "file", "rejected on"],
        rows,
        "No rejected case file waits to be mended.",
    );
    if let Some(first) = found.first() {
        print.line(&format!("\n`despatch rejected {}` says what is wrong with it.", first.which()));
    }
    Ok(Exit::Done)
}
