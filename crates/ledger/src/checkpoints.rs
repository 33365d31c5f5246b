//! Enters: the end of the record, and the signing key. Leaves: a signed line in an append-only file, and the lines read
//! back. Never: changes an existing line, so that copies kept elsewhere stay valid.
//!
//! ```text
//! despatch-checkpoint/1 1234 3f9a… 2026-11-23T10:00:00.000Z
//! -----BEGIN SSH SIGNATURE-----
//! …
//! -----END SSH SIGNATURE-----
//! ```
//! The signature covers the first line with its line feed, so `ssh-keygen -Y verify` can check it. The hash chain alone
//! reveals a changed row, but not that the last rows were cut off or that the whole record was rewritten.

use crate::error::LedgerError;
use crate::ledger::Ledger;
use chrono::{DateTime, SecondsFormat, Utc};
use despatch_core::clock::Moment;
use despatch_core::words::Sha256;
use despatch_seal::signing::{Namespace, Signer, SigningKey, verify};
use serde::Serialize;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The first word of a checkpoint.
const BEGINS: &str = "despatch-checkpoint/1";
/// The first and last line of a signature.
const SIGNATURE: (&str, &str) = ("-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----");

/// The signed end of the record at a point in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checkpoint {
    /// The number of the last event.
    pub seq: i64,
    /// The hash of the last event, which binds all earlier ones.
    pub hash: Sha256,
    pub at: DateTime<Utc>,
}

impl Checkpoint {
    /// Returns the line that is signed.
    pub(crate) fn statement(&self) -> String {
        format!("{BEGINS} {} {} {}\n", self.seq, self.hash, self.at_text())
    }

    pub(crate) fn at_text(&self) -> String {
        self.at.to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let (begins, seq, hash, at) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let read = Self { seq: seq.parse().ok()?, hash: hash.parse().ok()?, at: at.parse().ok()? };
        (begins == BEGINS && read.statement().trim_end() == line).then_some(read)
    }
}

/// Reads the checkpoints of a file, in order.
///
/// # Errors
/// The number of the first invalid line, and why.
pub fn read_checkpoints(text: &str, signers: &[Signer]) -> Result<Vec<Checkpoint>, (usize, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let broken = |why: String| (index + 1, why);
        let checkpoint = Checkpoint::read(line).ok_or_else(|| broken("it is no checkpoint".to_owned()))?;
        let mut signature = String::new();
        for (_, line) in lines.by_ref() {
            signature.push_str(line);
            signature.push('\n');
            if line == SIGNATURE.1 {
                break;
            }
        }
        if !signature.starts_with(SIGNATURE.0) {
            return Err(broken("it has no signature".to_owned()));
        }
        verify(signers, Namespace::Checkpoint, checkpoint.statement().as_bytes(), &signature)
            .map_err(|fault| broken(format!("its signature does not count: {fault}")))?;
        found.push(checkpoint);
    }
    Ok(found)
}

impl Ledger {
    /// Signs the end of the record; `None` if the last checkpoint covers it already, or the record is empty.
    ///
    /// # Errors
    /// The ledger or the file fails, or the key cannot sign.
    pub fn checkpoint(
        &mut self,
        signer: &SigningKey,
        now: Moment,
    ) -> Result<Option<Checkpoint>, LedgerError> {
        let Some((seq, hash)) = self.tail()? else {
            return Ok(None);
        };
        let path = self.files().checkpoints();
        let before = read_or_nothing(&path)?;
        let said = format!("{BEGINS} {seq} {hash} ");
        if before.lines().any(|line| line.starts_with(&said)) {
            return Ok(None);
        }
        let checkpoint = Checkpoint { seq, hash, at: now.at };
        let statement = checkpoint.statement();
        let signature =
            signer.sign(Namespace::Checkpoint, statement.as_bytes()).map_err(LedgerError::Failed)?;
        append(&path, &format!("{statement}{}\n", signature.trim_end()))?;
        Ok(Some(checkpoint))
    }

    /// Returns the last checkpoint, and its text with its signature.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn last_checkpoint(&mut self) -> Result<Option<(Checkpoint, String)>, LedgerError> {
        let text = read_or_nothing(&self.files().checkpoints())?;
        let start = text.rfind(BEGINS).and_then(|start| text.get(start..));
        Ok(start.and_then(|own| Some((Checkpoint::read(own.lines().next()?)?, own.to_owned()))))
    }

    /// Returns the last checkpoint that was kept elsewhere, as this machine remembers it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn pushed(&mut self) -> Result<Option<Checkpoint>, LedgerError> {
        Ok(read_or_nothing(&self.files().pushed())?.lines().next().and_then(Checkpoint::read))
    }

    /// Returns whether the last checkpoint is older than today, or missing.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn checkpoint_is_due(&mut self, now: Moment) -> Result<bool, LedgerError> {
        let text = read_or_nothing(&self.files().checkpoints())?;
        let last = text.lines().rev().find_map(Checkpoint::read);
        Ok(last.is_none_or(|last| last.at.date_naive() < now.at.date_naive()))
    }
}

fn read_or_nothing(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read,
    }
}

fn append(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    let before = file.metadata()?.len();
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a checkpoint would break every later reading. If it cannot be truncated either, that error is returned.
        file.set_len(before)?;
    }
    written
}
