//! Enters: the contents and keys of one sealed despatch. Leaves: the outer list (`SHA256SUMS`), and back again.
//! Never: a name, an address or the hash of a plain document in it.
//!
//! ```text
//! # despatch 17-3
//! # Message-ID: <17-3.1.0123456789abcdef@office.example>
//! # sealed: 2026-11-23T10:00:00.000Z
//! # sealed to the recipient's keys: 6091-2979-691d-8858
//! # sealed to the office's review key: 8899-aabb-ccdd-eeff
//! # signed by: SHA256:…
//! 3f9a…  01-cover-note.pdf.age
//! ```
//! `sha256sum -c` ignores the lines that begin with `#`. The signature beside it (`SHA256SUMS.sig`) covers every byte,
//! so it binds them too: a list with its parts cannot be passed on as if it had been sent to somebody else, or as
//! another message.

use super::signing::VerifyingKey;
use crate::manifest::sums;
use chrono::{DateTime, SecondsFormat, Utc};
use despatch_core::words::Sha256;

/// The name of the list's signature.
pub const SIGNATURE_NAME: &str = "SHA256SUMS.sig";

/// Replaces the recipient's keys if there are none: the despatch waits for one, or a passphrase opens it.
const NOBODY: &str = "none";

/// The header of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The despatch's id in the ledger.
    pub despatch: String,
    /// With angle brackets.
    pub message_id: String,
    /// Truncated to milliseconds.
    pub sealed_at: DateTime<Utc>,
    /// The fingerprint of every key of the recipient; empty if only the office can open it.
    pub recipient: Vec<String>,
    /// The fingerprint of the office's review key.
    pub review: String,
}

/// A parsed outer list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub head: Head,
    /// The fingerprint of the signing key, according to the list itself.
    pub signed_by: String,
    /// The sealed parts in order: hash and name.
    pub parts: Vec<(Sha256, String)>,
}

/// Returns the text of the list.
pub fn write<'a>(
    head: &Head,
    signer: &VerifyingKey,
    parts: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> String {
    head_text(head, &signer.fingerprint()) + &sums(parts)
}

fn head_text(head: &Head, signed_by: &str) -> String {
    let Head { despatch, message_id, sealed_at, recipient, review } = head;
    let sealed_at = sealed_at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let keys = if recipient.is_empty() { NOBODY.to_owned() } else { recipient.join(", ") };
    format!(
        "# despatch {despatch}\n# Message-ID: {message_id}\n# sealed: {sealed_at}\n\
         # sealed to the recipient's keys: {keys}\n# sealed to the office's review key: {review}\n\
         # signed by: {signed_by}\n"
    )
}

/// Parses what [`write`] wrote; `None` for a text that differs by a single byte.
pub fn read(text: &str) -> Option<List> {
    let mut lines = text.lines();
    let mut next = |prefix: &str| lines.next()?.strip_prefix(prefix).map(str::to_owned);
    let despatch = next("# despatch ")?;
    let message_id = next("# Message-ID: ")?;
    let sealed_at = next("# sealed: ")?.parse().ok()?;
    let keys = next("# sealed to the recipient's keys: ")?;
    let review = next("# sealed to the office's review key: ")?;
    let signed_by = next("# signed by: ")?;
    let recipient = if keys == NOBODY { Vec::new() } else { keys.split(", ").map(str::to_owned).collect() };
    let head = Head { despatch, message_id, sealed_at, recipient, review };
    let part = |line: &str| {
        let (hash, name) = line.split_once("  ")?;
        Some((hash.parse().ok()?, name.to_owned()))
    };
    let parts: Vec<(Sha256, String)> = lines.map(part).collect::<Option<_>>()?;
    let hashes: String = parts.iter().map(|(hash, name)| format!("{hash}  {name}\n")).collect();
    let again = head_text(&head, &signed_by) + &hashes;
    (again == text).then_some(List { head, signed_by, parts })
}
