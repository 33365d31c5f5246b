//! Enters: the files of the signing key, or a systemd credential, and a way to a passphrase. Leaves: the key, and whose
//! signatures count. Never: takes a key or a passphrase from an argument or an environment variable: of systemd's
//! variable it reads the folder's path alone.

use super::review_key::Unlock;
use super::{DEMO_KEYS, KEYS, Office};
use age::secrecy::{ExposeSecret, SecretString};
use despatch_core::fault::Fault;
use despatch_core::private::credential;
use despatch_seal::signing::{Signer, SigningKey, VerifyingKey};
use std::fs;
use std::io;
use std::path::Path;

/// The public half of the signing key.
pub(super) const SIGNING_PUBLIC: &str = "signing.pub";
/// The public halves of earlier signing keys, one a line: what they signed still counts.
pub(super) const SIGNING_FORMER: &str = "signing-former.pub";
/// The private half, locked with a passphrase.
pub(super) const SIGNING_LOCKED: &str = "signing.key.age";
/// The private half of a demo office, open.
pub(super) const SIGNING_OPEN: &str = "signing.key";
/// The name of the systemd credential that holds the private half, as systemd has decrypted it.
const CREDENTIAL: &str = "despatch-signing-key";

impl Office {
    /// The public signing key.
    ///
    /// # Errors
    /// The office has none: it was made before lists were signed.
    pub fn signing_public(&self) -> Result<&VerifyingKey, Fault> {
        self.signing_key.as_ref().ok_or_else(missing)
    }

    /// Everybody whose signature is the office's own.
    pub fn signers(&self) -> Vec<Signer> {
        self.signing_key.iter().chain(&self.former_signing_keys).cloned().map(Signer::from).collect()
    }

    /// The name by which a file of allowed signers knows the office.
    pub fn signing_name(&self) -> String {
        format!("despatch@{}", self.config.mail_domain)
    }

    /// The private signing key: of a demo office it lies open; elsewhere it is locked, and opened by `unlock`, or by
    /// systemd where `unlock` would have to ask.
    ///
    /// # Errors
    /// The office has none, it is not the one whose public half the office has, or the passphrase is wrong.
    pub fn signing_secret(&self, unlock: &Unlock) -> Result<SigningKey, Fault> {
        let public = self.signing_public()?;
        let credential = credential(CREDENTIAL);
        let (at, key) = match credential {
            _ if self.config.demo => {
                let path = self.root.join(DEMO_KEYS).join(SIGNING_OPEN);
                (path.clone(), read_open(&path)?)
            }
            Some(path) if unlock.asks_somebody() => (path.clone(), read_open(&path)?),
            _ => {
                let path = self.root.join(KEYS).join(SIGNING_LOCKED);
                (path.clone(), read_locked(&path, unlock)?)
            }
        };
        if key.to_public() == *public { Ok(key) } else { Err(other(&at)) }
    }

    /// The private signing key where it can be had without asking anybody.
    ///
    /// # Errors
    /// As for [`Office::signing_secret`].
    pub fn signing_secret_unasked(&self, given: Option<&Unlock>) -> Result<Option<SigningKey>, Fault> {
        if self.signing_key.is_none() {
            return Ok(None);
        }
        // It is not asked: a demo office's key and one that systemd gave lie open.
        let nobody = Unlock::asking(|_| Err(missing()));
        match given {
            Some(unlock) => self.signing_secret(unlock).map(Some),
            None if self.config.demo || credential(CREDENTIAL).is_some() => {
                self.signing_secret(&nobody).map(Some)
            }
            None => Ok(None),
        }
    }
}

/// The fault of an office without a signing key.
pub(super) fn missing() -> Fault {
    let cause = "the office has no signing key, so nobody could prove that a despatch is its own";
    let cure = "make one with `despatch keys signing make`";
    Fault::new(format!("{KEYS}/{SIGNING_PUBLIC}"), "signing.missing", cause, cure)
}

/// Reads the office's public signing key; `None` where there is no file.
pub(super) fn read_public(root: &Path) -> Result<Option<VerifyingKey>, Fault> {
    Ok(read_keys(root, SIGNING_PUBLIC)?.into_iter().next())
}

/// Reads the public halves of earlier signing keys.
pub(super) fn read_former(root: &Path) -> Result<Vec<VerifyingKey>, Fault> {
    read_keys(root, SIGNING_FORMER)
}

fn read_keys(root: &Path, name: &str) -> Result<Vec<VerifyingKey>, Fault> {
    let at = format!("{KEYS}/{name}");
    let cure = "restore the file from a backup";
    let text = match fs::read_to_string(root.join(&at)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(Fault::new(at, "signing.unread", format!("it cannot be read: {error}"), cure));
        }
    };
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    if lines.is_empty() {
        return Err(Fault::new(at, "signing.unread", "it holds no key", cure));
    }
    let read = |line: &&str| {
        line.parse().map_err(|why| Fault::new(&at, "signing.unread", format!("it holds no key: {why}"), cure))
    };
    lines.iter().map(read).collect()
}

/// Whether the private half is there and, as far as that shows without a passphrase, belongs to the public one.
pub(super) fn check(root: &Path, demo: bool, public: Option<&VerifyingKey>) -> Result<(), Fault> {
    let public = public.ok_or_else(missing)?;
    if !demo {
        let path = root.join(KEYS).join(SIGNING_LOCKED);
        let bytes = fs::read(&path).map_err(|error| unusable(&path, &error.to_string()))?;
        let locked = despatch_seal::lock::is_locked(&bytes);
        return if locked {
            Ok(())
        } else {
            Err(unusable(&path, "the file is not locked with a passphrase"))
        };
    }
    let path = root.join(DEMO_KEYS).join(SIGNING_OPEN);
    if read_open(&path)?.to_public() == *public { Ok(()) } else { Err(other(&path)) }
}

fn read_open(path: &Path) -> Result<SigningKey, Fault> {
    let text = fs::read_to_string(path).map_err(|error| unusable(path, &error.to_string()))?;
    let text = SecretString::from(text);
    SigningKey::from_openssh(text.expose_secret()).map_err(|refusal| unusable(path, refusal.cause))
}

fn read_locked(path: &Path, unlock: &Unlock) -> Result<SigningKey, Fault> {
    let bytes = fs::read(path).map_err(|error| unusable(path, &error.to_string()))?;
    let cure = "run it at a terminal, use --signing-passphrase-file, or let systemd give the key";
    let passphrase = unlock
        .passphrase("Passphrase of the signing key: ")
        .map_err(|fault| Fault { cure: cure.to_owned(), ..fault })?;
    SigningKey::unlock(&bytes, &passphrase).map_err(|fault| unusable(path, fault.words()))
}

fn other(path: &Path) -> Fault {
    unusable(path, &format!("it does not belong to {KEYS}/{SIGNING_PUBLIC}"))
}

fn unusable(path: &Path, why: &str) -> Fault {
    let cause = format!("the signing key cannot be used: {why}");
    let cure = "check the passphrase; if the file is damaged, restore it from a backup";
    Fault::new(path.display().to_string(), "signing.unusable", cause, cure)
}
