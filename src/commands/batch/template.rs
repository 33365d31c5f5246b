//! Enters: the name of an event. Leaves: its empty workbook among the caller's files. Never: overwrites a file.

use crate::caller::{CallerPath, Delivery};
use crate::context::{CommandContext, Exit, event};
use despatch_app::operations::Failure;
use despatch_app::operations::batch::template::empty_sheet;
use despatch_process::case::EventName;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    /// What happened, such as transferred; `despatch new` lists the events
    #[arg(value_parser = event)]
    event: EventName,
    /// Columns for so many attachments [default: as many kinds as the event takes, and one]
    #[arg(long, value_name = "NUMBER")]
    attachments: Option<usize>,
    /// Where to write it [default: EVENT.xlsx]
    #[arg(long, value_name = "FILE.xlsx")]
    to: Option<CallerPath>,
}

/// Runs `despatch batch template`.
///
/// # Errors
/// The office cannot be opened; the actor is not on the staff list; a file is there already.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (open, actor, print) = context.open()?;
    let bytes = empty_sheet(&open, &actor, args.event, args.attachments)?;
    let word =
        EventName::WORDS.iter().find(|(_, event)| *event == args.event).map_or("batch", |(word, _)| *word);
    let to = args
        .to
        .unwrap_or_else(|| CallerPath::from(PathBuf::from(format!("{}.xlsx", word.replace('_', "-")))));
    let at = context.caller.deliver(Delivery::File(to, bytes.into()))?;
    print.json(&json!({ "file": at }));
    print.line(&format!(
        "{at}: a row is a case; fill in below the headings, and give it to `despatch batch`."
    ));
    Ok(Exit::Done)
}
