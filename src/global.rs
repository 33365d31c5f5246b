//! Enters: the options that every command has. Leaves: them as values, and how a command ended.
//! Never: opens anything.

use chrono::{DateTime, NaiveDate, Utc};
use despatch_core::typed;
use despatch_core::words::StaffId;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How a command ended. Scripts rely on the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

/// Parses a moment given on the command line.
///
/// # Errors
/// The text is not one.
pub fn moment(text: &str) -> Result<DateTime<Utc>, &'static str> {
    typed::moment(text).ok_or("write a date and a time, such as 23/11/2026 2.30pm or 2026-11-23T14:30:00Z")
}

/// Parses a date given on the command line.
///
/// # Errors
/// The text is not a date.
pub fn date(text: &str) -> Result<NaiveDate, &'static str> {
    typed::date(text, None).ok_or("write a date such as 12/10/2026, 12 October 2026 or 2026-10-12")
}
