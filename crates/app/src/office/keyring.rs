//! Enters: an office's folder, a fingerprint, a source of passphrases. Leaves: the review key with that fingerprint,
//! current or old; a new review key in place of the old one.
//! Never: removes a key: what is sealed to it must remain readable for as long as it is retained.
//!
//! **The order of writes when a key is rotated.** First the old key is copied to `old/` under its fingerprint, where it
//! is found from then on; then the new private key is written in its place; then the ledger records the rotation; last,
//! one rename replaces the public key, and new messages are sealed to the new key. An interruption at any point leaves
//! an office that seals to the old key and can open everything; the rotation is then started again.

use super::{
    DEMO_KEYS, KEYS, LockedKey, Office, REVIEW_LOCKED, REVIEW_OPEN, REVIEW_PUBLIC, Unlock, names_in,
    review_key,
};
use age::secrecy::ExposeSecret;
use despatch_core::fault::Fault;
use despatch_core::private::{make_folder, write_file};
use despatch_seal::keys::{PublicKey, SecretKey};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder for old keys, which are kept for reading.
const OLD: &str = "old";

/// The file of the private review key with this fingerprint, judged by file names alone.
pub(super) fn private_file(root: &Path, demo: bool, current: &PublicKey, fingerprint: &str) -> PathBuf {
    let (folder, ending, in_use) = private_names(demo);
    let kept = root.join(folder).join(OLD).join(format!("{fingerprint}.{ending}"));
    if !kept.exists() && current.fingerprint() == fingerprint { root.join(folder).join(in_use) } else { kept }
}

/// The folder of the private keys, the ending of those that are kept, and the name of the one in use.
fn private_names(demo: bool) -> (&'static str, &'static str, &'static str) {
    if demo { (DEMO_KEYS, "key", REVIEW_OPEN) } else { (KEYS, "key.age", REVIEW_LOCKED) }
}

impl Office {
    /// The keys to which everything is sealed that the office itself must be able to read: the review key and the
    /// recovery key, if there is one.
    pub fn review_copies(&self) -> Vec<&PublicKey> {
        std::iter::once(&self.review_key).chain(&self.config.recovery).collect()
    }

    /// Returns the private review key with this fingerprint, unlocked with `unlock`; a demo office's keys are in clear.
    ///
    /// # Errors
    /// The office has no such key, or the passphrase is wrong.
    pub fn review_secret_of(&self, fingerprint: &str, unlock: &Unlock) -> Result<SecretKey, Fault> {
        let path = private_file(&self.root, self.config.demo, &self.review_key, fingerprint);
        let secret = if self.config.demo {
            review_key::read_open(&path)?
        } else {
            review_key::read_locked(&path, unlock, fingerprint)?
        };
        if secret.to_public().fingerprint() == fingerprint {
            return Ok(secret);
        }
        let cause = format!("the key in it is not {fingerprint}");
        let cure = "restore keys/ from a backup";
        Err(Fault::new(path.display().to_string(), "review_key", cause, cure))
    }

    /// The fingerprints of the old review keys, in order.
    pub fn old_review_keys(&self) -> Vec<String> {
        let names = names_in(&self.root.join(KEYS).join(OLD));
        let mut found: Vec<String> =
            names.filter_map(|name| Some(name.strip_suffix(".pub")?.to_owned())).collect();
        found.retain(|fingerprint| *fingerprint != self.review_key.fingerprint());
        found.sort();
        found
    }

    /// Makes a review key: locked with a new passphrase from `new`, in a demo office in clear.
    ///
    /// # Errors
    /// The passphrase cannot be obtained, is too short, or is the signing key's.
    pub fn new_review_key(&self, new: &Unlock) -> Result<LockedKey, Fault> {
        if self.config.demo {
            let secret = SecretKey::generate();
            let text = secret
                .to_identity_file()
                .map_err(|why| Fault::new(KEYS, "keys.lock", why.cause, why.cure))?;
            let (public, locked) = (secret.to_public(), text.expose_secret().as_bytes().to_vec());
            return Ok(LockedKey { public, locked });
        }
        new.new_key("A new passphrase for the review key: ", &self.locked_signing_key())
    }

    /// Moves the old private key aside for reading and writes the new one in its place; nothing is sealed to it yet.
    ///
    /// # Errors
    /// A file cannot be read or written.
    pub fn put_review_key(&self, new: &LockedKey) -> Result<(), Fault> {
        let old = self.review_key.fingerprint();
        let private = private_file(&self.root, self.config.demo, &self.review_key, &old);
        let (folder, ending, in_use) = private_names(self.config.demo);
        let folder = self.root.join(folder);
        let lay = || -> io::Result<()> {
            let kept = self.root.join(KEYS).join(OLD);
            make_folder(&kept)?;
            make_folder(&folder.join(OLD))?;
            write_file(&kept.join(format!("{old}.pub")), format!("{}\n", self.review_key).as_bytes())?;
            let aside = folder.join(OLD).join(format!("{old}.{ending}"));
            if private != aside {
                write_file(&aside, &zeroize::Zeroizing::new(fs::read(&private)?))?;
            }
            write_file(&folder.join(in_use), &new.locked)
        };
        lay().map_err(|error| unwritten(&error))
    }

    /// Seals what the office must be able to read to this key from now on.
    ///
    /// # Errors
    /// The public key cannot be written.
    pub fn use_review_key(&mut self, new: PublicKey) -> Result<(), Fault> {
        write_file(&self.root.join(KEYS).join(REVIEW_PUBLIC), format!("{new}\n").as_bytes())
            .map_err(|error| unwritten(&error))?;
        self.review_key = new;
        Ok(())
    }
}

fn unwritten(error: &io::Error) -> Fault {
    let cause = format!("the keys cannot be written: {error}");
    Fault::new(KEYS, "keys.write", cause, "see to the disk, then give the command again")
}
