//! Enters: whose keys may approve, as OpenSSH's allowed signers, and a signature. Leaves: that it is this person's, by
//! this key, over this text; or why it does not count. Never: a key of two people, or one that signs untouched.

use crate::approval::NAMESPACE;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use despatch_core::fault::Refusal;
use despatch_core::words::StaffId;
use ssh_key::public::KeyData;
use ssh_key::{HashAlg, PublicKey, SshSig};
use std::fmt;

/// The bit of a security key's signature that says that somebody touched it (OpenSSH, PROTOCOL.u2f).
const TOUCHED: u8 = 0x01;
/// A security key's signature ends with its flags and the four bytes of its counter.
const AFTER_FLAGS: usize = 5;

/// The people who may approve, each with their keys.
#[derive(Debug, Clone, Default)]
pub struct Approvers(Vec<Approver>);

#[derive(Debug, Clone)]
struct Approver {
    by: StaffId,
    key: KeyData,
    after: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
}

/// Why a signature is no approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApprovalFault {
    /// The text is not an SSHSIG signature.
    NotOne,
    /// It was made for another purpose.
    OtherNamespace,
    /// The key that made it is nobody's.
    UnknownKey(String),
    /// The key is somebody else's.
    KeyOf(StaffId),
    /// The key did not count at that time.
    NotThen(String),
    /// The security key was not touched.
    Untouched,
    /// It was made over another text.
    DoesNotFit,
}

impl fmt::Display for ApprovalFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOne => f.write_str("it is not a whole OpenSSH signature"),
            Self::OtherNamespace => write!(f, "it is a signature for something else than {NAMESPACE}"),
            Self::UnknownKey(key) => write!(f, "it was made by {key}, which is nobody's who may approve"),
            Self::KeyOf(owner) => write!(f, "it was made by the key of {owner}"),
            Self::NotThen(key) => write!(f, "the key {key} did not count at that time"),
            Self::Untouched => f.write_str("nobody touched the security key for it"),
            Self::DoesNotFit => f.write_str("it was made over another text than this"),
        }
    }
}

impl std::error::Error for ApprovalFault {}

impl Approvers {
    /// Reads a file of allowed signers (ssh-keygen(1), ALLOWED SIGNERS): each line a member of staff, the namespace, from
    /// when to when the key counts (in UTC), and the key. Lines for other namespaces are left out.
    ///
    /// # Errors
    /// The first line that cannot be read, or that has an option which despatch cannot check.
    pub fn read(text: &str) -> Result<Self, (usize, Refusal)> {
        let mut found: Vec<Approver> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let at = |refusal| (index + 1, refusal);
            let Some(approver) = approver(line).map_err(at)? else { continue };
            if found.iter().any(|other| other.key == approver.key && other.by != approver.by) {
                let cure = "give each person a key of their own: two signatures are two people's";
                return Err(at(Refusal { cause: "the key is another person's too", cure }));
            }
            found.push(approver);
        }
        Ok(Self(found))
    }

    /// Returns whether this person has a key that counts at this time.
    pub fn knows(&self, by: &StaffId, at: DateTime<Utc>) -> bool {
        self.0.iter().any(|approver| approver.by == *by && approver.counts(at))
    }

    /// Checks that this person signed this text at this time, and returns the fingerprint of their key.
    ///
    /// # Errors
    /// See [`ApprovalFault`].
    pub fn verify(
        &self,
        by: &StaffId,
        at: DateTime<Utc>,
        text: &str,
        signature: &str,
    ) -> Result<String, ApprovalFault> {
        let signature = SshSig::from_pem(signature).map_err(|_| ApprovalFault::NotOne)?;
        if signature.namespace() != NAMESPACE {
            return Err(ApprovalFault::OtherNamespace);
        }
        let key = PublicKey::from(signature.public_key().clone());
        let name = key.fingerprint(HashAlg::Sha256).to_string();
        let of_key = || self.0.iter().filter(|approver| approver.key == *signature.public_key());
        let owner = of_key().next().ok_or_else(|| ApprovalFault::UnknownKey(name.clone()))?;
        if owner.by != *by {
            return Err(ApprovalFault::KeyOf(owner.by.clone()));
        }
        if !of_key().any(|approver| approver.counts(at)) {
            return Err(ApprovalFault::NotThen(name));
        }
        key.verify(NAMESPACE, text.as_bytes(), &signature).map_err(|_| ApprovalFault::DoesNotFit)?;
        if matches!(key.key_data(), KeyData::SkEd25519(_)) && !was_touched(&signature) {
            return Err(ApprovalFault::Untouched);
        }
        Ok(name)
    }
}

fn was_touched(signature: &SshSig) -> bool {
    let bytes = signature.signature_bytes();
    let flags = bytes.len().checked_sub(AFTER_FLAGS).and_then(|at| bytes.get(at));
    flags.is_some_and(|flags| flags & TOUCHED != 0)
}

impl Approver {
    fn counts(&self, at: DateTime<Utc>) -> bool {
        self.after.is_none_or(|after| at >= after) && self.before.is_none_or(|before| at < before)
    }
}

/// Reads one line; `None` if it is for other namespaces.
fn approver(line: &str) -> Result<Option<Approver>, Refusal> {
    const CURE: &str = "write: STAFF-ID namespaces=\"despatch.approval@v1\" ssh-ed25519 AAAA…";
    let no = |cause| Refusal { cause, cure: CURE };
    let (principal, rest) = line.split_once([' ', '\t']).ok_or_else(|| no("the line names no key"))?;
    let by = principal.parse().map_err(|_| no("it does not begin with the id of one member of staff"))?;
    let (mut after, mut before, mut ours) = (None, None, true);
    let mut rest = rest.trim_start();
    while !rest.starts_with("ssh-") && !rest.starts_with("sk-ssh-") {
        let (name, value, left) = option(rest).ok_or_else(|| {
            no("it has an option that despatch cannot check, or a key that is neither ssh-ed25519 nor sk-ssh-ed25519")
        })?;
        match name {
            "namespaces" => ours = value.split(',').any(|one| one == NAMESPACE),
            "valid-after" => after = Some(moment(value).ok_or_else(|| no(BAD_TIME))?),
            "valid-before" => before = Some(moment(value).ok_or_else(|| no(BAD_TIME))?),
            _ => return Err(no("it has an option that despatch cannot check")),
        }
        rest = left;
    }
    if !ours {
        return Ok(None);
    }
    let key = PublicKey::from_openssh(rest).map_err(|_| no("it has no whole OpenSSH public key"))?;
    match key.key_data() {
        KeyData::Ed25519(_) | KeyData::SkEd25519(_) => {
            Ok(Some(Approver { by, key: key.key_data().clone(), after, before }))
        }
        _ => Err(no("the key is neither ssh-ed25519 nor sk-ssh-ed25519")),
    }
}

/// Splits the first option `name="value"` off, with what comes after it.
fn option(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.split_once("=\"")?;
    let (value, rest) = rest.split_once('"')?;
    let more = rest.strip_prefix(',').or_else(|| rest.strip_prefix([' ', '\t']))?;
    Some((name, value, more.trim_start()))
}

const BAD_TIME: &str =
    "its valid-after or valid-before is no time in UTC such as 20261123Z or 20261123120000Z";

/// Reads a time as allowed signers have it. One without `Z` would be in the time zone of whoever reads it.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let digits = text.strip_suffix('Z')?;
    let day = |digits| NaiveDate::parse_from_str(digits, "%Y%m%d").ok()?.and_hms_opt(0, 0, 0);
    let read = match digits.len() {
        8 => day(digits),
        12 => NaiveDateTime::parse_from_str(&format!("{digits}00"), "%Y%m%d%H%M%S").ok(),
        14 => NaiveDateTime::parse_from_str(digits, "%Y%m%d%H%M%S").ok(),
        _ => None,
    };
    read.map(|read| read.and_utc())
}
