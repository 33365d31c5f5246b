//! Enters: what is in one despatch. Leaves: the inner manifest (`manifest.json`, sealed as a part of its own)
//! and the outer list (`SHA256SUMS`, in clear). Never: a name or a plaintext hash in the outer list.
//!
//! The two bind in opposite directions. The manifest is inside the sealing and says what the plain documents
//! are and for whom they were sealed, so that a document can't be passed on as if sent to somebody else. The
//! list is outside and says what the sealed parts are, so that anybody can check that none is missing:
//! `sha256sum -c SHA256SUMS`. Its signature stands beside it (`super::list`).

use chrono::{DateTime, NaiveDate, Utc};
use despatch_core::address::EmailAddress;
use despatch_core::words::{CaseId, EntryId, EventId, KindName, PackId, Sha256};
use serde::{Deserialize, Serialize};

/// The manifest's name before sealing; sealed, it is `manifest.json.age`.
pub const MANIFEST_NAME: &str = "manifest.json";

/// The outer list's name.
pub const SUMS_NAME: &str = "SHA256SUMS";

/// The version of the manifest's shape.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Schema {
    #[default]
    #[serde(rename = "despatch-manifest/2")]
    V2,
}

/// What is in one despatch and for whom: sealed with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub schema: Schema,
    /// The despatch's own id in the ledger.
    pub despatch: String,
    pub case: CaseId,
    pub event: EventId,
    /// The row of the process ("12"), or the reading that implies it ("G6").
    pub row: String,
    pub kind: KindName,
    /// The Message-ID of the message that carries it, with its angle brackets.
    pub message_id: String,
    /// `None` where the recipient wasn't known, and it is held.
    pub recipient: Option<Recipient>,
    /// The office's review key, by its fingerprint.
    pub review_fingerprint: String,
    /// The key that signs the outer list, by its fingerprint as `ssh-keygen -l` prints it.
    pub signing_fingerprint: String,
    /// The office's recovery key, by its fingerprint, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_fingerprint: Option<String>,
    /// The date on the letters.
    pub issued_on: NaiveDate,
    pub sealed_at: DateTime<Utc>,
    pub pack: PackId,
    /// The SHA-256 over the pack's text.
    pub pack_sha256: Sha256,
    /// The SHA-256 over the kind's templates.
    pub templates: Sha256,
    pub documents: Vec<Document>,
}

/// To whom the documents were sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    pub entry: EntryId,
    pub address: EmailAddress,
    /// Of every key of the entry; empty when it had none and only the review key opens the despatch.
    pub fingerprints: Vec<String>,
}

/// One document, before sealing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// 1 is the cover note.
    pub number: usize,
    /// The plain file's name ("02-document.pdf").
    pub file: String,
    pub title: String,
    pub sha256: Sha256,
    /// Bytes.
    pub size: u64,
    /// The hash of the document as it was sent, where words lock it and no key opens it: so this copy and what was sent
    /// are bound to each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked_sha256: Option<Sha256>,
}

impl Manifest {
    /// The bytes to seal: JSON for people to read, ending in a line feed.
    ///
    /// # Errors
    /// None that input can cause; serde's own, in its words.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads what [`Manifest::to_json`] wrote.
    ///
    /// # Errors
    /// An unknown field, another schema, a wrong type: serde's words, with line and column.
    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

/// A list of hashes over parts, in the form that `sha256sum -c` reads.
pub fn sums<'a>(parts: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> String {
    parts.into_iter().map(|(name, bytes)| format!("{}  {name}\n", Sha256::of(bytes))).collect()
}
