//! Enters: the command line. Leaves: results on stdout, logs on stderr, an exit code.
//! Never: decides what may be sent; a command parses, calls an operation, and prints.

// To add a command: a file with `Args` and `run`, and two lines here: its module, and its place in `commands!`.
mod audit;
mod authorise;
mod backup;
mod batch;
mod case;
mod check;
mod clock;
mod config;
mod correct;
mod cover;
mod deadlines;
mod demo;
mod directory;
mod drafts;
mod drop;
mod erase;
mod incident;
mod find;
mod health;
mod init;
mod keys;
mod litigation;
pub mod new;
mod open;
mod outbox;
mod overview;
mod plan;
mod policy;
mod preview;
mod purge;
mod reconcile;
mod rejected;
mod restore;
mod run;
mod schema;
mod send;
mod serve;
mod template;
mod unlock;
mod user;
mod withdraw;
mod work;

use crate::caller::Terminal;
use crate::context::{Answers, CommandContext, Exit, GlobalArgs, NAMING, OfficeQuery, OfficeWork};
use crate::outcome::{finish, outcome, told};
use crate::printing::Print;
use crate::queries::Query;
use crate::service::Bounds;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};
use despatch_app::operations::Failure;
use despatch_core::private;
use despatch_core::shown::has_controls;
use nix::sys::stat::{Mode, umask};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::process::ExitCode;

/// Generates from the lists of commands the enum that clap parses, the one of those that work in an office wherever it is
/// open, and the dispatch to each `run`.
macro_rules! commands {
    (here: $($here:ident)*; office: $($office:ident)*) => {
        #[derive(Debug, Subcommand)]
        #[expect(non_camel_case_types, reason = "a command bears the name of its file")]
        enum Command {
            $($here($here::Args),)*
            $($office($office::Args),)*
        }

        /// A command that works in an office: in the service, if there is one, else in this process.
        #[derive(Debug, Serialize, Deserialize)]
        #[expect(non_camel_case_types, reason = "a command bears the name of its file")]
        enum OfficeCommand {
            $($office($office::Args),)*
        }

        impl Command {
            fn run(self, context: &CommandContext) -> Result<Exit, Failure> {
                match self {
                    $(Command::$here(args) => $here::run(args, context),)*
                    $(Command::$office(args) => context.give(OfficeCommand::$office(args)),)*
                }
            }
        }

        impl OfficeCommand {
            fn run(self, context: &CommandContext) -> Result<Exit, Failure> {
                match self {
                    $(OfficeCommand::$office(args) => $office::run(args, context),)*
                }
            }
        }
    };
}

commands! {
    here: demo init new schema run serve send template preview restore open;
    office: drop batch drafts withdraw plan correct rejected find work deadlines case authorise cover overview outbox directory policy config
        keys backup reconcile purge litigation erase check health clock incident audit user unlock
}

impl OfficeWork for OfficeCommand {
    fn run(self, context: &CommandContext) -> Result<Exit, Failure> {
        OfficeCommand::run(self, context)
    }

    fn bounds(&self) -> Bounds {
        Bounds {
            tells_passphrase: match self {
                Self::keys(args) => args.makes_signing_key(),
                Self::drafts(args) => args.needs_passphrase(),
                _ => false,
            },
            file_keys: match self {
                Self::outbox(args) => args.files_opened_max(),
                Self::batch(args) => args.files_opened_max(),
                Self::directory(_) | Self::audit(_) | Self::keys(_) | Self::unlock(_) => usize::MAX,
                _ => 0,
            },
            announces: matches!(self, Self::unlock(_)),
        }
    }
}

/// What a service does with the commands and the queries of its clients.
const ANSWERS: Answers = Answers {
    command: |command, context| parsed::<OfficeCommand>(command)?.run(context),
    query: |query, context| parsed::<Query>(query)?.answer(context),
};

fn parsed<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, Failure> {
    let cure = "give the command with the program that the service runs";
    let cause = |error: serde_json::Error| format!("the request is none: {error}");
    serde_json::from_value(value)
        .map_err(|error| Failure::request("the service", "service.request", cause(error), cure))
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
    let context = CommandContext::here(global, ANSWERS);
    if let Err(error) = private::no_core_dumps() {
        return ExitCode::from(finish(Err(error.into()), context.print()) as u8);
    }
    let exit = finish(outcome(|| command.run(&context)), context.print());
    ExitCode::from(told(exit, context.print()) as u8)
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
            Print::new(false, &Terminal).log(error.render().to_string().trim_end());
            std::process::exit(error.exit_code());
        }
        if error.use_stderr() {
            error.exit();
        }
        // Help, or the version.
        Terminal.put(&error.render().ansi().to_string());
        let exit = told(Exit::Done, Print::new(false, &Terminal));
        std::process::exit(exit as i32);
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
