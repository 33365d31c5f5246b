//! Enters: the files of the signing key, or a systemd credential, and a source of passphrases. Leaves: the key, and the
//! trusted signers. Never: takes a key or a passphrase from an argument or an environment variable: systemd's variable
//! gives only the folder's path.

use super::review_key::{Unlock, check_locked};
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
/// The public halves of earlier signing keys, one per line: their signatures remain valid.
pub(super) const SIGNING_FORMER: &str = "signing-former.pub";
/// The private half, locked with a passphrase.
pub(super) const SIGNING_LOCKED: &str = "signing.key.age";
/// The private half in a demo office, unlocked.
pub(super) const SIGNING_OPEN: &str = "signing.key";
/// The name of the systemd credential with the private half, decrypted by systemd.
const CREDENTIAL: &str = "despatch-signing-key";

impl Office {
    /// Returns the public signing key.
    ///
    /// # Errors
    /// The office has none: it was created before lists were signed.
    pub fn signing_public(&self) -> Result<&VerifyingKey, Fault> {
        self.signing_key.as_ref().ok_or_else(missing)
    }

    /// The signers whose signatures are the office's own.
    pub fn signers(&self) -> Vec<Signer> {
        self.signing_key.iter().chain(&self.former_signing_keys).cloned().map(Signer::from).collect()
    }

    /// The name of the office in a file of allowed signers.
    pub fn signing_name(&self) -> String {
        format!("despatch@{}", self.config.mail_domain)
    }

    /// Returns the private signing key: the one that `unlock` has already; in clear in a demo office; elsewhere locked,
    /// and unlocked with `unlock`, or supplied by systemd if `unlock` would have to prompt.
    ///
    /// # Errors
    /// The office has none, it does not match the office's public half, or the passphrase is wrong.
    pub fn signing_secret(&self, unlock: &Unlock) -> Result<SigningKey, Fault> {
        let public = self.signing_public()?;
        if let Some(key) = unlock.signing_key().filter(|key| key.to_public() == *public) {
            return Ok(key.clone());
        }
        let open = match credential(CREDENTIAL) {
            _ if self.config.demo => Some(self.root.join(DEMO_KEYS).join(SIGNING_OPEN)),
            credential => credential.filter(|_| unlock.asks_somebody()),
        };
        let at = open.clone().unwrap_or_else(|| self.root.join(KEYS).join(SIGNING_LOCKED));
        let key = if open.is_some() { read_open(&at)? } else { read_locked(&at, unlock)? };
        if key.to_public() == *public { Ok(key) } else { Err(other(&at)) }
    }

    /// Returns the private signing key if that needs no prompt.
    ///
    /// # Errors
    /// As for [`Office::signing_secret`].
    pub fn signing_secret_unasked(&self, given: Option<&Unlock>) -> Result<Option<SigningKey>, Fault> {
        if self.signing_key.is_none() {
            return Ok(None);
        }
        // Never called: the key of a demo office and one supplied by systemd are in clear.
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

/// Reads the office's public signing key; `None` if there is no file.
pub(super) fn read_public(root: &Path) -> Result<Option<VerifyingKey>, Fault> {
    Ok(read_keys(root, SIGNING_PUBLIC)?.into_iter().next())
}

/// Reads the public halves of earlier signing keys.
pub(super) fn read_former(root: &Path) -> Result<Vec<VerifyingKey>, Fault> {
    read_keys(root, SIGNING_FORMER)
}

fn read_keys(root: &Path, name: &str) -> Result<Vec<VerifyingKey>, Fault> {
    let at = format!("{KEYS}/{name}");
    let unread = |why: String| Fault::new(&at, "signing.unread", why, "restore the file from a backup");
    let text = match fs::read_to_string(root.join(&at)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unread(format!("it cannot be read: {error}"))),
    };
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    if lines.is_empty() {
        return Err(unread("it holds no key".to_owned()));
    }
    let read = |line: &&str| line.parse().map_err(|why| unread(format!("it holds no key: {why}")));
    lines.iter().map(read).collect()
}

/// Checks that the private half exists and, as far as is possible without a passphrase, matches the public one.
pub(super) fn check(root: &Path, demo: bool, public: Option<&VerifyingKey>) -> Result<(), Fault> {
    let public = public.ok_or_else(missing)?;
    if !demo {
        return check_locked(&root.join(KEYS).join(SIGNING_LOCKED), unusable);
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
    SigningKey::unlock(&bytes, &passphrase).map_err(|fault| unusable(path, fault.label()))
}

fn other(path: &Path) -> Fault {
    unusable(path, &format!("it does not belong to {KEYS}/{SIGNING_PUBLIC}"))
}

fn unusable(path: &Path, why: &str) -> Fault {
    let cause = format!("the signing key cannot be used: {why}");
    let cure = "check the passphrase; if the file is damaged, restore it from a backup";
    Fault::new(path.display().to_string(), "signing.unusable", cause, cure)
}
