//! Enters: words of the command line about the signing key. Leaves: typed arguments.
//! Never: does anything with them.

use crate::passphrases::SigningPassphrase;
use clap::Subcommand;

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
