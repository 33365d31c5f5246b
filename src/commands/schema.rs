//! Enters: the name of an event, or none. Leaves: the JSON Schema of its case file, or of any event's.
//! Never: opens an office: the schema is the same in all of them.

use crate::context::{CommandContext, Exit, event};
use despatch_app::operations::Failure;
use despatch_process::case::EventName;
use despatch_process::schema;

/// The JSON Schema of a case file, for editors and other programs
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What happened, such as appointment-confirmed (default: any event)
    #[arg(value_parser = event)]
    event: Option<EventName>,
}

/// Runs `despatch schema`.
///
/// # Errors
/// None; every command has this signature.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let schema = schema::schema(args.event);
    context.print().json(&schema);
    context.print().line(&format!("{schema:#}"));
    Ok(Exit::Done)
}
