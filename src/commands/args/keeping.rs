//! Enters: words of the command line about keys, backups and what is kept. Leaves: typed arguments.
//! Never: does anything with them.

use super::KeysSigning;
use crate::passphrases::ReviewPassphrase;
use clap::Subcommand;
use despatch_core::words::CaseId;
use despatch_ledger::DespatchId;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Every key of the office, since when, and whether it is in use
    List,
    /// The key that proves what comes from this office
    #[command(subcommand)]
    Signing(KeysSigning),
    /// Make a new review key; the old one is kept for reading
    RotateReview(RotateReview),
    /// Try whether the recovery key opens what the office keeps
    Drill(Drill),
}

#[derive(Debug, clap::Args)]
pub struct RotateReview {
    /// Why; it stays on record
    #[arg(long)]
    pub reason: String,
    #[command(flatten)]
    pub unlock: ReviewPassphrase,
    /// Read the new key's passphrase from the first line of a file instead of asking
    #[arg(long, value_name = "FILE")]
    pub new_passphrase_file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct Drill {
    /// The recovery key, as age-keygen made it, or locked with a passphrase
    #[arg(long, value_name = "FILE")]
    pub recovery_key: PathBuf,
    #[command(flatten)]
    pub unlock: ReviewPassphrase,
}

/// Write a sealed copy of the office, also while it is at work
#[derive(Debug, clap::Args)]
pub struct Backup {
    /// The file to write, outside the office
    #[arg(long, value_name = "FILE.tar.age")]
    pub to: PathBuf,
}

/// Make an office again from a backup
#[derive(Debug, clap::Args)]
pub struct Restore {
    /// The backup
    #[arg(value_name = "FILE.tar.age")]
    pub file: PathBuf,
    /// The folder to make: a new one, or an empty one
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// The recovery key or a review key, as age-keygen made it, or locked with a passphrase
    #[arg(long, value_name = "KEY")]
    pub identity: PathBuf,
    #[command(flatten)]
    pub unlock: ReviewPassphrase,
}

/// Settle what a restored office may have sent since its backup
#[derive(Debug, clap::Args)]
pub struct Reconcile {
    /// Despatches that were sent after the backup was made
    #[arg(long, value_name = "ID", num_args = 1..)]
    pub sent: Vec<DespatchId>,
    /// Despatches that were not
    #[arg(long, value_name = "ID", num_args = 1.., conflicts_with = "all_not_sent")]
    pub not_sent: Vec<DespatchId>,
    /// All that are not named under --sent were not sent
    #[arg(long)]
    pub all_not_sent: bool,
    /// How you found out; it stays on record
    #[arg(long)]
    pub reason: Option<String>,
}

/// Say what has outlived its period, and remove it
#[derive(Debug, clap::Args)]
pub struct Purge {
    /// Remove what would otherwise only be listed
    #[arg(long = "do")]
    pub really: bool,
}

#[derive(Debug, Subcommand)]
pub enum Litigation {
    /// Put a case on hold: nothing of it is purged or erased
    Hold {
        /// A case, such as DEMO-0901
        case: CaseId,
        /// Why; it stays on record
        #[arg(long)]
        reason: String,
    },
    /// Lift a hold that somebody else set
    Lift {
        /// A case, such as DEMO-0901
        case: CaseId,
        /// Why; it stays on record
        #[arg(long)]
        reason: String,
    },
    /// Every case on hold
    List,
}

/// Remove every sealed byte of a case: one person asks, a second one confirms
#[derive(Debug, clap::Args)]
pub struct Erase {
    /// A case, such as DEMO-0901
    pub case: CaseId,
    /// To ask for it: why; it stays on record
    #[arg(long, conflicts_with = "confirm")]
    pub reason: Option<String>,
    /// To confirm what somebody else has asked for
    #[arg(long)]
    pub confirm: bool,
}
