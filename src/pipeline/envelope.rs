//! Enters: a planned despatch. Leaves: its documents, each sealed, in one final message.
//! Never: seals to a recipient whose entry is not in order; such a message opens with the review key alone.

use super::Line;
use super::documents::Plain;
use crate::case::Case;
use crate::clock::Moment;
use crate::fault::Fault;
use crate::intake::Incoming;
use crate::message::{self, Draft, Mailbox, SealedPart};
use crate::outbox::{Bound, Despatch, DespatchId, Hold, MESSAGE_BYTES_MAX, Recipient, SealedDespatch, State};
use crate::policy::{Pack, Place, Plan, Planned, To};
use crate::private::Secret;
use crate::random::random_hex;
use crate::render::mail::ClearMail;
use crate::seal::directory::Resolution;
use crate::seal::entry::Entry;
use crate::seal::keys::PublicKey;
use crate::seal::manifest::{self, MANIFEST_NAME, Manifest, Schema};
use crate::seal::sealing;
use crate::words::{KindName, Role, Sha256, weekday_words};
use std::collections::HashMap;
use std::rc::Rc;

/// The making of one case's despatches.
pub(super) struct Making<'a> {
    pub(super) line: &'a Line<'a>,
    pub(super) case: &'a Case,
    pub(super) pack: &'a Pack,
    pub(super) plan: &'a Plan,
    pub(super) incoming: &'a Incoming,
    pub(super) place: &'a Place,
    pub(super) now: Moment,
    /// Letters made so far: one text for the person and the representative.
    pub(super) letters: HashMap<(KindName, &'a str), Rc<Secret>>,
    /// Page counts so far: each document is counted once, however many receive it.
    pub(super) pages: HashMap<Sha256, Option<usize>>,
}

impl<'a> Making<'a> {
    pub(super) fn new(
        line: &'a Line<'a>,
        case: &'a Case,
        pack: &'a Pack,
        plan: &'a Plan,
        incoming: &'a Incoming,
        now: Moment,
    ) -> Result<Self, Vec<Fault>> {
        let place = line.office.places.get(&case.detention.place).ok_or_else(|| {
            let cause = "the office knows no such place";
            vec![Fault::new("/detention/place", "place.unknown", cause, "use an id of places.toml")]
        })?;
        Ok(Self {
            line,
            case,
            pack,
            plan,
            incoming,
            place,
            now,
            letters: HashMap::new(),
            pages: HashMap::new(),
        })
    }

    /// The despatch at `position` of the plan, counted from 1, as its `revision`-th message.
    pub(super) fn despatch(&mut self, position: usize, revision: u32) -> Result<SealedDespatch, Vec<Fault>> {
        let planned =
            position.checked_sub(1).and_then(|index| self.plan.despatches.get(index)).ok_or_else(|| {
                vec![Fault::new(
                    "the plan",
                    "plan.position",
                    "it has no such despatch",
                    "check the despatch's id",
                )]
            })?;
        let id = DespatchId { claim: self.incoming.claim, position };
        let office = self.line.office;
        let resolution = office.directory.resolve(planned.role, &planned.to, self.now.today);
        let mut holds: Vec<Hold> = resolution.holds.iter().map(Hold::from).collect();
        holds.extend(planned.hold.as_ref().map(Hold::from));
        let mut warnings = self.plan.warnings.clone();
        let (recipient, message) = match resolution.entry {
            Some(entry) => {
                let documents = self.documents(planned, entry)?;
                warnings.extend(documents.iter().filter_map(Plain::uncounted));
                let (bound, bytes) = self.message(id, revision, planned, entry, &resolution, &documents)?;
                holds.extend(too_large(&bytes));
                (recipient(entry), Some((bound, bytes)))
            }
            None => (nobody(planned), None),
        };
        let (bound, bytes) = message.unzip();
        let despatch = Despatch {
            id,
            case_id: self.case.case_id.clone(),
            event_id: self.case.event_id.clone(),
            case_file: Sha256::of(&self.incoming.bytes),
            prepared_by: self.case.prepared_by.clone(),
            issued_on: self.plan.issued_on,
            pack: self.plan.pack.clone(),
            planned: planned.clone(),
            warnings,
            recipient,
            state: if holds.is_empty() { State::AwaitingReview } else { State::Held },
            holds,
            message: bound,
            approval: None,
            attempts: 0,
            next_attempt: None,
            reply: None,
            reason: None,
            overtaken: None,
        };
        Ok(SealedDespatch { despatch, message: bytes })
    }

    fn message(
        &self,
        id: DespatchId,
        revision: u32,
        planned: &'a Planned,
        entry: &Entry,
        resolution: &Resolution<'_>,
        documents: &[Plain<'_>],
    ) -> Result<(Bound, Vec<u8>), Vec<Fault>> {
        let office = self.line.office;
        let template = office.catalogue.fingerprint(&planned.kind);
        let in_order = resolution.holds.is_empty();
        let theirs: &[PublicKey] = if in_order { &entry.keys } else { &[] };
        let keys: Vec<&PublicKey> = theirs.iter().chain(office.review_copies()).collect();
        let nonce = random_hex(8).map_err(|error| {
            vec![Fault::new("the system", "random", format!("it gives no randomness: {error}"), "try again")]
        })?;
        let message_id = format!("<{id}.{revision}.{nonce}@{}>", office.config.mail_domain);
        let manifest = self.manifest(id, planned, entry, theirs, &message_id, template, documents);
        let parts = seal_parts(documents, &manifest, &keys).map_err(|fault| vec![fault])?;
        let bytes =
            self.compose(planned, entry, parts, documents.len(), &message_id).map_err(|fault| vec![fault])?;
        let bound = Bound {
            revision,
            sha256: Sha256::of(&bytes),
            message_id,
            size: bytes.len(),
            documents: documents.len(),
            fingerprints: theirs.iter().map(PublicKey::fingerprint).collect(),
            template,
            review_key: Some(office.review_key.fingerprint()),
        };
        Ok((bound, bytes))
    }

    #[expect(clippy::too_many_arguments, reason = "the manifest names every one of them once")]
    fn manifest(
        &self,
        id: DespatchId,
        planned: &Planned,
        entry: &Entry,
        theirs: &[PublicKey],
        message_id: &str,
        templates: Sha256,
        documents: &[Plain<'_>],
    ) -> Manifest {
        Manifest {
            schema: Schema::V1,
            despatch: id.to_string(),
            case: self.case.case_id.clone(),
            event: self.case.event_id.clone(),
            row: planned.row.clone(),
            kind: planned.kind.clone(),
            message_id: message_id.to_owned(),
            recipient: Some(manifest::Recipient {
                entry: entry.id.clone(),
                address: entry.email.clone(),
                fingerprints: theirs.iter().map(PublicKey::fingerprint).collect(),
            }),
            review_fingerprint: self.line.office.review_key.fingerprint(),
            recovery_fingerprint: self.line.office.config.recovery.as_ref().map(PublicKey::fingerprint),
            issued_on: self.plan.issued_on,
            sealed_at: self.now.at,
            pack: self.plan.pack.clone(),
            templates,
            documents: documents
                .iter()
                .map(|document| manifest::Document {
                    number: document.listed.number,
                    file: document.listed.file.clone(),
                    title: document.listed.title.clone(),
                    sha256: Sha256::of(document.bytes.as_slice()),
                    size: document.bytes.as_slice().len() as u64,
                })
                .collect(),
        }
    }

    fn compose(
        &self,
        planned: &Planned,
        entry: &Entry,
        parts: Vec<SealedPart>,
        documents: usize,
        message_id: &str,
    ) -> Result<Vec<u8>, Fault> {
        let office = self.line.office;
        let sender = office.config.teams.get(&planned.team).ok_or_else(|| {
            Fault::new("the settings", "team.unknown", "the team is missing", "run `despatch check`")
        })?;
        let marking =
            office.catalogue.kind(&planned.kind).map(|kind| kind.marking.clone()).unwrap_or_default();
        let clear = ClearMail {
            marking: self.pack.marking.line(&marking),
            reference: self.case.case_id.to_string(),
            your_reference: planned.reference(self.case).map(str::to_owned),
            recipient: entry.name.clone(),
            organisation: entry.organisation.clone(),
            team: sender.letterhead.name.clone(),
            team_email: sender.letterhead.email.clone(),
            team_telephone: sender.letterhead.telephone.clone(),
            action_by: recipients_deadline(planned),
            documents,
            demo: office.config.demo,
            handling: self.pack.handling.clone(),
        };
        let mail = self.line.mailer.write(&planned.kind, &clear)?;
        message::compose(Draft {
            from: Mailbox { name: sender.letterhead.name.clone(), address: sender.from.clone() },
            to: Mailbox { name: entry.name.clone(), address: entry.email.clone() },
            subject: mail.subject,
            text: mail.text,
            html: mail.html,
            parts,
            message_id: message_id.to_owned(),
            date: self.now.at,
            boundary_seed: message_id.to_owned(),
        })
    }
}

/// Each document and the manifest, sealed on its own.
fn seal_parts(
    documents: &[Plain<'_>],
    manifest: &Manifest,
    keys: &[&PublicKey],
) -> Result<Vec<SealedPart>, Fault> {
    let seal = |name: &str, bytes: &[u8]| {
        let unsealed = |why: String| Fault::new("the sealing", "seal", why, "run `despatch check`");
        let bytes = sealing::seal(bytes, keys).map_err(|error| unsealed(error.to_string()))?;
        Ok(SealedPart { file_name: format!("{name}.age"), bytes })
    };
    let manifest = manifest
        .to_json()
        .map_err(|error| Fault::new("the manifest", "seal", error.to_string(), "run `despatch check`"))?;
    documents
        .iter()
        .map(|document| seal(&document.listed.file, document.bytes.as_slice()))
        .chain([seal(MANIFEST_NAME, &manifest)])
        .collect()
}

/// The deadline that is the recipient's own to keep; on other rows it is the sender's.
fn recipients_deadline(planned: &Planned) -> Option<String> {
    let theirs = matches!(planned.role, Role::Det | Role::Ost | Role::Representative | Role::Doctor);
    planned.deadline.as_ref().filter(|_| theirs).map(|deadline| weekday_words(deadline.due))
}

fn recipient(entry: &Entry) -> Recipient {
    Recipient {
        entry: Some(entry.id.clone()),
        name: entry.name.clone(),
        organisation: entry.organisation.clone(),
        address: entry.email.to_string(),
    }
}

fn nobody(planned: &Planned) -> Recipient {
    let name = match &planned.to {
        To::Entry(entry) => format!("{entry} (unknown)"),
        To::Body(Some(place)) => format!("{} of {place} (unknown)", planned.role.words()),
        To::Body(None) => format!("{} (unknown)", planned.role.words()),
    };
    Recipient { entry: None, name, organisation: String::new(), address: String::new() }
}

fn too_large(message: &[u8]) -> Option<Hold> {
    (message.len() > MESSAGE_BYTES_MAX).then(|| Hold {
        code: "too_large".to_owned(),
        words: format!(
            "the message has {} bytes and mail systems take {MESSAGE_BYTES_MAX}; \
                        ask for smaller attachments",
            message.len()
        ),
        remake: false,
    })
}
