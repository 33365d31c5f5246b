//! Enters: age keys as text. Leaves: keys of the right kind only; a private key may be in another process, which
//! gives out the keys of single files. Never: shows a private key in `Debug`, an error or a log; reads a file or asks
//! for a passphrase.

use age::DecryptError;
use age::secrecy::{ExposeSecret, SecretString};
use age_core::format::{FILE_KEY_BYTES, FileKey as AgeFileKey, Stanza};
use despatch_core::fault::Refusal;
use despatch_core::words::Sha256;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use zeroize::Zeroizing;

/// An age X25519 public key, in age's canonical spelling.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey {
    text: String,
    pub(super) recipient: age::x25519::Recipient,
}

impl PublicKey {
    /// Returns the key as `age1…`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the fingerprint that people compare: the first 16 hex digits of the SHA-256 of `age1…`, in groups of
    /// four.
    pub fn fingerprint(&self) -> String {
        let hex = Sha256::of(self.text.as_bytes()).to_string();
        let digits: Vec<char> = hex.chars().take(16).collect();
        digits.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }
}

/// Returns a fingerprint as it is compared, however somebody typed it: without hyphens and spaces, in small letters.
pub fn typed_fingerprint(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '-' | ' ' | ':')).flat_map(char::to_lowercase).collect()
}

impl FromStr for PublicKey {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let kind = foreign_kind(text);
        if let Some(refusal) = kind {
            return Err(refusal);
        }
        let damaged = Refusal {
            cause: "the key is not a whole age public key (its check digits do not fit)",
            cure: "copy the line that begins with age1 again, whole, from what age-keygen printed",
        };
        let recipient: age::x25519::Recipient = text.parse().map_err(|_| damaged.clone())?;
        if recipient.to_string() != text {
            return Err(damaged);
        }
        if point(text).is_none_or(|point| is_degenerate(&point)) {
            return Err(Refusal {
                cause: "the key is one that no private key belongs to, so anybody could open what it seals",
                cure: "have the recipient make a new key with age-keygen",
            });
        }
        Ok(Self { text: text.to_owned(), recipient })
    }
}

/// Recognises the kinds of key that people mistake for an age X25519 key.
fn foreign_kind(text: &str) -> Option<Refusal> {
    // The prefix of a kind ends at its `1`, which occurs nowhere else in a key: "age1pq…" may be an ordinary key by
    // chance.
    let upper = text.to_ascii_uppercase();
    let (cause, cure) = if upper.contains("AGE-SECRET-KEY-") || upper.contains("PRIVATE KEY") {
        (
            "this is a private key, and it must be counted as disclosed",
            "have its owner make a new key and send only the line that begins with age1",
        )
    } else if upper.starts_with("AGE1PQ1") {
        (
            "this is a post-quantum age key, which this version cannot seal to",
            "have the recipient make a key with age-keygen without -pq",
        )
    } else if upper.starts_with("AGE1TAG1") || upper.starts_with("AGE1TAGPQ1") {
        (
            "this is a tagged age key (hardware), which shows for whom a file is",
            "give an age1 key made by age-keygen",
        )
    } else if upper.starts_with("SSH-") || upper.starts_with("ECDSA-") {
        ("this is an SSH key, which shows for whom a file is", "give an age1 key made by age-keygen")
    } else if !upper.starts_with("AGE1") {
        ("this is not an age public key", "give the line that begins with age1")
    } else {
        return None;
    };
    Some(Refusal { cause, cure })
}

/// Returns the 32 bytes of an `age1…` key that age has accepted in this spelling.
fn point(text: &str) -> Option<[u8; 32]> {
    bech32::decode(text).ok()?.1.try_into().ok()
}

/// Returns whether X25519 with this point gives zero for every private key, or the point has a second spelling. The age
/// crate panics on the first when sealing. List: RFC 7748, section 6.1; Curve25519's points of low order.
fn is_degenerate(point: &[u8; 32]) -> bool {
    const ORDER_8_A: &str = "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800";
    const ORDER_8_B: &str = "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157";
    let hex: String = point.iter().map(|byte| format!("{byte:02x}")).collect();
    let [first, middle @ .., last] = point;
    let tiny = *first <= 1 && *last == 0 && middle.iter().all(|&b| b == 0);
    let from_p_minus_1 = *first >= 0xec && *last == 0x7f && middle.iter().all(|&b| b == 0xff);
    *last >= 0x80 || tiny || from_p_minus_1 || hex == ORDER_8_A || hex == ORDER_8_B
}

impl TryFrom<String> for PublicKey {
    type Error = Refusal;
    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> String {
        key.text
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.fingerprint())
    }
}

/// The key of one sealed file: it opens that file and no other (C2SP, age, "File key").
pub type FileKey = Zeroizing<[u8; FILE_KEY_BYTES]>;

/// A file key, wrapped for one of those who may open the file: a stanza of the header of an age file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrappedKey {
    pub tag: String,
    pub args: Vec<String>,
    pub body: Vec<u8>,
}

/// Asks the process that has a private key for the key of the file with this header.
pub type Unwrap = Arc<dyn Fn(&[WrappedKey]) -> Option<FileKey> + Send + Sync>;

/// An age X25519 private key, here or in another process. Its bytes are wiped on drop (by age's own types).
#[derive(Clone)]
pub struct SecretKey(Half);

#[derive(Clone)]
enum Half {
    Here(age::x25519::Identity),
    Elsewhere(PublicKey, Unwrap),
}

impl SecretKey {
    /// Generates a private key from the operating system's randomness.
    pub fn generate() -> Self {
        Self(Half::Here(age::x25519::Identity::generate()))
    }

    /// A private key in another process, of which `unwrap` asks the key of one file at a time.
    pub fn elsewhere(public: PublicKey, unwrap: Unwrap) -> Self {
        Self(Half::Elsewhere(public, unwrap))
    }

    /// Parses an identity file as age-keygen writes it: comments and one key.
    ///
    /// # Errors
    /// The file holds something else, which the refusal names but never quotes.
    pub fn from_identity_file(text: &str) -> Result<Self, Refusal> {
        const CURE: &str = "give the file that age-keygen wrote, with one AGE-SECRET-KEY-1 line";
        let no = |cause| Err(Refusal { cause, cure: CURE });
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        match (lines.next(), lines.next()) {
            (None, _) => no("the file holds no private key"),
            (Some(_), Some(_)) => no("the file holds more than one line beside its comments"),
            (Some(line), None) if line.starts_with("AGE-PLUGIN-") => {
                no("the file holds a plugin's key, which this program does not use")
            }
            (Some(line), None) if line.starts_with("AGE-SECRET-KEY-PQ-") => {
                no("the file holds a post-quantum key, which this version cannot use")
            }
            (Some(line), None) => match line.parse() {
                Ok(identity) => Ok(Self(Half::Here(identity))),
                Err(_) => no("the file's private key is damaged or of another kind"),
            },
        }
    }

    /// Returns the matching public key.
    pub fn to_public(&self) -> PublicKey {
        match &self.0 {
            Half::Here(identity) => {
                let recipient = identity.to_public();
                PublicKey { text: recipient.to_string(), recipient }
            }
            Half::Elsewhere(public, _) => public.clone(),
        }
    }

    /// Returns the key of the file with this header; `None` if the file is not sealed to this key.
    pub fn file_key(&self, header: &[WrappedKey]) -> Option<FileKey> {
        match &self.0 {
            Half::Here(identity) => {
                let stanzas: Vec<Stanza> = header.iter().map(WrappedKey::stanza).collect();
                let key = age::Identity::unwrap_stanzas(identity, &stanzas)?.ok()?;
                Some(Zeroizing::new(*key.expose_secret()))
            }
            Half::Elsewhere(_, unwrap) => unwrap(header),
        }
    }

    /// Returns the text of an identity file for age: the public key in a comment, and the private key.
    ///
    /// # Errors
    /// The private key is in another process.
    pub fn to_identity_file(&self) -> Result<SecretString, Refusal> {
        let Half::Here(identity) = &self.0 else {
            let cure = "give the command where the private key is";
            return Err(Refusal { cause: "the private key is in another process", cure });
        };
        let (public, private) = (self.to_public(), identity.to_string());
        Ok(SecretString::from(format!("# public key: {public}\n{}\n", private.expose_secret())))
    }
}

impl WrappedKey {
    fn stanza(&self) -> Stanza {
        let Self { tag, args, body } = self.clone();
        Stanza { tag, args, body }
    }
}

impl age::Identity for SecretKey {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<AgeFileKey, DecryptError>> {
        self.unwrap_stanzas(std::slice::from_ref(stanza))
    }

    fn unwrap_stanzas(&self, stanzas: &[Stanza]) -> Option<Result<AgeFileKey, DecryptError>> {
        match &self.0 {
            Half::Here(identity) => identity.unwrap_stanzas(stanzas),
            Half::Elsewhere(_, unwrap) => {
                let wrapped = |Stanza { tag, args, body }: &Stanza| WrappedKey {
                    tag: tag.clone(),
                    args: args.clone(),
                    body: body.clone(),
                };
                let header: Vec<WrappedKey> = stanzas.iter().map(wrapped).collect();
                let key = unwrap(&header)?;
                Some(Ok(AgeFileKey::init_with_mut(|bytes| bytes.copy_from_slice(key.as_slice()))))
            }
        }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {})", self.to_public().fingerprint())
    }
}
