//! Enters: words of the command line about keys, the record and incidents. Leaves: typed arguments.
//! Never: does anything with them.

use clap::Subcommand;
use std::path::PathBuf;

/// Where the signing key's passphrase comes from.
#[derive(Debug, clap::Args)]
pub struct SigningPassphrase {
    /// Read the signing key's passphrase from the first line of a file (also /dev/fd/3) instead of asking
    #[arg(long, value_name = "FILE")]
    pub signing_passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Audit {
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
pub enum Keys {
    /// The key that proves what comes from this office
    #[command(subcommand)]
    Signing(KeysSigning),
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
