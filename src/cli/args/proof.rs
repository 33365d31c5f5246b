//! Enters: words of the command line about keys, the record and incidents. Leaves: typed arguments.
//! Never: does anything with them.

use super::Passphrase;
use chrono::{DateTime, Utc};
use clap::Subcommand;
use despatch_core::words::{CaseId, EntryId};
use despatch_ledger::IncidentId;
use std::path::PathBuf;

/// Where the signing key's passphrase comes from.
#[derive(Debug, clap::Args)]
pub struct SigningPassphrase {
    /// Read the signing key's passphrase from the first line of a file (also /dev/fd/3) instead of asking
    #[arg(long, value_name = "FILE")]
    pub signing_passphrase_file: Option<PathBuf>,
}

/// Name nobody in any text: it stays in the record, in clear, for good.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Incident {
    #[command(subcommand)]
    pub command: Option<IncidentCommand>,
    #[command(flatten)]
    pub opening: Opening,
}

#[derive(Debug, clap::Args)]
pub struct Opening {
    /// The despatch that went wrong, such as 17-3, or its case if nothing else of it has gone; with --entry, the case
    /// will do
    #[arg(value_name = "CASE|DESPATCH")]
    pub subject: Option<String>,
    /// What happened, without a name or anything else about the person; it stays on record
    #[arg(long, value_name = "TEXT")]
    pub what: Option<String>,
    /// The entry that is frozen, where that is not the despatch's own: a mailbox that somebody else answered from
    #[arg(long, value_name = "ENTRY")]
    pub entry: Option<EntryId>,
    /// When the office became aware of it, such as 2026-11-23T14:30:00Z (default: now); the 72 hours run from then
    #[arg(long, value_name = "TIME")]
    pub aware: Option<DateTime<Utc>>,
}

#[derive(Debug, Subcommand)]
pub enum IncidentCommand {
    /// Every incident, and what is frozen
    List,
    /// One incident, with everything that was done
    Show {
        /// Its number
        number: IncidentId,
    },
    /// Make the letter that asks for confirmed deletion, to be sent by hand
    Letter {
        /// Its number
        number: IncidentId,
        /// Where to put it (default: a private folder in memory)
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
    },
    /// Record that it was reported to the Information Commissioner, or why it need not be
    Reported(IncidentAct),
    /// Record that the recipient confirmed the deletion
    Deleted(IncidentAct),
    /// Close it (for reviewers)
    Close(IncidentAct),
    /// Let an entry be written to again: one person asks, a second one confirms
    Unfreeze {
        /// The entry of the directory
        entry: EntryId,
        /// Why; it stays on record
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, clap::Args)]
pub struct IncidentAct {
    /// The incident's number
    pub number: IncidentId,
    /// What was done, without a name or anything else about the person; it stays on record
    #[arg(long)]
    pub text: String,
}

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Everything on record of one case, unsealed: for a subject access request, a disclosure or a tribunal
    Export(Export),
    /// Find every row and file that was edited, removed, put elsewhere or cut off
    Verify(VerifyAudit),
    /// Sign how far the record has come, so that a cut or a record that was written anew shows
    Checkpoint(Checkpointing),
}

#[derive(Debug, clap::Args)]
pub struct VerifyAudit {
    /// A copy of outbox/checkpoints that was kept elsewhere
    #[arg(long, value_name = "FILE")]
    pub checkpoints: Option<PathBuf>,
    /// Whose signatures count (default: the office's own signing key, and those before it)
    #[arg(long, value_name = "ALLOWED_SIGNERS")]
    pub signer: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct Checkpointing {
    #[command(flatten)]
    pub signing: SigningPassphrase,
}

#[derive(Debug, Subcommand)]
pub enum KeysSigning {
    /// Make one, for an office that has none
    Make(MakeSigning),
    /// Show its fingerprint, and the line by which recipients check what this office sends
    Show,
}

#[derive(Debug, clap::Args)]
pub struct MakeSigning {
    /// In place of the one that is there: its private half is lost, or somebody has seen it
    #[arg(long)]
    pub replace: bool,
    #[command(flatten)]
    pub unlock: SigningPassphrase,
}

#[derive(Debug, clap::Args)]
pub struct Export {
    /// A case, such as DEMO-0901
    #[arg(value_name = "CASE")]
    pub case: CaseId,
    /// For what; it stays on record
    #[arg(long)]
    pub reason: String,
    /// Where to put it (default: a private folder in memory)
    #[arg(long, value_name = "DIR")]
    pub to: Option<PathBuf>,
    #[command(flatten)]
    pub unlock: Passphrase,
    #[command(flatten)]
    pub signing: SigningPassphrase,
}
