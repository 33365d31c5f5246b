//! Enters: the documents of one message, and its recipient's opening method. Leaves: the parts to send and, if a
//! passphrase opens them, the office's own copy with that passphrase; or whom what cannot be locked concerns.
//! Never: returns a part in clear.

use super::archive::archive_of;
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use despatch_directory::opening::OpeningMethod;
use despatch_letters::render::pool::Pool;
use despatch_message::SealedPart;
use despatch_seal::keys::PublicKey;
use despatch_seal::manifest::MANIFEST_NAME;
use despatch_seal::passphrase::Passphrase;
use despatch_seal::sealing;
use std::fmt::Display;
use std::io;

/// The file name of the passphrase in the office's own copy.
pub const WORDS_FILE: &str = "words.txt";

/// One document in clear, under the name that it has once opened.
pub(super) struct Opened<'a> {
    pub(super) file: &'a str,
    pub(super) bytes: &'a [u8],
}

/// The documents of a message as they are sent.
pub(super) struct Locked {
    pub(super) parts: Vec<SealedPart>,
    /// The documents and their passphrase, sealed to the office, because no key of the office opens what is locked with
    /// a passphrase alone.
    pub(super) copy: Option<Vec<u8>>,
}

/// Why the documents of one message are not locked.
#[derive(Debug)]
pub(super) enum NotLocked {
    /// Not for this recipient: another way of opening, or another key, may do.
    ForThem(Vec<Fault>),
    /// For nobody.
    ForAnybody(Vec<Fault>),
}

impl NotLocked {
    pub(super) fn faults(self) -> Vec<Fault> {
        match self {
            NotLocked::ForThem(faults) | NotLocked::ForAnybody(faults) => faults,
        }
    }
}

impl From<Fault> for NotLocked {
    fn from(fault: Fault) -> Self {
        NotLocked::ForAnybody(vec![fault])
    }
}

/// How to lock the documents of one message.
pub(super) struct Lock<'a> {
    pub(super) pool: &'a Pool,
    /// `None`: only the office can open it.
    pub(super) method: Option<OpeningMethod>,
    /// The recipient's keys; empty unless the method needs them.
    pub(super) theirs: &'a [PublicKey],
    /// The office's own.
    pub(super) office: &'a [&'a PublicKey],
}

impl Lock<'_> {
    /// Locks the documents, and then the manifest that `manifest` makes from the hashes of the locked ones.
    ///
    /// # Errors
    /// A document cannot be locked as this recipient opens it, or nothing can be.
    pub(super) fn all(
        &self,
        documents: &[Opened<'_>],
        manifest: impl FnOnce(&[Option<Sha256>]) -> Result<Vec<u8>, Fault>,
    ) -> Result<Locked, NotLocked> {
        let (parts, manifest, words) = match self.method {
            None | Some(OpeningMethod::Age) => {
                let keys: Vec<&PublicKey> = self.theirs.iter().chain(self.office.iter().copied()).collect();
                let seal = |plain: &[u8]| self.sealed_to(&keys, plain);
                let (parts, manifest) = sealed(documents, manifest, seal)?;
                (parts, manifest, None)
            }
            Some(OpeningMethod::AgePassphrase) => {
                let words = new_passphrase()?;
                let seal = |plain: &[u8]| {
                    let sealed = sealing::seal_with_passphrase(plain, &words);
                    sealed.map_err(|error| NotLocked::from(seal_fault(&error)))
                };
                let (parts, manifest) = sealed(documents, manifest, seal)?;
                (parts, manifest, Some(words))
            }
            Some(OpeningMethod::PdfPassword) => {
                let words = new_passphrase()?;
                let (parts, manifest) = self.as_pdfs(documents, manifest, &words)?;
                (parts, manifest, Some(words))
            }
        };
        let copy = words.map(|words| self.copy(documents, &manifest, &words)).transpose()?;
        Ok(Locked { parts, copy })
    }

    /// Seals to these keys. What seals to the office's alone, and not with theirs, is theirs to mend.
    fn sealed_to(&self, keys: &[&PublicKey], plain: &[u8]) -> Result<Vec<u8>, NotLocked> {
        sealing::seal(plain, keys).map_err(|error| match self.theirs {
            [] => NotLocked::from(seal_fault(&error)),
            _ => NotLocked::ForThem(vec![Fault::new(
                "the recipient's key",
                "seal",
                error.to_string(),
                "ask the recipient for a new key",
            )]),
        })
    }

    /// Encrypts PDFs; returns the manifest in clear too. Other documents are left out (a calendar appointment, which
    /// the cover note repeats), and the manifest is sealed to the office, because the recipient has no program to open
    /// it. Every document that cannot be encrypted is named.
    fn as_pdfs(
        &self,
        documents: &[Opened<'_>],
        manifest: impl FnOnce(&[Option<Sha256>]) -> Result<Vec<u8>, Fault>,
        words: &Passphrase,
    ) -> Result<(Vec<SealedPart>, Vec<u8>), NotLocked> {
        let (mut parts, mut hashes, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        for document in documents {
            if !document.file.ends_with(".pdf") {
                hashes.push(None);
                continue;
            }
            match self.pool.lock_pdf(document.bytes, words.expose()) {
                Ok(locked) => {
                    hashes.push(Some(Sha256::of(&locked)));
                    parts.push(SealedPart { file_name: document.file.to_owned(), bytes: locked });
                }
                Err(fault) => {
                    let at = format!("{} ({})", numbered(document.file), document.file);
                    faults.extend(fault.faults().into_iter().map(|fault| Fault { at: at.clone(), ..fault }));
                }
            }
        }
        if !faults.is_empty() {
            return Err(NotLocked::ForThem(faults));
        }
        let manifest = manifest(&hashes)?;
        let sealed =
            sealing::seal(&manifest, self.office).map_err(|error| NotLocked::from(seal_fault(&error)))?;
        parts.push(SealedPart { file_name: format!("{MANIFEST_NAME}.age"), bytes: sealed });
        Ok((parts, manifest))
    }

    /// The documents, the manifest and the passphrase as one archive, sealed to the office.
    fn copy(&self, documents: &[Opened<'_>], manifest: &[u8], words: &Passphrase) -> Result<Vec<u8>, Fault> {
        let mut files: Vec<(&str, &[u8])> = documents.iter().map(|one| (one.file, one.bytes)).collect();
        files.extend([(MANIFEST_NAME, manifest), (WORDS_FILE, words.expose().as_bytes())]);
        let archive = archive_of(&files).map_err(|error| seal_fault(&error))?;
        sealing::seal(&archive, self.office).map_err(|error| seal_fault(&error))
    }
}

/// Seals each document and then the manifest; returns the manifest in clear too. It lists no hashes of sealed documents,
/// because its own are sufficient.
fn sealed(
    documents: &[Opened<'_>],
    manifest: impl FnOnce(&[Option<Sha256>]) -> Result<Vec<u8>, Fault>,
    seal: impl Fn(&[u8]) -> Result<Vec<u8>, NotLocked>,
) -> Result<(Vec<SealedPart>, Vec<u8>), NotLocked> {
    let part = |name: &str, plain: &[u8]| {
        Ok::<_, NotLocked>(SealedPart { file_name: format!("{name}.age"), bytes: seal(plain)? })
    };
    let mut parts = documents.iter().map(|one| part(one.file, one.bytes)).collect::<Result<Vec<_>, _>>()?;
    let manifest = manifest(&vec![None; documents.len()])?;
    parts.push(part(MANIFEST_NAME, &manifest)?);
    Ok((parts, manifest))
}

fn new_passphrase() -> Result<Passphrase, Fault> {
    Passphrase::generate().map_err(|error| no_randomness(&error))
}

/// The fault of a system that gives no randomness, for which no case is to blame.
pub(super) fn no_randomness(error: &io::Error) -> Fault {
    Fault::new("the system", "random", format!("it gives no randomness: {error}"), "try again")
}

fn seal_fault(why: &dyn Display) -> Fault {
    Fault::new("the sealing", "seal", why.to_string(), "run `despatch check`")
}

/// What a document is called beside the others: "document 3" of `03-document.pdf`.
fn numbered(file: &str) -> String {
    let number = file.split('-').next().unwrap_or(file).trim_start_matches('0');
    format!("document {number}")
}
