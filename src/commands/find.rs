//! Enters: a case's id, a message's number, or what is typed of a person. Leaves: the cases that it belongs to.
//! Never: takes a reference, a name or a date of birth from the command line, which others on the machine can see.

use crate::caller::{Caller, Terminal};
use crate::context::{CommandContext, Exit, date};
use despatch_app::operations::Failure;
use despatch_app::operations::find::{Find, Found, find};
use despatch_core::words::{count, date_words};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, IsTerminal, Read};

/// The longest line that is read.
const LINE_BYTES_MAX: u64 = 1000;

/// Find a case by its id, a message's number, or what is typed of its person; each search is on record, without that
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    /// A case, such as DEMO-0901, or a message, such as 17-3; or `reference`, `name` or `born`, and then type it: a name may
    /// have the date of birth behind it
    #[arg(value_name = "ID|reference|name|born", value_parser = sought)]
    sought: Find,
}

/// Reads what is sought: an id as it stands there; of a person, a line of standard input, where the command was given.
fn sought(word: &str) -> Result<Find, String> {
    if let Ok(despatch) = word.parse() {
        return Ok(Find::Despatch(despatch));
    }
    match word {
        "reference" => Ok(Find::Reference(typed()?)),
        "name" => Ok(named(typed()?)),
        "born" => date(&typed()?).map(Find::Born).map_err(|_| "write the day as 1985-01-31".to_owned()),
        id => id.parse().map(Find::Case).map_err(|_| {
            "write a case's id, a message's number, `reference`, `name` or `born`: what is known of a person is typed, for \
             others can see a command line"
                .to_owned()
        }),
    }
}

/// A name, with the date of birth behind it where there is one.
fn named(line: String) -> Find {
    match line.rsplit_once(' ').map(|(words, last)| (words, date(last))) {
        Some((words, Ok(born))) => Find::Name { words: words.to_owned(), born: Some(born) },
        _ => Find::Name { words: line, born: None },
    }
}

fn typed() -> Result<String, String> {
    let input = io::stdin();
    if input.is_terminal() {
        Terminal.log("Search for:");
    }
    let mut line = String::new();
    let read = input.lock().take(LINE_BYTES_MAX).read_line(&mut line);
    read.map_err(|error| format!("standard input cannot be read: {error}"))?;
    Ok(line.trim().to_owned())
}

/// Runs `despatch find`.
///
/// # Errors
/// The office cannot be opened; the caller is not on the staff list; nothing was typed.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let found = find(&mut open, &actor, args.sought)?;
    print.json(&found);
    let Found { cases, total, restricted, .. } = found;
    let rows = cases.iter().map(|one| {
        let owner = one.owner.as_ref().map_or_else(String::new, ToString::to_string);
        vec![one.case_id.to_string(), date_words(one.on), one.latest.clone(), owner]
    });
    print.table(&["case", "latest", "what", "owner"], rows, "No case that you may see was found.");
    if total > cases.len() {
        print.line(&format!(
            "{} of {}: type more of the name, or a date of birth.",
            cases.len(),
            count(total, "case")
        ));
    }
    for whom in &restricted {
        print.line(&format!("Something is restricted to named people: ask {whom}."));
    }
    Ok(Exit::Done)
}
