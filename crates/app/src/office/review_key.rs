//! Enters: the file of the private review key and a source of passphrases. Leaves: the key, or a way to ask the process
//! that unlocked it. Never: takes a passphrase from an argument or the environment, where other accounts could read it.

use age::secrecy::{ExposeSecret, SecretString};
use despatch_core::fault::Fault;
use despatch_core::private::read_secret;
use despatch_core::text::{SAVE_AS_UTF8, text_in, utf8_of};
use despatch_seal::keys::{PublicKey, SecretKey};
use despatch_seal::lock::{self, WorkFactor};
use despatch_seal::signing::SigningKey;
use despatch_seal::trial::{Salt, Trial};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// The minimum length of a new key's passphrase: about four words.
const CHARACTERS_MIN: usize = 16;

/// Answers a prompt with a passphrase.
type Ask = Box<dyn Fn(&str) -> Result<SecretString, Fault> + Send + Sync>;

/// Unlocks private keys, or makes them, in the process of the person who gave the command: the service holds neither
/// the key nor its passphrase.
pub trait KeyHolder: Send + Sync {
    /// Unlocks a locked key; the text of an error says why it did not open.
    ///
    /// # Errors
    /// The passphrase cannot be obtained.
    fn unlock(&self, locked: &[u8], question: &str) -> Result<Result<SecretKey, String>, Fault>;

    /// Makes a key and locks it with a new passphrase, which is tried with the salt of another key's file.
    ///
    /// # Errors
    /// The passphrase cannot be obtained or is too short, or the salt is none of a key's of an office.
    fn make(&self, question: &str, other: Option<&Salt>) -> Result<MadeKey, Fault>;
}

/// A new private key, and what became of its passphrase with the salt of another one's file.
#[derive(Serialize, Deserialize)]
pub struct MadeKey {
    pub key: LockedKey,
    pub trial: Option<Trial>,
}

/// A new private key, locked with its passphrase.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LockedKey {
    pub public: PublicKey,
    pub locked: Vec<u8>,
}

impl LockedKey {
    /// Generates a key and locks it.
    ///
    /// # Errors
    /// The passphrase cannot lock a key.
    pub fn generate(passphrase: &SecretString) -> Result<Self, Fault> {
        let secret = SecretKey::generate();
        let locked = lock::lock(&secret, passphrase, WorkFactor::STRONG)
            .map_err(|why| Fault::new("passphrase", "keys.lock", why.cause, why.cure))?;
        Ok(Self { public: secret.to_public(), locked })
    }
}

/// A source of passphrases, or of keys that are unlocked already or elsewhere.
pub struct Unlock {
    ask: Ask,
    attended: bool,
    holder: Option<Box<dyn KeyHolder>>,
    signing: Option<SigningKey>,
}

impl Unlock {
    /// Prompts somebody for the passphrase with `ask`.
    pub fn asking(ask: impl Fn(&str) -> Result<SecretString, Fault> + Send + Sync + 'static) -> Unlock {
        Unlock { ask: Box::new(ask), attended: true, holder: None, signing: None }
    }

    /// Takes the passphrase from `get`, without prompting anybody.
    pub fn unattended(get: impl Fn() -> Result<SecretString, Fault> + Send + Sync + 'static) -> Unlock {
        Unlock { ask: Box::new(move |_| get()), attended: false, holder: None, signing: None }
    }

    /// Has review keys unlocked by `holder`.
    #[must_use]
    pub fn held_by(self, holder: impl KeyHolder + 'static) -> Unlock {
        Unlock { holder: Some(Box::new(holder)), ..self }
    }

    /// Gives the signing key that a service has unlocked at its start.
    #[must_use]
    pub fn with_signing_key(self, key: SigningKey) -> Unlock {
        Unlock { signing: Some(key), ..self }
    }

    /// The signing key, where it is unlocked already.
    pub(super) fn signing_key(&self) -> Option<&SigningKey> {
        self.signing.as_ref()
    }

    /// Unlocks a locked key; the text of an error says why it did not open.
    ///
    /// # Errors
    /// The passphrase cannot be obtained.
    pub fn unlock(&self, locked: &[u8], question: &str) -> Result<Result<SecretKey, String>, Fault> {
        if let Some(holder) = &self.holder {
            return holder.unlock(locked, question);
        }
        let passphrase = self.passphrase(question)?;
        Ok(lock::unlock(locked, &passphrase, lock::MAX_WORK_FACTOR).map_err(|why| why.to_string()))
    }

    /// Makes a key that is locked with a new passphrase, which must not be the one that opens `other`, another key's file.
    ///
    /// # Errors
    /// The passphrase cannot be obtained, is too short, or is the other key's.
    pub fn new_key(&self, question: &str, other: &[u8]) -> Result<LockedKey, Fault> {
        let Some(holder) = &self.holder else {
            let passphrase = self.new_passphrase(question)?;
            let is_same = SigningKey::unlock(other, &passphrase).is_ok();
            return if is_same { Err(same()) } else { LockedKey::generate(&passphrase) };
        };
        let salt = Salt::of(other);
        let MadeKey { key, trial } = holder.make(question, salt.as_ref())?;
        match (salt, trial) {
            (Some(_), Some(trial)) if trial.opens(other) => Err(same()),
            (Some(_), None) => Err(untried()),
            _ => Ok(key),
        }
    }

    /// Makes a key that is locked with a new passphrase, and tries that with the salt of another key's file.
    ///
    /// # Errors
    /// The passphrase cannot be obtained, is too short, or cannot be tried.
    pub fn made_key(&self, question: &str, other: Option<&Salt>) -> Result<MadeKey, Fault> {
        let passphrase = self.new_passphrase(question)?;
        let trial = other.map(|salt| salt.trial(&passphrase).ok_or_else(untried)).transpose()?;
        Ok(MadeKey { key: LockedKey::generate(&passphrase)?, trial })
    }

    /// Whether a person would be prompted.
    pub fn asks_somebody(&self) -> bool {
        self.attended
    }

    /// Returns the passphrase.
    ///
    /// # Errors
    /// It cannot be obtained, or other accounts can read it too.
    pub fn passphrase(&self, question: &str) -> Result<SecretString, Fault> {
        (self.ask)(question)
    }

    /// Returns the passphrase of a new key; a person types it twice.
    ///
    /// # Errors
    /// It cannot be obtained, is too short, or the two entries differ.
    pub fn new_passphrase(&self, question: &str) -> Result<SecretString, Fault> {
        let fault = |code, cause: String, cure: &str| Err(Fault::new("passphrase", code, cause, cure));
        let passphrase = self.passphrase(question)?;
        let text = passphrase.expose_secret();
        if self.attended && self.passphrase("The same again: ")?.expose_secret() != text {
            return fault("init.differs", "the two differ".to_owned(), "start again");
        }
        if text.chars().count() < CHARACTERS_MIN {
            let cause = format!("it has fewer than {CHARACTERS_MIN} characters");
            return fault("init.short", cause, "use four or more words drawn by chance");
        }
        Ok(passphrase)
    }
}

pub(super) fn same() -> Fault {
    let cause = "the signing key and the review key would have one passphrase";
    let cure =
        "give each its own: the service's machine has the signing key's, and only reviewers know the other";
    Fault::new("passphrase", "init.same", cause, cure)
}

fn untried() -> Fault {
    let cause = "it could not be tried on the signing key, whose passphrase must be another";
    Fault::new("passphrase", "keys.other", cause, "give the command with the program that the service runs")
}

pub(super) fn read_open(path: &Path) -> Result<SecretKey, Fault> {
    let bytes = read_secret(path, |error| unreadable(path, &error.to_string()))?;
    let text = str::from_utf8(&bytes).map_err(|error| unreadable(path, &error.to_string()))?;
    SecretKey::from_identity_file(text).map_err(|error| unreadable(path, &error.to_string()))
}

pub(super) fn read_locked(path: &Path, unlock: &Unlock, fingerprint: &str) -> Result<SecretKey, Fault> {
    // An office that has rotated its key has several, each with its own passphrase.
    let named = |fault: Fault| {
        let cause = fault.cause.replacen("the review key", &format!("the review key {fingerprint}"), 1);
        Fault { cause, ..fault }
    };
    let bytes = fs::read(path).map_err(|error| named(unreadable(path, &error.to_string())))?;
    let unlocked = unlock.unlock(&bytes, &format!("Passphrase of the review key {fingerprint}: "))?;
    unlocked.map_err(|why| named(unreadable(path, &why)))
}

/// Reads a private key kept outside the office, locked with a passphrase or as written by age-keygen.
///
/// # Errors
/// The file cannot be read, contains no key or can be read by other accounts; the passphrase is wrong.
pub fn private_key(path: &Path, unlock: &Unlock, ask: &str) -> Result<SecretKey, Fault> {
    let no = |why: &str| {
        let cure = "give the file that age-keygen wrote, or the locked key and its passphrase";
        Fault::new(path.display().to_string(), "key.unusable", format!("the key cannot be used: {why}"), cure)
    };
    let unreadable = |why: &str| Fault { cure: SAVE_AS_UTF8.to_owned(), ..no(why) };
    let bytes = read_secret(path, |error| no(&error.to_string()))?;
    let bytes = utf8_of(&bytes).map_err(unreadable)?;
    if lock::is_locked(&bytes) {
        let passphrase = unlock.passphrase(ask)?;
        return lock::unlock(&bytes, &passphrase, lock::MAX_WORK_FACTOR)
            .map_err(|error| no(&error.to_string()));
    }
    let text = text_in(&bytes).map_err(unreadable)?;
    SecretKey::from_identity_file(text).map_err(|refusal| no(refusal.cause))
}

/// Checks that a key's file exists and is locked with a passphrase; `unfit` makes the fault.
pub(super) fn check_locked(path: &Path, unfit: impl Fn(&Path, &str) -> Fault) -> Result<(), Fault> {
    let bytes = fs::read(path).map_err(|error| unfit(path, &error.to_string()))?;
    let locked = lock::is_locked(&bytes);
    locked.then_some(()).ok_or_else(|| unfit(path, "the file is not locked with a passphrase"))
}

pub(super) fn unreadable(path: &Path, why: &str) -> Fault {
    let cure = "check the passphrase; if the file is damaged, restore it from a backup";
    Fault::new(
        path.display().to_string(),
        "review_key",
        format!("the review key cannot be used: {why}"),
        cure,
    )
}
