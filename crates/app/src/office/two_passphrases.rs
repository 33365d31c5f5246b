//! Enters: new passphrases of the review key and of the signing key. Leaves: them, if they are two.
//! Never: compares a passphrase with anything but the other one or the other key's file.

use super::review_key::{Unlock, same};
use super::signing_key::SIGNING_LOCKED;
use super::{KEYS, Office, REVIEW_LOCKED};
use age::secrecy::{ExposeSecret, SecretString};
use despatch_core::fault::Fault;
use despatch_seal::lock::{self, MAX_WORK_FACTOR};
use std::fs;
use zeroize::Zeroizing;

/// Returns the passphrases of a new office's review key and signing key.
///
/// # Errors
/// One cannot be obtained or is too short, or they are the same.
pub fn new_passphrases(review: &Unlock, signing: &Unlock) -> Result<(SecretString, SecretString), Fault> {
    let review = review.new_passphrase("A new passphrase for the review key: ")?;
    let signing =
        signing.new_passphrase("Another new passphrase, for the signing key: ").map_err(|fault| {
            let cure = "run it at a terminal, or use --signing-passphrase-file".to_owned();
            if fault.code == "passphrase.unread" { Fault { cure, ..fault } } else { fault }
        })?;
    if plain(&review) == plain(&signing) { Err(same()) } else { Ok((review, signing)) }
}

impl Office {
    /// Checks that a new passphrase of the signing key is not the review key's.
    ///
    /// # Errors
    /// It is.
    pub fn check_signing_passphrase(&self, new: &SecretString) -> Result<(), Fault> {
        let locked = fs::read(self.root.join(KEYS).join(REVIEW_LOCKED)).unwrap_or_default();
        if lock::unlock(&locked, new, MAX_WORK_FACTOR).is_ok() { Err(same()) } else { Ok(()) }
    }

    /// The file of the signing key, locked; empty if there is none.
    pub(super) fn locked_signing_key(&self) -> Vec<u8> {
        fs::read(self.root.join(KEYS).join(SIGNING_LOCKED)).unwrap_or_default()
    }
}

/// Returns the letters and digits of a passphrase, in lower case: two that differ in nothing else are one.
fn plain(passphrase: &SecretString) -> Zeroizing<String> {
    let letters = passphrase.expose_secret().chars().filter(|c| c.is_alphanumeric());
    Zeroizing::new(letters.flat_map(char::to_lowercase).collect())
}
