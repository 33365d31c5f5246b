//! Enters: a planned despatch. Leaves: its documents, each sealed, in one final message.
//! Never: seals to a recipient whose entry is not in order, or lets one recipient's way of opening keep a message from
//! the others: only the office's own keys open a message that cannot be locked for its recipient.

use super::builder::MessageBuilder;
use super::document::Plain;
use super::lock::{Lock, NotLocked, Opened, no_randomness};
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::random::random_hex;
use despatch_core::timings::{About, Stage};
use despatch_core::words::{Sha256, date_words, short_date_words, weekday_words};
use despatch_directory::directory::Resolution;
use despatch_directory::entry::Entry;
use despatch_directory::opening::OpeningMethod;
use despatch_guards::clear::Clear;
use despatch_ledger::{
    Despatch, DespatchId, Hold, MessageBinding, Recipient, SealedDespatch, State, limit_hold,
};
use despatch_letters::render::mail::ClearMail;
use despatch_message::{Draft, Mailbox, SealedPart};
use despatch_process::{CaseState, Planned, To};
use despatch_seal::keys::PublicKey;
use despatch_seal::list::Head;
use despatch_seal::manifest;
use despatch_seal::manifest::{Manifest, Schema};
use despatch_seal::signing::SigningKey;
use despatch_settings::Sender;

/// One composed message.
struct Made {
    bound: MessageBinding,
    bytes: Vec<u8>,
    /// What it says in clear.
    clear: Clear,
    /// The office's own copy, if a passphrase opens the message.
    copy: Option<Vec<u8>>,
}

impl<'a> MessageBuilder<'a> {
    /// Makes a despatch of the plan, at `position` in it, counted from 1, as its `revision`-th message.
    pub(super) fn despatch(
        &self,
        planned: &'a Planned,
        resolution: &Resolution<'_>,
        (position, revision): (usize, u32),
    ) -> Result<SealedDespatch, Vec<Fault>> {
        let id = DespatchId { submission: self.incoming.submission, position };
        let reasons = resolution.holds.iter().map(Hold::from);
        let mut holds: Vec<Hold> = reasons.chain(planned.hold.as_ref().map(Hold::from)).collect();
        // Of a message that is made again more may be on record than its event knew: that is asked when it is approved.
        let limit = (revision == 1).then(|| CaseState::of(&self.record.history).limit()).flatten();
        holds.extend(limit_hold(planned, limit, self.now));
        let mut warnings = self.plan.warnings.clone();
        let mut copy = None;
        let mut checks = Vec::new();
        let (recipient, message) = match resolution.entry {
            Some(entry) => {
                let documents = self.documents(planned, entry)?;
                let last = self.directory.ends_soon(entry, self.now.today);
                warnings.extend(last.map(|last| ends_soon(entry, last)));
                warnings.extend(documents.iter().filter_map(Plain::uncounted));
                let opening = entry.method.filter(|_| resolution.holds.is_empty());
                let (made, unlocked) = self.made(id, revision, planned, (entry, opening), &documents)?;
                holds.extend(unlocked);
                checks = self.line.timings.time(Stage::Guard, self.about(planned), || {
                    self.checks(planned, entry, &documents, &made.clear, made.bytes.len())
                })?;
                holds.extend(checks.iter().filter(|check| check.holds()).map(Hold::from));
                copy = made.copy;
                (recipient(entry), Some((made.bound, made.bytes)))
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
            uncertain_preparer: self.is_uncertain(),
            two_approvals: self.line.office.config.two_approvals.contains(&planned.kind),
            issued_on: self.plan.issued_on,
            pack: self.plan.pack.clone(),
            planned: planned.clone(),
            warnings,
            checks,
            recipient,
            state: if holds.is_empty() { State::AwaitingReview } else { State::Held },
            holds,
            held_as: None,
            message: bound,
            approval: None,
            first_approval: None,
            to_sign: Vec::new(),
            numbers: Vec::new(),
            attempts: 0,
            next_attempt: None,
            reply: None,
            reason: None,
            overtaken: None,
            sent_on: None,
            receipt: None,
            urgent: None,
        };
        Ok(SealedDespatch { despatch, message: bytes, copy })
    }

    /// What a stage of making this message is about.
    fn about<'p>(&self, planned: &'p Planned) -> About<'p> {
        About::kind(self.incoming.submission, planned.kind.as_str())
    }

    /// Returns whether nothing proves who wrote the case file.
    fn is_uncertain(&self) -> bool {
        self.line.office.is_uncertain(self.incoming.owner, self.incoming.others_write)
    }

    /// Makes the message for its recipient's way of opening. Where its documents cannot be locked in that way, it is
    /// sealed to the office alone, as for a recipient who is not in order, and held: a reviewer can look at it, and
    /// what others get of the same file goes.
    fn made(
        &self,
        id: DespatchId,
        revision: u32,
        planned: &'a Planned,
        (entry, opening): (&Entry, Option<OpeningMethod>),
        documents: &[Plain<'_>],
    ) -> Result<(Made, Vec<Hold>), Vec<Fault>> {
        match self.message(id, revision, planned, (entry, opening), documents) {
            Ok(made) => Ok((made, Vec::new())),
            Err(NotLocked::ForThem(faults)) if opening.is_some() => {
                let holds = faults.iter().map(|fault| not_locked(fault, entry)).collect();
                let made = self.message(id, revision, planned, (entry, None), documents);
                made.map(|made| (made, holds)).map_err(NotLocked::faults)
            }
            Err(why) => Err(why.faults()),
        }
    }

    /// Without a way of opening, the office alone can open it.
    fn message(
        &self,
        id: DespatchId,
        revision: u32,
        planned: &'a Planned,
        (entry, opening): (&Entry, Option<OpeningMethod>),
        documents: &[Plain<'_>],
    ) -> Result<Made, NotLocked> {
        let office = self.line.office;
        let template = office.catalogue.fingerprint(&planned.kind);
        let signer = self.line.signer()?;
        let theirs: &[PublicKey] = if opening.is_some() { &entry.keys } else { &[] };
        let nonce = random_hex(8).map_err(|error| no_randomness(&error))?;
        let message_id = format!("<{id}.{revision}.{nonce}@{}>", office.config.mail_domain);
        let fingerprints: Vec<String> = theirs.iter().map(PublicKey::fingerprint).collect();
        let head = Head {
            despatch: id.to_string(),
            message_id,
            sealed_at: self.now.at,
            recipient: fingerprints.clone(),
            review: office.review_key.fingerprint(),
        };
        let policy = self.policy_hash()?;
        let mut manifest = self.manifest(&head, planned, entry, signer, (template, policy), documents);
        let plain: Vec<Opened<'_>> = documents
            .iter()
            .map(|one| Opened { file: &one.listed.file, bytes: one.bytes.as_slice() })
            .collect();
        let lock = Lock { pool: &self.line.pool, method: opening, theirs, office: &office.review_copies() };
        let (timings, about) = (&self.line.timings, self.about(planned));
        let locked = timings.time(Stage::Seal, about, || {
            lock.all(&plain, |hashes| {
                for (document, sealed) in manifest.documents.iter_mut().zip(hashes) {
                    document.locked_sha256 = *sealed;
                }
                manifest.to_json().map_err(|error| {
                    Fault::new("the manifest", "seal", error.to_string(), "run `despatch check`")
                })
            })
        })?;
        let (bytes, clear) = timings.time(Stage::Compose, about, || {
            self.compose(planned, entry, opening, locked.parts, documents.len(), (head.clone(), signer))
        })?;
        let bound = MessageBinding {
            revision,
            sha256: Sha256::of(&bytes),
            message_id: head.message_id,
            size: bytes.len(),
            documents: documents.len(),
            fingerprints,
            opening,
            copy: locked.copy.as_deref().map(Sha256::of),
            template,
            policy,
            signed_by: signer.to_public().fingerprint(),
            review_key: office.review_key.fingerprint(),
        };
        Ok(Made { bound, bytes, clear, copy: locked.copy })
    }

    /// The hash of the text of the pack under which the case is planned.
    fn policy_hash(&self) -> Result<Sha256, Fault> {
        let text = self.line.office.packs.text(&self.pack.id);
        text.map(|text| text.sha256).ok_or_else(|| {
            let (at, cause) = (format!("policy pack {}", self.pack.id), "its text is not available");
            Fault::new(at, "pack.missing", cause, "run `despatch check`")
        })
    }

    fn manifest(
        &self,
        head: &Head,
        planned: &Planned,
        entry: &Entry,
        signer: &SigningKey,
        (templates, pack_sha256): (Sha256, Sha256),
        documents: &[Plain<'_>],
    ) -> Manifest {
        Manifest {
            schema: Schema::V2,
            despatch: head.despatch.clone(),
            case: self.case.case_id.clone(),
            event: self.case.event_id.clone(),
            row: planned.row.to_string(),
            kind: planned.kind.clone(),
            message_id: head.message_id.clone(),
            recipient: Some(manifest::Recipient {
                entry: entry.id.clone(),
                address: entry.email.clone(),
                fingerprints: head.recipient.clone(),
            }),
            review_fingerprint: head.review.clone(),
            signing_fingerprint: signer.to_public().fingerprint(),
            recovery_fingerprint: self.line.office.config.recovery.as_ref().map(PublicKey::fingerprint),
            issued_on: self.plan.issued_on,
            sealed_at: head.sealed_at,
            pack: self.plan.pack.clone(),
            pack_sha256,
            templates,
            documents: documents
                .iter()
                .map(|document| manifest::Document {
                    number: document.listed.number,
                    file: document.listed.file.clone(),
                    title: document.listed.title.clone(),
                    sha256: document.listed.sha256,
                    size: document.bytes.as_slice().len() as u64,
                    locked_sha256: None,
                })
                .collect(),
        }
    }

    fn compose(
        &self,
        planned: &Planned,
        entry: &Entry,
        opening: Option<OpeningMethod>,
        parts: Vec<SealedPart>,
        documents: usize,
        (head, signer): (Head, &SigningKey),
    ) -> Result<(Vec<u8>, Clear), Fault> {
        let office = self.line.office;
        let sender = office.sender(planned.team)?;
        let marking =
            office.catalogue.kind(&planned.kind).map(|kind| kind.marking.clone()).unwrap_or_default();
        let clear = ClearMail {
            marking: self.pack.marking.line(&marking),
            reference: self.case.case_id.to_string(),
            despatch: head.despatch.clone(),
            dated: Some(short_date_words(self.plan.issued_on)),
            your_reference: planned.reference(self.case).map(str::to_owned),
            recipient: entry.name.clone(),
            organisation: entry.organisation.clone(),
            team: sender.letterhead.name.clone(),
            team_email: sender.letterhead.email.clone(),
            team_telephone: sender.letterhead.telephone.clone(),
            action_by: planned.recipients_deadline().map(|deadline| weekday_words(deadline.due)),
            opening: opening.unwrap_or(OpeningMethod::Age).code(),
            documents,
            demo: office.config.demo,
            handling: self.pack.handling.clone(),
        };
        let mail = self.line.mailer.write(&planned.kind, &clear)?;
        let anybody = self.line.mailer.write(&planned.kind, &for_anybody(&clear))?;
        let files = parts.iter().map(|part| part.file_name.as_str()).collect::<Vec<_>>().join("\n");
        let texts = [("the subject", mail.subject.clone()), ("the text", mail.text.clone())];
        let mut shown = Clear {
            pieces: Vec::from(texts),
            for_anybody: [anybody.subject, anybody.text, anybody.html].join("\n"),
            own_names: format!("{HEADERS}\n{files}"),
            own: own_words(entry, sender, &office.config.mail_domain),
            by_chance: Vec::new(),
        };
        shown.pieces.push(("the page", mail.html.clone()));
        shown.pieces.push(("the file names", files));
        let bytes = despatch_message::compose(Draft {
            from: Mailbox { name: sender.letterhead.name.clone(), address: sender.from.clone() },
            to: Mailbox { name: entry.name.clone(), address: entry.email.clone() },
            subject: mail.subject,
            text: mail.text,
            html: mail.html,
            parts,
            date: self.now.at,
            boundary_seed: head.message_id.clone(),
            head,
            signer,
        })?;
        let headers = headers(&bytes);
        shown.by_chance = by_chance(&headers);
        shown.pieces.push(("the headers", headers));
        Ok((bytes, shown))
    }
}

/// The hold of a document that cannot be locked as its recipient opens it: either of the two may be changed.
fn not_locked(fault: &Fault, entry: &Entry) -> Hold {
    let words = format!(
        "{} cannot be locked as entry {} opens it: {}; {}, or agree on another way of opening with its recipient \
         (`despatch directory change {} --method`, and verify it), and then release this",
        fault.at, entry.id, fault.cause, fault.cure, entry.id
    );
    Hold { code: "not_locked".to_owned(), words, regenerate: true }
}

/// The same email without its particulars: what is left is what the templates and the pack say in every case.
fn for_anybody(clear: &ClearMail) -> ClearMail {
    let nothing = || "0".to_owned();
    ClearMail {
        reference: nothing(),
        despatch: nothing(),
        dated: Some(nothing()),
        your_reference: clear.your_reference.as_ref().map(|_| nothing()),
        recipient: nothing(),
        organisation: nothing(),
        action_by: clear.action_by.as_ref().map(|_| nothing()),
        ..clear.clone()
    }
}

/// The words by which a message names its own recipient and sender: a team may be named after the place where it works.
fn own_words(entry: &Entry, sender: &Sender, domain: &str) -> Vec<String> {
    let letterhead = &sender.letterhead;
    let of_recipient = [entry.name.clone(), entry.organisation.clone(), entry.email.to_string()];
    let of_sender = [letterhead.name.clone(), sender.from.to_string(), domain.to_owned()];
    of_recipient.into_iter().chain(of_sender).collect()
}

/// What the headers of every message say but for their values.
const HEADERS: &str =
    "From To Subject Date Message-ID MIME-Version Content-Type multipart mixed boundary parts utf";

/// The headers of a message, unfolded.
fn headers(message: &[u8]) -> String {
    let end = message.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(message.len());
    String::from_utf8_lossy(message.get(..end).unwrap_or_default()).replace("\r\n ", " ")
}

/// What the program counted, dated or drew at random in the headers: the Message-ID before its domain, which `compose`
/// also turns into the boundaries, and the date.
fn by_chance(headers: &str) -> Vec<String> {
    let value = |name: &str| headers.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    let local_part = value("Message-ID: <").split('@').next().unwrap_or_default();
    let boundary = headers.split_once("boundary=\"").and_then(|(_, rest)| rest.split('"').next());
    [local_part, value("Date: "), boundary.unwrap_or_default()].map(str::to_owned).to_vec()
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
        To::Body(Some(place)) => format!("{} of {place} (unknown)", planned.role.label()),
        To::Body(None) => format!("{} (unknown)", planned.role.label()),
    };
    Recipient { entry: None, name, organisation: String::new(), address: String::new() }
}

fn ends_soon(entry: &Entry, last: NaiveDate) -> String {
    let last = date_words(last);
    format!("Entry {} of the directory holds until {last} only: have it verified again.", entry.id)
}
