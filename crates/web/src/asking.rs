//! Enters: the pipe to the service, and requests from several connections at once. Leaves: the service's answer to each.
//! Never: asks more at once than the service has room for, or gives one connection another's answer.

use super::gate::Refusal;
use super::pipe::{Answer, Ask, WAITING_MAX, read, write};
use super::request::{Request, SessionToken};
use super::response::Response;
use std::collections::BTreeMap;
use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};

/// How long the service may take to answer: a message that is made again takes the longest.
const ANSWER_WITHIN: Duration = Duration::from_secs(120);

/// The service, as this process has it.
pub(super) struct Asking {
    asks: Sender<(u32, Ask)>,
    waiting: Arc<Waiting>,
    next: AtomicU32,
    places: Arc<Semaphore>,
}

/// Whoever waits for an answer of the service, by number.
type Waiting = Mutex<BTreeMap<u32, oneshot::Sender<Answer>>>;

impl Asking {
    /// Asks through a pipe. This process ends when the service does.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn through(pipe: UnixStream) -> io::Result<Arc<Self>> {
        let waiting = Arc::new(Waiting::default());
        let (asks, to_write) = channel();
        let (input, answers) = (pipe.try_clone()?, waiting.clone());
        thread::Builder::new().spawn(move || write_all(pipe, &to_write))?;
        thread::Builder::new().spawn(move || {
            read_all(input, &answers);
            // Without the service nothing can be answered; whoever started this starts it again.
            std::process::exit(1);
        })?;
        let places = Arc::new(Semaphore::new(WAITING_MAX));
        Ok(Arc::new(Self { asks, waiting, next: AtomicU32::new(0), places }))
    }

    /// Asks the service for a page.
    pub async fn ask(&self, request: Request) -> Result<Response, Refusal> {
        match self.question(Ask::Page(Box::new(request))).await? {
            Answer::Page(response) => Ok(*response),
            Answer::Known(_) => Err(Refusal::NoService),
        }
    }

    /// Asks the service whether a session is open.
    pub async fn knows(&self, session: SessionToken) -> Result<bool, Refusal> {
        Ok(matches!(self.question(Ask::Known(session)).await?, Answer::Known(true)))
    }

    async fn question(&self, ask: Ask) -> Result<Answer, Refusal> {
        let _place = self.places.clone().acquire_owned().await.map_err(|_| Refusal::Busy)?;
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (asker, answer) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(number, asker);
        self.asks.send((number, ask)).map_err(|_| Refusal::NoService)?;
        match tokio::time::timeout(ANSWER_WITHIN, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            _ => {
                self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
                Err(Refusal::NoService)
            }
        }
    }

    /// Tells the service why a request was refused.
    pub fn tell(&self, why: Refusal) {
        // Without the service this process ends.
        let _ = self.asks.send((self.next.fetch_add(1, Ordering::Relaxed), Ask::Refused(why)));
    }
}

fn write_all(pipe: UnixStream, asks: &Receiver<(u32, Ask)>) {
    let mut output = BufWriter::new(pipe);
    while let Ok((number, ask)) = asks.recv() {
        if write(&mut output, number, &ask).and_then(|()| output.flush()).is_err() {
            return;
        }
    }
}

fn read_all(pipe: UnixStream, waiting: &Waiting) {
    let mut input = BufReader::new(pipe);
    while let Ok(Some((number, answer))) = read::<Answer>(&mut input) {
        let asker = waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
        if let Some(asker) = asker {
            // Whoever asked may be gone.
            let _ = asker.send(answer);
        }
    }
}
