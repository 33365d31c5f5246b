//! Enters: what a command says, asks and hands over in this process. Leaves: text on stdout and stderr, passphrases and
//! keys, private files. Never: overwrites a file, or leaves part of what cannot be written whole.

use super::asking::{REVIEW_CREDENTIAL, unlock};
use super::signature::sign;
use super::{Caller, CallerPath, Delivery, Document, PassphraseSource, ToSign, opened};
use crate::output::{folder_for, make_folder, write_all, write_new};
use crate::printing::painted;
use age::secrecy::SecretString;
use despatch_app::office::{MadeKey, Unlock, private_key};
use despatch_app::operations::reading::OpenedDespatch;
use despatch_app::pipeline::append_file;
use despatch_core::fault::Fault;
use despatch_core::private::{Secret, credential};
use despatch_core::random::random_hex;
use despatch_seal::keys::SecretKey;
use despatch_seal::trial::Salt;
use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path};
use std::sync::OnceLock;

/// The first bytes of a file that a calendar may take the place of.
const CALENDAR: &[u8] = b"BEGIN:VCALENDAR";

/// The caller at the terminal of this process.
#[derive(Debug, Clone, Copy)]
pub struct Terminal;

/// Why something could not be written to stdout, the first time.
static UNWRITTEN: OnceLock<String> = OnceLock::new();

impl Terminal {
    /// Writes a text, painted already, to stdout. Where that fails the command still finishes, for its work must not be
    /// left half done, and [`Terminal::unwritten`] tells it at the end; a reader who has gone (`| head`) is no failure.
    pub fn put(self, text: &str) {
        let mut stdout = anstream::stdout();
        note(write!(stdout, "{text}").and_then(|()| stdout.flush()));
    }

    /// Why a text was not shown.
    pub fn unwritten(self) -> Option<&'static str> {
        UNWRITTEN.get().map(String::as_str)
    }
}

fn note(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        UNWRITTEN.get_or_init(|| error.to_string());
    }
}

impl Caller for Terminal {
    fn out(&self, text: &str) {
        self.put(&painted(text).to_string());
    }

    fn log(&self, line: &str) {
        // A closed stderr is no reason to stop.
        let _ = writeln!(anstream::stderr(), "{}", painted(line));
    }

    fn is_there(&self) -> bool {
        true
    }

    fn passphrase(&self, source: &PassphraseSource, question: &str) -> Result<SecretString, Fault> {
        unlock_from(source).passphrase(question)
    }

    fn unlock(
        &self,
        source: &PassphraseSource,
        locked: &[u8],
        question: &str,
    ) -> Result<Result<SecretKey, String>, Fault> {
        unlock_from(source).unlock(locked, question)
    }

    fn make_key(
        &self,
        source: &PassphraseSource,
        question: &str,
        other: Option<&Salt>,
    ) -> Result<MadeKey, Fault> {
        unlock_from(source).made_key(question, other)
    }

    fn private_key(
        &self,
        file: &CallerPath,
        source: &PassphraseSource,
        question: &str,
    ) -> Result<SecretKey, Fault> {
        private_key(file.path(), &unlock_from(source), question)
    }

    fn sign(&self, asked: &ToSign) -> Result<String, Fault> {
        sign(asked)
    }

    fn show(&self, to: Option<CallerPath>, opened: OpenedDespatch) -> Result<String, Fault> {
        let OpenedDespatch { documents, sealed, .. } = opened;
        let (name, documents) = (sealed.id.to_string(), Document::all(documents));
        let at = self.deliver(Delivery::Documents { to, name, documents })?;
        if sealed.to_be_signed {
            // Where it cannot be noted, nothing is signed that needs it.
            let _ = opened::note(sealed.id, &sealed.sha256());
        }
        Ok(at)
    }

    fn deliver(&self, delivery: Delivery) -> Result<String, Fault> {
        match delivery {
            Delivery::Documents { to, documents, .. } if to.as_ref().is_some_and(CallerPath::is_stdout) => {
                to_stdout(&documents).map_err(|error| unwritten("stdout", &error))?;
                Ok("stdout".to_owned())
            }
            Delivery::Documents { to, name, documents } => {
                let folder = folder_for(to.as_ref().map(CallerPath::path), &plain(&name)?)?;
                let mut files: Vec<(String, Secret)> = Vec::new();
                for Document { name, bytes } in documents {
                    let name = plain(&name)?;
                    if let Some(inner) = Path::new(&name).parent().filter(|inner| *inner != Path::new("")) {
                        make_folder(&folder.join(inner))?;
                    }
                    files.push((name, bytes));
                }
                write_all(&folder, &files)?;
                Ok(folder.display().to_string())
            }
            Delivery::File(to, bytes) => {
                write_new(to.path(), &bytes)?;
                Ok(to.path().display().to_string())
            }
            Delivery::Calendar(to, text) => {
                write_calendar(to.path(), &text)?;
                Ok(to.path().display().to_string())
            }
        }
    }
}

/// The source of passphrases as this process has it.
fn unlock_from(source: &PassphraseSource) -> Unlock {
    let named = source.file.as_ref().map(|file| file.path().to_owned());
    unlock(named.or_else(|| source.review.then(|| credential(REVIEW_CREDENTIAL)).flatten()))
}

/// Checks that a name leads nowhere but into the folder that it stands in: it may come from another process.
fn plain(name: &str) -> Result<String, Fault> {
    let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    if inside && !name.is_empty() {
        return Ok(name.to_owned());
    }
    let cure = "tell whoever runs the office";
    Err(Fault::new(name, "open.write", "it is no name of a file in one folder", cure))
}

fn unwritten(at: &str, error: &io::Error) -> Fault {
    Fault::new(at, "open.write", format!("it cannot be written: {error}"), "choose another place")
}

/// Writes documents to stdout as a tar archive, for other programs.
fn to_stdout(documents: &[Document]) -> io::Result<()> {
    let mut archive = tar::Builder::new(io::stdout().lock());
    for Document { name, bytes } in documents {
        append_file(&mut archive, name, bytes.as_slice(), bytes.len() as u64)?;
    }
    archive.into_inner()?.flush()
}

/// Writes a calendar; overwrites an earlier calendar and nothing else.
fn write_calendar(path: &Path, text: &str) -> Result<(), Fault> {
    let at = path.display().to_string();
    if path.exists() && !fs::read(path).is_ok_and(|bytes| bytes.starts_with(CALENDAR)) {
        let cause = "there is another file of this name, which is not a calendar";
        return Err(Fault::new(at, "ics.other_file", cause, "choose another name"));
    }
    // A temporary name and a rename, so that a concurrent reader never sees half a calendar.
    let written = random_hex(8).and_then(|random| {
        let unfinished = path.with_file_name(format!(".{random}.part"));
        write_new(&unfinished, text.as_bytes()).map_err(|fault| io::Error::other(fault.cause))?;
        fs::rename(&unfinished, path)
    });
    written.map_err(|error| {
        Fault::new(at, "ics.unwritten", format!("it was not written: {error}"), "choose another place")
    })
}
