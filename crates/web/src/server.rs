//! Enters: a listening socket, and who answers. Leaves: the process that speaks HTTP, started again whenever it ends,
//! and its requests answered. Never: reads a byte of HTTP, or lets a fault in one answer end the others.

use super::gate::{Front, Refusal};
use super::listener::Listener;
use super::pipe::{Answer, Ask, WAITING_MAX, read, write};
use super::request::{Request, SessionToken};
use super::response::{Content, Response};
use super::worker;
use std::io::{self, BufReader};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How long to wait before the process is started again.
const PAUSE: Duration = Duration::from_secs(1);

/// Whoever answers requests, one at a time.
pub trait Answering: Send {
    /// Answers one request.
    fn answer(&mut self, request: Request) -> Response;

    /// Whether a session is open.
    fn knows(&mut self, session: &SessionToken) -> bool;
}

/// Tells whoever runs the office.
type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// One question of the process, and where its answer goes.
struct Job {
    number: u32,
    ask: Ask,
    to: Arc<Mutex<UnixStream>>,
}

/// Starts the process at `listener`, and a thread for each of those who answer. It goes on until this process ends.
///
/// # Errors
/// The process cannot be started.
pub fn start(
    program: &Path,
    listener: Listener,
    front: &Front,
    answering: Vec<Box<dyn Answering>>,
    log: Log,
) -> io::Result<()> {
    let (jobs, waiting) = sync_channel(WAITING_MAX);
    let waiting = Arc::new(Mutex::new(waiting));
    for mut one in answering {
        let waiting = waiting.clone();
        thread::Builder::new().name("pages".to_owned()).spawn(move || serve(one.as_mut(), &waiting))?;
    }
    let door =
        Door { program: program.to_owned(), listener, front: serde_json::to_string(front)?, jobs, log };
    // The process dies with the thread that started it.
    thread::Builder::new().name("web".to_owned()).spawn(move || door.keep_open())?;
    Ok(())
}

fn serve(one: &mut dyn Answering, waiting: &Mutex<Receiver<Job>>) {
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { number, ask, to }) = next else { return };
        let answered = panic::catch_unwind(AssertUnwindSafe(|| match ask {
            Ask::Page(request) => Some(Answer::Page(Box::new(one.answer(*request)))),
            Ask::Known(session) => Some(Answer::Known(one.knows(&session))),
            Ask::Refused(_) => None,
        }));
        // The panic's message is on stderr; the next request finds the office as the ledger has it.
        let answer = answered.unwrap_or_else(|_| Some(Answer::Page(Box::new(gave_up()))));
        if let Some(answer) = answer {
            let mut to = to.lock().unwrap_or_else(PoisonError::into_inner);
            // If the process is gone, so is the browser's connection.
            let _ = write(&mut *to, number, &answer);
        }
    }
}

/// The answer to a request that met a defect of ours.
fn gave_up() -> Response {
    let text = "Sorry, there is a problem with the service. Nothing was lost: go back and try again.\n";
    Response::of(Content::Text, text.into()).with_status(500)
}

/// Where the process is started again and again.
struct Door {
    program: PathBuf,
    listener: Listener,
    front: String,
    jobs: SyncSender<Job>,
    log: Log,
}

impl Door {
    fn keep_open(self) {
        loop {
            let ended = self.open().and_then(|(child, pipe)| self.relay(child, pipe));
            if let Err(error) = ended {
                (self.log)(&format!("pages: the process that speaks HTTP failed: {error}"));
            }
            thread::sleep(PAUSE);
            (self.log)("pages: the process that speaks HTTP ended, and is started again");
        }
    }

    fn open(&self) -> io::Result<(Child, UnixStream)> {
        let (ours, theirs) = UnixStream::pair()?;
        let child = Command::new(&self.program)
            .args([worker::ARGUMENT, if self.listener.is_unix() { "unix" } else { "tcp" }, &self.front])
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(self.listener.to_fd()?))
            .stdout(Stdio::from(OwnedFd::from(theirs)))
            .stderr(Stdio::null())
            .spawn()?;
        Ok((child, ours))
    }

    /// Hands on what the process asks, until it ends.
    fn relay(&self, mut child: Child, pipe: UnixStream) -> io::Result<()> {
        let mut input = BufReader::new(pipe.try_clone()?);
        let to = Arc::new(Mutex::new(pipe));
        let relayed = self.relay_all(&mut input, &to);
        // Both fail only if it has already ended.
        let _: io::Result<()> = child.kill();
        let _ = child.wait();
        relayed
    }

    fn relay_all(&self, input: &mut BufReader<UnixStream>, to: &Arc<Mutex<UnixStream>>) -> io::Result<()> {
        while let Some((number, ask)) = read::<Ask>(input)? {
            match ask {
                Ask::Refused(why) => self.tell(why),
                ask => {
                    let job = Job { number, ask, to: to.clone() };
                    self.jobs.send(job).map_err(|_| io::ErrorKind::BrokenPipe)?;
                }
            }
        }
        Ok(())
    }

    fn tell(&self, why: Refusal) {
        (self.log)(&format!("pages: a request was refused: {}", why.code()));
    }
}
