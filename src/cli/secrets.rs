//! Enters: the fingerprint of a review key. Leaves: the key, unlocked once for a whole command.
//! Never: keeps a key longer than the command, or tries a passphrase on a key that does not open what is wanted.

use despatch_app::office::{Office, Unlock};
use despatch_core::fault::Fault;
use despatch_seal::keys::SecretKey;
use std::collections::BTreeMap;

/// The private review keys that a command has unlocked so far.
pub(super) struct Secrets<'a> {
    office: &'a Office,
    unlock: Unlock,
    held: BTreeMap<String, SecretKey>,
}

impl<'a> Secrets<'a> {
    pub(super) fn new(office: &'a Office, unlock: Unlock) -> Self {
        Self { office, unlock, held: BTreeMap::new() }
    }

    /// The office whose keys they are.
    pub(super) fn office(&self) -> &'a Office {
        self.office
    }

    /// The review key of this fingerprint; a terminal is asked for the passphrase of each key once.
    ///
    /// Errors: the office has no such key, or the passphrase is not its.
    pub(super) fn key(&mut self, fingerprint: &str) -> Result<&SecretKey, Fault> {
        let secret = match self.held.remove(fingerprint) {
            Some(secret) => secret,
            None => self.office.review_secret_of(fingerprint, &self.unlock)?,
        };
        Ok(self.held.entry(fingerprint.to_owned()).or_insert(secret))
    }
}
