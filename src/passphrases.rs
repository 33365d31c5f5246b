//! Enters: options that name a file, a systemd credential, or a person at the terminal. Leaves: the source of a
//! passphrase for an operation. Never: takes a passphrase from an argument or the environment, where other accounts
//! could read it.

use despatch_app::office::Unlock;
use despatch_core::fault::Fault;
use despatch_core::private::{credential, first_line, read_secret};
use std::io;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The name of the systemd credential that holds the review key's passphrase (systemd.exec(5), LoadCredential=).
const REVIEW_CREDENTIAL: &str = "despatch-review-passphrase";

/// Where the review key's passphrase comes from.
#[derive(Debug, clap::Args)]
pub struct ReviewPassphrase {
    /// Read the review key's passphrase from the first line of a file instead of asking
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

impl ReviewPassphrase {
    /// Reads the given file, else the systemd credential, else asks at the terminal.
    pub fn unlock(&self) -> Unlock {
        unlock(self.passphrase_file.clone().or_else(|| credential(REVIEW_CREDENTIAL)))
    }
}

/// Where the signing key's passphrase comes from.
#[derive(Debug, clap::Args)]
pub struct SigningPassphrase {
    /// Read the signing key's passphrase from the first line of a file (also /dev/fd/3) instead of asking
    #[arg(long, value_name = "FILE")]
    pub signing_passphrase_file: Option<PathBuf>,
}

impl SigningPassphrase {
    /// Reads the given file, else asks at the terminal.
    pub fn unlock(&self) -> Unlock {
        unlock(self.signing_passphrase_file.clone())
    }
}

/// Reads the first line of a file, else asks at the terminal.
pub fn unlock(file: Option<PathBuf>) -> Unlock {
    let unread = |error: io::Error| {
        let cure = "run it at a terminal, or use --passphrase-file";
        Fault::new("passphrase", "passphrase.unread", format!("it cannot be read: {error}"), cure)
    };
    match file {
        Some(path) => {
            Unlock::unattended(move || Ok(first_line(&read_secret(&path, unread)?).as_str().into()))
        }
        None => Unlock::asking(move |question| {
            Ok(Zeroizing::new(rpassword::prompt_password(question).map_err(unread)?).as_str().into())
        }),
    }
}
