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
use crate::queries::{Preparation, Query};
use console::Console;
use despatch_app::intake::INBOX;
use despatch_app::intake::LocalCase;
use despatch_app::office::spare_offices;
use despatch_app::operations::Failure;
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
    let print = context.print();
    let Some(event) = args.event else {
        list(print);
        return Ok(Exit::Done);
    };
    let Preparation { prepared_by, desk } = match context.query(Query::Preparation)? {
        Ok(preparation) => preparation,
        Err(exit) => return Ok(exit),
    };
    let dir = args.to.unwrap_or_else(|| PathBuf::from("."));
    if !dir.is_dir() {
        let cause = "there is no such folder";
        return Err(Fault::new(dir.display().to_string(), "new.folder", cause, "make it first").into());
    }
    spare_offices(&dir, Some(INBOX))?;
    // The record only supplies defaults, so a case that cannot be read is no failure.
    let mut record = |case: &CaseId| -> OnFile {
        context.query(Query::OnFile(case.clone(), event)).ok().and_then(Result::ok).unwrap_or_default()
    };
    // The inbox finds a free name by itself.
    let is_free = |name: &str| args.drop || file::is_free(&dir, name);
    let mut person = Console(io::stdin().lock());
    print.log(&format!("New case file: {}. Prepared by {prepared_by}.\n{GREETING}", event.label()));
    let interview = Interview::new(event, &desk, &prepared_by, &mut record, &is_free, &mut person);
    let Some(finished) = interview.run()? else {
        print.json(&serde_json::json!({ "case_file": null, "dropped": false }));
        print.log("Nothing was written.");
        return Ok(Exit::AtFault);
    };
    if args.drop {
        return drop_it(&finished, &dir, context);
    }
    let written = file::write(&dir, &finished).map_err(|error| unwritten(&dir, &error))?;
    print.json(&serde_json::json!({ "case_file": written, "dropped": false }));
    show_next(&written, &finished, &context.global.office, print);
    Ok(Exit::Done)
}

fn unwritten(dir: &Path, error: &io::Error) -> Fault {
    let cause = format!("the case file was not written: {error}");
    Fault::new(dir.display().to_string(), "new.not_written", cause, "mend that and start again")
}

/// Drops the case; where that fails, its answers are kept as a file.
fn drop_it(finished: &Finished, dir: &Path, context: &CommandContext) -> Result<Exit, Failure> {
    let attachments = file::attachments(finished).map_err(|error| unwritten(dir, &error))?;
    let case = LocalCase::in_memory(&finished.name, finished.bytes.clone(), attachments);
    let print = context.print();
    let outcome = context.query::<serde_json::Value>(Query::Drop(case));
    if let Ok(Ok(dropped)) = &outcome {
        print.json(dropped);
        let file = dropped.get("dropped").and_then(serde_json::Value::as_str);
        print.line(&match file {
            Some(file) => format!("dropped   inbox/{file}"),
            None => "the same file is queued already; it was not dropped again".to_owned(),
        });
        return Ok(Exit::Done);
    }
    let kept = file::write(dir, finished).map_err(|error| unwritten(dir, &error))?;
    print.log(&format!("It was not dropped. Your answers are kept: {}", kept.display()));
    outcome.map(|ended| ended.err().unwrap_or(Exit::Done))
}

/// Prints what to do with a case file that lies outside the inbox.
fn show_next(written: &Path, finished: &Finished, office: &Path, print: Print) {
    let file = written.display();
    print.line(&format!("written   {file}"));
    print.line("Next:");
    let there =
        if office == Path::new(".") { String::new() } else { format!(" --office {}", office.display()) };
    print.line(&format!("  despatch plan {file}{there}"));
    print.line(&format!("  despatch drop {file}{there}"));
    if !finished.sources.is_empty() {
        print.line(&format!("Its attachments are in {}.", written.with_extension("").display()));
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
