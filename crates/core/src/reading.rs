//! Enters: a call that reads from a disk. Leaves: its result, after as many tries as a passing failure takes.
//! Never: takes a failure to read for something that was read: what cannot be read is neither altered nor missing (F16,
//! F25).

use nix::errno::Errno;
use std::io;
use std::thread::sleep;
use std::time::Duration;

/// The waits between tries: short, because a case or a message waits meanwhile, and every command tries again later.
const WAITS_MS: [u64; 4] = [0, 5, 25, 100];

/// Returns whether a call failed for the machine's sake (a disk, a share, too many open files), and not because of what
/// lies there.
pub fn is_passing(error: &io::Error) -> bool {
    const PASSING: [Errno; 14] = [
        Errno::EIO,
        Errno::EINTR,
        Errno::EAGAIN,
        Errno::EMFILE,
        Errno::ENFILE,
        Errno::ESTALE,
        Errno::ENOMEM,
        Errno::ENOBUFS,
        Errno::ETIMEDOUT,
        Errno::EBUSY,
        Errno::ENOLCK,
        Errno::EREMOTEIO,
        Errno::ENOTCONN,
        Errno::EHOSTDOWN,
    ];
    error.raw_os_error().is_some_and(|code| PASSING.contains(&Errno::from_raw(code)))
}

/// Tries a call again while its failure may pass.
///
/// # Errors
/// The last failure.
pub fn patiently<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    for wait in WAITS_MS {
        match call() {
            Err(error) if is_passing(&error) => sleep(Duration::from_millis(wait)),
            done => return done,
        }
    }
    call()
}
