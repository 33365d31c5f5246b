//! Enters: bytes to sign, signatures and keys as text. Leaves: SSHSIG signatures (OpenSSH, PROTOCOL.sshsig), which
//! stock `ssh-keygen -Y verify` checks, and the signer of one. Never: shows a private key, or signs with any key but
//! Ed25519 (RFC 8032).

use super::lock::{self, WorkFactor};
use super::sealing::OpenFault;
use age::secrecy::{ExposeSecret, SecretString};
use despatch_core::fault::Refusal;
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{HashAlg, LineEnding, PrivateKey, SshSig};
use std::fmt;
use std::str::FromStr;

/// The purpose of a signature: one for a list is not valid for a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Namespace {
    /// The outer list of one despatch.
    List,
    /// The end of the record at a point in time.
    Checkpoint,
    /// The list of files of an exported record.
    Export,
}

impl Namespace {
    /// Every namespace, in the order of the office's allowed signers line.
    pub const ALL: [Namespace; 3] = [Namespace::List, Namespace::Checkpoint, Namespace::Export];

    /// Returns the namespace for `ssh-keygen -n`.
    pub fn as_str(self) -> &'static str {
        match self {
            Namespace::List => "despatch.list@v1",
            Namespace::Checkpoint => "despatch.checkpoint@v1",
            Namespace::Export => "despatch.export@v1",
        }
    }
}

/// The office's private signing key.
#[derive(Clone)]
pub struct SigningKey(PrivateKey);

impl SigningKey {
    /// Generates a key from the operating system's randomness.
    ///
    /// # Errors
    /// The system provides no randomness.
    pub fn generate() -> Result<Self, String> {
        let mut seed = [0_u8; 32];
        getrandom::fill(&mut seed).map_err(|error| error.to_string())?;
        let made = Self::from_seed(&seed);
        seed.fill(0);
        made
    }

    /// Derives the key of this seed (RFC 8032, section 5.1.5).
    ///
    /// # Errors
    /// No seed can cause one; the error is the library's own.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, String> {
        let pair = Ed25519Keypair::from_seed(seed);
        PrivateKey::new(KeypairData::Ed25519(pair), "despatch").map(Self).map_err(|error| error.to_string())
    }

    /// Parses an unlocked OpenSSH private key, such as `ssh-keygen -t ed25519 -N ''` writes.
    ///
    /// # Errors
    /// The text is something else, which the refusal names but never quotes.
    pub fn from_openssh(text: &str) -> Result<Self, Refusal> {
        let no = |cause| Refusal { cause, cure: "give the signing key that `despatch keys signing` made" };
        let key = PrivateKey::from_openssh(text.trim_start())
            .map_err(|_| no("it is not one OpenSSH private key, or it is damaged"))?;
        if key.is_encrypted() {
            return Err(no("it is locked in OpenSSH's own way, which despatch does not open"));
        }
        match key.key_data() {
            KeypairData::Ed25519(_) => Ok(Self(key)),
            _ => Err(no("it is of another kind than Ed25519")),
        }
    }

    /// Returns the text of an unlocked OpenSSH private key file.
    ///
    /// # Errors
    /// No input can cause one; the error is the library's own.
    pub fn to_openssh(&self) -> Result<SecretString, String> {
        let text = self.0.to_openssh(LineEnding::LF).map_err(|error| error.to_string())?;
        Ok(SecretString::from(text.as_str()))
    }

    /// Returns the public key.
    pub fn to_public(&self) -> VerifyingKey {
        VerifyingKey(ssh_key::PublicKey::from(self.0.public_key().key_data().clone()))
    }

    /// Returns the armoured signature over `bytes`; it is deterministic.
    ///
    /// # Errors
    /// No input can cause one; the error is the library's own.
    pub fn sign(&self, namespace: Namespace, bytes: &[u8]) -> Result<String, String> {
        self.0
            .sign(namespace.as_str(), HashAlg::Sha512, bytes)
            .and_then(|signature| signature.to_pem(LineEnding::LF))
            .map_err(|error| error.to_string())
    }

    /// Locks the key with a passphrase, as the review key is locked.
    ///
    /// # Errors
    /// The passphrase is empty.
    pub fn lock(&self, passphrase: &SecretString, work: WorkFactor) -> Result<Vec<u8>, Refusal> {
        let cure = "report this";
        let text = self.to_openssh().map_err(|_| Refusal { cause: "the key cannot be written", cure })?;
        lock::lock_text(&text, passphrase, work)
    }

    /// Opens what [`SigningKey::lock`] made.
    ///
    /// # Errors
    /// [`OpenFault::NoKeyFits`] for a wrong passphrase, otherwise what is wrong with the file.
    pub fn unlock(bytes: &[u8], passphrase: &SecretString) -> Result<Self, OpenFault> {
        let text = lock::unlock_text(bytes, passphrase, lock::MAX_WORK_FACTOR)?;
        Self::from_openssh(text.expose_secret()).map_err(|_| OpenFault::NoPrivateKey)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(of {})", self.to_public().fingerprint())
    }
}

/// A public signing key.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey(ssh_key::PublicKey);

impl VerifyingKey {
    /// Returns the fingerprint that people compare, as `ssh-keygen -l` prints it: `SHA256:…`.
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }

    /// Returns the allowed signers line that trusts this key as `principal` for what despatch signs.
    pub fn allowed_signers_line(&self, principal: &str) -> String {
        let namespaces = Namespace::ALL.map(Namespace::as_str).join(",");
        format!("{principal} namespaces=\"{namespaces}\" {self}")
    }
}

impl fmt::Display for VerifyingKey {
    /// `ssh-ed25519 AAAA…`, without a comment.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.to_openssh().unwrap_or_default().trim_end())
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", self.fingerprint())
    }
}

impl FromStr for VerifyingKey {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let no = |cause| Refusal { cause, cure: "give the line that begins with ssh-ed25519, whole" };
        let key = ssh_key::PublicKey::from_openssh(text.trim())
            .map_err(|_| no("it is not a whole OpenSSH public key"))?;
        if !matches!(key.key_data(), ssh_key::public::KeyData::Ed25519(_)) {
            return Err(no("it is a key of another kind than Ed25519"));
        }
        // A comment is not part of the key.
        Ok(Self(ssh_key::PublicKey::from(key.key_data().clone())))
    }
}

/// Why a signature is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureFault {
    /// The text is not an SSHSIG signature.
    NotOne,
    /// It was made for another purpose.
    OtherNamespace,
    /// The key that made it is not allowed.
    OtherKey(String),
    /// An allowed key made it, but over other bytes.
    DoesNotFit,
}

impl fmt::Display for SignatureFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOne => f.write_str("it is not a whole OpenSSH signature"),
            Self::OtherNamespace => f.write_str("it is a signature for something else"),
            Self::OtherKey(fingerprint) => write!(f, "it was made by {fingerprint}, which is not allowed"),
            Self::DoesNotFit => f.write_str("it was made over other bytes than these"),
        }
    }
}

impl std::error::Error for SignatureFault {}

/// A key whose signatures are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The name of the signer, if the file gives one.
    pub principal: Option<String>,
    /// The namespaces for which it is accepted; `None` for all.
    namespaces: Option<Vec<String>>,
    pub key: VerifyingKey,
}

impl From<VerifyingKey> for Signer {
    fn from(key: VerifyingKey) -> Self {
        Self { principal: None, namespaces: None, key }
    }
}

/// Parses an allowed signers file (ssh-keygen(1), ALLOWED SIGNERS).
///
/// # Errors
/// The first line that cannot be read. An option that restricts a key in a way that despatch cannot check is refused,
/// not ignored.
pub fn allowed_signers(text: &str) -> Result<Vec<Signer>, (usize, Refusal)> {
    let mut signers = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        signers.push(signer(line).map_err(|refusal| (index + 1, refusal))?);
    }
    let cure = "ask the office for its line, on paper or by telephone";
    if signers.is_empty() {
        return Err((1, Refusal { cause: "the file names no signer", cure }));
    }
    Ok(signers)
}

fn signer(line: &str) -> Result<Signer, Refusal> {
    let no = |cause| Refusal { cause, cure: "give the line as the office published it" };
    let (principal, rest) = line.split_once([' ', '\t']).ok_or_else(|| no("the line names no key"))?;
    let rest = rest.trim_start();
    let (namespaces, key) = match rest.strip_prefix("namespaces=\"") {
        Some(options) => {
            let (list, key) =
                options.split_once("\" ").ok_or_else(|| no("its list of namespaces does not end"))?;
            (Some(list.split(',').map(str::to_owned).collect()), key)
        }
        None if rest.starts_with("ssh-") => (None, rest),
        None => return Err(no("it has an option that despatch does not know, or a key of another kind")),
    };
    Ok(Signer { principal: Some(principal.to_owned()), namespaces, key: key.parse()? })
}

/// Verifies a signature over `bytes` and returns its signer.
///
/// # Errors
/// See [`SignatureFault`].
pub fn verify<'s>(
    signers: &'s [Signer],
    namespace: Namespace,
    bytes: &[u8],
    signature: &str,
) -> Result<&'s Signer, SignatureFault> {
    let signature = SshSig::from_pem(signature).map_err(|_| SignatureFault::NotOne)?;
    if signature.namespace() != namespace.as_str() {
        return Err(SignatureFault::OtherNamespace);
    }
    let allows = |signer: &&Signer| {
        let listed = signer.namespaces.as_ref();
        signer.key.0.key_data() == signature.public_key()
            && listed.is_none_or(|listed| listed.iter().any(|name| name == namespace.as_str()))
    };
    let signer = signers.iter().find(allows).ok_or_else(|| {
        let key = ssh_key::PublicKey::from(signature.public_key().clone());
        SignatureFault::OtherKey(key.fingerprint(HashAlg::Sha256).to_string())
    })?;
    let fits = signer.key.0.verify(namespace.as_str(), bytes, &signature);
    fits.map(|()| signer).map_err(|_| SignatureFault::DoesNotFit)
}

/// Returns the key that made this signature over `bytes`, trusted or not; `None` if no key did, or the signature is
/// spelled differently from [`SigningKey::sign`]'s.
pub fn made_by(namespace: Namespace, bytes: &[u8], signature: &str) -> Option<VerifyingKey> {
    let read = SshSig::from_pem(signature).ok()?;
    let key = ssh_key::PublicKey::from(read.public_key().clone());
    let same = read.to_pem(LineEnding::LF).is_ok_and(|text| text == signature);
    (same && key.verify(namespace.as_str(), bytes, &read).is_ok()).then_some(VerifyingKey(key))
}
