//! Enters: answers, line by line. Leaves: a case file and copies of its attachments, so that nobody has to write JSON.
//! Never: writes before the person has seen the case and said yes, logs an answer, or invents a person.

mod answers;
mod ask;
mod console;
mod desk;
mod file;
mod interview;
mod typed;

pub use desk::{Desk, OnFile};
pub use interview::{Finished, Interview, Person, Record};

use crate::context::{CommandContext, Exit, event};
use crate::printing::Print;
use console::Console;
use despatch_app::office::{INBOX, Office, spare_offices};
use despatch_app::operations::{Failure, OpenOffice};
use despatch_core::fault::Fault;
use despatch_core::words::CaseId;
use despatch_process::case::EventName;
use std::io;
use std::path::{Path, PathBuf};

/// Instructions before the first question.
const GREETING: &str = "Enter alone takes what is in [brackets], or leaves out an optional answer.
Dates: 2026-03-03, 3 March 2026, today, yesterday.
Nothing is written before the end; Ctrl-C leaves nothing behind.";

/// Write a case file by answering questions
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What happened, such as appointment-confirmed (default: list the events)
    #[arg(value_parser = event)]
    event: Option<EventName>,
    /// The folder to write the case file into [default: .]
    #[arg(long, value_name = "DIR", conflicts_with = "drop")]
    to: Option<PathBuf>,
    /// Put it into the inbox at once
    #[arg(long)]
    drop: bool,
}

/// Runs `despatch new`.
///
/// # Errors
/// The office cannot be opened; the folder does not exist; the answers end early; the files cannot be written.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let print = context.print;
    let Some(event) = args.event else {
        list(print);
        return Ok(Exit::Done);
    };
    let (open, actor, _) = context.open()?;
    let OpenOffice { office, mut ledger, clock, .. } = open;
    let prepared_by = actor.staff()?.id.clone();
    let dir = if args.drop { office.inbox() } else { args.to.unwrap_or_else(|| PathBuf::from(".")) };
    if !dir.is_dir() {
        let cause = "there is no such folder";
        return Err(Fault::new(dir.display().to_string(), "new.folder", cause, "make it first").into());
    }
    spare_offices(&dir, Some(INBOX))?;
    let desk = Desk::of(&office, clock.now().today);
    // The record only supplies defaults, so a case that cannot be read is no failure.
    let mut record = |case: &CaseId| desk::on_file(&office, &mut ledger, case, event).unwrap_or_default();
    let is_free = |name: &str| file::is_free(&dir, name);
    let mut person = Console(io::stdin().lock());
    print.log(&format!("New case file: {}. Prepared by {prepared_by}.\n{GREETING}", event.label()));
    let interview = Interview::new(event, &desk, &prepared_by, &mut record, &is_free, &mut person);
    let Some(finished) = interview.run()? else {
        print.json(&serde_json::json!({ "case_file": null, "dropped": false }));
        print.log("Nothing was written.");
        return Ok(Exit::AtFault);
    };
    let put = if args.drop { file::drop_into } else { file::write };
    let written = put(&dir, &finished).map_err(|error| {
        let cause = format!("the case file was not written: {error}");
        Fault::new(dir.display().to_string(), "new.not_written", cause, "mend that and start again")
    })?;
    told(&written, args.drop, &office, &finished, print);
    Ok(Exit::Done)
}

fn told(written: &Path, dropped: bool, office: &Office, finished: &Finished, print: Print) {
    print.json(&serde_json::json!({ "case_file": written, "dropped": dropped }));
    let file = written.display();
    if dropped {
        print.line(&format!("dropped   {file}"));
        return;
    }
    print.line(&format!("written   {file}"));
    print.line("Next:");
    let root = office.root();
    let there = if root == Path::new(".") { String::new() } else { format!(" --office {}", root.display()) };
    print.line(&format!("  despatch plan {file}{there}"));
    let folder = written.with_extension("");
    let inbox = office.inbox();
    let inbox = inbox.display();
    if finished.sources.is_empty() {
        print.line(&format!("  mv {file} {inbox}/"));
    } else {
        print.line(&format!("  mv {} {inbox}/ && mv {file} {inbox}/", folder.display()));
    }
}

/// Prints every event with its label.
fn list(print: Print) {
    let named: Vec<(String, &str)> =
        EventName::WORDS.iter().map(|(word, event)| (word.replace('_', "-"), event.label())).collect();
    let events: Vec<serde_json::Value> =
        named.iter().map(|(event, words)| serde_json::json!({ "event": event, "words": words })).collect();
    print.json(&serde_json::json!({ "events": events }));
    let rows = named.into_iter().map(|(event, words)| vec![event, words.to_owned()]);
    print.table(&["event", "what happened"], rows, "");
    print.line("");
    print.labelled("Next:", "despatch new EVENT");
}
