//! Enters: an open file of the inbox. Leaves: whether its writer has finished.
//! Never: waits; the caller looks again.

use super::plain::Identity;
use std::collections::HashMap;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a file must stay the same where the system cannot tell whether somebody is writing it.
/// Longer than the pause between two writes of a copy over a slow network share.
const QUIET: Duration = Duration::from_secs(3);

/// Remembers since when each file has looked the same.
#[derive(Debug, Default)]
pub(super) struct Settling {
    seen: HashMap<PathBuf, (Identity, Instant)>,
    /// Take a file for finished where the system cannot tell.
    at_once: bool,
}

impl Settling {
    /// For one look alone: what the system cannot tell about counts as finished.
    pub(super) fn for_one_look() -> Self {
        Self { at_once: true, ..Self::default() }
    }

    /// Whether nobody is writing the file any more.
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

/// Whether some process has the file open for writing, as a read lease tells: the kernel grants none while
/// there is a writer. `None` where it can't say (another's file, a network share).
fn written_by_somebody(file: &File) -> Option<bool> {
    match lease(file, libc::F_RDLCK) {
        Ok(()) => {
            // The lease ends with the descriptor anyway.
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
