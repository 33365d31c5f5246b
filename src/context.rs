//! Enters: what every command understands. Leaves: the office that a command works in, who gives it, and how it prints;
//! and how it ended. Never: decides anything.

use crate::printing::Print;
use chrono::NaiveDate;
use despatch_app::office::Office;
use despatch_app::operations::{Actor, Failure, OpenOffice};
use despatch_core::clock::Clock;
use despatch_core::words::{KindName, Role, StaffId};
use std::path::PathBuf;

/// How a command ended. The numbers are a promise to scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    /// Something in the case or the office is at fault.
    AtFault = 1,
    /// The command's own words are wrong; clap ends with the same number.
    Usage = 2,
    TryAgain = 3,
    Internal = 255,
}

/// What every command understands.
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

/// A day as people type it.
///
/// # Errors
/// It is none.
pub fn date(text: &str) -> Result<NaiveDate, &'static str> {
    text.parse().map_err(|_| "write a date such as 2026-11-23")
}

/// A role as people type it.
///
/// # Errors
/// There is none of this code.
pub fn role(text: &str) -> Result<Role, String> {
    let known = Role::ALL.into_iter().find(|role| role.code() == text);
    known.ok_or_else(|| format!("use one of: {}", Role::ALL.map(Role::code).join(", ")))
}

/// The name of a kind of letters as people type it.
///
/// # Errors
/// It cannot be one.
pub fn kind(text: &str) -> Result<KindName, String> {
    text.parse().map_err(|_| format!("write the name of a kind: {}", KindName::PATTERN))
}

/// Where a command works, and how it prints.
pub struct CommandContext {
    pub global: GlobalArgs,
    pub print: Print,
}

impl CommandContext {
    /// The office, opened whole, and who gives the command.
    ///
    /// # Errors
    /// Everything that is wrong with the office.
    pub fn open(&self) -> Result<(OpenOffice, Actor), Failure> {
        let open = OpenOffice::open(&self.global.office, self.clock()?, this_program()?)?;
        let actor = Actor::of_process(&open.office, self.global.actor.as_ref());
        Ok((open, actor))
    }

    /// The clock of a command: the machine's, or in a demo office the day that `--today` gives.
    ///
    /// # Errors
    /// `--today` stands in another office.
    pub fn clock(&self) -> Result<Clock, Failure> {
        match self.global.today {
            // Settings that cannot be read do not get far, on whatever day.
            Some(_) if Office::says_demo(&self.global.office) == Some(false) => {
                let cause = "--today is for demo offices: elsewhere the day is the day";
                Err(Failure::request("today", "today.not_demo", cause, "leave --today out"))
            }
            Some(today) => Ok(Clock::Fixed(today)),
            None => Ok(Clock::System),
        }
    }
}

/// This program's own file, which is also its rendering worker.
///
/// # Errors
/// The system does not tell.
pub fn this_program() -> Result<PathBuf, Failure> {
    Ok(std::env::current_exe()?)
}
