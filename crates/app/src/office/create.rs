//! Enters: an empty folder and its keys. Leaves: the folder of an office, private to its account.
//! Never: overwrites a file other than a signing key, or writes a private key in clear outside a demo office.

use super::identity_key::identity_key;
use super::signing_key::{SIGNING_FORMER, SIGNING_LOCKED, SIGNING_OPEN, SIGNING_PUBLIC};
use super::{
    CONFIG_FILE, DEMO_KEYS, KEYS, OUTBOX, PLACES_FILE, POLICY, REVIEW_LOCKED, REVIEW_OPEN, REVIEW_PUBLIC,
};
use crate::intake::{Inbox, IntakeFolders};
use crate::new_file::write_new;
use age::secrecy::{ExposeSecret, SecretString};
use despatch_core::private::{make_folder, write_file};
use despatch_seal::keys::SecretKey;
use despatch_seal::lock::{WorkFactor, lock};
use despatch_seal::signing::SigningKey;
use std::fs;
use std::io;
use std::path::Path;

/// The contents of a new office.
#[derive(Debug)]
pub struct NewOffice<'a> {
    /// The text of `despatch.toml`.
    pub config: &'a str,
    /// The folder of the inbox with `claimed/` and `rejected/` beside it, as the settings have it; or in the office.
    pub intake: Option<&'a Path>,
    /// The text of the office's own `policy/places.toml`, if it has one.
    pub places: Option<&'a str>,
    pub review: &'a SecretKey,
    pub signing: &'a SigningKey,
    /// How its private keys are locked; `None` for a demo office, whose keys are in clear.
    pub locks: Option<KeyLocks<'a>>,
}

/// The passphrases of an office's private keys, and the work that trying one takes.
#[derive(Debug, Clone, Copy)]
pub struct KeyLocks<'a> {
    pub review: &'a SecretString,
    pub signing: &'a SecretString,
    pub work: WorkFactor,
}

/// Whether a folder is missing or empty.
pub fn is_free(dir: &Path) -> bool {
    fs::read_dir(dir).map_or(!dir.exists(), |mut entries| entries.next().is_none())
}

/// Creates the folder of an office.
///
/// # Errors
/// A file exists already or cannot be written.
pub fn create(root: &Path, new: &NewOffice<'_>) -> io::Result<()> {
    for folder in [OUTBOX, KEYS] {
        make_folder(&root.join(folder))?;
    }
    // Before anybody can drop anything, or lay a link in their place.
    Inbox::open(IntakeFolders::of(root, new.intake))?;
    let keys = root.join(KEYS);
    write_new(&keys.join(REVIEW_PUBLIC), format!("{}\n", new.review.to_public()).as_bytes())?;
    put_signing_key(root, new.signing, new.locks.map(|locks| (locks.signing, locks.work)))?;
    match new.locks {
        Some(KeyLocks { review, work, .. }) => {
            let locked =
                lock(new.review, review, work).map_err(|error| io::Error::other(error.to_string()))?;
            write_new(&keys.join(REVIEW_LOCKED), &locked)?;
        }
        None => demo_key(root, REVIEW_OPEN, new.review)?,
    }
    identity_key(&keys).map_err(|fault| io::Error::other(fault.to_string()))?;
    if let Some(places) = new.places {
        make_folder(&root.join(POLICY))?;
        write_new(&root.join(POLICY).join(PLACES_FILE), places.as_bytes())?;
    }
    // Last: a folder without its settings is no office yet.
    write_new(&root.join(CONFIG_FILE), new.config.as_bytes())
}

/// Writes a demo office's private key in clear, so that a newcomer can see what each recipient would.
///
/// # Errors
/// The file exists already or cannot be written.
pub fn demo_key(root: &Path, name: &str, key: &SecretKey) -> io::Result<()> {
    make_folder(&root.join(DEMO_KEYS))?;
    let text = key.to_identity_file().map_err(|refusal| io::Error::other(refusal.cause))?;
    write_new(&root.join(DEMO_KEYS).join(name), text.expose_secret().as_bytes())
}

/// Installs a signing key in an office: the private half locked or, in a demo office (without a passphrase), in clear.
/// An existing key becomes a former one, whose signatures remain valid.
///
/// # Errors
/// A file cannot be written.
pub fn put_signing_key(
    root: &Path,
    key: &SigningKey,
    lock: Option<(&SecretString, WorkFactor)>,
) -> io::Result<()> {
    let keys = root.join(KEYS);
    let failed = |why: String| io::Error::other(why);
    let (path, bytes) = match lock {
        Some((passphrase, work)) => (
            keys.join(SIGNING_LOCKED),
            key.lock(passphrase, work).map_err(|refusal| failed(refusal.to_string()))?,
        ),
        None => {
            make_folder(&root.join(DEMO_KEYS))?;
            let text = key.to_openssh().map_err(failed)?;
            (root.join(DEMO_KEYS).join(SIGNING_OPEN), text.expose_secret().as_bytes().to_vec())
        }
    };
    if let Ok(former) = fs::read_to_string(keys.join(SIGNING_PUBLIC)) {
        let known = fs::read_to_string(keys.join(SIGNING_FORMER)).unwrap_or_default();
        write_file(&keys.join(SIGNING_FORMER), format!("{known}{}\n", former.trim_end()).as_bytes())?;
    }
    write_file(&path, &bytes)?;
    // Last: the public half determines which private key is in use.
    write_file(&keys.join(SIGNING_PUBLIC), format!("{}\n", key.to_public()).as_bytes())
}
