//! Enters: a planned despatch. Leaves: its documents rendered, each sealed, in one final message.
//! Never: seals to a recipient whose entry is not in order; such a message opens with the review key alone.

use super::Line;
use crate::case::{Case, Event};
use crate::catalogue::Kind;
use crate::clock::Moment;
use crate::fault::Fault;
use crate::ics;
use crate::intake::Incoming;
use crate::message::{self, Draft, Mailbox, SealedPart};
use crate::outbox::{Bound, Despatch, DespatchId, Hold, MESSAGE_BYTES_MAX, Recipient, SealedDespatch, State};
use crate::policy::history::BookedFact;
use crate::policy::{Pack, Place, Plan, Planned, To};
use crate::random::random_hex;
use crate::render::facts::{Facts, Listed, Party};
use crate::render::job::Job;
use crate::render::mail::ClearMail;
use crate::seal::directory::Resolution;
use crate::seal::entry::Entry;
use crate::seal::keys::PublicKey;
use crate::seal::manifest::{self, MANIFEST_NAME, Manifest, Schema};
use crate::seal::sealing;
use crate::words::{EntryId, KindName, Role, Sha256, weekday_words};
use std::collections::HashMap;
use std::rc::Rc;

/// The name under which the cover note is sealed.
const COVER_NOTE: &str = "01-cover-note.pdf";

/// The making of one case's despatches.
pub(super) struct Making<'a> {
    line: &'a Line<'a>,
    case: &'a Case,
    pack: &'a Pack,
    plan: &'a Plan,
    incoming: &'a Incoming,
    place: &'a Place,
    now: Moment,
    /// Letters made so far: one text for the person and the representative.
    letters: HashMap<(KindName, &'a str), Rc<Vec<u8>>>,
    /// Page counts so far: each document is counted once, however many receive it.
    pages: HashMap<Sha256, Option<usize>>,
}

/// One document before sealing.
struct Plain<'a> {
    listed: Listed,
    bytes: Bytes<'a>,
}

impl Plain<'_> {
    /// For the reviewer, where nobody could count the pages.
    fn uncounted(&self) -> Option<String> {
        let Listed { number, file, pages, .. } = &self.listed;
        let uncounted = pages.is_none() && file.ends_with("-document.pdf");
        uncounted.then(|| {
            format!("The pages of document {number} could not be counted: open it before you approve.")
        })
    }
}

/// A document's bytes: rendered here, or lent by the incoming case.
enum Bytes<'a> {
    Made(Rc<Vec<u8>>),
    Lent(&'a [u8]),
}

impl Bytes<'_> {
    fn as_slice(&self) -> &[u8] {
        match self {
            Bytes::Made(bytes) => bytes,
            Bytes::Lent(bytes) => bytes,
        }
    }
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
        let keys: Vec<&PublicKey> = theirs.iter().chain([&office.review_key]).collect();
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
        };
        Ok((bound, bytes))
    }

    /// The cover note, the letter where the kind has one, and the attachments that the plan encloses.
    fn documents(&mut self, planned: &'a Planned, entry: &Entry) -> Result<Vec<Plain<'a>>, Vec<Fault>> {
        let office = self.line.office;
        let kind = office.catalogue.kind(&planned.kind).ok_or_else(|| {
            vec![Fault::new("the templates", "kind.unknown", "the kind is missing", "run `despatch check`")]
        })?;
        let sender = office.config.teams.get(&planned.team).ok_or_else(|| {
            vec![Fault::new("the settings", "team.unknown", "the team is missing", "run `despatch check`")]
        })?;
        let party = party(entry);
        let representative =
            self.case.representative.as_ref().and_then(|one| self.party_of(&one.contact.entry));
        let booked = self.plan.outcome.appointment.as_ref();
        let doctor = self.case.event.doctor().map(|doctor| &doctor.entry);
        let doctor =
            doctor.or(booked.map(|booked| &booked.fact.doctor)).and_then(|entry| self.party_of(entry));
        let decision_maker =
            self.case.decision_maker.as_ref().and_then(|one| self.party_of(&one.contact.entry));
        let facts = Facts {
            case: self.case,
            plan: self.plan,
            planned,
            kind,
            pack: self.pack,
            place: self.place,
            places: &office.places,
            from: match &self.case.event {
                Event::Transferred(event) => office.places.get(&event.from),
                _ => None,
            },
            sender: &sender.letterhead,
            recipient: &party,
            representative: representative.as_ref(),
            doctor: doctor.as_ref(),
            decision_maker: decision_maker.as_ref(),
            demo: office.config.demo,
        };
        let mut documents = Vec::new();
        for own in &kind.documents {
            let letter = self.letter(&facts, &own.file)?;
            let listed = self.list(documents.len() + 2, &own.title, None, &letter)?;
            documents.push(Plain { listed, bytes: Bytes::Made(letter) });
        }
        for index in &planned.attachments {
            if let (Some(listed), Some(file)) =
                (self.case.attachments.get(*index), self.incoming.attachments.get(*index))
            {
                let (title, relevance) = (&listed.title, listed.relevance.clone());
                let listed = self.list(documents.len() + 2, title, relevance, &file.bytes)?;
                documents.push(Plain { listed, bytes: Bytes::Lent(&file.bytes) });
            }
        }
        documents.extend(self.calendar(kind, documents.len() + 2));
        let listed: Vec<Listed> = documents.iter().map(|document| document.listed.clone()).collect();
        let note = self.render(&facts, "cover-note.typ", facts.cover_note(&listed), planned.role.words())?;
        let listed = list(COVER_NOTE, 1, "Cover note", &note);
        documents.insert(0, Plain { listed, bytes: Bytes::Made(Rc::new(note)) });
        Ok(documents)
    }

    /// A PDF as the cover note lists it, with its pages.
    fn list(
        &mut self,
        number: usize,
        title: &str,
        relevance: Option<String>,
        pdf: &[u8],
    ) -> Result<Listed, Vec<Fault>> {
        let listed = list(&format!("{number:02}-document.pdf"), number, title, pdf);
        let pages = match self.pages.get(&listed.sha256) {
            Some(known) => *known,
            None => self.line.pool.pages(pdf).map_err(|fault| fault.faults())?,
        };
        self.pages.insert(listed.sha256, pages);
        Ok(Listed { relevance, pages, ..listed })
    }

    /// The appointment for the recipient's calendar, where the kind brings one and there is one. The case's reference
    /// alone says whose it is: a calendar is no sealed place.
    fn calendar(&self, kind: &Kind, number: usize) -> Option<Plain<'a>> {
        let booked = self.plan.outcome.appointment.as_ref().filter(|_| kind.calendar)?;
        let (case_id, office) = (&self.case.case_id, self.line.office);
        let made_up = if office.config.demo { "Made up for a demonstration. " } else { "" };
        let description = format!(
            "{made_up}By video-link. How to join, and whom to call on the day, is in document 1 of the sealed email {case_id}."
        );
        let uid = format!("{case_id}.{}@{}", booked.number, office.config.mail_domain);
        let BookedFact { date, time, .. } = booked.fact;
        let text = ics::appointment(case_id, date, time, None, &description, &uid, self.now.at);
        let file = format!("{number:02}-appointment.ics");
        let listed = list(&file, number, "Appointment for your calendar", text.as_bytes());
        Some(Plain { listed, bytes: Bytes::Made(Rc::new(text.into_bytes())) })
    }

    /// A letter of the kind: one text for everybody who receives it.
    fn letter(&mut self, facts: &Facts<'_>, file: &'a str) -> Result<Rc<Vec<u8>>, Vec<Fault>> {
        let key = (facts.kind.name.clone(), file);
        if let Some(letter) = self.letters.get(&key) {
            return Ok(Rc::clone(letter));
        }
        let letter = Rc::new(self.render(facts, file, facts.letter(), file)?);
        self.letters.insert(key, Rc::clone(&letter));
        Ok(letter)
    }

    fn render(
        &self,
        facts: &Facts<'_>,
        file: &str,
        data: serde_json::Value,
        part: &str,
    ) -> Result<Vec<u8>, Vec<Fault>> {
        let kind = facts.kind;
        let missing = kind.missing_needs(&data);
        if !missing.is_empty() {
            let cause = format!("{} needs {}, which the case does not give", kind.name, missing.join(", "));
            return Err(vec![Fault::new("the case", "kind.needs", cause, "add it to the case file")]);
        }
        let title = letter_title(kind, file).unwrap_or_else(|| format!("{}: cover note", kind.title));
        let job = Job {
            main: format!("/{}/{file}", kind.name),
            title,
            author: facts.sender.name.clone(),
            keywords: vec![facts.pack.id.to_string(), self.case.case_id.to_string()],
            date: self.plan.issued_on,
            ident: format!("{}/{}/{}/{part}", self.case.case_id, self.case.event_id, kind.name),
            data,
        };
        self.line.pool.render(&job).map_err(|fault| fault.faults())
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
        let clear = ClearMail {
            marking: self.pack.marking.text.clone(),
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

    fn party_of(&self, entry: &EntryId) -> Option<Party> {
        self.line.office.directory.get(entry).map(party)
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

fn list(file: &str, number: usize, title: &str, bytes: &[u8]) -> Listed {
    let (file, title) = (file.to_owned(), title.to_owned());
    Listed { number, title, file, relevance: None, pages: None, sha256: Sha256::of(bytes) }
}

/// What a letter calls itself. Where it goes as several copies ("Invitation letter: copy to keep"), what they share.
fn letter_title(kind: &Kind, file: &str) -> Option<String> {
    let mut copies = kind.documents.iter().filter(|document| document.file == file);
    let title = copies.next()?.title.as_str();
    let shared = copies.next().and_then(|_| title.split_once(':')).map_or(title, |(shared, _)| shared);
    Some(shared.to_owned())
}

fn party(entry: &Entry) -> Party {
    Party { name: entry.name.clone(), organisation: entry.organisation.clone() }
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
