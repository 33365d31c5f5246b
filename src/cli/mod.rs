//! Enters: the command line. Leaves: results on stdout, logs on stderr, an exit code.
//! Never: decides what may be sent; it calls those who do.

mod alarm;
mod args;
mod audit;
mod backup;
mod bar;
mod case;
mod check;
mod checked;
mod correct;
mod deadlines;
mod demo;
mod directory;
mod found;
mod incident;
mod keys;
pub mod new;
mod open;
mod outbox;
mod plan;
mod policy;
mod print;
mod reading;
mod receipts;
mod record;
mod retention;
mod run;
mod schema;
mod secrets;
mod send;
mod template;
mod told;

use args::{Args, Command, Common};
use clap::Parser;
use despatch_app::office::Office;
use despatch_app::pipeline::RunError;
use despatch_core::clock::Clock;
use despatch_core::fault::Fault;
use despatch_core::private;
use despatch_core::words::is_plain_line;
use despatch_ledger::{DurableError, Ledger, LedgerError};
use nix::sys::stat::{Mode, umask};
use print::Print;
use std::fmt;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::ExitCode;

/// How a command ended. The numbers are a promise to scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    Done = 0,
    /// Something in the case or the office is at fault.
    AtFault = 1,
    /// The command's own words are wrong; clap ends with the same number.
    Usage = 2,
    TryAgain = 3,
    Internal = 255,
}

/// Why a command could not do it.
#[derive(Debug)]
enum Failure {
    Faults(Vec<Fault>),
    Usage(Fault),
    TryAgain(String),
    Internal(String),
}

/// On one line, for a log.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Faults(faults) => {
                let words: Vec<String> =
                    faults.iter().map(|fault| format!("{}: {}", fault.at, fault.cause)).collect();
                f.write_str(&words.join("; "))
            }
            Failure::Usage(fault) => write!(f, "{}: {}", fault.at, fault.cause),
            Failure::TryAgain(why) | Failure::Internal(why) => f.write_str(why),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Failure::Faults(vec![fault])
    }
}

impl From<Vec<Fault>> for Failure {
    fn from(faults: Vec<Fault>) -> Self {
        Failure::Faults(faults)
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Refused(fault) => fault.into(),
            LedgerError::Busy | LedgerError::Full => Failure::TryAgain(error.to_string()),
            LedgerError::Failed(_) => Failure::Internal(error.to_string()),
        }
    }
}

impl From<DurableError> for Failure {
    fn from(error: DurableError) -> Self {
        Failure::TryAgain(error.to_string())
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Office(fault) => fault.into(),
            RunError::Ledger(error) => error.into(),
            RunError::Durable(error) => error.into(),
            RunError::Inbox(error) => error.into(),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::StorageFull => Failure::TryAgain(error.to_string()),
            _ => Failure::Internal(error.to_string()),
        }
    }
}

/// Runs the command of this process.
pub fn main() -> ExitCode {
    // Whatever this program makes, SQLite's files included, is for its own account alone.
    umask(Mode::S_IRWXG | Mode::S_IRWXO);
    let args = Args::parse();
    let print = Print::new(args.common.json);
    if let Err(error) = private::no_core_dumps() {
        return ExitCode::from(explain(error.into(), &print) as u8);
    }
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| dispatch(args, &print)));
    let exit = match outcome {
        Ok(Ok(exit)) => exit,
        Ok(Err(failure)) => explain(failure, &print),
        // The panic's own words are on stderr already.
        Err(_) => {
            print.json(&serde_json::json!({ "failure": "internal", "why": "despatch gave up" }));
            Exit::Internal
        }
    };
    ExitCode::from(exit as u8)
}

/// The table of commands.
fn dispatch(args: Args, print: &Print) -> Result<Exit, Failure> {
    let common = args.common;
    match args.command {
        Command::Demo(demo) => demo::demo(&common, &demo, print),
        Command::Init(init) => found::init(&init, print),
        Command::New(new) => new::new(&common, &new, print),
        Command::Schema(args) => Ok(schema::schema(&args, print)),
        Command::Run(run) => run::run(&common, &run, print),
        Command::Plan(plan) => plan::plan(&common, &plan, print),
        Command::Correct(correct) => correct::correct(&common, &correct, print),
        Command::Deadlines(deadlines) => deadlines::deadlines(&common, &deadlines, print),
        Command::Case(case) => case::case(&common, &case, print),
        Command::Outbox(command) => outbox::outbox(&common, command, print),
        Command::Send(send) => send::send(&common, &send, print),
        Command::Directory(command) => directory::directory(&common, command, print),
        Command::Policy(command) => policy::policy(&common, command, print),
        Command::Template(command) => template::template(&common, &command, print),
        Command::Preview(preview) => template::preview(&common, &preview, print),
        Command::Keys(command) => keys::keys(&common, command, print),
        Command::Backup(args) => backup::backup(&common, &args, print),
        Command::Restore(args) => backup::restore(&common, &args, print),
        Command::Reconcile(args) => backup::reconcile(&common, &args, print),
        Command::Purge(args) => retention::purge(&common, &args, print),
        Command::Litigation(command) => retention::litigation(&common, command, print),
        Command::Erase(args) => retention::erase(&common, &args, print),
        Command::Check => check::check(&common, print),
        Command::Incident(args) => incident::incident(&common, &args, print),
        Command::Audit(command) => audit::audit(&common, command, print),
        Command::Open(open) => open::open(&open, print),
    }
}

fn explain(failure: Failure, print: &Print) -> Exit {
    match failure {
        Failure::Faults(faults) => {
            print.faults(&faults);
            Exit::AtFault
        }
        Failure::Usage(fault) => {
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

/// The office that a command works in, with its clock.
fn open_office(common: &Common) -> Result<(Office, Clock), Failure> {
    let clock = clock(common)?;
    let mut office = Office::open(&common.office)?;
    office.directory = open_ledger(&office)?.directory(&office.config.addresses)?;
    Ok((office, clock))
}

/// The clock of a command: the machine's, or in a demo office the day that `--today` gives.
fn clock(common: &Common) -> Result<Clock, Failure> {
    match common.today {
        // Settings that cannot be read do not get far, on whatever day.
        Some(_) if Office::says_demo(&common.office) == Some(false) => {
            let cause = "--today is for demo offices: elsewhere the day is the day";
            Err(Failure::Usage(Fault::new("--today", "today.not_demo", cause, "leave --today out")))
        }
        Some(today) => Ok(Clock::Fixed(today)),
        None => Ok(Clock::System),
    }
}

/// The ledger of an office.
fn open_ledger(office: &Office) -> Result<Ledger, Failure> {
    Ok(Ledger::open(&office.outbox())?)
}

/// This program's own file, which is also its rendering worker.
fn this_program() -> Result<PathBuf, Failure> {
    std::env::current_exe().map_err(Failure::from)
}

/// One line of words that a person gave, without blanks around it.
///
/// Errors: it is empty, longer than `most` characters or several lines.
fn one_line(text: &str, option: &str, most: usize) -> Result<String, Failure> {
    let text = text.trim();
    if is_plain_line(text, most) {
        return Ok(text.to_owned());
    }
    let cause = format!("it is empty, longer than {most} characters or not one line");
    Err(Failure::Usage(Fault::new(option, "words.line", cause, "write one short line")))
}
