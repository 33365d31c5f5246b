//! Enters: the name of an event, or none. Leaves: the JSON Schema of its case file, or of any event's.
//! Never: opens an office, for the schema is the same in each.

use super::Exit;
use super::args::Schema;
use super::print::Print;
use despatch_process::schema;

pub(super) fn schema(args: &Schema, print: &Print) -> Exit {
    let schema = schema::schema(args.event);
    print.json(&schema);
    print.line(&format!("{schema:#}"));
    Exit::Done
}
