//! Enters: the documents of one message, and its recipient's opening method. Leaves: the parts to send and, if a
//! passphrase opens them, the office's own copy with that passphrase. Never: returns a part in clear; what cannot be
//! locked is a fault.

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
        match self.method {
            None | Some(OpeningMethod::Age) => {
                self.with_keys(documents, manifest).map_err(|fault| vec![fault])
            }
            Some(OpeningMethod::AgePassphrase) => {
                self.with_passphrase(documents, manifest).map_err(|fault| vec![fault])
            }
            Some(OpeningMethod::PdfPassword) => self.as_pdfs(documents, manifest),
        }
    }

    fn with_keys(
        &self,
        documents: &[Opened<'_>],
        manifest: impl FnOnce(&[Option<Sha256>]) -> Result<Vec<u8>, Fault>,
    ) -> Result<Locked, Fault> {
        let keys: Vec<&PublicKey> = self.theirs.iter().chain(self.office.iter().copied()).collect();
        let seal = |name: &str, bytes: &[u8]| {
            let bytes = sealing::seal(bytes, &keys).map_err(|error| seal_fault(error.to_string()))?;
            Ok::<_, Fault>(SealedPart { file_name: format!("{name}.age"), bytes })
        };
        let mut parts =
            documents.iter().map(|one| seal(one.file, one.bytes)).collect::<Result<Vec<_>, _>>()?;
        parts.push(seal(MANIFEST_NAME, &manifest(&no_hashes(documents))?)?);
        Ok(Locked { parts, copy: None })
    }

    fn with_passphrase(
        &self,
        documents: &[Opened<'_>],
        manifest: impl FnOnce(&[Option<Sha256>]) -> Result<Vec<u8>, Fault>,
    ) -> Result<Locked, Fault> {
        let words = new_passphrase()?;
        let seal = |name: &str, bytes: &[u8]| {
            let sealed = sealing::seal_with_passphrase(bytes, &words)
                .map_err(|error| seal_fault(error.to_string()))?;
            Ok::<_, Fault>(SealedPart { file_name: format!("{name}.age"), bytes: sealed })
        };
        let mut parts =
            documents.iter().map(|one| seal(one.file, one.bytes)).collect::<Result<Vec<_>, _>>()?;
        let manifest = manifest(&no_hashes(documents))?;
        parts.push(seal(MANIFEST_NAME, &manifest)?);
        let copy = self.copy(documents, &manifest, &words)?;
        Ok(Locked { parts, copy: Some(copy) })
    }

    /// Encrypts PDFs. Other documents are left out (a calendar appointment, which the cover note repeats), and the
    /// manifest is sealed to the office, because the recipient has no program to open it.
    fn as_pdfs(
        &self,
        documents: &[Opened<'_>],
        manifest: impl FnOnce(&[Option<Sha256>]) -> Result<Vec<u8>, Fault>,
    ) -> Result<Locked, Vec<Fault>> {
        let one = |fault: Fault| vec![fault];
        let words = new_passphrase().map_err(one)?;
        let mut parts = Vec::new();
        let mut hashes = Vec::new();
        for document in documents {
            if !document.file.ends_with(".pdf") {
                hashes.push(None);
                continue;
            }
            let locked =
                self.pool.lock_pdf(document.bytes, words.expose()).map_err(|fault| fault.faults())?;
            hashes.push(Some(Sha256::of(&locked)));
            parts.push(SealedPart { file_name: document.file.to_owned(), bytes: locked });
        }
        let manifest = manifest(&hashes).map_err(one)?;
        let sealed =
            sealing::seal(&manifest, self.office).map_err(|error| one(seal_fault(error.to_string())))?;
        parts.push(SealedPart { file_name: format!("{MANIFEST_NAME}.age"), bytes: sealed });
        let copy = self.copy(documents, &manifest, &words).map_err(one)?;
        Ok(Locked { parts, copy: Some(copy) })
    }

    /// The documents, the manifest and the passphrase as one archive, sealed to the office.
    fn copy(&self, documents: &[Opened<'_>], manifest: &[u8], words: &Passphrase) -> Result<Vec<u8>, Fault> {
        let mut files: Vec<(&str, &[u8])> = documents.iter().map(|one| (one.file, one.bytes)).collect();
        files.extend([(MANIFEST_NAME, manifest), (WORDS_FILE, words.expose().as_bytes())]);
        let archive = archive_of(&files).map_err(|error| seal_fault(error.to_string()))?;
        sealing::seal(&archive, self.office).map_err(|error| seal_fault(error.to_string()))
    }
}

/// No hashes of locked documents, because the manifest's own hashes are sufficient.
fn no_hashes(documents: &[Opened<'_>]) -> Vec<Option<Sha256>> {
    documents.iter().map(|_| None).collect()
}

fn new_passphrase() -> Result<Passphrase, Fault> {
    Passphrase::generate().map_err(|error| {
        Fault::new("the system", "random", format!("it gives no randomness: {error}"), "try again")
    })
}

fn seal_fault(why: String) -> Fault {
    Fault::new("the sealing", "seal", why, "run `despatch check`")
}
