//! Enters: an empty folder and a review key. Leaves: the folder of an office, private to its account.
//! Never: overwrites anything, or leaves a private key open outside a demo office.

use super::identity_key::identity_key;
use super::{
    CONFIG_FILE, DEMO_KEYS, INBOX, KEYS, OUTBOX, PLACES_FILE, POLICY, REVIEW_LOCKED, REVIEW_OPEN,
    REVIEW_PUBLIC,
};
use crate::seal::keys::SecretKey;
use crate::seal::lock::lock;
use age::secrecy::{ExposeSecret, SecretString};
use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// What a new office starts with.
#[derive(Debug)]
pub struct Founding<'a> {
    /// The text of `despatch.toml`.
    pub config: &'a str,
    /// The text of the office's own `policy/places.toml`, if it has one.
    pub places: Option<&'a str>,
    pub review: &'a SecretKey,
    /// The review key's passphrase; `None` for a demo office, whose key lies open.
    pub passphrase: Option<&'a SecretString>,
}

/// Makes the folder of an office.
///
/// Errors: something is there already, or the disk refuses.
pub fn found(root: &Path, founding: &Founding<'_>) -> io::Result<()> {
    for folder in [INBOX, OUTBOX, KEYS] {
        private_folder(&root.join(folder))?;
    }
    let keys = root.join(KEYS);
    private_file(&keys.join(REVIEW_PUBLIC), format!("{}\n", founding.review.to_public()).as_bytes())?;
    match founding.passphrase {
        Some(passphrase) => {
            let locked =
                lock(founding.review, passphrase).map_err(|error| io::Error::other(error.to_string()))?;
            private_file(&keys.join(REVIEW_LOCKED), &locked)?;
        }
        None => demo_key(root, REVIEW_OPEN, founding.review)?,
    }
    identity_key(&keys).map_err(|fault| io::Error::other(fault.to_string()))?;
    if let Some(places) = founding.places {
        private_folder(&root.join(POLICY))?;
        private_file(&root.join(POLICY).join(PLACES_FILE), places.as_bytes())?;
    }
    // Last: a folder without its settings is no office yet.
    private_file(&root.join(CONFIG_FILE), founding.config.as_bytes())
}

/// Lays a demo office's private key open, so that a newcomer can see what each recipient would.
///
/// Errors: the file is there already, or the disk refuses.
pub fn demo_key(root: &Path, name: &str, key: &SecretKey) -> io::Result<()> {
    private_folder(&root.join(DEMO_KEYS))?;
    private_file(&root.join(DEMO_KEYS).join(name), key.to_identity_file().expose_secret().as_bytes())
}

fn private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn private_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
