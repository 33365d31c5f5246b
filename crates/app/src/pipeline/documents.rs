//! Enters: a planned despatch and its recipient. Leaves: its documents, each rendered or borrowed from the case, with
//! their page counts. Never: seals one, or changes a fixed letter because of its enclosures.

use super::builder::MessageBuilder;
use super::document::{Bytes, Plain};
use super::rehearsal::Shown;
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use despatch_core::timings::{About, Stage};
use despatch_core::words::{EntryId, Sha256};
use despatch_directory::entry::Entry;
use despatch_letters::catalogue;
use despatch_letters::catalogue::{Companion, Document, Kind};
use despatch_letters::ics;
use despatch_letters::render::facts::{Facts, Listed, Party};
use despatch_letters::render::job::{Job, Letter};
use despatch_process::BookedFact;
use despatch_process::Planned;
use despatch_process::case::Event;
use std::sync::Arc;

/// The file name of the cover note.
const COVER_NOTE: &str = "01-cover-note.pdf";

impl<'a> MessageBuilder<'a> {
    /// The documents of a despatch with their file names, unsealed.
    pub(super) fn plain(&self, planned: &'a Planned) -> Result<Vec<(String, Vec<u8>)>, Vec<Fault>> {
        let entry = self.resolution(planned).entry.ok_or_else(|| {
            let cure = "name somebody whom the directory has";
            vec![Fault::new(
                planned.role.label(),
                "preview.recipient",
                "no entry of the directory is meant",
                cure,
            )]
        })?;
        let documents = self.documents(planned, entry)?;
        Ok(documents
            .into_iter()
            .map(|one| (one.listed.file.clone(), one.bytes.as_slice().to_vec()))
            .collect())
    }

    /// The letter of a despatch to look at: the first of its kind, or else the cover note.
    pub(super) fn shown(&self, planned: &'a Planned, entry: &Entry) -> Result<Option<Shown>, Vec<Fault>> {
        let documents = self.documents(planned, entry)?;
        let made = |one: &&Plain<'_>| one.letter().is_some() && one.listed.file.ends_with(".pdf");
        let letter = documents.iter().skip(1).find(made).or(documents.first());
        Ok(letter.map(|one| Shown {
            title: one.listed.title.clone(),
            pages: one.letter().map_or(0, |letter| letter.texts.len()),
            pdf: one.bytes.as_slice().to_vec(),
        }))
    }

    /// The cover note, the letters if the kind has any, and the attachments that the plan encloses.
    pub(super) fn documents(
        &self,
        planned: &'a Planned,
        entry: &Entry,
    ) -> Result<Vec<Plain<'a>>, Vec<Fault>> {
        let parties = self.parties(entry);
        let facts = self.facts(planned, &parties)?;
        let mut documents = Vec::new();
        for own in self.own_documents(planned) {
            let letter = self.letter(&facts, own)?;
            documents.push(made(documents.len() + 2, own.title(), letter));
        }
        documents.extend(self.enclosed(planned, documents.len() + 2)?);
        if !entry.method.is_some_and(|method| method.details().pdfs_alone) {
            documents.extend(self.calendar(facts.kind, documents.len() + 2));
        }
        let listed: Vec<Listed> = documents.iter().map(|document| document.listed.clone()).collect();
        let note = self.note(&facts, &listed)?;
        let listed = list(COVER_NOTE, 1, "Cover note", Sha256::of(&note.pdf));
        documents.insert(0, Plain { listed, bytes: Bytes::Made(Arc::new(note)), attachment: None });
        Ok(documents)
    }

    /// The letters of a despatch's kind that its recipient gets, and the sheets that go with them.
    pub(super) fn own_documents(&self, planned: &Planned) -> Vec<OwnDocument<'a>> {
        let catalogue = &self.line.office.catalogue;
        let letters = catalogue.kind(&planned.kind).into_iter().flat_map(|kind| &kind.documents);
        let letters = letters.filter(|own| own.goes_to(planned.role)).map(OwnDocument::Letter);
        let language = self.case.person.language.as_deref();
        let sheets = catalogue.companions(&planned.kind);
        let sheets = sheets.filter(|sheet| sheet.accompanies(&planned.kind, language));
        letters.chain(sheets.map(OwnDocument::Sheet)).collect()
    }

    /// Makes a letter or sheet before the message that has it; what speaks against it is told with that message.
    pub(super) fn make_ahead(&self, planned: &Planned, entry: &Entry, own: OwnDocument<'a>) {
        let parties = self.parties(entry);
        if let Ok(facts) = self.facts(planned, &parties) {
            let _ = self.letter(&facts, own);
        }
    }

    /// Those of whom a letter to this recipient speaks.
    fn parties(&self, recipient: &Entry) -> Parties {
        let booked = self.plan.outcome.appointment.as_ref();
        let doctor = self.case.event.doctor().map(|doctor| &doctor.entry);
        let doctor = doctor.or(booked.map(|booked| &booked.fact.doctor));
        let representative = self.case.representative.as_ref().map(|one| &one.entry);
        let decision_maker = self.case.decision_maker.as_ref().map(|one| &one.entry);
        let party_of = |entry: Option<&EntryId>| self.directory.get(entry?).map(party);
        Parties {
            recipient: party(recipient),
            representative: party_of(representative),
            doctor: party_of(doctor),
            decision_maker: party_of(decision_maker),
        }
    }

    fn facts<'f>(&'f self, planned: &'f Planned, parties: &'f Parties) -> Result<Facts<'f>, Vec<Fault>> {
        let office = self.line.office;
        let kind = office.catalogue.kind(&planned.kind).ok_or_else(|| {
            vec![Fault::new("the templates", "kind.unknown", "the kind is missing", "run `despatch check`")]
        })?;
        let sender = office.sender(planned.team).map_err(|fault| vec![fault])?;
        Ok(Facts {
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
            recipient: &parties.recipient,
            representative: parties.representative.as_ref(),
            doctor: parties.doctor.as_ref(),
            decision_maker: parties.decision_maker.as_ref(),
            demo: office.config.demo,
        })
    }

    /// The attachments that the plan encloses, numbered from `first`, with their page counts.
    fn enclosed(&self, planned: &Planned, first: usize) -> Result<Vec<Plain<'a>>, Vec<Fault>> {
        let (case, incoming) = (self.case, self.incoming);
        let mut enclosed = Vec::new();
        for index in &planned.attachments {
            let (of_case, file) =
                case.attachments.get(*index).zip(incoming.attachments.get(*index)).ok_or_else(|| {
                    let (cause, cure) =
                        ("this attachment is not there", "drop the case again with all of them");
                    vec![Fault::new(format!("/attachments/{index}"), "attachment.missing", cause, cure)]
                })?;
            let number = first + enclosed.len();
            let came = Sha256::of(&file.bytes);
            let (sha256, bytes) = match self.cleaned(came, &file.bytes)? {
                Some(cleaned) => (cleaned.cleaning.sent, Bytes::Cleaned(cleaned)),
                None => (came, Bytes::Lent(file.bytes.as_slice())),
            };
            let listed = Listed {
                relevance: of_case.relevance.clone(),
                pages: self.examined(sha256, bytes.as_slice())?.found.pages,
                ..list(&document_name(number), number, &of_case.title, sha256)
            };
            enclosed.push(Plain { listed, bytes, attachment: Some(*index) });
        }
        Ok(enclosed)
    }

    /// The cover note, which lists the enclosures.
    fn note(&self, facts: &Facts<'_>, listed: &[Listed]) -> Result<Letter, Vec<Fault>> {
        let kind = facts.kind;
        let main = format!("/{}/{}", kind.name, catalogue::COVER_NOTE);
        let title = format!("{}: cover note", kind.title);
        self.typeset(&self.job(facts, main, title, facts.cover_note(listed), facts.planned.role.label())?)
    }

    /// The appointment for the recipient's calendar, if the kind includes one and there is one. Only the case's
    /// reference identifies the person, because a calendar is not sealed.
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
        let sha256 = Sha256::of(text.as_bytes());
        let listed = list(&file, number, "Appointment for your calendar", sha256);
        let letter = Letter { texts: vec![text.clone()], pdf: Secret::new(text.into_bytes()) };
        Some(Plain { listed, bytes: Bytes::Made(Arc::new(letter)), attachment: None })
    }

    /// A letter of the kind, or a sheet: one text for everybody who receives it.
    fn letter(&self, facts: &Facts<'_>, own: OwnDocument<'a>) -> Result<Arc<Letter>, Vec<Fault>> {
        self.letters.get((facts.kind.name.clone(), own.template()), || {
            let (main, title, language) = match own {
                OwnDocument::Letter(Document { file, .. }) => {
                    let title = letter_title(facts.kind, file).unwrap_or_else(|| facts.kind.title.clone());
                    (format!("/{}/{file}", facts.kind.name), title, None)
                }
                OwnDocument::Sheet(Companion { main, title, spoken, .. }) => {
                    (main.clone(), title.clone(), spoken.clone())
                }
            };
            let job = self.job(facts, main, title, facts.letter(), own.template())?;
            self.typeset(&Job { language, ..job }).map(Arc::new)
        })
    }

    fn job(
        &self,
        facts: &Facts<'_>,
        main: String,
        title: String,
        data: serde_json::Value,
        part: &str,
    ) -> Result<Job, Vec<Fault>> {
        let kind = facts.kind;
        let missing = kind.missing_needs(&data);
        if !missing.is_empty() {
            let cause = format!("{} needs {}, which the case does not give", kind.name, missing.join(", "));
            return Err(vec![Fault::new("the case", "kind.needs", cause, "add it to the case file")]);
        }
        Ok(Job {
            main,
            title,
            author: facts.sender.name.clone(),
            keywords: vec![facts.pack.id.to_string(), self.case.case_id.to_string()],
            date: self.plan.issued_on,
            ident: format!("{}/{}/{}/{part}", self.case.case_id, self.case.event_id, kind.name),
            language: None,
            data,
        })
    }

    fn typeset(&self, job: &Job) -> Result<Letter, Vec<Fault>> {
        // A template is its kind's, or the folder's that has those of several.
        let (kind, template) = job.main.trim_start_matches('/').split_once('/').unzip();
        let about = About { kind, template, ..About::case(self.incoming.submission) };
        let made = self.line.timings.time(Stage::Render, about, || self.line.pool.letter(job));
        made.map_err(|fault| fault.faults())
    }
}

/// A document that is made here for a message, besides its cover note.
#[derive(Clone, Copy)]
pub(super) enum OwnDocument<'a> {
    /// A letter of the kind.
    Letter(&'a Document),
    /// A sheet that accompanies it.
    Sheet(&'a Companion),
}

impl<'a> OwnDocument<'a> {
    /// Its template: a file of the kind, or the path of a sheet.
    pub(super) fn template(self) -> &'a str {
        match self {
            Self::Letter(letter) => &letter.file,
            Self::Sheet(sheet) => &sheet.main,
        }
    }

    /// What the list of documents calls it.
    fn title(self) -> &'a str {
        match self {
            Self::Letter(letter) => &letter.title,
            Self::Sheet(sheet) => &sheet.title,
        }
    }
}

/// Those of whom a letter speaks, as the directory names them.
struct Parties {
    recipient: Party,
    representative: Option<Party>,
    doctor: Option<Party>,
    decision_maker: Option<Party>,
}

/// The file name of a document other than the cover note.
fn document_name(number: usize) -> String {
    format!("{number:02}-document.pdf")
}

/// A document of ours as the cover note lists it.
fn made<'a>(number: usize, title: &str, letter: Arc<Letter>) -> Plain<'a> {
    let listed = list(&document_name(number), number, title, Sha256::of(&letter.pdf));
    let listed = Listed { pages: Some(letter.texts.len()), ..listed };
    Plain { listed, bytes: Bytes::Made(letter), attachment: None }
}

fn list(file: &str, number: usize, title: &str, sha256: Sha256) -> Listed {
    let (file, title) = (file.to_owned(), title.to_owned());
    Listed { number, title, file, relevance: None, pages: None, sha256 }
}

/// The title of a letter. If it is enclosed in several copies ("Invitation letter: copy to keep"), what they share.
fn letter_title(kind: &Kind, file: &str) -> Option<String> {
    let mut copies = kind.documents.iter().filter(|document| document.file == file);
    let title = copies.next()?.title.as_str();
    let shared = copies.next().and_then(|_| title.split_once(':')).map_or(title, |(shared, _)| shared);
    Some(shared.to_owned())
}

fn party(entry: &Entry) -> Party {
    Party { name: entry.name.clone(), organisation: entry.organisation.clone() }
}
