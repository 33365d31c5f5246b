//! Enters: one despatch, made and not yet queued. Leaves: its named checks, with their evidence.
//! Never: decides what a check is worth (that is `guard`), or examines an attachment twice.

use super::builder::{Examined, MessageBuilder};
use super::document::Plain;
use super::scan::{Scanned, scan};
use despatch_core::fault::Fault;
use despatch_core::words::{Role, Sha256};
use despatch_directory::entry::Entry;
use despatch_documents::inspect::PageText;
use despatch_guards::clear;
use despatch_guards::clear::Clear;
use despatch_guards::identity::{Seen, Subject, look_at};
use despatch_guards::listed::SaysOfItself;
use despatch_guards::others::{Hit, UNSEEN, cross_references, search};
use despatch_guards::text::{Word, plain_words, words_of};
use despatch_guards::{Check, Guard, Outcome, attachment, authority, change, free_text, matrix, whereabouts};
use despatch_process::Planned;
use despatch_process::case::AttachmentKind;
use std::rc::Rc;
use std::sync::PoisonError;

impl<'a> MessageBuilder<'a> {
    /// Returns what is known of an attachment, which is examined on first use.
    pub(super) fn examined(&mut self, bytes: &[u8]) -> Result<Rc<Examined>, Vec<Fault>> {
        let sha256 = Sha256::of(bytes);
        if let Some(known) = self.examined.get(&sha256) {
            return Ok(Rc::clone(known));
        }
        let mut found = self.line.pool.inspect(bytes).map_err(|fault| fault.faults())?;
        let texts = std::mem::take(&mut found.texts);
        let unseen = plain_words(&std::mem::take(&mut found.unseen));
        let mut words = words_of(texts.iter().map(|page| page.text.as_str()));
        let mut seen = look_at(&Subject::of(self.case), &words, &texts);
        seen.in_doubt |= found.cut_short || !found.sound;
        let places = whereabouts::named(&self.line.office.places, &words);
        words.extend(unseen.into_iter().map(|plain| Word { plain, page: UNSEEN }));
        self.cross_references.extend(cross_references(&self.line.identity_key, self.case, &words));
        let says_of_itself = SaysOfItself::of(&texts, &self.line.tables);
        let examined = Rc::new(Examined { found, seen, others: self.others(&words), says_of_itself, places });
        self.examined.insert(sha256, Rc::clone(&examined));
        Ok(examined)
    }

    /// Returns the verdict of the office's scanner on an attachment, if there is one; it runs once per case.
    fn scanned(&mut self, bytes: &[u8], sha256: Sha256) -> Option<Scanned> {
        let scanner = self.line.office.config.guards.virus_scan.as_ref()?;
        Some(*self.scanned.entry(sha256).or_insert_with(|| scan(scanner, bytes)))
    }

    /// The identities of people in other open cases that occur in these words.
    fn others(&self, words: &[Word]) -> Vec<Hit> {
        let known = self.line.known.read().unwrap_or_else(PoisonError::into_inner);
        search(&self.line.identity_key, &known.open, self.case, words)
    }

    /// Checks that the case is still about the person of its earlier events; `None` if it is.
    fn same_person(&self) -> Option<Check> {
        let known = self.line.known.read().unwrap_or_else(PoisonError::into_inner);
        let is_first = self.record.history.events.is_empty();
        if is_first || known.open.knows_as_the_same(&self.line.identity_key, self.case) {
            return None;
        }
        let words = "the events of this case before this one are about somebody else: neither reference nor name \
                     with date of birth is theirs";
        Some(Check::new(Guard::Identity, Outcome::Stops, words))
    }

    /// Runs every check on one despatch.
    pub(super) fn checks(
        &mut self,
        planned: &Planned,
        entry: &Entry,
        documents: &[Plain<'a>],
        clear: &Clear,
        message_bytes: usize,
    ) -> Result<Vec<Check>, Vec<Fault>> {
        let limits = &self.line.office.config.guards.limits;
        let mut checks = Vec::from_iter(self.same_person());
        let (mut carried, mut attached) = (Vec::new(), Vec::new());
        for document in documents {
            let Some(one) = document.attachment.and_then(|index| self.case.attachments.get(index)) else {
                continue;
            };
            let number = document.listed.number;
            carried.push((number, one.kind));
            let bytes = document.bytes.as_slice();
            let examined = self.examined(bytes)?;
            checks.extend(identity(number, &examined.seen, &examined.others));
            checks.extend(examined.says_of_itself.check(number, one.kind));
            if one.kind == AttachmentKind::ExternalMedicalReport {
                checks.extend(whereabouts::check(number, &examined.places, self.case, &self.record.history));
            }
            attached.push(attachment::check(number, &examined.found, bytes.len(), limits));
            attached.extend(self.scanned(bytes, one.sha256).map(|scanned| virus(number, scanned)));
        }
        let anonymous = self.line.office.catalogue.kind(&planned.kind).is_some_and(|kind| kind.anonymous);
        checks.extend(self.own_letters(documents, anonymous));
        checks.extend(self.free_texts(documents, planned.role, anonymous));
        checks.extend(self.authority(planned.role, entry));
        let titles: Vec<&str> = self.case.attachments.iter().map(|one| one.title.as_str()).collect();
        let tables = &self.line.tables;
        checks.push(clear::check(self.case, self.place, &titles, &tables.health, clear));
        checks.push(matrix::check(
            tables,
            planned.role,
            &carried,
            matrix::consents(&self.record.history),
            |kind| self.row_encloses(planned, kind),
        ));
        checks.append(&mut attached);
        checks.push(change::check(entry, self.record.written_to.get(&entry.id)));
        checks.push(attachment::size(message_bytes, entry.email.domain(), limits));
        checks.sort_by_key(|check| check.guard);
        let safety = planned.safety;
        Ok(checks.into_iter().map(|check| if safety { check.for_safety() } else { check }).collect())
    }

    /// Whether the pack has a row like this one, for this role and kind, that encloses such an attachment.
    fn row_encloses(&self, planned: &Planned, kind: AttachmentKind) -> bool {
        self.pack.rows.iter().any(|row| {
            (row.purpose, &row.kind, row.role) == (planned.purpose, &planned.kind, planned.role)
                && row.encloses.contains(&kind)
        })
    }

    /// Checks the documents made here: they must name the person or, if the kind is anonymous, nobody.
    fn own_letters(&self, documents: &[Plain<'_>], anonymous: bool) -> Vec<Check> {
        let ours = documents.iter().filter_map(|document| Some((document.listed.number, document.letter()?)));
        let subject = Subject::of(self.case);
        let (mut checks, mut of_the_person, mut numbers) = (Vec::new(), false, Vec::new());
        for (number, letter) in ours {
            let texts: Vec<PageText> = letter.texts.iter().cloned().map(PageText::of_ours).collect();
            let words = words_of(letter.texts.iter().map(String::as_str));
            let (seen, others) = (look_at(&subject, &words, &texts), self.others(&words));
            numbers.push(number.to_string());
            of_the_person |= seen.reference.is_some() || seen.name.is_some();
            let told = [seen.name, seen.part_of_name, seen.born, seen.reference];
            if let Some(page) = told.into_iter().flatten().next().filter(|_| anonymous) {
                let words = format!(
                    "document {number} is told to say nothing about the person, and does on page {page}"
                );
                checks.push(Check::new(Guard::Matrix, Outcome::Stops, words));
            }
            checks.extend(others.iter().map(|hit| somebody_else(number, hit, !anonymous)));
        }
        let numbers = numbers.join(", ");
        let (outcome, words) = match (anonymous, of_the_person) {
            (true, _) => (Outcome::Passed, format!("our own documents ({numbers}) are to name nobody")),
            (false, true) => (Outcome::Passed, format!("our own documents ({numbers}) name the person")),
            (false, false) => {
                (Outcome::Stops, format!("none of our own documents ({numbers}) names the person"))
            }
        };
        checks.push(Check::new(Guard::Identity, outcome, words));
        checks
    }

    /// Checks the free text of the case file that our own documents repeat to a recipient who must not know it.
    fn free_texts(&self, documents: &[Plain<'_>], role: Role, anonymous: bool) -> Vec<Check> {
        let tables = &self.line.tables;
        let report = AttachmentKind::ExternalMedicalReport;
        let reader = free_text::Reader {
            of_nobody: anonymous,
            of_health: role == Role::Representative || tables.allows(report, role, false).is_ok(),
        };
        let texts = documents.iter().filter_map(Plain::letter).flat_map(|letter| &letter.texts);
        let letters = texts.flat_map(|text| plain_words(text)).collect();
        free_text::checks(self.case, reader, &letters, &tables.health)
    }

    /// Checks a representative's authority; `None` for any other recipient.
    fn authority(&self, role: Role, entry: &Entry) -> Option<Check> {
        let named = self.case.representative.as_ref().filter(|named| named.entry == entry.id);
        let dated = named.map(|named| named.authority_date);
        let seen = self.record.authorities.get(&entry.id);
        (role == Role::Representative).then(|| authority::check(&entry.id, dated, seen))
    }
}

/// Checks the identity of one attachment: whose it is, and who else it may name.
fn identity(number: usize, seen: &Seen, others: &[Hit]) -> Vec<Check> {
    let (outcome, words) = seen.judge();
    let of_the_person = outcome == Outcome::Passed;
    let own = Check::new(Guard::Identity, outcome, format!("document {number}: {words}"));
    std::iter::once(own).chain(others.iter().map(|hit| somebody_else(number, hit, of_the_person))).collect()
}

/// The check for another person's identity. A name alone, in a document about the right person, may be a relative's or
/// a namesake's.
fn somebody_else(number: usize, hit: &Hit, of_the_person: bool) -> Check {
    let outcome = if of_the_person && !hit.is_certain() { Outcome::Confirm } else { Outcome::Stops };
    Check::new(Guard::Identity, outcome, format!("document {number}: {}", hit.label()))
}

fn virus(number: usize, scanned: Scanned) -> Check {
    let (outcome, words) = match scanned {
        Scanned::Clean => (Outcome::Passed, "nothing found"),
        Scanned::Found => (Outcome::Stops, "the scanner found something"),
        Scanned::Unavailable => (Outcome::Stops, "the scanner gave no answer"),
    };
    Check::new(Guard::Virus, outcome, format!("document {number}: {words}"))
}
