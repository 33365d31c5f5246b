//! Enters: the contents of one despatch. Leaves: the inner manifest (`manifest.json`, sealed as a part of its own)
//! and the outer list (`SHA256SUMS`, in clear). Never: a name or a plaintext hash in the outer list.
//!
//! The two bind in opposite directions. The manifest is inside the sealing and says what the plain documents are and
//! for whom they were sealed, so that a document cannot be passed on as if sent to somebody else. The list is outside
//! and says what the sealed parts are, so that anybody can check that none is missing: `sha256sum -c SHA256SUMS`. Its
//! signature is a file of its own (`super::list`).

use chrono::{DateTime, NaiveDate, Utc};
use despatch_core::address::EmailAddress;
use despatch_core::words::{CaseId, EntryId, EventId, KindName, PackId, Sha256};
use serde::{Deserialize, Serialize};

/// The manifest's name before sealing; sealed, it is `manifest.json.age`.
pub const MANIFEST_NAME: &str = "manifest.json";

/// The outer list's name.
pub const SUMS_NAME: &str = "SHA256SUMS";

/// The version of the manifest's format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Schema {
    #[default]
    #[serde(rename = "despatch-manifest/2")]
    V2,
}

/// The contents of one despatch and its recipient, sealed with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub schema: Schema,
    /// The despatch's id in the ledger.
    pub despatch: String,
    pub case: CaseId,
    pub event: EventId,
    /// The row of the process ("12"), or the reading that implies it ("G6").
    pub row: String,
    pub kind: KindName,
    /// The Message-ID of its message, with angle brackets.
    pub message_id: String,
    /// `None` if the recipient was unknown and the despatch is held.
    pub recipient: Option<Recipient>,
    /// The fingerprint of the office's review key.
    pub review_fingerprint: String,
    /// The fingerprint of the key that signs the outer list, as `ssh-keygen -l` prints it.
    pub signing_fingerprint: String,
    /// The fingerprint of the office's recovery key, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_fingerprint: Option<String>,
    /// The date on the letters.
    pub issued_on: NaiveDate,
    pub sealed_at: DateTime<Utc>,
    pub pack: PackId,
    /// The SHA-256 of the pack's text.
    pub pack_sha256: Sha256,
    /// The SHA-256 of the kind's templates.
    pub templates: Sha256,
    pub documents: Vec<Document>,
}

/// The recipient of the documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    pub entry: EntryId,
    pub address: EmailAddress,
    /// The fingerprint of every key of the entry; empty if it had none and only the review key opens the despatch.
    pub fingerprints: Vec<String>,
}

/// One document, before sealing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The cover note is number 1.
    pub number: usize,
    /// The plain file's name ("02-document.pdf").
    pub file: String,
    pub title: String,
    pub sha256: Sha256,
    /// In bytes.
    pub size: u64,
    /// The hash of the document as sent, if a passphrase locks it: it binds this copy and what was sent to each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked_sha256: Option<Sha256>,
}

impl Manifest {
    /// Returns the bytes to seal: indented JSON, ending in a line feed.
    ///
    /// # Errors
    /// No input can cause one; the error is serde's own.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Parses what [`Manifest::to_json`] wrote.
    ///
    /// # Errors
    /// An unknown field, another schema or a wrong type: serde's error, with line and column.
    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

/// Returns the hashes of parts in the format that `sha256sum -c` reads.
pub fn sums<'a>(parts: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> String {
    parts.into_iter().map(|(name, bytes)| format!("{}  {name}\n", Sha256::of(bytes))).collect()
}
