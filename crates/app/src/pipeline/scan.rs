//! Enters: an attachment, and the office's virus scanner. Leaves: the scanner's verdict.
//! Never: treats silence as "clean", writes the attachment to disk, or shows what the scanner prints.

use despatch_guards::virus::Scanned;
use despatch_settings::VirusScan;
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::channel;
use std::thread;

/// Runs the scanner on the attachment and waits for its verdict.
pub(super) fn scan(scanner: &VirusScan, attachment: &[u8]) -> Scanned {
    match run(scanner, attachment).map(|status| status.and_then(|status| status.code())) {
        Ok(Some(0)) => Scanned::Clean,
        Ok(Some(1)) => Scanned::Found,
        _ => Scanned::Unavailable,
    }
}

/// The exit status of the scanner; `None` if it exceeded its time limit. Its whole process group is killed, so that no
/// reader or writer of its pipes blocks.
fn run(scanner: &VirusScan, attachment: &[u8]) -> io::Result<Option<ExitStatus>> {
    let (program, arguments) = scanner.command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command.args(arguments).env_clear().current_dir("/").process_group(0);
    command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let input = child.stdin.take();
    let pid = Pid::from_raw(i32::try_from(child.id()).map_err(io::Error::other)?);
    thread::scope(|scope| {
        // It may end before it has read everything: its exit code counts, not what it read.
        scope.spawn(move || input.map(|mut input| input.write_all(attachment)));
        let (tell, ended) = channel();
        // WNOWAIT keeps the pid reserved until `wait` below, so that `kill` cannot hit another process.
        scope.spawn(move || {
            let how = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
            while waitid(Id::Pid(pid), how) == Err(Errno::EINTR) {}
            tell.send(())
        });
        let in_time = ended.recv_timeout(scanner.time_limit).is_ok();
        // Even a scanner that has ended may have started processes that keep its pipe open.
        let _ = kill(Pid::from_raw(-pid.as_raw()), Signal::SIGKILL);
        let status = child.wait()?;
        Ok(in_time.then_some(status))
    })
}
