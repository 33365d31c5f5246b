//! Enters: a case file and its attachments. Leaves: one archive of them, sealed to the review key; and back.
//! Never: writes either to the disk in clear.

use super::archive::archive_of;
use crate::intake::{Incoming, IncomingAttachment};
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use despatch_process::case;
use despatch_seal::keys::{PublicKey, SecretKey};
use despatch_seal::sealing;
use std::io::{self, Read};
use std::path::PathBuf;

/// The case file's name in the archive; attachments stand beside it in a folder, so none can take its name.
const CASE_FILE: &str = "case.json";
const ATTACHMENTS: &str = "attachments";

/// The archive that `age -d | tar x` opens.
pub(super) fn seal(incoming: &Incoming, keys: &[&PublicKey]) -> Result<Vec<u8>, Fault> {
    let attachments = incoming.attachments.iter();
    let attachments: Vec<(String, &Secret)> =
        attachments.map(|one| (format!("{ATTACHMENTS}/{}", one.file), &one.bytes)).collect();
    let mut files = vec![(CASE_FILE, incoming.bytes.as_slice())];
    files.extend(attachments.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
    let archive = archive_of(&files).map_err(|error| unfit(&error.to_string()))?;
    sealing::seal(&archive, keys).map_err(|error| unfit(&error.to_string()))
}

/// The case file and attachments again.
///
/// Errors: it is not such an archive, or the key does not open it.
pub(super) fn open(sealed: &[u8], claim: i64, with: &SecretKey) -> Result<Incoming, Fault> {
    let archive = sealing::open(sealed, with).map_err(|error| unfit(error.words()))?;
    let mut incoming = Incoming {
        claim,
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
            // Its size is known, so the buffer never moves.
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

/// The case file and attachments again, by name: for whoever must disclose what came in.
///
/// # Errors
/// It is not such an archive, or the key does not open it.
pub fn unsealed(sealed: &[u8], claim: i64, with: &SecretKey) -> Result<Vec<(String, Secret)>, Fault> {
    let incoming = open(sealed, claim, with)?;
    let case = (CASE_FILE.to_owned(), incoming.bytes);
    let attachments =
        incoming.attachments.into_iter().map(|one| (format!("{ATTACHMENTS}/{}", one.file), one.bytes));
    Ok(std::iter::once(case).chain(attachments).collect())
}

fn unfit(why: &str) -> Fault {
    Fault::new("the sealed case file", "original", why, "check the review key and the outbox's files")
}
