//! Enters: a locked file; in another process, a new passphrase. Leaves: whether that passphrase opens the file.
//! Never: gives the other process more of the file than its salt, or gets more of the passphrase than one try at it.
//!
//! The process that has the file gives its [`Salt`]. The one that has the passphrase answers with a [`Trial`]: what age
//! makes of both with scrypt (C2SP, age, "scrypt recipient stanza"), and by which it opens the file if it is the right
//! one. Whoever gets the trial can only guess as slowly as on a file that is locked with the passphrase, and gets one
//! anyway.

use super::sealing::open_with;
use age::secrecy::{ExposeSecret, SecretString};
use age::{DecryptError, Identity};
use age_core::format::{FILE_KEY_BYTES, FileKey, Stanza};
use age_core::primitives::aead_decrypt;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use despatch_core::private::{Secret, secret_bytes};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;

/// What age puts before the salt.
const LABEL: &[u8] = b"age-encryption.org/v1/scrypt";
/// The work that a passphrase is tried with: less would make guessing cheap, more takes too much memory.
const POWERS: std::ops::RangeInclusive<u8> = 18..=20;

/// The salt of a file that is locked with a passphrase, and its work factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Salt {
    salt: String,
    power: u8,
}

/// What scrypt makes of a passphrase and a salt.
#[derive(Serialize, Deserialize)]
pub struct Trial(#[serde(with = "secret_bytes")] Secret);

impl Salt {
    /// The salt of a file that is locked as the keys of an office are; `None` of another.
    pub fn of(locked: &[u8]) -> Option<Self> {
        let look = Look(RefCell::new(None));
        // It opens nothing: the header is all that is looked at.
        let _ = open_with(locked, &look);
        look.0.into_inner().filter(|salt: &Self| POWERS.contains(&salt.power))
    }

    /// Tries a passphrase; `None` for less or more work than the keys of an office are locked with.
    pub fn trial(&self, passphrase: &SecretString) -> Option<Trial> {
        let params =
            POWERS.contains(&self.power).then(|| scrypt::Params::new(self.power, 8, 1, 32).ok())??;
        let mut key = Secret::new(vec![0; 32]);
        let salt = [LABEL, &STANDARD_NO_PAD.decode(&self.salt).ok()?].concat();
        scrypt::scrypt(passphrase.expose_secret().as_bytes(), &salt, &params, &mut key).ok()?;
        Some(Trial(key))
    }
}

impl Trial {
    /// Whether the passphrase that was tried opens the file.
    pub fn opens(&self, locked: &[u8]) -> bool {
        open_with(locked, self).is_ok()
    }
}

/// Looks at the header of a file.
struct Look(RefCell<Option<Salt>>);

impl Identity for Look {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        if let ("scrypt", [salt, power]) = (stanza.tag.as_str(), stanza.args.as_slice())
            && let Ok(power) = power.parse()
        {
            *self.0.borrow_mut() = Some(Salt { salt: salt.clone(), power });
        }
        None
    }
}

impl Identity for Trial {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        let key = self.0.as_slice().try_into().ok().filter(|_| stanza.tag == "scrypt")?;
        let opened = Secret::new(aead_decrypt(key, FILE_KEY_BYTES, &stanza.body).ok()?);
        Some(Ok(FileKey::init_with_mut(|bytes| bytes.copy_from_slice(&opened))))
    }
}
