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

use crate::context::{CommandContext, Exit, GlobalArgs};
use crate::printing::Print;
use clap::{Parser, Subcommand};
use despatch_app::operations::Failure;
use despatch_core::private;
use nix::sys::stat::{Mode, umask};
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
    let CommandLine { global, command } = CommandLine::parse();
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
