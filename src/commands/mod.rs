//! Enters: the command line. Leaves: results on stdout, logs on stderr, an exit code.
//! Never: decides what may be sent; a command parses, calls an operation, and prints.

// To add a command: a file with `Args` and `run`, and two lines here: its module, and its place in `commands!`.
mod audit;
mod backup;
mod case;
mod check;
mod correct;
mod deadlines;
mod demo;
mod directory;
mod erase;
mod incident;
mod init;
mod keys;
mod litigation;
pub mod new;
mod open;
mod outbox;
mod plan;
mod policy;
mod preview;
mod purge;
mod reconcile;
mod restore;
mod run;
mod schema;
mod send;
mod template;

use crate::context::{CommandContext, Exit, GlobalArgs, NAMING};
use crate::printing::Print;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};
use despatch_app::operations::Failure;
use despatch_core::private;
use despatch_core::shown::has_controls;
use nix::sys::stat::{Mode, umask};
use std::ffi::OsString;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

/// Generates from the list of commands the enum that clap parses, and the dispatch to each `run`.
macro_rules! commands {
    ($($name:ident)*) => {
        #[derive(Debug, Subcommand)]
        #[expect(non_camel_case_types, reason = "a command bears the name of its file")]
        enum Command {
            $($name($name::Args),)*
        }

        impl Command {
            fn run(self, context: &CommandContext) -> Result<Exit, Failure> {
                match self {
                    $(Command::$name(args) => $name::run(args, context),)*
                }
            }
        }
    };
}

commands! {
    demo init new schema run plan correct deadlines case outbox send directory policy template preview keys
    backup restore reconcile purge litigation erase check incident audit open
}

/// Letters that the right people, and only they, can open; nothing is sent that a second person has not approved.
#[derive(Debug, Parser)]
#[command(name = "despatch", version, about)]
struct CommandLine {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

/// Runs the command of this process.
pub fn main() -> ExitCode {
    // Every file that this process creates, SQLite's included, is private to its account.
    umask(Mode::S_IRWXG | Mode::S_IRWXO);
    let CommandLine { global, command } = command_line();
    let print = Print::new(global.json);
    let context = CommandContext { global, print };
    if let Err(error) = private::no_core_dumps() {
        return ExitCode::from(explain(error.into(), print) as u8);
    }
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| command.run(&context)));
    let exit = match outcome {
        Ok(Ok(exit)) => exit,
        Ok(Err(failure)) => explain(failure, print),
        // The panic message is on stderr already.
        Err(_) => {
            print.json(&serde_json::json!({ "failure": "internal", "why": "despatch gave up" }));
            Exit::Internal
        }
    };
    ExitCode::from(exit as u8)
}

/// Parses the command line. An option that names the office, the actor or the day counts wherever it stands, so one that
/// is given twice is refused: a sudo rule may pin the first, and the second would win (F3).
fn command_line() -> CommandLine {
    let words: Vec<OsString> = std::env::args_os().collect();
    let parsed = CommandLine::try_parse_from(&words).and_then(|parsed| match repeated(&words) {
        None => Ok(parsed),
        Some(option) => {
            let why = format!("the argument '{option}' cannot be used multiple times");
            Err(CommandLine::command().error(ErrorKind::ArgumentConflict, why))
        }
    });
    parsed.unwrap_or_else(|error| {
        // The words may be names of files that somebody else chose; clap shows them as they are.
        if error.use_stderr() && words.iter().any(|word| has_controls(&word.to_string_lossy())) {
            Print::new(false).log(error.render().to_string().trim_end());
            std::process::exit(error.exit_code());
        }
        error.exit()
    })
}

/// The first global option with a value that stands on the command line more than once.
fn repeated(words: &[OsString]) -> Option<&'static str> {
    let before_names = words.iter().skip(1).take_while(|word| *word != "--");
    let words: Vec<&[u8]> = before_names.map(|word| word.as_encoded_bytes()).collect();
    let is = |word: &[u8], option: &str| {
        word.strip_prefix(option.as_bytes()).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"="))
    };
    NAMING.into_iter().find(|option| words.iter().filter(|word| is(word, option)).count() > 1)
}

fn explain(failure: Failure, print: Print) -> Exit {
    match failure {
        Failure::Faults(faults) => {
            print.faults(&faults);
            Exit::AtFault
        }
        Failure::Request(fault) => {
            print.faults(&[fault]);
            Exit::Usage
        }
        Failure::TryAgain(why) => {
            print.failure("try_again", &why, &format!("{why}\nhint: try again; nothing was lost"));
            Exit::TryAgain
        }
        Failure::Internal(why) => {
            print.failure("internal", &why, &format!("internal error: {why}"));
            Exit::Internal
        }
    }
}
