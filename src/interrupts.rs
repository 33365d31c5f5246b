//! Enters: Ctrl-C, and the signals that end a process. Leaves: whether one came, for a command that stops where it can.
//! Never: keeps a process from being killed.

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use std::io;

/// Ctrl-C and the signals that end a process, which wait until a command has come to a place where it can stop.
pub struct Interrupts(Option<SignalFd>);

impl Interrupts {
    /// Holds them back from now on, in the process in which the command was given; in a service its client's end says the
    /// same.
    ///
    /// # Errors
    /// The system refuses.
    pub fn watch(in_service: bool) -> io::Result<Self> {
        if in_service {
            return Ok(Self(None));
        }
        let mut signals = SigSet::empty();
        [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP].into_iter().for_each(|signal| signals.add(signal));
        signals.thread_block()?;
        Ok(Self(Some(SignalFd::with_flags(&signals, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)?)))
    }

    /// Whether one came.
    pub fn came(&self) -> bool {
        self.0.as_ref().is_some_and(|signals| signals.read_signal().is_ok_and(|signal| signal.is_some()))
    }
}
