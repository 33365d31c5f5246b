//! Enters: an office's folder and a request. Leaves: the answer of the office's service, shown, asked and written where
//! the command was given. Never: talks to a service of another account than the office's, sends a review key or its
//! passphrase, or touches a path that the command line does not name.

use super::SOCKET;
use super::frames::{receive, send};
use super::messages::{Refused, Request, Said, Told, VERSION, What};
use crate::caller::{Caller, CallerPath, Delivery, PassphraseSource, Terminal, ToSign};
use crate::global::{Exit, GlobalArgs};
use crate::printing::Piece;
use age::secrecy::ExposeSecret;
use despatch_app::office::OUTBOX;
use despatch_app::operations::Failure;
use despatch_app::operations::reading::{OpenedDespatch, SealedDespatch};
use despatch_core::fault::Fault;
use despatch_core::private::{Secret, account};
use despatch_ledger::Files;
use despatch_seal::keys::{PublicKey, SecretKey, WrappedKey};
use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// The longest that a service tells at once: the documents of a message (35 MB at most), in base64, or of a whole case.
const TOLD_BYTES_MAX: usize = 1 << 30;

/// How long a service that was just started may take to answer: it unlocks its key first.
const STARTS_WITHIN: Duration = Duration::from_secs(3);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// A connection to the service of an office.
pub struct Connection {
    stream: UnixStream,
    /// The words of the command line: the only paths that the service may have used here.
    named: Vec<OsString>,
    keys: BTreeMap<String, SecretKey>,
    bounds: Bounds,
    /// How many sealed files were opened with them.
    opened: usize,
}

/// What a service may have of a client during one command.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Whether the command makes a secret of the service's own, whose passphrase it is told.
    pub tells_passphrase: bool,
    /// Of how many sealed files it may ask the key.
    pub file_keys: usize,
    /// Whether each of them is told to the person, who looks at something else meanwhile.
    pub announces: bool,
}

impl Bounds {
    /// For a command that opens nothing.
    pub const NOTHING: Bounds = Bounds { tells_passphrase: false, file_keys: 0, announces: false };
}

/// Connects to the service of the office in a folder; `None` if there is none and this account owns the office, so that
/// the command works in this process.
///
/// # Errors
/// The office is another account's and no service can be reached; whoever listens is not the office's account; the
/// office is being worked on without a service.
pub fn connect(office: &Path) -> Result<Option<Connection>, Failure> {
    connect_by(office, Instant::now() + STARTS_WITHIN)
}

fn connect_by(office: &Path, by: Instant) -> Result<Option<Connection>, Failure> {
    let flags = libc::O_PATH | libc::O_DIRECTORY;
    let Ok(folder) = OpenOptions::new().read(true).custom_flags(flags).open(office) else {
        // Opening the office says what is wrong with it.
        return Ok(None);
    };
    let owner = folder.metadata()?.uid();
    let fault =
        |code, cause: String, cure: String| Fault::new(office.display().to_string(), code, cause, cure);
    match UnixStream::connect(socket_in(&folder)) {
        Ok(stream) => {
            let peer = getsockopt(&stream, PeerCredentials).map_err(io::Error::from)?.uid();
            if peer != owner {
                let (peer, owner) = (account(peer), account(owner));
                let cause = format!("who listens there is {peer}, and the office is {owner}'s");
                let cure =
                    format!("tell whoever runs the office: remove {SOCKET}, and find out who laid it there");
                return Err(fault("service.peer", cause, cure).into());
            }
            let named = std::env::args_os().skip(1).collect();
            Ok(Some(Connection { stream, named, keys: BTreeMap::new(), bounds: Bounds::NOTHING, opened: 0 }))
        }
        Err(error) if is_absent(&error) && owner == nix::unistd::geteuid().as_raw() => {
            if !Files::is_leased(&office.join(OUTBOX), "watcher") {
                return Ok(None);
            }
            if Instant::now() < by {
                thread::sleep(BETWEEN_LOOKS);
                return connect_by(office, by);
            }
            let why = "the office's inbox is being processed, and no service answers yet";
            Err(Failure::TryAgain(why.to_owned()))
        }
        Err(error) if is_absent(&error) => {
            let owner = account(owner);
            let cause = format!("no service runs there, and without one only {owner} can work in it");
            let cure = format!("ask whoever runs the office to start `despatch run` as {owner}");
            Err(fault("service.none", cause, cure).into())
        }
        Err(error) => {
            let cause = format!("its service cannot be reached: {error}");
            let cure = "ask whoever runs the office to put you into the group of its inbox".to_owned();
            Err(fault("service.closed", cause, cure).into())
        }
    }
}

/// The path of the socket through the open folder: it is short enough (unix(7): 108 bytes) however long the folder's is,
/// and stays in that folder.
pub(super) fn socket_in(folder: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd())).join(SOCKET)
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}

impl Connection {
    /// Gives a request, and does for the service what belongs to the caller until it has ended: the answer of a query,
    /// and how it ended.
    ///
    /// # Errors
    /// The service is gone, or asks for what it may not have.
    pub fn give(
        mut self,
        global: &GlobalArgs,
        what: What,
        bounds: Bounds,
    ) -> Result<(Option<Value>, Exit), Failure> {
        self.bounds = bounds;
        let (json, named, today) = (global.json, global.actor.clone(), global.today);
        let request = Request { version: VERSION, json, named, today, what };
        // A service that refuses a request may stop reading it; what it says then is in its answer.
        let sent = send(&self.stream, &request);
        let mut answer = None;
        loop {
            let told = receive(&self.stream, TOLD_BYTES_MAX, None).map_err(|error| {
                let error = sent.as_ref().err().unwrap_or(&error);
                let why =
                    format!("the service ended before the command did ({error}): look whether it was done");
                Failure::TryAgain(why)
            })?;
            match told {
                Told::Out(pieces) => Terminal.put(&shown(&pieces)),
                Told::Log(pieces) => show_line(&pieces),
                Told::Answer(value) => answer = Some(value),
                Told::End(exit) => return Ok((answer, exit)),
                question => {
                    let said = self.answer(question).unwrap_or_else(|fault| Said::Refused(fault.into()));
                    // If the service is gone, the next read says so.
                    let _ = send(&self.stream, &said);
                }
            }
        }
    }

    /// Answers a question of the service.
    fn answer(&mut self, question: Told) -> Result<Said, Fault> {
        match question {
            Told::Passphrase(source, question) if self.bounds.tells_passphrase && !source.review => {
                let passphrase = Terminal.passphrase(self.own(&source)?, &question)?;
                Ok(Said::Passphrase(Secret::new(passphrase.expose_secret().as_bytes().to_vec())))
            }
            Told::Unlock { source, locked, question } => {
                match Terminal.unlock(self.own(&source)?, &locked, &question)? {
                    Ok(key) => Ok(self.keep(key)),
                    Err(why) => Ok(Said::NotUnlocked(why)),
                }
            }
            Told::MakeKey(source, question, other) => {
                Ok(Said::Made(Terminal.make_key(self.own(&source)?, &question, other.as_ref())?))
            }
            Told::PrivateKey { file, source, question } => {
                self.check_named(&file)?;
                let key = Terminal.private_key(&file, self.own(&source)?, &question)?;
                Ok(self.keep(key))
            }
            Told::Sign(asked) => {
                self.check_named(&asked.key)?;
                Terminal.sign(&self.as_given(asked)?).map(Said::Signed)
            }
            Told::FileKey(of, header) => {
                self.bounds.file_keys = self.bounds.file_keys.checked_sub(1).ok_or_else(|| {
                    let cause = "the service asks for the keys of more files than the command opens";
                    Fault::new("the service", "service.asks", cause, "tell whoever runs the office")
                })?;
                if self.bounds.announces {
                    self.opened += 1;
                    Terminal.log(&format!("a sealed file was opened with your key ({} so far)", self.opened));
                }
                Ok(self.file_key(&of, &header))
            }
            Told::Show(to, sealed) => {
                to.iter().try_for_each(|to| self.check_named(to))?;
                self.show(to, sealed).map(Said::Delivered)
            }
            Told::Deliver(delivery) => {
                match &delivery {
                    Delivery::Documents { to, .. } => to.iter().try_for_each(|to| self.check_named(to))?,
                    Delivery::File(to, _) | Delivery::Calendar(to, _) => self.check_named(to)?,
                }
                Terminal.deliver(delivery).map(Said::Delivered)
            }
            Told::Passphrase(..) | Told::Out(_) | Told::Log(_) | Told::Answer(_) | Told::End(_) => {
                let cause = "the service asks for a passphrase that it may not have";
                Err(Fault::new("the service", "service.asks", cause, "tell whoever runs the office"))
            }
        }
    }

    /// Opens a message with the client's own key, if the command line gives that: the service may show one message and have
    /// another approved, so that what is noted as opened is what came out of these bytes here.
    fn show(&self, to: Option<CallerPath>, sealed: SealedDespatch) -> Result<String, Fault> {
        let key = self.keys.get(sealed.review_key.as_str());
        let given = self.gives("open") && self.gives(&sealed.id.to_string());
        let Some(key) = key.filter(|_| given) else {
            let cause = "the service shows another message than the one that was to be opened";
            return Err(Fault::new("the service", "service.asks", cause, "tell whoever runs the office"));
        };
        let (documents, message) = (sealed.open(key)?, sealed.sha256());
        Terminal.show(to, OpenedDespatch { documents, message, sealed })
    }

    /// Whether the command line has this word.
    fn gives(&self, word: &str) -> bool {
        self.named.iter().any(|given| given.to_str() == Some(word))
    }

    /// What is to be signed, if the command line gives that very decision: the message as the person named it there, and
    /// whether they say themselves that they sign for what they did not open.
    fn as_given(&self, asked: ToSign) -> Result<ToSign, Fault> {
        let command = if asked.urgently { "urgent" } else { "approve" };
        if !self.gives(command) || !self.gives(&asked.despatch.to_string()) {
            let cause = "the service asks for a signature under another decision than the one that was given";
            return Err(Fault::new("the service", "sign.text", cause, "tell whoever runs the office"));
        }
        let after = |option: &str| {
            let mut words = self.named.iter().filter_map(|word| word.to_str());
            words.find_map(|word| word.strip_prefix(option)?.strip_prefix('=').map(str::to_owned)).or_else(
                || {
                    let at = self.named.iter().position(|word| word == option)?;
                    self.named.get(at + 1)?.to_str().map(str::to_owned)
                },
            )
        };
        Ok(ToSign { seen: after("--message"), unseen: self.gives("--unseen"), ..asked })
    }

    fn keep(&mut self, key: SecretKey) -> Said {
        let public = key.to_public();
        self.keys.insert(public.to_string(), key);
        Said::Unlocked(public)
    }

    /// The key of the one file with this header.
    fn file_key(&self, of: &PublicKey, header: &[WrappedKey]) -> Said {
        let key = self.keys.get(of.as_str()).and_then(|key| key.file_key(header));
        key.map_or(Said::NoFileKey, |key| Said::FileKey(Secret::new(key.to_vec())))
    }

    /// The source, if the command line names its file.
    fn own<'s>(&self, source: &'s PassphraseSource) -> Result<&'s PassphraseSource, Fault> {
        source.file.iter().try_for_each(|file| self.check_named(file))?;
        Ok(source)
    }

    /// Checks that the command line names a path.
    fn check_named(&self, path: &CallerPath) -> Result<(), Fault> {
        let wanted = path.path().as_os_str().as_encoded_bytes();
        let names = |word: &OsString| {
            let word = word.as_encoded_bytes();
            word == wanted || word.split_once_at_equals().is_some_and(|value| value == wanted)
        };
        if self.named.iter().any(names) {
            return Ok(());
        }
        let cause = "the service asks for a path that the command line does not name";
        Err(Fault::new("the service", "service.asks", cause, "tell whoever runs the office"))
    }
}

/// The value of `--option=value`.
trait OptionValue {
    fn split_once_at_equals(&self) -> Option<&[u8]>;
}

impl OptionValue for [u8] {
    fn split_once_at_equals(&self) -> Option<&[u8]> {
        let at = self.iter().position(|byte| *byte == b'=')?;
        self.get(at + 1..)
    }
}

impl From<Fault> for Refused {
    fn from(Fault { at, code, cause, cure }: Fault) -> Self {
        Self { at, code: code.to_owned(), cause, cure }
    }
}

fn shown(pieces: &[Piece]) -> String {
    pieces.iter().map(Piece::shown).collect()
}

fn show_line(pieces: &[Piece]) {
    // A closed stderr is no reason to stop.
    let _ = writeln!(anstream::stderr(), "{}", shown(pieces));
}
