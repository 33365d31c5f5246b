//! Enters: a case file and its attachments. Leaves: one archive of them, sealed to the review key; and the reverse.
//! Never: writes either to disk in clear.

use super::archive::{archive_of, files_of};
use crate::intake::{AttachedFile, Incoming};
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use despatch_seal::keys::{PublicKey, SecretKey};
use despatch_seal::sealing;
use std::path::PathBuf;

/// The case file's name in the archive; attachments are in a folder beside it, so that none can take its name.
const CASE_FILE: &str = "case.json";
const ATTACHMENTS: &str = "attachments";

/// Seals the case file and its attachments as an archive that `age -d | tar x` opens.
pub(super) fn seal(incoming: &Incoming, keys: &[&PublicKey]) -> Result<Vec<u8>, Fault> {
    let attachments = incoming.attachments.iter();
    let attachments: Vec<(String, &Secret)> =
        attachments.map(|one| (format!("{ATTACHMENTS}/{}", one.file), &one.bytes)).collect();
    let mut files = vec![(CASE_FILE, incoming.bytes.as_slice())];
    files.extend(attachments.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
    let archive = archive_of(&files).map_err(|error| unfit(&error.to_string()))?;
    sealing::seal(&archive, keys).map_err(|error| unfit(&error.to_string()))
}

/// Opens such an archive.
///
/// # Errors
/// It is not such an archive, or the key does not open it.
pub(super) fn open(sealed: &[u8], submission: i64, with: &SecretKey) -> Result<Incoming, Fault> {
    let (mut bytes, mut attachments) = (Secret::default(), Vec::new());
    for (name, content) in unsealed(sealed, with)? {
        match name.split_once('/') {
            Some((_, file)) => attachments.push(AttachedFile { file: file.to_owned(), bytes: content }),
            None => bytes = content,
        }
    }
    let owner = nix::unistd::getuid().as_raw();
    Ok(Incoming::unclaimed(submission, PathBuf::from(CASE_FILE), owner, bytes, attachments))
}

/// Returns the case file and attachments by name, the case file first.
///
/// # Errors
/// It is not such an archive, or the key does not open it.
pub fn unsealed(sealed: &[u8], with: &SecretKey) -> Result<Vec<(String, Secret)>, Fault> {
    let archive = sealing::open(sealed, with).map_err(|error| unfit(error.label()))?;
    files_of(&archive).map_err(|error| unfit(&error.to_string()))
}

fn unfit(why: &str) -> Fault {
    Fault::new("the sealed case file", "original", why, "check the review key and the outbox's files")
}
