//! Enters: the global options. Leaves: the office that a command works in, its actor, its printer and its exit code.
//! Never: decides anything.

use crate::printing::Print;
use chrono::NaiveDate;
use despatch_app::office::Office;
use despatch_app::operations::{Actor, Failure, OpenOffice};
use despatch_core::clock::Clock;
use despatch_core::words::{KindName, Role, StaffId};
use despatch_process::case::EventName;
use std::path::PathBuf;

/// How a command ended. Scripts rely on the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    /// Something in the case or the office is at fault.
    AtFault = 1,
    /// The command line is wrong; clap exits with the same number.
    Usage = 2,
    TryAgain = 3,
    Internal = 255,
}

/// Those of [`GlobalArgs`] that name something.
pub const NAMING: [&str; 3] = ["--office", "--as", "--today"];

/// The options that every command accepts.
#[derive(Debug, Clone, clap::Args)]
pub struct GlobalArgs {
    /// The office's folder
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    pub office: PathBuf,
    /// Results as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Who gives the command (demo offices only)
    #[arg(long = "as", global = true, value_name = "STAFF")]
    pub actor: Option<StaffId>,
    /// The day to take for today (demo offices only)
    #[arg(long, global = true, value_name = "DATE", value_parser = date)]
    pub today: Option<NaiveDate>,
}

/// Parses a date given on the command line.
///
/// # Errors
/// The text is not a date.
pub fn date(text: &str) -> Result<NaiveDate, &'static str> {
    text.parse().map_err(|_| "write a date such as 2026-11-23")
}

/// Parses a role given on the command line.
///
/// # Errors
/// No role has this code.
pub fn role(text: &str) -> Result<Role, String> {
    let known = Role::ALL.into_iter().find(|role| role.code() == text);
    known.ok_or_else(|| format!("use one of: {}", Role::ALL.map(Role::code).join(", ")))
}

/// Parses the name of an event given on the command line.
///
/// # Errors
/// There is no such event.
pub fn event(text: &str) -> Result<EventName, &'static str> {
    let word = text.replace('-', "_");
    let named = EventName::WORDS.iter().find(|(name, _)| *name == word);
    named.map(|(_, event)| *event).ok_or("there is no such event: `despatch new` lists them")
}

/// Parses the name of a kind of letter given on the command line.
///
/// # Errors
/// The text cannot be the name of a kind.
pub fn kind(text: &str) -> Result<KindName, String> {
    text.parse().map_err(|_| format!("write the name of a kind: {}", KindName::PATTERN))
}

/// The global options of a command, and its printer.
pub struct CommandContext {
    pub global: GlobalArgs,
    pub print: Print,
}

impl CommandContext {
    /// Opens the whole office, and identifies the actor; the printer is what both are told with.
    ///
    /// # Errors
    /// The office is not in order; every fault found is returned.
    pub fn open(&self) -> Result<(OpenOffice, Actor, Print), Failure> {
        let open = OpenOffice::open(&self.global.office, self.clock()?, this_program()?)?;
        let actor = Actor::of_process(&open.office, self.global.actor.as_ref());
        Ok((open, actor, self.print))
    }

    /// Returns the clock of a command: the machine's, or in a demo office the day given by `--today`.
    ///
    /// # Errors
    /// `--today` is given for an office that is not a demo office.
    pub fn clock(&self) -> Result<Clock, Failure> {
        match self.global.today {
            // Unreadable settings pass here: opening the office refuses them, whatever the day.
            Some(_) if Office::says_demo(&self.global.office) == Some(false) => {
                let cause = "--today is for demo offices only";
                Err(Failure::request("today", "today.not_demo", cause, "leave --today out"))
            }
            Some(today) => Ok(Clock::Fixed(today)),
            None => Ok(Clock::System),
        }
    }
}

/// Returns the path of this executable, which is also the rendering worker.
///
/// # Errors
/// The system cannot report the path.
pub fn this_program() -> Result<PathBuf, Failure> {
    Ok(std::env::current_exe()?)
}
