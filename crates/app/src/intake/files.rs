//! Enters: what a run wants done with the files of an inbox. Leaves: what was found and moved.
//! Never: asks the ledger.

use super::inbox::Inbox;
use super::scan::{Candidate, Look, Scanner};
use super::taking::Claimed;
use std::fmt::Debug;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The work on files, in this process or in another one. An error means that nothing can be said of what was done: the
/// next look finds it.
pub trait IntakeFiles: Debug + Send + Sync {
    /// Looks at the inbox.
    ///
    /// # Errors
    /// It cannot be read.
    fn look(&self) -> io::Result<Look>;

    /// The names in `claimed/`, in order, and whether each can be a claim.
    ///
    /// # Errors
    /// It cannot be read.
    fn claims(&self) -> io::Result<Vec<(String, bool)>>;

    /// Claims and reads a candidate.
    ///
    /// # Errors
    /// The process that does it has ended.
    fn take(&self, candidate: &Candidate) -> io::Result<Claimed>;

    /// Resumes a claim, or removes one that is `settled`.
    ///
    /// # Errors
    /// The process that does it has ended.
    fn resume(&self, token: &str, settled: bool) -> io::Result<Claimed>;

    /// Moves a claim to `rejected/` with the text of its faults, and returns where its case file is now.
    ///
    /// # Errors
    /// Something of it cannot be moved.
    fn reject(&self, token: &str, file: &Path, faults: &str) -> io::Result<PathBuf>;

    /// Removes a claim.
    ///
    /// # Errors
    /// Something of it cannot be removed.
    fn clear(&self, token: &str) -> io::Result<()>;

    /// Whether a process of its own has ended unasked since the last call.
    fn lost_a_process(&self) -> bool {
        false
    }
}

/// The work, done where it is asked for.
#[derive(Debug)]
pub struct InProcess {
    inbox: Inbox,
    scanner: Mutex<Scanner>,
}

impl InProcess {
    /// Works on this inbox.
    pub fn new(inbox: Inbox) -> Self {
        Self { inbox, scanner: Mutex::default() }
    }
}

impl IntakeFiles for InProcess {
    fn look(&self) -> io::Result<Look> {
        self.scanner.lock().unwrap_or_else(PoisonError::into_inner).look(&self.inbox)
    }

    fn claims(&self) -> io::Result<Vec<(String, bool)>> {
        self.inbox.claims()
    }

    fn take(&self, candidate: &Candidate) -> io::Result<Claimed> {
        Ok(self.inbox.take(candidate))
    }

    fn resume(&self, token: &str, settled: bool) -> io::Result<Claimed> {
        Ok(self.inbox.resume(token, settled))
    }

    fn reject(&self, token: &str, file: &Path, faults: &str) -> io::Result<PathBuf> {
        self.inbox.reject(token, file, faults)
    }

    fn clear(&self, token: &str) -> io::Result<()> {
        self.inbox.clear(token)
    }
}
