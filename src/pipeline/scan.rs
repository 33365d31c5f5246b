//! Enters: an attachment, and the office's virus scanner. Leaves: what the scanner says of it.
//! Never: takes silence for "clean", writes the attachment to disk, or shows what the scanner prints.

use crate::office::VirusScan;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::channel;
use std::thread;

/// What a scanner says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scanned {
    Clean,
    Found,
    /// It could not be started, broke off, took too long or said something else.
    Unavailable,
}

/// Gives the attachment to the scanner and waits for its word.
pub(super) fn scan(scanner: &VirusScan, attachment: &[u8]) -> Scanned {
    match run(scanner, attachment).map(|status| status.and_then(|status| status.code())) {
        Ok(Some(0)) => Scanned::Clean,
        Ok(Some(1)) => Scanned::Found,
        _ => Scanned::Unavailable,
    }
}

/// How the scanner ended; `None` where it did not within its time.
fn run(scanner: &VirusScan, attachment: &[u8]) -> io::Result<Option<ExitStatus>> {
    let (program, arguments) = scanner.command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command.args(arguments).env_clear().current_dir("/").process_group(0);
    command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let input = child.stdin.take();
    let pid = child.id();
    thread::scope(|scope| {
        // It may end before it has read everything: what it says counts, not what it read.
        scope.spawn(move || input.map(|mut input| input.write_all(attachment)));
        let (ended, status) = channel();
        scope.spawn(move || ended.send(child.wait()));
        match status.recv_timeout(scanner.time_limit) {
            Ok(status) => status.map(Some),
            Err(_) => {
                stop(pid);
                Ok(None)
            }
        }
    })
}

/// Ends the scanner with all that it started; then its pipe closes, and whoever waits for it or writes to it goes on.
fn stop(pid: u32) {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    if let Ok(pid) = i32::try_from(pid) {
        // Nobody has waited for it yet, so the number is still its own; it fails only if it has just ended.
        let _ = kill(Pid::from_raw(-pid), Signal::SIGKILL);
    }
}
