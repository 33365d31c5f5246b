//! Enters: files whose removal is on record. Leaves: their folders without them, durably.
//! Never: decides what goes.
//!
//! Unlinking is not erasure of the medium: what lay in the outbox was sealed, and what lay in `rejected/` belongs on an
//! encrypted disk (docs/keeping.md).

use crate::intake::Inbox;
use crate::office::Office;
use crate::outbox::{Ledger, LedgerError};
use crate::private;
use crate::words::Sha256;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::archive::Hashing;

/// The hash of a file, if it is there.
pub(super) fn hash_of(path: &Path) -> io::Result<Option<Sha256>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut hashing = Hashing::new(file);
    io::copy(&mut hashing, &mut io::sink())?;
    Ok(Some(hashing.finish().1))
}

/// Removes every sealed file whose removal is on record: those of now, and those that were left when one was stopped.
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

/// Removes files of `rejected/`, and the folders that are empty then.
pub(super) fn remove_rejected(inbox: &Path, files: &[PathBuf]) -> io::Result<()> {
    let rejected = inbox.join(Inbox::REJECTED);
    for file in files {
        private::remove_file(file)?;
        let folders = file.ancestors().skip(1).take_while(|folder| *folder != rejected);
        for folder in folders {
            // One that still holds something stays.
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }
    Ok(())
}
