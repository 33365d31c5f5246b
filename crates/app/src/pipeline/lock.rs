//! Enters: the documents of one message, and its recipient's opening method. Leaves: the parts to send and, if a
//! passphrase opens them, the office's own copy with that passphrase. Never: returns a part in clear; what cannot be
//! locked is a fault.

use super::archive::archive_of;
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use despatch_directory::opening::OpeningMethod;
use despatch_letters::render::job::RenderFault;
use despatch_letters::render::pool::Pool;
use despatch_message::SealedPart;
use despatch_seal::keys::PublicKey;
use despatch_seal::manifest::MANIFEST_NAME;
use despatch_seal::passphrase::Passphrase;
use despatch_seal::sealing::{self, SealFault};
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
    pub(super) fn all(
        &self,
        documents: &[Opened<'_>],
        manifest: impl FnOnce(&[Option<Sha256>]) -> Result<Vec<u8>, Fault>,
    ) -> Result<Locked, Vec<Fault>> {
        let one = |fault: Fault| vec![fault];
        let (parts, manifest, words) = match self.method {
            None | Some(OpeningMethod::Age) => {
                let keys: Vec<&PublicKey> = self.theirs.iter().chain(self.office.iter().copied()).collect();
                let seal = |plain: &[u8]| sealing::seal(plain, &keys);
                let (parts, manifest) = sealed(documents, manifest, seal).map_err(one)?;
                (parts, manifest, None)
            }
            Some(OpeningMethod::AgePassphrase) => {
                let words = new_passphrase().map_err(one)?;
                let seal = |plain: &[u8]| sealing::seal_with_passphrase(plain, &words);
                let (parts, manifest) = sealed(documents, manifest, seal).map_err(one)?;
                (parts, manifest, Some(words))
            }
            Some(OpeningMethod::PdfPassword) => {
                let words = new_passphrase().map_err(one)?;
                let (parts, manifest) = self.as_pdfs(documents, manifest, &words)?;
                (parts, manifest, Some(words))
            }
        };
        let copy = words.map(|words| self.copy(documents, &manifest, &words)).transpose().map_err(one)?;
        Ok(Locked { parts, copy })
    }

    /// Encrypts PDFs; returns the manifest in clear too. Other documents are left out (a calendar appointment, which
    /// the cover note repeats), and the manifest is sealed to the office, because the recipient has no program to open
    /// it.
    fn as_pdfs(
        &self,
        documents: &[Opened<'_>],
        manifest: impl FnOnce(&[Option<Sha256>]) -> Result<Vec<u8>, Fault>,
        words: &Passphrase,
    ) -> Result<(Vec<SealedPart>, Vec<u8>), Vec<Fault>> {
        let mut parts = Vec::new();
        let mut hashes = Vec::new();
        for document in documents {
            if !document.file.ends_with(".pdf") {
                hashes.push(None);
                continue;
            }
            // Of several documents the fault says which.
            let of = |fault: RenderFault| {
                let at = format!("{} ({})", numbered(document.file), document.file);
                fault.faults().into_iter().map(|fault| Fault { at: at.clone(), ..fault }).collect::<Vec<_>>()
            };
            let locked = self.pool.lock_pdf(document.bytes, words.expose()).map_err(of)?;
            hashes.push(Some(Sha256::of(&locked)));
            parts.push(SealedPart { file_name: document.file.to_owned(), bytes: locked });
        }
        let manifest = manifest(&hashes).map_err(|fault| vec![fault])?;
        let sealed = sealing::seal(&manifest, self.office).map_err(|error| vec![seal_fault(&error)])?;
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
    seal: impl Fn(&[u8]) -> Result<Vec<u8>, SealFault>,
) -> Result<(Vec<SealedPart>, Vec<u8>), Fault> {
    let part = |name: &str, plain: &[u8]| {
        let bytes = seal(plain).map_err(|error| seal_fault(&error))?;
        Ok::<_, Fault>(SealedPart { file_name: format!("{name}.age"), bytes })
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
