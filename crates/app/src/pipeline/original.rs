//! Enters: a case file and its attachments. Leaves: one archive of them, sealed to the review key; and the reverse.
//! Never: writes either to disk in clear.

use super::archive::archive_of;
use crate::intake::{Incoming, IncomingAttachment};
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use despatch_process::case;
use despatch_seal::keys::{PublicKey, SecretKey};
use despatch_seal::sealing;
use std::io::{self, Read};
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
    let archive = sealing::open(sealed, with).map_err(|error| unfit(error.label()))?;
    let mut incoming = Incoming {
        submission,
        token: String::new(),
        file: PathBuf::from(CASE_FILE),
        owner: nix::unistd::getuid().as_raw(),
        bytes: Secret::default(),
        case: Err(Vec::new()),
        attachments: Vec::new(),
        faults: Vec::new(),
    };
    let mut read = || -> io::Result<()> {
        for entry in tar::Archive::new(archive.as_slice()).entries()? {
            let mut entry = entry?;
            let path = entry.path()?.into_owned();
            // Allocated at its full size, so that the plaintext is never moved by a reallocation.
            let mut bytes = Secret::new(Vec::with_capacity(usize::try_from(entry.size()).unwrap_or(0)));
            entry.read_to_end(&mut bytes)?;
            match path.file_name().and_then(|name| name.to_str()) {
                Some(CASE_FILE) if !path.starts_with(ATTACHMENTS) => incoming.bytes = bytes,
                Some(file) => incoming.attachments.push(IncomingAttachment { file: file.to_owned(), bytes }),
                None => {}
            }
        }
        Ok(())
    };
    read().map_err(|error| unfit(&error.to_string()))?;
    incoming.case = case::parse(&incoming.bytes);
    Ok(incoming)
}

/// Returns the case file and attachments by name, for disclosing what was received.
///
/// # Errors
/// It is not such an archive, or the key does not open it.
pub fn unsealed(sealed: &[u8], submission: i64, with: &SecretKey) -> Result<Vec<(String, Secret)>, Fault> {
    let incoming = open(sealed, submission, with)?;
    let case = (CASE_FILE.to_owned(), incoming.bytes);
    let attachments =
        incoming.attachments.into_iter().map(|one| (format!("{ATTACHMENTS}/{}", one.file), one.bytes));
    Ok(std::iter::once(case).chain(attachments).collect())
}

fn unfit(why: &str) -> Fault {
    Fault::new("the sealed case file", "original", why, "check the review key and the outbox's files")
}
