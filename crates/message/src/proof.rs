//! Enters: the parts of one despatch, however they were saved, a key, and the accepted signers. Leaves: its documents,
//! with what is proved of them. Never: releases any document unless every check of all of them passes.

use super::words::{Compared, Received};
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use despatch_core::words::Sha256;
use despatch_seal::keys::SecretKey;
use despatch_seal::list;
use despatch_seal::list::{List, SIGNATURE_NAME};
use despatch_seal::lock::MAX_WORK_FACTOR;
use despatch_seal::manifest::{MANIFEST_NAME, Manifest, SUMS_NAME};
use despatch_seal::passphrase::Passphrase;
use despatch_seal::sealing;
use despatch_seal::sealing::OpenFault;
use despatch_seal::signing::{Namespace, Signer, verify};

/// The cure of every refusal, for the recipient.
const CALL: &str = "open nothing of it; call the office on a number that you know";

/// The parts of a despatch as they were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// Each file under its name, including the list and its signature.
    pub files: Vec<(String, Vec<u8>)>,
    /// Whether they have an order, which must be the list's: those of a message do, those of a folder do not.
    pub ordered: bool,
    /// The Message-ID of their message, if there is one.
    pub message_id: Option<String>,
    /// The words of their message, if there is one.
    pub words: Option<Received>,
}

/// What the recipient opens the parts with.
pub enum Opener<'a> {
    Key(&'a SecretKey),
    /// The passphrase that the office told them by telephone.
    Passphrase(&'a Passphrase),
    /// Nothing: the parts are PDFs, and a PDF reader asks for the passphrase.
    Reader,
}

impl Opener<'_> {
    /// Opens one sealed part.
    ///
    /// # Errors
    /// See [`OpenFault`].
    pub fn open(&self, sealed: &[u8]) -> Result<Secret, OpenFault> {
        match self {
            Self::Key(key) => sealing::open(sealed, key),
            Self::Passphrase(passphrase) => {
                sealing::open_with_passphrase(sealed, passphrase, MAX_WORK_FACTOR)
            }
            Self::Reader => Err(OpenFault::NoKeyFits),
        }
    }
}

/// A despatch that passed every check.
#[derive(Debug)]
pub struct Proof {
    /// The signer's name, if the allowed signers file gives one.
    pub signer: Option<String>,
    pub signer_fingerprint: String,
    pub list: List,
    /// `None` if the parts are locked PDFs: the manifest is then sealed to the office alone, since a PDF reader cannot
    /// open it.
    pub manifest: Option<Manifest>,
    /// Whether the message had a Message-ID, which is then the signed one.
    pub message_id_checked: bool,
    /// How the message's words stand to the signed ones; `None` without a message, or if the list has no words.
    pub words: Option<Compared>,
    /// Whether it was opened with the office's review key, not the recipient's.
    pub by_the_office: bool,
    /// Whether it was opened with a passphrase, which does not prove who has it.
    pub with_passphrase: bool,
    /// The documents under their plain names, in order; the manifest last.
    pub documents: Vec<(String, Secret)>,
    /// Those of them that stay locked: PDFs whose reader asks for the passphrase.
    pub locked: Vec<String>,
}

/// Checks everything, and opens the documents.
///
/// # Errors
/// The first check that fails.
pub fn prove(parts: &Parts, opener: &Opener<'_>, signers: &[Signer]) -> Result<Proof, Fault> {
    let (list, signer) = signed_list(parts, signers)?;
    whole(parts, &list)?;
    let said = parts.message_id.as_deref();
    if said.is_some_and(|said| said != list.head.message_id) {
        let cause = "the signed list is of another message than this one";
        return Err(Fault::new(SUMS_NAME, "open.message", cause, CALL));
    }
    let by_the_office = by_the_office(opener, &list)?;
    let locked: Vec<String> =
        list.parts.iter().map(|(_, name)| name.clone()).filter(|name| stays_locked(name)).collect();
    let with_manifest = locked.is_empty() || matches!(opener, Opener::Key(_));
    let mut documents = Vec::new();
    for (_, name) in &list.parts {
        let sealed = parts.find(name).unwrap_or_default();
        match name.strip_suffix(".age") {
            Some(MANIFEST_NAME) if !with_manifest => {}
            Some(plain_name) => {
                let plain =
                    opener.open(sealed).map_err(|why| Fault::new(name, "open.sealed", why.label(), CALL))?;
                documents.push((plain_name.to_owned(), plain));
            }
            None => documents.push((name.clone(), Secret::new(sealed.to_vec()))),
        }
    }
    let manifest = if with_manifest { Some(agreed_manifest(&documents, &list)?) } else { None };
    Ok(Proof {
        signer: signer.principal.clone(),
        signer_fingerprint: signer.key.fingerprint(),
        manifest,
        message_id_checked: said.is_some(),
        words: list.words.as_ref().zip(parts.words.as_ref()).map(|(signed, came)| came.compare(signed)),
        by_the_office,
        with_passphrase: matches!(opener, Opener::Passphrase(_)),
        documents,
        locked,
        list,
    })
}

/// Returns whether a part of this name is a PDF that its reader opens with a passphrase.
fn stays_locked(name: &str) -> bool {
    !name.ends_with(".age")
}

/// Returns the names of the parts in a list of hashes, without checking anything.
pub fn listed(list: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(list);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| Some(line.split_once("  ")?.1.to_owned())).collect()
}

impl Parts {
    /// Returns whether they are PDFs that a passphrase opens, according to the list, which is not checked yet.
    pub fn stay_locked(&self) -> bool {
        self.find(SUMS_NAME).is_some_and(|list| listed(list).iter().any(|name| stays_locked(name)))
    }

    fn find(&self, name: &str) -> Option<&[u8]> {
        self.files.iter().find(|(known, _)| known == name).map(|(_, bytes)| bytes.as_slice())
    }
}

/// Returns whether the key is the office's own; a key that the list does not name shows that it was for somebody else.
fn by_the_office(opener: &Opener<'_>, list: &List) -> Result<bool, Fault> {
    let Opener::Key(key) = opener else {
        return Ok(false);
    };
    let own = key.to_public().fingerprint();
    if own == list.head.review || list.head.recipient.contains(&own) {
        return Ok(own == list.head.review);
    }
    if list.parts.iter().any(|(_, name)| stays_locked(name)) {
        let cause = "no key opens it: it is PDFs that are locked with words";
        let cure = "open each in your PDF reader, which asks for the words that the office told you; to check them \
                    first, give --passphrase in place of --identity";
        return Err(Fault::new(SUMS_NAME, "open.pdf", cause, cure));
    }
    let cause = format!("it was sealed for somebody else: your key {own} is none of the list's");
    Err(Fault::new(SUMS_NAME, "open.recipient", cause, CALL))
}

/// Returns the list, if an allowed key signed it.
fn signed_list<'s>(parts: &Parts, signers: &'s [Signer]) -> Result<(List, &'s Signer), Fault> {
    let missing = |name: &str, cause: &str| Fault::new(name, "open.unsigned", cause, CALL);
    let bytes =
        parts.find(SUMS_NAME).ok_or_else(|| missing(SUMS_NAME, "the list of its parts is missing"))?;
    let signature = parts
        .find(SIGNATURE_NAME)
        .ok_or_else(|| missing(SIGNATURE_NAME, "the list's signature is missing"))?;
    let signer =
        verify(signers, Namespace::List, bytes, &String::from_utf8_lossy(signature)).map_err(|why| {
            Fault::new(SIGNATURE_NAME, "open.signature", format!("the signature does not count: {why}"), CALL)
        })?;
    let text = String::from_utf8_lossy(bytes);
    let list = list::read(&text).ok_or_else(|| {
        if list::is_of_a_later_form(&text) {
            let cause = "a later version of despatch wrote this list";
            return Fault::new(SUMS_NAME, "open.list", cause, "open it with a later version of despatch");
        }
        Fault::new(SUMS_NAME, "open.list", "it is not a list that despatch writes", CALL)
    })?;
    if list.signed_by != signer.key.fingerprint() {
        let cause = "the list names another key than the one that signed it";
        return Err(Fault::new(SUMS_NAME, "open.signature", cause, CALL));
    }
    Ok((list, signer))
}

/// Checks that the sealed parts are those of the list: complete, no other, unchanged, and in a message in order.
fn whole(parts: &Parts, list: &List) -> Result<(), Fault> {
    let says = |at: &str, code, cause: &str| Err(Fault::new(at, code, cause, CALL));
    for (hash, name) in &list.parts {
        match parts.find(name) {
            None => return says(name, "open.part_missing", "it is on the list and is not there"),
            Some(bytes) if Sha256::of(bytes) != *hash => {
                return says(name, "open.part_changed", "it is not the part that was signed for");
            }
            Some(_) => {}
        }
    }
    let mut sealed: Vec<&str> = parts.files.iter().map(|(name, _)| name.as_str()).collect();
    // The list and its signature are not on the list. A second file of either name is treated as an extra part.
    for own in [SUMS_NAME, SIGNATURE_NAME] {
        if let Some(at) = sealed.iter().position(|name| *name == own) {
            sealed.remove(at);
        }
    }
    let listed: Vec<&str> = list.parts.iter().map(|(_, name)| name.as_str()).collect();
    if let Some(other) = sealed.iter().find(|name| parts.ordered && !listed.contains(name)) {
        return says(other, "open.part_extra", "it is not on the signed list");
    }
    if parts.ordered && sealed != listed {
        return says(SUMS_NAME, "open.order", "the parts do not stand in the order that was signed for");
    }
    Ok(())
}

/// Returns the sealed manifest, if it agrees with the list, the message and the documents.
fn agreed_manifest(documents: &[(String, Secret)], list: &List) -> Result<Manifest, Fault> {
    let says = |cause: &str| Err(Fault::new(MANIFEST_NAME, "open.manifest", cause, CALL));
    let Some(((_, bytes), plain)) = documents.split_last().filter(|((name, _), _)| name == MANIFEST_NAME)
    else {
        return says("the sealed manifest is not the last part");
    };
    let Ok(manifest) = Manifest::parse(bytes) else {
        return says("the sealed manifest cannot be read");
    };
    let recipient = manifest.recipient.as_ref().map(|one| one.fingerprints.as_slice()).unwrap_or_default();
    let head = &list.head;
    if manifest.message_id != head.message_id || manifest.despatch != head.despatch {
        return says("the sealed manifest is of another message");
    }
    if recipient != head.recipient || manifest.review_fingerprint != head.review {
        return says("the sealed manifest names other keys than the list");
    }
    if manifest.signing_fingerprint != list.signed_by
        || manifest.sealed_at.timestamp_millis() != head.sealed_at.timestamp_millis()
    {
        return says("the sealed manifest names another signer or time than the list");
    }
    let found = plain.iter().map(|(name, bytes)| (name.as_str(), Sha256::of(bytes)));
    // A message of locked PDFs leaves out the other documents.
    let as_pdfs = manifest.documents.iter().any(|one| one.locked_sha256.is_some());
    let sent = manifest.documents.iter().filter(|one| !as_pdfs || one.locked_sha256.is_some());
    let listed = sent.map(|one| (one.file.as_str(), one.locked_sha256.unwrap_or(one.sha256)));
    if !found.eq(listed) {
        return says("the documents are not those of the sealed manifest");
    }
    Ok(manifest)
}
