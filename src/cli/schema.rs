//! Enters: the name of an event, or none. Leaves: the JSON Schema of its case file, or of any event's.
//! Never: opens an office, for the schema is the same in each.

use super::Exit;
use super::args::event;
use super::print::Print;
use despatch_process::case::EventName;
use despatch_process::schema;

#[derive(Debug, clap::Args)]
pub struct Schema {
    /// What happened, such as appointment-confirmed (default: any event)
    #[arg(value_parser = event)]
    pub event: Option<EventName>,
}

pub(super) fn schema(args: &Schema, print: &Print) -> Exit {
    let schema = schema::schema(args.event);
    print.json(&schema);
    print.line(&format!("{schema:#}"));
    Exit::Done
}
