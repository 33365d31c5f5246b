//! Enters: the passphrase of an account for the pages. Leaves: what proves it (argon2id), or whether it is the one that
//! was set. Never: keeps a passphrase, or answers sooner for a name that has no account.

mod rules;

pub(crate) use rules::{About, check};

use crate::failure::Failure;
use age::secrecy::{ExposeSecret, SecretString};
use argon2::password_hash::SaltString;
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use chrono::{DateTime, TimeDelta, Utc};
use despatch_core::random;
use despatch_seal::passphrase::Passphrase;
use std::fmt;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The least that OWASP's Password Storage Cheat Sheet asks of Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The salt, as RFC 9106 (3.1) recommends.
const SALT_BYTES: usize = 16;

/// So many guesses are free, and each one more doubles the wait, which begins with a minute.
const FREE_FAILURES: i64 = 5;
const WAIT_MAX: TimeDelta = TimeDelta::minutes(15);

fn argon2id() -> Result<Argon2<'static>, Failure> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn failed(why: impl fmt::Display) -> Failure {
    Failure::Internal(format!("argon2id: {why}"))
}

/// A passphrase as it is compared: nine words of a passphrase for one use whatever stands between them, and otherwise
/// what was typed, in one form of Unicode (NIST SP 800-63B, 5.1.1.2).
fn plain(passphrase: &SecretString) -> Zeroizing<String> {
    let words = Passphrase::from_typed(passphrase.expose_secret());
    Zeroizing::new(words.expose().nfkc().collect())
}

/// Returns what proves a passphrase, as a PHC string.
///
/// # Errors
/// The system has no randomness or no memory.
pub(crate) fn hash(passphrase: &SecretString) -> Result<String, Failure> {
    let mut salt = [0_u8; SALT_BYTES];
    random::fill(&mut salt)?;
    hash_with(passphrase, &salt)
}

fn hash_with(passphrase: &SecretString, salt: &[u8]) -> Result<String, Failure> {
    let salt = SaltString::encode_b64(salt).map_err(failed)?;
    let hash = argon2id()?.hash_password(plain(passphrase).as_bytes(), &salt).map_err(failed)?;
    Ok(hash.to_string())
}

/// Whether a passphrase is the one of which `hash` was made. Without a hash the same work is done for nothing, so that
/// the time of the answer does not say which names have an account.
///
/// # Errors
/// The hash cannot be read, or the system has no memory.
pub(crate) fn proves(passphrase: &SecretString, hash: Option<&str>) -> Result<bool, Failure> {
    let Some(hash) = hash else {
        hash_with(passphrase, &[0; SALT_BYTES])?;
        return Ok(false);
    };
    let hash = PasswordHash::new(hash).map_err(failed)?;
    match argon2id()?.verify_password(plain(passphrase).as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::Password) => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

/// Whether an account takes no guess now: after some failures in a row each one makes the next wait longer.
pub(crate) fn must_wait(failures: i64, last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    let Some((over, last)) = failures.checked_sub(FREE_FAILURES).filter(|over| *over >= 0).zip(last) else {
        return false;
    };
    let doubled = u32::try_from(over).ok().and_then(|over| 1_i32.checked_shl(over)).filter(|many| *many > 0);
    let wait = doubled.and_then(|many| TimeDelta::minutes(1).checked_mul(many)).unwrap_or(WAIT_MAX);
    now < last + wait.min(WAIT_MAX)
}
