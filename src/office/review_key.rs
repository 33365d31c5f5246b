//! Enters: the file of the private review key and a way to its passphrase. Leaves: the key.
//! Never: takes a passphrase from an argument or the environment, where other accounts could read it.

use crate::fault::Fault;
use crate::seal::keys::SecretKey;
use crate::seal::lock;
use age::secrecy::SecretString;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the passphrase comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unlock {
    /// Asked for at the terminal.
    Prompt,
    /// The first line of a file: a systemd credential, `/dev/stdin`, `/dev/fd/3`.
    File(PathBuf),
}

impl Unlock {
    /// The passphrase.
    ///
    /// Errors: there is no terminal, or the file cannot be read.
    pub fn passphrase(&self, ask: &str) -> Result<SecretString, Fault> {
        let read = match self {
            Unlock::Prompt => rpassword::prompt_password(ask),
            Unlock::File(path) => fs::read_to_string(path),
        };
        let text = read.map_err(|error| {
            let cure = "run it at a terminal, or use --passphrase-file";
            Fault::new("passphrase", "passphrase.unread", format!("it cannot be read: {error}"), cure)
        })?;
        let line = text.lines().next().unwrap_or_default().to_owned();
        Ok(SecretString::from(line))
    }
}

pub(super) fn read_open(path: &Path) -> Result<SecretKey, Fault> {
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error.to_string()))?;
    SecretKey::from_identity_file(&text).map_err(|error| unreadable(path, &error.to_string()))
}

pub(super) fn read_locked(path: &Path, unlock: &Unlock) -> Result<SecretKey, Fault> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error.to_string()))?;
    let passphrase = unlock.passphrase("Passphrase of the review key: ")?;
    lock::unlock(&bytes, &passphrase, lock::MAX_WORK_FACTOR)
        .map_err(|error| unreadable(path, &error.to_string()))
}

/// Whether the file is there and is locked with a passphrase.
pub(super) fn check_locked(path: &Path) -> Result<(), Fault> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error.to_string()))?;
    if lock::is_locked(&bytes) {
        Ok(())
    } else {
        Err(unreadable(path, "the file is not locked with a passphrase"))
    }
}

fn unreadable(path: &Path, why: &str) -> Fault {
    let cure = "check the passphrase; if the file is damaged, restore it from a backup";
    Fault::new(
        path.display().to_string(),
        "review_key",
        format!("the review key cannot be used: {why}"),
        cure,
    )
}
