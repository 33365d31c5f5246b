//! Enters: one despatch, made and not yet queued. Leaves: its named checks, with their evidence.
//! Never: judges what it finds (the guards do), or examines an attachment twice.

use super::builder::{Examined, MessageBuilder};
use super::document::{Cleaned, Plain};
use super::scan::scan;
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use despatch_core::timings::{About, Stage};
use despatch_core::words::Sha256;
use despatch_directory::entry::Entry;
use despatch_documents::inspect::{Inspection, PageText};
use despatch_guards::attachment::{Cleaning, History};
use despatch_guards::clear::Clear;
use despatch_guards::examination::{Attached, Examination, OwnLetter};
use despatch_guards::identity::{Subject, look_at};
use despatch_guards::listed::SaysOfItself;
use despatch_guards::others::{Hit, UNSEEN, cross_references, search};
use despatch_guards::text::{Word, plain_words, words_of};
use despatch_guards::virus::Scanned;
use despatch_guards::{Check, persons, whereabouts};
use despatch_process::Planned;
use despatch_process::case::AttachmentKind;
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

impl<'a> MessageBuilder<'a> {
    /// Returns what is known of an attachment, which is examined on first use.
    pub(super) fn examined(&self, sha256: Sha256, bytes: &[u8]) -> Result<Arc<Examined>, Vec<Fault>> {
        self.examined.get(sha256, || self.examine(bytes).map(Arc::new))
    }

    fn examine(&self, bytes: &[u8]) -> Result<Examined, Vec<Fault>> {
        let (timings, about) = (&self.line.timings, About::case(self.incoming.submission));
        let found = timings.time(Stage::Inspect, about, || self.line.pool.inspect(bytes));
        let found = found.map_err(|fault| fault.faults())?;
        Ok(timings.time(Stage::Guard, about, || self.judged(found)))
    }

    /// What the guards are to know of an attachment in which this was found.
    fn judged(&self, mut found: Inspection) -> Examined {
        let texts = std::mem::take(&mut found.texts);
        let unseen = plain_words(&std::mem::take(&mut found.unseen));
        let mut words = words_of(texts.iter().map(|page| page.text.as_str()));
        let mut seen = look_at(&Subject::of(self.case), &words, &texts);
        seen.in_doubt |= found.cut_short || !found.sound;
        seen.cut_short = found.cut_short;
        let places = whereabouts::named(&self.line.office.places, &words);
        words.extend(unseen.into_iter().map(|plain| Word::unseen(plain, UNSEEN)));
        let named = cross_references(&self.identity_key, self.case, &words);
        self.cross_references.lock().unwrap_or_else(PoisonError::into_inner).extend(named);
        let says_of_itself = SaysOfItself::of(&texts, &self.line.tables);
        Examined { found, seen, others: self.others(&words), says_of_itself, places }
    }

    /// Returns an attachment without what its file holds behind its pages, where the office wants that and it can be done;
    /// else it goes as it is, or a guard holds it. What is left out is nothing that a page shows: the rewritten file is
    /// looked at as the first one was.
    pub(super) fn cleaned(&self, sha256: Sha256, bytes: &[u8]) -> Result<Option<Arc<Cleaned>>, Vec<Fault>> {
        let examined = self.examined(sha256, bytes)?;
        if self.line.office.config.guards.limits.history != History::Clean || examined.found.behind.is_empty()
        {
            return Ok(None);
        }
        self.cleaned.get(sha256, || self.clean(sha256, bytes, &examined))
    }

    fn clean(
        &self,
        came: Sha256,
        bytes: &[u8],
        examined: &Examined,
    ) -> Result<Option<Arc<Cleaned>>, Vec<Fault>> {
        let rewritten = self.line.pool.clean_pdf(bytes).map_err(|fault| fault.faults())?;
        let mut cleaned = None;
        if let Some(bytes) = rewritten.map(Secret::new) {
            let sent = Sha256::of(&bytes);
            let again = self.examined(sent, &bytes)?;
            let left_out = examined.found.behind.clone();
            let cleaning = Cleaning { left_out, came, sent };
            let is_clean = again.found.behind.is_empty() && again.found.pages == examined.found.pages;
            cleaned = is_clean.then(|| Arc::new(Cleaned { bytes, cleaning }));
        }
        Ok(cleaned)
    }

    /// Returns the verdict of the office's scanner on an attachment, if there is one; it runs once per case.
    fn scanned(&self, bytes: &[u8], sha256: Sha256) -> Option<Scanned> {
        let scanner = self.line.office.config.guards.virus_scan.as_ref()?;
        Some(self.scanned.get(sha256, || scan(scanner, bytes)))
    }

    /// The identities of people in other open cases that occur in these words.
    fn others(&self, words: &[Word]) -> Vec<Hit> {
        let known = self.line.known.read().unwrap_or_else(PoisonError::into_inner);
        search(&self.identity_key, &known.open, self.case, words)
    }

    /// What speaks against the person of the case file: the case's earlier events or the file that this one corrects, and
    /// the other open cases.
    fn person(&self) -> Vec<Check> {
        let known = self.line.known.read().unwrap_or_else(PoisonError::into_inner);
        persons::checks(&self.identity_key, &known.open, self.case)
    }

    /// Runs every guard on one despatch.
    pub(super) fn checks(
        &self,
        planned: &Planned,
        entry: &Entry,
        documents: &[Plain<'a>],
        clear: &Clear,
        message_bytes: usize,
    ) -> Result<Vec<Check>, Vec<Fault>> {
        let mut carried = Vec::new();
        for document in documents {
            let Some(one) = document.attachment.and_then(|index| self.case.attachments.get(index)) else {
                continue;
            };
            let bytes = document.bytes.as_slice();
            let (examined, scanned) =
                (self.examined(document.listed.sha256, bytes)?, self.scanned(bytes, one.sha256));
            carried.push((document, one.kind, examined, scanned));
        }
        let attached = carried.iter().map(|(document, kind, examined, scanned)| Attached {
            number: document.listed.number,
            kind: *kind,
            bytes: document.bytes.as_slice().len(),
            cleaning: document.cleaning(),
            found: &examined.found,
            seen: &examined.seen,
            others: &examined.others,
            says_of_itself: &examined.says_of_itself,
            places: &examined.places,
            scanned: *scanned,
        });
        Ok(despatch_guards::checks(&Examination {
            case: self.case,
            place: self.place,
            history: &self.record.history,
            planned,
            entry,
            anonymous: self.line.office.catalogue.kind(&planned.kind).is_some_and(|kind| kind.anonymous),
            person: self.person(),
            attached: attached.collect(),
            own_letters: self.own_letters(documents),
            clear,
            message_bytes,
            enclosed: self.kinds_enclosed(planned),
            written_to: self.record.written_to.get(&entry.id),
            authority: self.record.authorities.get(&entry.id),
            tables: &self.line.tables,
            limits: &self.line.office.config.guards.limits,
        }))
    }

    /// The kinds of attachment that the pack's rows like this one, for this role and kind, enclose.
    fn kinds_enclosed(&self, planned: &Planned) -> BTreeSet<AttachmentKind> {
        let alike = self.pack.rows.iter().filter(|row| {
            (row.purpose, &row.kind, row.role) == (planned.purpose, &planned.kind, planned.role)
        });
        alike.flat_map(|row| row.encloses.iter().copied()).collect()
    }

    /// Looks for the person, and for others, in the documents made here.
    fn own_letters(&self, documents: &[Plain<'_>]) -> Vec<OwnLetter> {
        let subject = Subject::of(self.case);
        let ours = documents.iter().filter_map(|document| Some((document.listed.number, document.letter()?)));
        let looked_at = ours.map(|(number, letter)| {
            let texts: Vec<PageText> = letter.texts.iter().cloned().map(PageText::of_ours).collect();
            let words = words_of(letter.texts.iter().map(String::as_str));
            let (seen, others) = (look_at(&subject, &words, &texts), self.others(&words));
            OwnLetter { number, words, seen, others }
        });
        looked_at.collect()
    }
}
