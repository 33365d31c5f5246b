//! Enters: files whose removal is on record. Leaves: their folders without them, durably.
//! Never: decides what is removed.
//!
//! Unlinking does not erase the medium: what was in the outbox was sealed, and `rejected/` belongs on an encrypted disk
//! (docs/keys-and-retention.md).

use crate::hashing::Hashing;
use crate::office::Office;
use despatch_core::private;
use despatch_core::words::Sha256;
use despatch_ledger::{Ledger, LedgerError, Removal, WhyRemoved};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Opens a file, if it exists and is a plain file. Opening a pipe would block, and a link leads outside the inbox.
pub(super) fn open_plain(path: &Path) -> io::Result<Option<File>> {
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Ok(file) if file.metadata()?.is_file() => Ok(Some(file)),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        // A link or a socket.
        Err(error) if matches!(error.raw_os_error(), Some(libc::ELOOP | libc::ENXIO)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The removal of sealed files, each with its hash if it exists.
pub(super) fn of_sealed(
    ledger: &Ledger,
    subject: String,
    paths: &[PathBuf],
    why: WhyRemoved,
) -> io::Result<Removal> {
    let named = |path: &PathBuf| Ok((ledger.files().relative(path), hash_of(path)?));
    let files = paths.iter().map(named).collect::<io::Result<_>>()?;
    Ok(Removal { subject, files, rejected: Vec::new(), why })
}

/// The removal of files in clear: their hashes are recorded, but not their names.
pub(super) fn in_clear(subject: String, paths: &[PathBuf], why: WhyRemoved) -> io::Result<Removal> {
    let rejected = paths.iter().map(|path| hash_of(path)).collect::<io::Result<_>>()?;
    Ok(Removal { subject, files: Vec::new(), rejected, why })
}

/// The hash of a file, if it exists and is a plain file.
fn hash_of(path: &Path) -> io::Result<Option<Sha256>> {
    let Some(file) = open_plain(path)? else {
        return Ok(None);
    };
    let mut hashing = Hashing::new(file);
    io::copy(&mut hashing, &mut io::sink())?;
    Ok(Some(hashing.finish().1))
}

/// Removes every sealed file whose removal is on record, including those left by an interrupted removal.
pub(super) fn remove_pending(office: &Office, ledger: &mut Ledger) -> Result<usize, LedgerError> {
    let pending = ledger.pending_removals()?;
    for file in &pending {
        private::remove_file(&office.root().join(file))?;
    }
    if !pending.is_empty() {
        ledger.removals_done()?;
    }
    Ok(pending.len())
}

/// Removes files in `rejected/`, and the folders that are then empty.
pub(super) fn remove_rejected(rejected: &Path, files: &[PathBuf]) -> io::Result<()> {
    for file in files {
        private::remove_file(file)?;
        let folders = file.ancestors().skip(1).take_while(|folder| *folder != rejected);
        for folder in folders {
            // A folder that is not empty stays.
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }
    Ok(())
}
