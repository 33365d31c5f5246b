//! Enters: an open file in the inbox. Leaves: whether its writer has finished.
//! Never: blocks; the caller scans again.

use super::plain::Identity;
use std::collections::HashMap;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a file must stay unchanged where the system cannot tell whether it is being written.
/// Longer than the pause between two writes of a copy over a slow network share.
const QUIET: Duration = Duration::from_secs(3);

/// Tracks how long each file has stayed unchanged.
#[derive(Debug, Default)]
pub(super) struct Settling {
    seen: HashMap<PathBuf, (Identity, Instant)>,
    /// Whether to treat a file as finished where the system cannot tell.
    at_once: bool,
}

impl Settling {
    /// For a single scan: where the system cannot tell, a file counts as finished.
    pub(super) fn for_one_look() -> Self {
        Self { at_once: true, ..Self::default() }
    }

    /// Whether the file is no longer being written.
    pub(super) fn is_settled(&mut self, path: &Path, file: &File, identity: Identity) -> bool {
        match written_by_somebody(file) {
            Some(written) => !written,
            None if self.at_once => true,
            None => {
                let seen = self.seen.entry(path.to_owned()).or_insert((identity, Instant::now()));
                if seen.0 != identity {
                    *seen = (identity, Instant::now());
                }
                seen.1.elapsed() >= QUIET
            }
        }
    }

    /// Forgets files that are gone.
    pub(super) fn keep(&mut self, still_there: impl Fn(&Path) -> bool) {
        self.seen.retain(|path, _| still_there(path));
    }
}

/// Whether a process has the file open for writing: the kernel grants no read lease while there is a writer. `None`
/// where it cannot tell (a file of another account, a network share).
fn written_by_somebody(file: &File) -> Option<bool> {
    match lease(file, libc::F_RDLCK) {
        Ok(()) => {
            // Closing the descriptor releases the lease anyway.
            let _ = lease(file, libc::F_UNLCK);
            Some(false)
        }
        Err(error) if error.raw_os_error() == Some(libc::EAGAIN) => Some(true),
        Err(_) => None,
    }
}

#[expect(unsafe_code, reason = "fcntl(F_SETLEASE) has no safe wrapper; it takes two integers")]
fn lease(file: &File, kind: libc::c_int) -> std::io::Result<()> {
    // SAFETY: the descriptor is open for as long as `file` is borrowed; no memory is passed.
    let result = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLEASE, kind) };
    if result == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}
