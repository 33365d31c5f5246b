//! Enters: the fingerprint of a review key. Leaves: the key, unlocked once for a whole operation.
//! Never: keeps a key beyond the operation, or tries a passphrase on a key that is not needed.

use crate::office::{Office, Unlock};
use despatch_core::fault::Fault;
use despatch_seal::keys::SecretKey;
use std::collections::BTreeMap;

/// The sources of the passphrases of the review key and of the signing key.
pub struct Unlocks<'a> {
    pub review: &'a Unlock,
    pub signing: &'a Unlock,
}

/// The private review keys unlocked so far by an operation.
pub struct ReviewKeys<'a> {
    office: &'a Office,
    unlock: &'a Unlock,
    unlocked: BTreeMap<String, SecretKey>,
}

impl<'a> ReviewKeys<'a> {
    pub fn new(office: &'a Office, unlock: &'a Unlock) -> Self {
        Self { office, unlock, unlocked: BTreeMap::new() }
    }

    /// Returns the review key with this fingerprint; the passphrase of each key is requested once.
    ///
    /// # Errors
    /// The office has no such key, or the passphrase is wrong.
    pub fn key(&mut self, fingerprint: &str) -> Result<&SecretKey, Fault> {
        let secret = match self.unlocked.remove(fingerprint) {
            Some(secret) => secret,
            None => self.office.review_secret_of(fingerprint, self.unlock)?,
        };
        Ok(self.unlocked.entry(fingerprint.to_owned()).or_insert(secret))
    }
}
