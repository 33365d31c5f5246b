//! Enters: one connection of a client. Leaves: the command or query done in the office, with what it says and asks on
//! the other side. Never: asks for a review key or its passphrase, or goes on asking a client that is gone.

use super::budget::{Budget, Share};
use super::frames::{receive, receive_if, send};
use super::messages::{Refused, Request, Said, Told, VERSION, What};
use crate::caller::{Caller, CallerPath, Delivery, PassphraseSource, Terminal, ToSign};
use crate::context::{Answers, CommandContext, InService};
use crate::global::{Exit, GlobalArgs};
use crate::outcome::{finish, outcome};
use crate::printing::pieces;
use age::secrecy::SecretString;
use despatch_app::office::{MadeKey, OpenKeys};
use despatch_app::operations::Failure;
use despatch_app::operations::reading::OpenedDespatch;
use despatch_core::fault::Fault;
use despatch_core::private;
use despatch_seal::keys::{FileKey, PublicKey, SecretKey, WrappedKey};
use despatch_seal::signing::SigningKey;
use despatch_seal::trial::Salt;
use nix::errno::Errno;
use nix::sys::socket::{MsgFlags, recv};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use zeroize::Zeroizing;

/// A request may hold a case with its attachments (intake: 25 MiB each), in base64.
pub(super) const REQUEST_BYTES_MAX: usize = 96 << 20;
/// Whoever is on no staff list gets no more than an answer that says so.
const OF_A_STRANGER_MAX: usize = 64 << 10;
/// How long a request may take to arrive, from a machine's own disk.
const REQUEST_WITHIN: Duration = Duration::from_secs(60);
/// The longest answer to a question: a locked key.
const ANSWER_BYTES_MAX: usize = 256 << 10;
/// How long the client's process may take where it asks no person.
const KEY_WITHIN: Duration = Duration::from_secs(20);
/// How long a person may take to type a passphrase.
const ANSWER_WITHIN: Duration = Duration::from_secs(600);

/// What each connection gets of the service.
pub(super) struct Served {
    /// The office's folder.
    pub root: PathBuf,
    /// The accounts of the staff and of the office itself.
    pub accounts: BTreeSet<String>,
    pub signing_key: SigningKey,
    /// The review keys that are open for the pages.
    pub open_keys: OpenKeys,
    pub answers: Answers,
    /// The room for requests.
    pub budget: Arc<Budget>,
}

/// Answers one client, whose account the kernel told.
pub(super) fn answer(stream: UnixStream, account: u32, served: &Served) {
    let known = served.accounts.contains(&private::account(account));
    // Held until the command has ended, as what was read of the request is.
    let mut share = served.budget.share(account);
    let most = if known { REQUEST_BYTES_MAX } else { OF_A_STRANGER_MAX };
    let request = request(&stream, most, &mut share);
    let remote = |stream: UnixStream| {
        let looked_at = stream.try_clone().ok();
        Remote { stream: Mutex::new(stream), looked_at, gone: AtomicBool::new(false) }
    };
    let caller = Client(Arc::new(remote(stream)));
    let global = |json, actor, today| GlobalArgs { office: served.root.clone(), json, actor, today };
    let context = |global| CommandContext {
        global,
        caller: Arc::new(caller.clone()),
        service: Some(InService {
            account,
            known,
            signing_key: served.signing_key.clone(),
            open_keys: served.open_keys.clone(),
            outdated: AtomicBool::new(false),
        }),
        answers: served.answers,
    };
    let context = match &request {
        Err(_) => context(global(false, None, None)),
        Ok(Request { json, named, today, .. }) => context(global(*json, named.clone(), *today)),
    };
    let exit = match request.map(|request| request.what) {
        Err(failure) => finish(Err(failure), context.print()),
        Ok(What::Command(command)) => {
            finish(outcome(|| (served.answers.command)(command, &context)), context.print())
        }
        Ok(What::Query(query)) => match outcome(|| (served.answers.query)(query, &context)) {
            Ok(value) => {
                caller.0.tell(&Told::Answer(value));
                Exit::Done
            }
            Err(failure) => finish(Err(failure), context.print()),
        },
    };
    caller.0.tell(&Told::End(exit));
    if context.service.is_some_and(|service| service.outdated.into_inner()) {
        Terminal.log("The office was changed: this ends, to be started again with what counts now.");
        // Whatever the pipeline is at work on lies in `claimed/` until then, as after any crash.
        std::process::exit(Exit::TryAgain as i32);
    }
}

/// Reads the request of a client of this version.
fn request(stream: &UnixStream, most: usize, share: &mut Share) -> Result<Request, Failure> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let refused = |cause: String| {
        let cure = "give the command with the program that the service runs, and start the service again after an upgrade";
        Failure::request("the service", "service.request", cause, cure)
    };
    let read = receive_if(stream, most, Some(REQUEST_WITHIN), |bytes| share.take(bytes));
    let value: serde_json::Value = read.map_err(|error| match error.kind() {
        io::ErrorKind::ResourceBusy => {
            Failure::TryAgain("the service holds as much of other requests as it takes at once".to_owned())
        }
        _ => refused(format!("the request is none: {error}")),
    })?;
    let version =
        Versioned::deserialize(&value).map_err(|_| refused("the request has no version".to_owned()))?;
    if version.version != VERSION {
        let theirs = version.version;
        return Err(refused(format!(
            "the client speaks version {theirs}, and the service version {VERSION}"
        )));
    }
    serde_json::from_value(value).map_err(|error| refused(format!("the request is none: {error}")))
}

/// The caller at the other end of a socket.
#[derive(Clone)]
struct Client(Arc<Remote>);

/// One connection, on which one question is asked at a time.
struct Remote {
    stream: Mutex<UnixStream>,
    /// The same connection, to see whether it has ended while another thread asks something.
    looked_at: Option<UnixStream>,
    gone: AtomicBool,
}

impl Remote {
    /// Tells the client something; whoever is gone is told nothing more, and the command still finishes.
    fn tell(&self, told: &Told) {
        let stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.gone.load(Ordering::Relaxed) && send(&stream, told).is_err() {
            self.gone.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the client has neither ended nor closed the connection.
    fn is_there(&self) -> bool {
        let Some(stream) = &self.looked_at else { return false };
        let how = MsgFlags::MSG_PEEK | MsgFlags::MSG_DONTWAIT;
        let ended = match recv(stream.as_raw_fd(), &mut [0], how) {
            Ok(bytes) => bytes == 0,
            Err(error) => error != Errno::EAGAIN && error != Errno::EINTR,
        };
        !ended && !self.gone.load(Ordering::Relaxed)
    }

    /// Asks the person or the process at the other end something.
    fn ask(&self, told: &Told) -> Result<Said, Fault> {
        self.ask_within(told, ANSWER_WITHIN)
    }

    fn ask_within(&self, told: &Told, within: Duration) -> Result<Said, Fault> {
        let stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        let gone = |error: io::Error| {
            self.gone.store(true, Ordering::Relaxed);
            let cause = format!("whoever gave the command did not answer: {error}");
            Fault::new("the client", "service.gone", cause, "give the command again")
        };
        if self.gone.load(Ordering::Relaxed) {
            return Err(gone(io::ErrorKind::BrokenPipe.into()));
        }
        send(&stream, told).map_err(gone)?;
        match receive(&stream, ANSWER_BYTES_MAX, Some(within)).map_err(gone)? {
            Said::Refused(refused) => Err(refused.into()),
            said => Ok(said),
        }
    }
}

/// Formats the answer to another question than the one that was asked.
fn beside_the_point() -> Fault {
    let cause = "the client gave an answer to another question";
    Fault::new(
        "the client",
        "service.answer",
        cause,
        "give the command with the program that the service runs",
    )
}

impl From<Refused> for Fault {
    fn from(Refused { at, code, cause, cure }: Refused) -> Self {
        const CODES: [&str; 19] = [
            "passphrase.unread",
            "keys.other",
            "copy",
            "message.altered",
            "copy.unbound",
            "open.sealed",
            "sign.unopened",
            "init.differs",
            "init.short",
            "file.loose",
            "open.exists",
            "open.write",
            "open.folder",
            "open.memory",
            "key.unusable",
            "ics.other_file",
            "ics.unwritten",
            "sign.text",
            "sign.key",
        ];
        let code = CODES.into_iter().find(|known| *known == code).unwrap_or("service.client");
        Fault::new(at, code, cause, cure)
    }
}

impl Caller for Client {
    fn out(&self, text: &str) {
        self.0.tell(&Told::Out(pieces(text)));
    }

    fn log(&self, line: &str) {
        self.0.tell(&Told::Log(pieces(line)));
    }

    fn is_there(&self) -> bool {
        self.0.is_there()
    }

    fn passphrase(&self, source: &PassphraseSource, question: &str) -> Result<SecretString, Fault> {
        let Said::Passphrase(bytes) = self.0.ask(&Told::Passphrase(source.clone(), question.to_owned()))?
        else {
            return Err(beside_the_point());
        };
        let text = str::from_utf8(&bytes).map_err(|_| beside_the_point())?;
        Ok(SecretString::from(text.to_owned()))
    }

    fn unlock(
        &self,
        source: &PassphraseSource,
        locked: &[u8],
        question: &str,
    ) -> Result<Result<SecretKey, String>, Fault> {
        let (source, question) = (source.clone(), question.to_owned());
        match self.0.ask(&Told::Unlock { source, locked: locked.to_owned(), question })? {
            Said::Unlocked(public) => Ok(Ok(self.keeps(public))),
            Said::NotUnlocked(why) => Ok(Err(why)),
            _ => Err(beside_the_point()),
        }
    }

    fn make_key(
        &self,
        source: &PassphraseSource,
        question: &str,
        other: Option<&Salt>,
    ) -> Result<MadeKey, Fault> {
        match self.0.ask(&Told::MakeKey(source.clone(), question.to_owned(), other.cloned()))? {
            Said::Made(made) => Ok(made),
            _ => Err(beside_the_point()),
        }
    }

    fn private_key(
        &self,
        file: &CallerPath,
        source: &PassphraseSource,
        question: &str,
    ) -> Result<SecretKey, Fault> {
        let (file, source, question) = (file.clone(), source.clone(), question.to_owned());
        match self.0.ask(&Told::PrivateKey { file, source, question })? {
            Said::Unlocked(public) => Ok(self.keeps(public)),
            _ => Err(beside_the_point()),
        }
    }

    fn sign(&self, asked: &ToSign) -> Result<String, Fault> {
        match self.0.ask(&Told::Sign(asked.clone()))? {
            Said::Signed(signature) => Ok(signature),
            _ => Err(beside_the_point()),
        }
    }

    fn show(&self, to: Option<CallerPath>, opened: OpenedDespatch) -> Result<String, Fault> {
        match self.0.ask(&Told::Show(to, opened.sealed))? {
            Said::Delivered(at) => Ok(at),
            _ => Err(beside_the_point()),
        }
    }

    fn deliver(&self, delivery: Delivery) -> Result<String, Fault> {
        match self.0.ask(&Told::Deliver(delivery))? {
            Said::Delivered(at) => Ok(at),
            _ => Err(beside_the_point()),
        }
    }
}

impl Client {
    /// A private key that the client keeps: it gives out the keys of single files.
    fn keeps(&self, public: PublicKey) -> SecretKey {
        let (remote, of) = (self.0.clone(), public.clone());
        let unwrap = move |header: &[WrappedKey]| -> Option<FileKey> {
            let asked = Told::FileKey(of.clone(), header.to_vec());
            match remote.ask_within(&asked, KEY_WITHIN) {
                Ok(Said::FileKey(key)) => Some(Zeroizing::new(key.as_slice().try_into().ok()?)),
                _ => None,
            }
        };
        SecretKey::elsewhere(public, Arc::new(unwrap))
    }
}
