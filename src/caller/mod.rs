//! Enters: what a command says, asks, and hands over. Leaves: it with whoever gave the command, at the terminal of this
//! process or of another one. Never: decides anything.
//!
//! A command works in one of two processes: in the caller's own, or in the service, which has the office. What belongs
//! to the caller (their terminal, their files, their keys) is reached through [`Caller`] alone, so that the service
//! cannot open a path that somebody names.

mod asking;
mod files;
mod opened;
mod signature;
mod terminal;

pub use asking::unlock;
pub use files::{CallerPath, LocalFile};
pub use signature::ToSign;
pub use terminal::Terminal;

use age::secrecy::SecretString;
use asking::REVIEW_CREDENTIAL;
use despatch_app::office::{KeyHolder, MadeKey};
use despatch_app::operations::reading::OpenedDespatch;
use despatch_core::fault::Fault;
use despatch_core::private::{Secret, credential, secret_bytes};
use despatch_seal::keys::SecretKey;
use despatch_seal::trial::Salt;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Whoever gave the command.
pub trait Caller: Send + Sync {
    /// Shows a text on stdout; a reader who is gone is no failure.
    fn out(&self, text: &str);

    /// Shows a line on stderr.
    fn log(&self, line: &str);

    /// Whether somebody is still there who waits for the end of the command.
    fn is_there(&self) -> bool;

    /// Returns a passphrase.
    ///
    /// # Errors
    /// It cannot be obtained, or other accounts can read it too.
    fn passphrase(&self, source: &PassphraseSource, question: &str) -> Result<SecretString, Fault>;

    /// Unlocks a locked key; the text of an error says why it did not open.
    ///
    /// # Errors
    /// The passphrase cannot be obtained.
    fn unlock(
        &self,
        source: &PassphraseSource,
        locked: &[u8],
        question: &str,
    ) -> Result<Result<SecretKey, String>, Fault>;

    /// Makes a key, locked with a new passphrase, which is tried with the salt of another key's file.
    ///
    /// # Errors
    /// The passphrase cannot be obtained or is too short, or the salt is none of a key's of an office.
    fn make_key(
        &self,
        source: &PassphraseSource,
        question: &str,
        other: Option<&Salt>,
    ) -> Result<MadeKey, Fault>;

    /// Reads a private key of the caller's.
    ///
    /// # Errors
    /// The file cannot be read, holds no key or can be read by others; the passphrase is wrong.
    fn private_key(
        &self,
        file: &CallerPath,
        source: &PassphraseSource,
        question: &str,
    ) -> Result<SecretKey, Fault>;

    /// Has the caller sign a decision with a key of their own.
    ///
    /// # Errors
    /// It is another decision than the one that was asked for, or nothing is signed with this key.
    fn sign(&self, asked: &ToSign) -> Result<String, Fault>;

    /// Shows a reviewer a message that was opened for them, and notes that they have it: in a process of theirs it is
    /// opened anew, with the key that they hold.
    ///
    /// # Errors
    /// It does not open there, or cannot be written.
    fn show(&self, to: Option<CallerPath>, opened: OpenedDespatch) -> Result<String, Fault>;

    /// Writes what a command made among the caller's files, and returns where it is.
    ///
    /// # Errors
    /// Something is there already, or cannot be written.
    fn deliver(&self, delivery: Delivery) -> Result<String, Fault>;
}

/// Where a passphrase comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassphraseSource {
    /// The file that was named, whose first line it is; without one, the person is asked.
    pub file: Option<CallerPath>,
    /// Whether it is the review key's, which systemd may hold as a credential.
    pub review: bool,
}

impl PassphraseSource {
    /// Whether systemd gave this process the passphrase as a credential.
    pub fn has_credential(&self) -> bool {
        self.review && credential(REVIEW_CREDENTIAL).is_some()
    }
}

/// What a command made for the caller, and where it is to be.
#[derive(Debug, Serialize, Deserialize)]
pub enum Delivery {
    /// Documents, all or none, in this folder, else in a new one in memory with this name; `-` is a tar archive on
    /// stdout.
    Documents { to: Option<CallerPath>, name: String, documents: Vec<Document> },
    /// One new file.
    File(CallerPath, #[serde(with = "secret_bytes")] Secret),
    /// A calendar, which may take the place of an earlier one.
    Calendar(CallerPath, String),
}

/// A file in clear: its name, which may have folders, and its bytes.
#[derive(Debug, Serialize, Deserialize)]
pub struct Document {
    pub name: String,
    #[serde(with = "secret_bytes")]
    pub bytes: Secret,
}

impl Document {
    /// Names documents as an operation returns them.
    pub fn all(files: Vec<(String, Secret)>) -> Vec<Self> {
        files.into_iter().map(|(name, bytes)| Self { name, bytes }).collect()
    }
}

/// The caller as the holder of keys that this process must not have.
pub struct HeldByCaller {
    pub caller: Arc<dyn Caller>,
    pub source: PassphraseSource,
}

impl KeyHolder for HeldByCaller {
    fn unlock(&self, locked: &[u8], question: &str) -> Result<Result<SecretKey, String>, Fault> {
        self.caller.unlock(&self.source, locked, question)
    }

    fn make(&self, question: &str, other: Option<&Salt>) -> Result<MadeKey, Fault> {
        self.caller.make_key(&self.source, question, other)
    }
}
