//! Enters: a despatch and the private review key. Leaves: its documents as the recipient will see them, or the
//! passphrase that opens them. Never: returns both together, or a copy that does not match what was sent.

use super::{Actor, Failure, OpenOffice, casework};
use crate::office::Unlock;
use crate::pipeline::{WORDS_FILE, files_of};
use despatch_core::fault::Fault;
use despatch_core::private::{Secret, secret_bytes};
use despatch_core::reading::patiently;
use despatch_core::words::Sha256;
use despatch_ledger::{Despatch, DespatchId, Files, MessageBinding, Viewing, is_unread};
pub use despatch_message::SeenEmail;
use despatch_message::seen;
use despatch_seal::keys::{PublicKey, SecretKey};
use despatch_seal::lock::MAX_WORK_FACTOR;
use despatch_seal::manifest::{MANIFEST_NAME, Manifest};
use despatch_seal::passphrase::Passphrase;
use despatch_seal::sealing::{self, OpenFault};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// The code of what could not be read, and of which nothing is known therefore.
pub(super) const UNREAD: &str = "unread";

/// Files in clear, each with its name.
pub type Documents = Vec<(String, Secret)>;

/// A despatch, opened for a reviewer.
pub struct OpenedDespatch {
    pub documents: Documents,
    /// The hash of the message that contains them, which an approval names.
    pub message: Sha256,
    /// What they were opened from, for a reviewer who opens it in a process of their own.
    pub sealed: SealedDespatch,
}

impl OpenedDespatch {
    /// The names of the documents, in order.
    pub fn names(&self) -> Vec<String> {
        self.documents.iter().map(|(name, _)| name.clone()).collect()
    }
}

/// A message as it lies in the outbox, with what opens it for a reviewer.
#[derive(Debug, Serialize, Deserialize)]
pub struct SealedDespatch {
    pub id: DespatchId,
    #[serde(with = "secret_bytes")]
    pub message: Secret,
    /// The office's own copy, where a passphrase opens the message; else empty.
    #[serde(with = "secret_bytes")]
    pub copy: Secret,
    /// The key to which one of them is sealed.
    pub review_key: PublicKey,
    /// Whether an approval of it is to be signed, so that its reviewer's side notes that they opened it.
    pub to_be_signed: bool,
}

impl SealedDespatch {
    /// The hash that an approval names.
    pub fn sha256(&self) -> Sha256 {
        Sha256::of(&self.message)
    }

    /// Opens the documents, as the recipient will see them.
    ///
    /// # Errors
    /// The message is not one of ours, the key does not open it, or the office's copy does not match it.
    pub fn open(&self, secret: &SecretKey) -> Result<Documents, Fault> {
        let parts = despatch_message::parts(&self.message)?;
        if self.copy.is_empty() {
            return parts.into_iter().map(|(name, sealed)| unsealed(name, sealed, secret)).collect();
        }
        let copy = copied(&self.copy, &self.id.to_string(), secret)?;
        check_bound(&self.id.to_string(), &copy, &parts)?;
        Ok(copy.into_iter().filter(|(name, _)| name != WORDS_FILE).collect())
    }
}

/// Opens the documents of a despatch, as its recipient will see them. Each view is recorded.
///
/// # Errors
/// There is no message, it was removed, or the office's copy does not match the message.
pub fn open_despatch(
    open: &mut OpenOffice,
    actor: &Actor,
    id: DespatchId,
    unlock: &Unlock,
) -> Result<OpenedDespatch, Failure> {
    actor.staff()?;
    let despatch = casework::seen(&mut open.ledger, actor, id)?;
    let Some(bound) = &despatch.message else {
        let cure = "mend what holds it and release it";
        return Err(Fault::new(id.to_string(), "open.no_message", "there is no message yet", cure).into());
    };
    open_version(open, actor, (id, bound), unlock)
}

/// Opens the documents of one version of a despatch. The view is recorded.
pub(super) fn open_version(
    open: &mut OpenOffice,
    actor: &Actor,
    (id, bound): (DespatchId, &MessageBinding),
    unlock: &Unlock,
) -> Result<OpenedDespatch, Failure> {
    let by = actor.staff()?;
    let now = open.now();
    let opened = unsealed_version(open, (id, bound), unlock)?;
    // After them, because what could not be opened was not looked at; before anybody gets them.
    let seen = Viewing { message: bound.sha256, files: opened.documents.len() };
    let ledger = &mut open.ledger;
    match ledger.despatch(id)?.message.is_some_and(|now| now.revision > bound.revision) {
        true => ledger.record_earlier_view(id, seen, by.id.as_str(), now.at)?,
        false => ledger.record_view(id, seen, by.id.as_str(), now.at)?,
    }
    Ok(opened)
}

/// Opens the documents of one version, without a view on record.
fn unsealed_version(
    open: &mut OpenOffice,
    (id, bound): (DespatchId, &MessageBinding),
    unlock: &Unlock,
) -> Result<OpenedDespatch, Failure> {
    let OpenOffice { office, ledger, .. } = open;
    if ledger.is_removed(&ledger.files().message(id, bound.revision))? {
        let cause = "it was removed, when its period was over or with its case; the record of it stays";
        let cure = "`despatch outbox show` says when and by whom";
        return Err(Fault::new(id.to_string(), "open.removed", cause, cure).into());
    }
    let secret = office.review_secret_of(&bound.review_key, unlock)?;
    let mut sealed = sealed(ledger.files(), id, bound, secret.to_public())?;
    sealed.to_be_signed = office.config.signed_approval.required;
    let documents = sealed.open(&secret)?;
    Ok(OpenedDespatch { documents, message: bound.sha256, sealed })
}

/// Opens the documents of a despatch once more for a reviewer who has opened this very message already: each page that a
/// browser asks for is not a view of its own. For whoever has not, it is as [`open_despatch`].
///
/// # Errors
/// As for [`open_despatch`].
pub fn open_again(
    open: &mut OpenOffice,
    actor: &Actor,
    id: DespatchId,
    unlock: &Unlock,
) -> Result<OpenedDespatch, Failure> {
    let despatch = casework::seen(&mut open.ledger, actor, id)?;
    match &despatch.message {
        Some(bound) => open_version_again(open, actor, (id, bound), unlock),
        None => open_despatch(open, actor, id, unlock),
    }
}

/// As [`open_again`], of one version.
pub(super) fn open_version_again(
    open: &mut OpenOffice,
    actor: &Actor,
    version: (DespatchId, &MessageBinding),
    unlock: &Unlock,
) -> Result<OpenedDespatch, Failure> {
    let (id, bound) = version;
    match open.ledger.has_viewed(id, bound.sha256, actor.staff()?)? {
        true => unsealed_version(open, version, unlock),
        false => open_version(open, actor, version, unlock),
    }
}

/// What the recipient's mail program will show of a despatch before anything is opened; `None` if there is no message, or
/// it was removed.
///
/// # Errors
/// There is no such despatch; the message on disk is not the one on record.
pub fn email(open: &mut OpenOffice, actor: &Actor, id: DespatchId) -> Result<Option<SeenEmail>, Failure> {
    let despatch = casework::seen(&mut open.ledger, actor, id)?;
    let Some(bound) = &despatch.message else { return Ok(None) };
    if open.ledger.is_removed(&open.ledger.files().message(id, bound.revision))? {
        return Ok(None);
    }
    let bytes = message_bytes(open.ledger.files(), id, bound)?;
    Ok(Some(seen(&bytes)))
}

/// Returns the documents of a despatch in clear.
pub(super) fn documents(
    files: &Files,
    despatch: &Despatch,
    bound: &MessageBinding,
    secret: &SecretKey,
) -> Result<Documents, Fault> {
    sealed(files, despatch.id, bound, secret.to_public())?.open(secret)
}

/// Reads the message of a despatch, and the office's copy where there is one: both are those on record.
fn sealed(
    files: &Files,
    id: DespatchId,
    bound: &MessageBinding,
    review_key: PublicKey,
) -> Result<SealedDespatch, Fault> {
    let bytes = message_bytes(files, id, bound)?;
    let copy = match bound.copy {
        Some(hash) => read_copy(&files.copy(id, bound.revision), Some(hash))?,
        None => Secret::default(),
    };
    Ok(SealedDespatch { id, message: Secret::new(bytes), copy, review_key, to_be_signed: false })
}

/// Reads the message of a despatch, which is the one on record.
fn message_bytes(files: &Files, id: DespatchId, bound: &MessageBinding) -> Result<Vec<u8>, Fault> {
    files.message_bytes(id, bound.revision, bound.sha256).map_err(|error| {
        if is_unread(&error) {
            let cure =
                "try again, and look at the disk if it stays: nothing says that the message is altered";
            return Fault::new(id.to_string(), UNREAD, format!("its message cannot be read: {error}"), cure);
        }
        let cure = "`despatch outbox release` regenerates it from the sealed case file; then review it again";
        Fault::new(id.to_string(), "altered", error.to_string(), cure)
    })
}

/// Opens one part; one that is not sealed (the list of hashes) is returned as it is.
fn unsealed(name: String, sealed: Vec<u8>, secret: &SecretKey) -> Result<(String, Secret), Fault> {
    let Some(plain_name) = name.strip_suffix(".age") else {
        return Ok((name, Secret::new(sealed)));
    };
    let unopened =
        |why: OpenFault| Fault::new(name.as_str(), "open.sealed", why.label(), "check the review key");
    Ok((plain_name.to_owned(), sealing::open(&sealed, secret).map_err(unopened)?))
}

/// The fault of a copy that is of no use.
fn unfit(at: &str, cause: String) -> Fault {
    Fault::new(at, "copy", cause, "restore the outbox from its backup")
}

/// Reads the office's own copy, if its hash is this one.
fn read_copy(path: &Path, hash: Option<Sha256>) -> Result<Secret, Fault> {
    let at = || path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let sealed = patiently(|| fs::read(path)).map_err(|error| {
        let mut fault = unfit(&at(), format!("it cannot be read: {error}"));
        if is_unread(&error) {
            fault.code = UNREAD;
            "try again, and look at the disk if it stays".clone_into(&mut fault.cure);
        }
        fault
    })?;
    if hash.is_some_and(|hash| Sha256::of(&sealed) != hash) {
        return Err(unfit(&at(), "it is not the copy that was made with the message".to_owned()));
    }
    Ok(Secret::new(sealed))
}

/// Returns the files in the office's own copy.
fn copied(sealed: &[u8], at: &str, secret: &SecretKey) -> Result<Documents, Fault> {
    let archive = sealing::open(sealed, secret).map_err(|why| unfit(at, why.label().to_owned()))?;
    files_of(&archive).map_err(|error| unfit(at, error.to_string()))
}

/// Checks that what the reviewer sees is what the message contains: the passphrase opens each sealed part to the same
/// hash, and a locked PDF is the one made from the document.
fn check_bound(at: &str, copy: &Documents, parts: &[(String, Vec<u8>)]) -> Result<(), Fault> {
    let unbound = || {
        let cure = "stop, and find out who changed it; `despatch outbox release` regenerates it";
        Fault::new(at, "copy.unbound", "the office's copy is not what the message holds", cure)
    };
    let words = words_in(copy).ok_or_else(unbound)?;
    let manifest = named(copy, MANIFEST_NAME).ok_or_else(unbound)?;
    let manifest = Manifest::parse(manifest).map_err(|_| unbound())?;
    for document in &manifest.documents {
        if named(copy, &document.file).map(Sha256::of) != Some(document.sha256) {
            return Err(unbound());
        }
        let sent = |name: &str| named(parts, name);
        let holds =
            match (document.locked_sha256, sent(&document.file), sent(&format!("{}.age", document.file))) {
                (Some(locked), Some(sent), None) => Sha256::of(sent) == locked,
                (None, None, Some(sent)) => sealing::open_with_passphrase(sent, &words, MAX_WORK_FACTOR)
                    .is_ok_and(|plain| Sha256::of(&plain) == document.sha256),
                // Not a PDF, so it was left out of a message of PDFs.
                (None, None, None) => !document.file.ends_with(".pdf"),
                _ => false,
            };
        if !holds {
            return Err(unbound());
        }
    }
    Ok(())
}

/// The passphrase of a message, to be told to its recipient by telephone.
pub struct RecipientPassphrase {
    pub passphrase: Passphrase,
    /// The name of the recipient to telephone.
    pub recipient: String,
}

/// Returns the passphrase of a message. Each view is recorded.
///
/// # Errors
/// The message has no passphrase, or the review key cannot be unlocked.
pub fn passphrase(
    open: &mut OpenOffice,
    actor: &Actor,
    id: DespatchId,
    unlock: &Unlock,
) -> Result<RecipientPassphrase, Failure> {
    let by = actor.staff()?;
    let now = open.now();
    let OpenOffice { office, ledger, .. } = open;
    let despatch = casework::seen(ledger, actor, id)?;
    let copied = despatch.message.as_ref().and_then(|bound| Some((bound, bound.copy?)));
    let Some((bound, hash)) = copied else {
        let cause = "its recipient has a key, or it still waits for a way to open it";
        return Err(Fault::new(id.to_string(), "passphrase.none", "it has no passphrase", cause).into());
    };
    let secret = office.review_secret_of(&bound.review_key, unlock)?;
    ledger.record_passphrase_view(&id.to_string(), by.id.as_str(), now.at)?;
    let passphrase = passphrase_in_copy(&ledger.files().copy(id, bound.revision), Some(hash), &secret)?;
    Ok(RecipientPassphrase { passphrase, recipient: despatch.recipient.name })
}

/// Returns the passphrase in the office's own copy of a message at `path`.
///
/// # Errors
/// The copy cannot be opened, does not have this hash, or contains no passphrase.
pub fn passphrase_in_copy(
    path: &Path,
    hash: Option<Sha256>,
    secret: &SecretKey,
) -> Result<Passphrase, Fault> {
    let at = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    words_in(&copied(&read_copy(path, hash)?, &at, secret)?).ok_or_else(|| {
        Fault::new("the office's copy", "passphrase.none", "it holds no passphrase", "regenerate the message")
    })
}

fn words_in(copy: &Documents) -> Option<Passphrase> {
    std::str::from_utf8(named(copy, WORDS_FILE)?).ok().map(Passphrase::from_typed)
}

/// Finds a file by its name.
fn named<'f>(files: &'f [(String, impl AsRef<[u8]>)], name: &str) -> Option<&'f [u8]> {
    files.iter().find(|(file, _)| file == name).map(|(_, bytes)| bytes.as_ref())
}
