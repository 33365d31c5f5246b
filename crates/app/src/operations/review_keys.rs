//! Enters: the fingerprint of a review key. Leaves: the key, unlocked once for a whole operation.
//! Never: keeps a key longer than the operation, or tries a passphrase on a key that does not open what is wanted.

use crate::office::{Office, Unlock};
use despatch_core::fault::Fault;
use despatch_seal::keys::SecretKey;
use std::collections::BTreeMap;

/// The private review keys that an operation has unlocked so far.
pub struct ReviewKeys<'a> {
    office: &'a Office,
    unlock: &'a Unlock,
    unlocked: BTreeMap<String, SecretKey>,
}

impl<'a> ReviewKeys<'a> {
    pub fn new(office: &'a Office, unlock: &'a Unlock) -> Self {
        Self { office, unlock, unlocked: BTreeMap::new() }
    }

    /// The office whose keys they are.
    pub fn office(&self) -> &'a Office {
        self.office
    }

    /// The review key of this fingerprint; the passphrase of each key is asked for once.
    ///
    /// # Errors
    /// The office has no such key, or the passphrase is not its.
    pub fn key(&mut self, fingerprint: &str) -> Result<&SecretKey, Fault> {
        let secret = match self.unlocked.remove(fingerprint) {
            Some(secret) => secret,
            None => self.office.review_secret_of(fingerprint, self.unlock)?,
        };
        Ok(self.unlocked.entry(fingerprint.to_owned()).or_insert(secret))
    }
}
