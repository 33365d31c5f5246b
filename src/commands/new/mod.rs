//! Enters: answers, line by line. Leaves: a case file and copies of its attachments, so that nobody has to write JSON.
//! Never: writes before the person has seen the case and said yes, logs an answer, or invents a person.

mod ask;
mod console;
mod file;
mod interview;
mod keyed;
mod loaded;
mod person;
mod typed;

pub use interview::Interview;
pub use loaded::Loaded;
pub use person::{Finished, Person, Record, Sources};

use crate::context::{CommandContext, Exit, event, local_case};
use crate::passphrases::ReviewPassphrase;
use crate::printing::Print;
use crate::queries::Query;
use console::Console;
use despatch_app::intake::INBOX;
use despatch_app::intake::LocalCase;
use despatch_app::office::spare_offices;
use despatch_app::operations::Failure;
use despatch_app::operations::new_case::Preparation;
use despatch_app::operations::new_case::desk::OnFile;
use despatch_core::fault::Fault;
use despatch_core::words::CaseId;
use despatch_process::case::EventName;
use keyed::Keyed;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

/// Instructions before the first question.
const GREETING: &str = "Enter alone takes what is in [brackets], or leaves out an optional answer.
Dates: 3/10/2026, 3 October 2026, today, yesterday. Times: 2.30pm. Places and people: a number, an id or a name.
Nothing is written before the end; Ctrl-C leaves nothing behind.";

/// Write a case file by answering questions, at a terminal or in a pipe
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
    /// Begin from a case file: its values are proposed
    #[arg(long, value_name = "CASE.json", value_parser = local_case())]
    from: Option<LocalCase>,
    /// Begin from a rejected case file: its number, or the name of its file
    #[arg(long, value_name = "NUMBER", conflicts_with = "from")]
    rejected: Option<String>,
    /// Begin from the last case file of a case, which the review key opens; that is on record
    #[arg(long, value_name = "ID", conflicts_with_all = ["from", "rejected"])]
    case: Option<CaseId>,
    #[command(flatten)]
    unlock: ReviewPassphrase,
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
    let loaded = match begin_from(args.from, (args.rejected, args.case, args.unlock), context)? {
        Ok(Some(case)) => Loaded::of(&case, event)?,
        Ok(None) => Loaded::default(),
        Err(exit) => return Ok(exit),
    };
    // The record only supplies defaults, so a case that cannot be read is no failure.
    let mut record = |case: &CaseId| -> OnFile {
        context.query(Query::OnFile(case.clone(), event)).ok().and_then(Result::ok).unwrap_or_default()
    };
    // The inbox finds a free name by itself.
    let is_free = |name: &str| args.drop || file::is_free(&dir, name);
    let mut foresee = |finished: &Finished| foreseen(finished, context);
    let sources =
        Sources { desk: &desk, record: &mut record, is_free: &is_free, foresee: &mut foresee, loaded };
    print.log(&format!("New case file: {}. Prepared by {prepared_by}.", event.label()));
    let finished = if io::stdin().is_terminal() {
        print.log(GREETING);
        Interview::new(event, &prepared_by, sources, &mut Console(io::stdin().lock())).run()?
    } else {
        Interview::new(event, &prepared_by, sources, &mut Keyed::read(io::stdin().lock())?).run()?
    };
    let Some(finished) = finished else {
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

/// Returns the case file to begin from, if one is named; how it ended, where the service has told why not.
fn begin_from(
    file: Option<LocalCase>,
    (rejected, case, unlock): (Option<String>, Option<CaseId>, ReviewPassphrase),
    context: &CommandContext,
) -> Result<Result<Option<LocalCase>, Exit>, Failure> {
    let query = match (rejected, case) {
        (Some(which), _) => Query::Rejected(which),
        (None, Some(case)) => Query::LastFile(case, unlock.source()),
        (None, None) => return Ok(Ok(file)),
    };
    Ok(context.query(query)?.map(Some))
}

/// Shows the plan of a case, and returns what is wrong with it. What the office cannot say keeps nobody from writing it.
fn foreseen(finished: &Finished, context: &CommandContext) -> Vec<(String, String)> {
    // An attachment that changed is told when it is written.
    let Ok(attachments) = file::attachments(finished) else { return Vec::new() };
    let case = LocalCase::in_memory(&finished.name, finished.bytes.clone(), attachments);
    match context.query(Query::Foresee(case)) {
        Ok(wrong) => wrong.unwrap_or_default(),
        Err(failure) => {
            context.print().log(&format!("What would be made of it cannot be shown: {failure}"));
            Vec::new()
        }
    }
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
