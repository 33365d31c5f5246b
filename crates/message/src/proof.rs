//! Enters: the parts of one despatch, however they were saved, a key, and the accepted signers. Leaves: its documents,
//! with what is proved of them. Never: releases any document unless every check of all of them passes.

use super::found::{CALL, Found, find};
use super::received::Parts;
use super::words::Compared;
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use despatch_core::words::Sha256;
use despatch_seal::keys::SecretKey;
use despatch_seal::list::List;
use despatch_seal::lock::MAX_WORK_FACTOR;
use despatch_seal::manifest::{MANIFEST_NAME, Manifest, SUMS_NAME};
use despatch_seal::passphrase::Passphrase;
use despatch_seal::sealing;
use despatch_seal::sealing::OpenFault;
use despatch_seal::signing::Signer;

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
    /// What is around the parts, and how it stands to what was signed.
    pub told: Compared,
    /// Whether the parts came in an email, and not in a folder.
    pub in_an_email: bool,
    /// Whether it was opened with the office's review key, not the recipient's.
    pub by_the_office: bool,
    /// Whether it was opened with a passphrase, which does not prove who has it.
    pub with_passphrase: bool,
    /// The documents under their plain names, in order; the manifest last.
    pub documents: Vec<(String, Secret)>,
    /// Those of them that stay locked: PDFs whose reader asks for the passphrase.
    pub locked: Vec<String>,
}

/// Checks everything, and opens the documents of the one despatch that lies in a folder or in the emails of a message.
///
/// # Errors
/// The first check that fails.
pub fn prove(all: &[Parts], opener: &Opener<'_>, signers: &[Signer]) -> Result<Proof, Fault> {
    let found = find(all, signers)?;
    let list = &found.list;
    let by_the_office = by_the_office(opener, list)?;
    let locked: Vec<String> =
        list.parts.iter().map(|(_, name)| name.clone()).filter(|name| stays_locked(name)).collect();
    let with_manifest = locked.is_empty() || matches!(opener, Opener::Key(_));
    let mut documents = Vec::new();
    for (at, (_, name)) in list.parts.iter().enumerate() {
        let sealed = found.bytes(at);
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
    let manifest = if with_manifest { Some(agreed_manifest(&documents, list)?) } else { None };
    let told = around(&found);
    Ok(Proof {
        signer: found.signer.principal.clone(),
        signer_fingerprint: found.signer.key.fingerprint(),
        manifest,
        in_an_email: found.parts.email.is_some(),
        told,
        by_the_office,
        with_passphrase: matches!(opener, Opener::Passphrase(_)),
        documents,
        locked,
        list: found.list,
    })
}

/// What is proved of the email around the parts, what was added to it, and what is not as it was sent.
fn around(found: &Found<'_>) -> Compared {
    let words = found.list.words.as_ref();
    let mut told =
        words.and_then(|signed| found.parts.compare(signed, |at| found.has(at))).unwrap_or_default();
    if let Some(email) = &found.parts.email {
        told.message_id(email.headers.value("message-id"), &found.list.head.message_id);
    }
    told.rewritten.extend(found.rewritten());
    told.added.splice(0..0, found.carried.iter().cloned());
    told
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

/// Returns whether a despatch is PDFs that a passphrase opens, according to its list, which is not checked yet.
pub fn stay_locked(all: &[Parts]) -> bool {
    let leaves = all.iter().flat_map(|parts| &parts.leaves).filter(|leaf| leaf.may_be_list());
    leaves.flat_map(|leaf| listed(&leaf.bytes)).any(|name| stays_locked(&name))
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
