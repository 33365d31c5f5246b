//! Enters: a private key and a passphrase. Leaves: the key locked as an age file, or the key again.
//! Never: shows either, or exceeds its work limit on a hostile file.

use super::keys::SecretKey;
use super::sealing::{OpenFault, open_with, write_sealed};
use age::secrecy::{ExposeSecret, SecretString};
use despatch_core::fault::Refusal;

pub use super::sealing::is_locked;

/// How much work it takes to try one passphrase on a locked key: scrypt's work factor, as a power of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkFactor(u8);

impl WorkFactor {
    /// 2^18, as `age -p` uses (about a second, 256 MiB): for every key of an office.
    pub const STRONG: WorkFactor = WorkFactor(18);

    /// Returns the work factor 2^`power`. A weak one is for offices that a test makes and unlocks many times.
    pub const fn of(power: u8) -> Self {
        Self(power)
    }
}

/// The usual limit on the work factor in [`unlock`]: 2^20 takes about 1 GiB.
pub const MAX_WORK_FACTOR: u8 = 20;

/// Locks a private key with a passphrase, in the format in which `age -p` locks an identity file: `age -d -i FILE` asks
/// for the passphrase and uses the key.
///
/// # Errors
/// The passphrase is empty, or the private key is in another process.
pub fn lock(key: &SecretKey, passphrase: &SecretString, work: WorkFactor) -> Result<Vec<u8>, Refusal> {
    lock_text(&key.to_identity_file()?, passphrase, work)
}

/// Locks the text of any private key, as [`lock`] does.
pub(super) fn lock_text(
    text: &SecretString,
    passphrase: &SecretString,
    WorkFactor(power): WorkFactor,
) -> Result<Vec<u8>, Refusal> {
    let no = |cause| Refusal { cause, cure: "give a passphrase of several words" };
    if passphrase.expose_secret().trim().is_empty() {
        return Err(no("the passphrase is empty"));
    }
    let mut recipient = age::scrypt::Recipient::new(passphrase.clone());
    recipient.set_work_factor(power);
    write_sealed(text.expose_secret().as_bytes(), &[&recipient])
        .map_err(|_| no("the key could not be locked with this passphrase"))
}

/// Opens what [`lock`] or `age -p` made, unless its work factor exceeds 2^`max_work_factor` ([`MAX_WORK_FACTOR`] in
/// ordinary use).
///
/// # Errors
/// [`OpenFault::NoKeyFits`] for a wrong passphrase, [`OpenFault::TooMuchWork`] beyond the limit, otherwise what is
/// wrong with the file.
pub fn unlock(bytes: &[u8], passphrase: &SecretString, max_work_factor: u8) -> Result<SecretKey, OpenFault> {
    let text = unlock_text(bytes, passphrase, max_work_factor)?;
    SecretKey::from_identity_file(text.expose_secret()).map_err(|_| OpenFault::NoPrivateKey)
}

/// Opens what [`lock_text`] made.
pub(super) fn unlock_text(
    bytes: &[u8],
    passphrase: &SecretString,
    max_work_factor: u8,
) -> Result<SecretString, OpenFault> {
    let mut identity = age::scrypt::Identity::new(passphrase.clone());
    identity.set_max_work_factor(max_work_factor);
    let plain = open_with(bytes, &identity)?;
    let text = str::from_utf8(&plain).map_err(|_| OpenFault::NoPrivateKey)?;
    Ok(SecretString::from(text.to_owned()))
}
