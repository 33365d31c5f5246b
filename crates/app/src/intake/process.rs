//! Enters: what a run wants done with the files of an inbox. Leaves: the answers of a process that has nothing but those
//! files. Never: opens a file of the inbox itself, or shows what that process writes.

use super::files::IntakeFiles;
use super::folders::IntakeFolders;
use super::inbox::Inbox;
use super::requests::{Request, Response, read, read_contents, write};
use super::scan::{Candidate, Look};
use super::taking::Claimed;
use super::{Inode, worker};
use std::borrow::Cow;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// The work on files in a process of its own, which is started when it is first needed, and again once the inbox is
/// another one (mounted, unmounted) or the process has ended.
#[derive(Debug)]
pub struct IntakeProcess {
    program: PathBuf,
    inbox: Inbox,
    running: Mutex<Option<Running>>,
    lost: AtomicBool,
}

#[derive(Debug)]
struct Running {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// The inbox that it may open: what is mounted there later is another one.
    identity: Option<Inode>,
}

impl IntakeProcess {
    /// Works on an inbox through `program`, which is this one. It dies with the thread that first needs it.
    pub fn new(program: &Path, inbox: Inbox) -> Self {
        Self { program: program.to_owned(), inbox, running: Mutex::default(), lost: AtomicBool::new(false) }
    }

    /// The process id of the process, if it runs.
    pub fn pid(&self) -> Option<u32> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().map(|running| running.child.id())
    }

    fn ask(&self, request: &Request<'_>) -> io::Result<Response> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let identity = self.inbox.identity();
        let mut process = match running.take().filter(|process| process.identity == identity) {
            Some(process) => process,
            None => {
                // Says what is wrong with the folders, and makes those that are missing: the process opens no others.
                self.inbox.hold()?;
                Running::start(&self.program, self.inbox.folders(), identity)?
            }
        };
        match process.ask(request) {
            Ok(response) => {
                *running = Some(process);
                match response {
                    Response::Failed { code: Some(code), .. } => Err(io::Error::from_raw_os_error(code)),
                    Response::Failed { code: None, why } => Err(io::Error::other(why)),
                    response => Ok(response),
                }
            }
            Err(_) => {
                self.lost.store(true, Ordering::Relaxed);
                Err(io::Error::other("the process that takes cases from the inbox has ended unexpectedly"))
            }
        }
    }
}

impl Running {
    fn start(program: &Path, folders: &IntakeFolders, identity: Option<Inode>) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.arg(worker::ARGUMENT).env_clear().current_dir("/");
        for folder in folders.arguments() {
            command.arg(std::path::absolute(folder)?);
        }
        // A panic message could hold the name of a file.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => {
                Ok(Self { child, input, output: BufReader::new(output), identity })
            }
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn ask(&mut self, request: &Request<'_>) -> io::Result<Response> {
        write(&mut self.input, request, &[])?;
        let mut response = read(&mut self.output)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        if let Response::Claimed(Claimed::Read(claim)) = &mut response {
            let count = 1 + claim.attachments.iter().flatten().count();
            claim.contents = read_contents(&mut self.output, count)?;
        }
        Ok(response)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only if the process has already ended.
        let _: io::Result<()> = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer to another question than the one that was asked.
fn nonsense<T>() -> io::Result<T> {
    Err(io::ErrorKind::InvalidData.into())
}

impl IntakeFiles for IntakeProcess {
    fn look(&self) -> io::Result<Look> {
        match self.ask(&Request::Look)? {
            Response::Looked(look) => Ok(look),
            _ => nonsense(),
        }
    }

    fn claims(&self) -> io::Result<Vec<(String, bool)>> {
        match self.ask(&Request::Claims)? {
            Response::Claims(claims) => Ok(claims),
            _ => nonsense(),
        }
    }

    fn take(&self, candidate: &Candidate) -> io::Result<Claimed> {
        match self.ask(&Request::Take(Cow::Borrowed(candidate)))? {
            Response::Claimed(claimed) => Ok(claimed),
            _ => nonsense(),
        }
    }

    fn resume(&self, token: &str, settled: bool) -> io::Result<Claimed> {
        match self.ask(&Request::Resume { token: token.to_owned(), settled })? {
            Response::Claimed(claimed) => Ok(claimed),
            _ => nonsense(),
        }
    }

    fn reject(&self, token: &str, file: &Path, faults: &str) -> io::Result<PathBuf> {
        let (token, file, faults) = (token.to_owned(), file.to_owned(), faults.to_owned());
        match self.ask(&Request::Reject { token, file, faults })? {
            Response::Rejected(now_at) => Ok(now_at),
            _ => nonsense(),
        }
    }

    fn clear(&self, token: &str) -> io::Result<()> {
        match self.ask(&Request::Clear(token.to_owned()))? {
            Response::Done => Ok(()),
            _ => nonsense(),
        }
    }

    fn lost_a_process(&self) -> bool {
        self.lost.swap(false, Ordering::Relaxed)
    }
}
