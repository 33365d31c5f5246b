//! Enters: options that name the file of a passphrase. Leaves: where it comes from. Never: takes a passphrase from an
//! argument or the environment, where other accounts could read it.

use crate::caller::{CallerPath, PassphraseSource};
use serde::{Deserialize, Serialize};

/// Where the review key's passphrase comes from.
#[derive(Debug, Default, clap::Args, Serialize, Deserialize)]
pub struct ReviewPassphrase {
    /// Read the review key's passphrase from the first line of a file instead of asking
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<CallerPath>,
}

impl ReviewPassphrase {
    /// The given file, else the systemd credential, else the person.
    pub fn source(self) -> PassphraseSource {
        PassphraseSource { file: self.passphrase_file, review: true }
    }
}

/// Where the signing key's passphrase comes from.
#[derive(Debug, Default, clap::Args, Serialize, Deserialize)]
pub struct SigningPassphrase {
    /// Read the signing key's passphrase from the first line of a file (also /dev/fd/3) instead of asking
    #[arg(long, value_name = "FILE")]
    signing_passphrase_file: Option<CallerPath>,
}

impl SigningPassphrase {
    /// The given file, else the person.
    pub fn source(self) -> PassphraseSource {
        PassphraseSource { file: self.signing_passphrase_file, review: false }
    }
}
