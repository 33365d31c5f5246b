//! Enters: plain bytes and keys or a passphrase. Leaves: an age file, or the plain bytes again, all or nothing.
//! Never: writes armour (its line ends do not survive mail), releases part of a file that fails later, or says who
//! sealed it: age does not authenticate a sender, the signed list does.

use super::keys::{PublicKey, SecretKey};
use super::passphrase::Passphrase;
use age::{DecryptError, Decryptor, Encryptor};
use despatch_core::private::Secret;
use std::collections::HashSet;
use std::fmt;
use std::io::{self, Read, Write};

/// Why something could not be sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealFault {
    /// No key to seal to: nobody could open the result.
    NoKeys,
    /// The library refused, in its own words (which quote no content).
    Refused(String),
}

impl fmt::Display for SealFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKeys => f.write_str("there is no key to seal to; add a key to the directory entry"),
            Self::Refused(why) => write!(f, "the document could not be sealed: {why}"),
        }
    }
}

impl std::error::Error for SealFault {}

/// Why something could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenFault {
    /// It does not begin like an age file.
    NotSealed,
    /// It is an age file in text form.
    Armoured,
    /// It is locked with a passphrase, not sealed to a key.
    Passphrase,
    /// It is sealed to a key, not locked with a passphrase.
    Key,
    /// Sealed to other keys, or the passphrase is wrong.
    NoKeyFits,
    /// It ends too early.
    CutShort,
    /// Some of it has changed since it was sealed.
    Altered,
    /// Opening it would take more work than the limit allows.
    TooMuchWork,
    /// What was inside is not a private key.
    NoPrivateKey,
}

impl OpenFault {
    /// Returns what is wrong and what to do about it.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotSealed => "this is not an age file; give the file that was attached, as it was",
            Self::Armoured => {
                "this age file is in text form (armoured); give the file that was attached, as it was"
            }
            Self::Passphrase => "this file is locked with a passphrase; a key does not open it",
            Self::Key => "this file is sealed to a key; a passphrase does not open it",
            Self::NoKeyFits => "this key or passphrase does not open it; use the one to which it was sealed",
            Self::CutShort => "the file is cut short; copy it again, whole",
            Self::Altered => {
                "the file was altered or damaged after sealing; copy it again and tell the sender if it recurs"
            }
            Self::TooMuchWork => {
                "the file asks for more work than is allowed; have it locked again, with despatch or age -p"
            }
            Self::NoPrivateKey => {
                "what is locked in the file is not one private key; give the locked key file"
            }
        }
    }
}

impl fmt::Display for OpenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

impl std::error::Error for OpenFault {}

/// Seals `plain` to every key of `to` (duplicates count once). Any one of them opens it.
///
/// # Errors
/// [`SealFault::NoKeys`] if `to` is empty.
pub fn seal(plain: &[u8], to: &[&PublicKey]) -> Result<Vec<u8>, SealFault> {
    write_sealed(plain, &recipients(to)?)
}

/// Returns what age seals to: each key once.
pub(super) fn recipients<'k>(to: &[&'k PublicKey]) -> Result<Vec<&'k dyn age::Recipient>, SealFault> {
    let mut seen = HashSet::new();
    let once = to.iter().filter(|key| seen.insert(key.as_str()));
    let recipients: Vec<_> = once.map(|key| &key.recipient as &dyn age::Recipient).collect();
    if recipients.is_empty() { Err(SealFault::NoKeys) } else { Ok(recipients) }
}

/// The scrypt work factor of a document for a recipient with a passphrase: 2^15 (about a tenth of a second, 32 MiB), an
/// eighth of what `age -p` takes. A passphrase of ours has 90 random bits, beyond any search without stretching; a
/// higher factor would only make the pipeline wait for each document, and fail on a telephone with little memory.
pub const PASSPHRASE_WORK_FACTOR: u8 = 15;

/// Seals `plain` with a passphrase alone. A file that a passphrase opens cannot also be sealed to a key (age, "scrypt
/// recipient stanza"), so the office keeps a copy of its own, sealed to the review key.
///
/// # Errors
/// The library refused.
pub fn seal_with_passphrase(plain: &[u8], passphrase: &Passphrase) -> Result<Vec<u8>, SealFault> {
    let mut recipient = age::scrypt::Recipient::new(passphrase.secret());
    recipient.set_work_factor(PASSPHRASE_WORK_FACTOR);
    write_sealed(plain, &[&recipient])
}

/// Returns the age file of `plain` for `recipients`.
pub(super) fn write_sealed(plain: &[u8], recipients: &[&dyn age::Recipient]) -> Result<Vec<u8>, SealFault> {
    let encryptor = Encryptor::with_recipients(recipients.iter().copied())
        .map_err(|error| SealFault::Refused(error.to_string()))?;
    let write = || -> io::Result<Vec<u8>> {
        let mut writer =
            encryptor.wrap_output(Vec::with_capacity(plain.len() + plain.len() / 4096 + 1024))?;
        writer.write_all(plain)?;
        // Without `finish` the last chunk is missing and nobody can open the file.
        writer.finish()
    };
    write().map_err(|error| SealFault::Refused(error.to_string()))
}

/// Opens `sealed` with one private key. Every byte is checked before any is returned.
///
/// # Errors
/// See [`OpenFault`]; nothing of a file that fails is returned.
pub fn open(sealed: &[u8], with: &SecretKey) -> Result<Secret, OpenFault> {
    open_with(sealed, with)
}

/// Opens what [`seal_with_passphrase`] or `age -p` made, unless its work factor exceeds 2^`max_work_factor`
/// ([`super::lock::MAX_WORK_FACTOR`] in ordinary use). Every byte is checked before any is returned.
///
/// # Errors
/// See [`OpenFault`]; nothing of a file that fails is returned.
pub fn open_with_passphrase(
    sealed: &[u8],
    passphrase: &Passphrase,
    max_work_factor: u8,
) -> Result<Secret, OpenFault> {
    let mut identity = age::scrypt::Identity::new(passphrase.secret());
    identity.set_max_work_factor(max_work_factor);
    let opened = open_with(sealed, &identity);
    // A file sealed to keys has no stanza for a passphrase, so the passphrase may well be right.
    match opened {
        Err(OpenFault::NoKeyFits) if !is_locked(sealed) => Err(OpenFault::Key),
        opened => opened,
    }
}

/// Returns whether `bytes` are an age file that a passphrase opens.
pub fn is_locked(bytes: &[u8]) -> bool {
    age::Decryptor::new_buffered(bytes).is_ok_and(|decryptor| decryptor.is_scrypt())
}

/// Opens `sealed` with any age identity.
pub(super) fn open_with(sealed: &[u8], identity: &dyn age::Identity) -> Result<Secret, OpenFault> {
    if sealed.starts_with(b"-----BEGIN AGE") {
        return Err(OpenFault::Armoured);
    }
    if !sealed.starts_with(b"age-encryption.org/") {
        return Err(OpenFault::NotSealed);
    }
    if !stanzas_end(sealed) {
        return Err(OpenFault::Altered);
    }
    let decryptor = Decryptor::new_buffered(sealed).map_err(|error| told(&error))?;
    let scrypt = decryptor.is_scrypt();
    let mut reader = decryptor.decrypt(std::iter::once(identity)).map_err(|error| match error {
        DecryptError::NoMatchingKeys if scrypt => OpenFault::Passphrase,
        other => told(&other),
    })?;
    // The plain text is shorter than the sealed bytes, so the buffer is never reallocated and leaves no copy behind.
    let mut plain = Secret::new(Vec::with_capacity(sealed.len()));
    match reader.read_to_end(&mut plain) {
        Ok(_) => Ok(plain),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(OpenFault::CutShort),
        Err(_) => Err(OpenFault::Altered),
    }
}

/// Returns whether each stanza of the header ends with a short line (C2SP, age, "Recipient stanza"). The library also
/// opens files of its own first versions, which lack such lines and which nobody sends to an office.
fn stanzas_end(sealed: &[u8]) -> bool {
    const FULL_LINE: usize = 64;
    let mut ended = true;
    for line in sealed.split(|byte| *byte == b'\n').skip(1) {
        let begins = line.starts_with(b"-> ");
        if begins || line.starts_with(b"---") {
            if !ended || !begins {
                return ended;
            }
            ended = false;
        } else {
            ended = line.len() < FULL_LINE;
        }
    }
    true
}

/// Translates an error of age.
pub(super) fn told(error: &DecryptError) -> OpenFault {
    match error {
        DecryptError::NoMatchingKeys | DecryptError::KeyDecryptionFailed | DecryptError::DecryptionFailed => {
            OpenFault::NoKeyFits
        }
        DecryptError::ExcessiveWork { .. } => OpenFault::TooMuchWork,
        DecryptError::UnknownFormat => OpenFault::NotSealed,
        DecryptError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => OpenFault::CutShort,
        _ => OpenFault::Altered,
    }
}
