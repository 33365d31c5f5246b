//! Enters: an office. Leaves: how its parts do right now. Never: checks what takes long: `despatch check` does.

use crate::context::{CommandContext, Exit};
use crate::printing::red;
use despatch_app::operations::Failure;
use despatch_app::operations::health::{Does, health};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// How the office does right now: queue, processes, relay, disk, calendar, clock, keys, backups
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {}

/// Runs `despatch health`.
///
/// # Errors
/// The office cannot be opened; the caller is not on the staff list.
pub(super) fn run(_: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let parts = health(&mut open, &actor)?;
    print.json(&json!({ "parts": parts }));
    let rows = parts.iter().map(|part| match part.does {
        Does::Well => vec![part.part.to_owned(), part.words.clone()],
        Does::Look => vec![red(part.part), red(&part.words)],
    });
    print.table(&["part", "how it does"], rows, "");
    Ok(Exit::Done)
}
