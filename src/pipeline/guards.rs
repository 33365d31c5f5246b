//! Enters: one despatch, made and not yet queued. Leaves: its named checks, with their evidence.
//! Never: decides what a check is worth (that is `guard`), or looks at an attachment twice.

use super::documents::{Bytes, Plain};
use super::envelope::Making;
use super::scan::{Scanned, scan};
use crate::case::AttachmentKind;
use crate::fault::Fault;
use crate::guard::clear::{self, Clear};
use crate::guard::identity::{Seen, Subject, look_at};
use crate::guard::others::{Hit, search};
use crate::guard::text::words_of;
use crate::guard::{Check, Guard, Outcome, attachment, change, matrix};
use crate::policy::Planned;
use crate::render::inspect::{Inspection, PageText};
use crate::seal::entry::Entry;
use crate::words::Sha256;
use std::rc::Rc;
use std::sync::PoisonError;

/// What is known of one attachment.
pub(super) struct Examined {
    pub(super) found: Inspection,
    seen: Seen,
    others: Vec<Hit>,
}

impl<'a> Making<'a> {
    /// What is known of an attachment; looked at when it is first asked for.
    pub(super) fn examined(&mut self, bytes: &[u8]) -> Result<Rc<Examined>, Vec<Fault>> {
        let sha256 = Sha256::of(bytes);
        if let Some(known) = self.examined.get(&sha256) {
            return Ok(Rc::clone(known));
        }
        let mut found = self.line.pool.inspect(bytes).map_err(|fault| fault.faults())?;
        let texts = std::mem::take(&mut found.texts);
        let (mut seen, others) = self.seen(&texts);
        seen.in_doubt |= found.cut_short || !found.sound;
        let examined = Rc::new(Examined { found, seen, others });
        self.examined.insert(sha256, Rc::clone(&examined));
        Ok(examined)
    }

    /// What the office's scanner says of an attachment, where it has one: asked once for each case.
    fn scanned(&mut self, bytes: &[u8], sha256: Sha256) -> Option<Scanned> {
        let scanner = self.line.office.config.guards.virus_scan.as_ref()?;
        Some(*self.scanned.entry(sha256).or_insert_with(|| scan(scanner, bytes)))
    }

    /// Whose document it is, by its text.
    fn seen(&self, texts: &[PageText]) -> (Seen, Vec<Hit>) {
        let words = words_of(texts.iter().map(|page| page.text.as_str()));
        let seen = look_at(&Subject::of(self.case), &words, texts);
        let known = self.line.known.read().unwrap_or_else(PoisonError::into_inner);
        (seen, search(&self.line.identity_key, &known.open, self.case, &words))
    }

    /// Every check of one despatch.
    pub(super) fn checks(
        &mut self,
        planned: &Planned,
        entry: &Entry,
        documents: &[Plain<'a>],
        clear: &Clear,
        message_bytes: usize,
    ) -> Result<Vec<Check>, Vec<Fault>> {
        let limits = &self.line.office.config.guards.limits;
        let mut checks = Vec::new();
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
            attached.push(attachment::check(number, &examined.found, bytes.len(), limits));
            attached.extend(self.scanned(bytes, one.sha256).map(|scanned| virus(number, scanned)));
        }
        let anonymous = self.line.office.catalogue.kind(&planned.kind).is_some_and(|kind| kind.anonymous);
        checks.extend(self.own_letters(documents, anonymous));
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
            (&row.number, &row.kind, row.role) == (&planned.row, &planned.kind, planned.role)
                && row.encloses.contains(&kind)
        })
    }

    /// The letters and the cover note that were made here: about the person, or, where the kind is told nothing about
    /// them, about nobody.
    fn own_letters(&self, documents: &[Plain<'_>], anonymous: bool) -> Vec<Check> {
        let ours = documents.iter().filter_map(|document| match &document.bytes {
            Bytes::Made(letter) => Some((document.listed.number, letter)),
            Bytes::Lent(_) => None,
        });
        let (mut checks, mut of_the_person, mut numbers) = (Vec::new(), false, Vec::new());
        for (number, letter) in ours {
            let texts: Vec<PageText> = letter.texts.iter().cloned().map(PageText::of_ours).collect();
            let (seen, others) = self.seen(&texts);
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
        checks.push(match (anonymous, of_the_person) {
            (true, _) => Check::new(
                Guard::Identity,
                Outcome::Passed,
                format!("our own documents ({numbers}) are to name nobody"),
            ),
            (false, true) => Check::new(
                Guard::Identity,
                Outcome::Passed,
                format!("our own documents ({numbers}) name the person"),
            ),
            (false, false) => Check::new(
                Guard::Identity,
                Outcome::Stops,
                format!("none of our own documents ({numbers}) names the person"),
            ),
        });
        checks
    }
}

/// The checks of one attachment: whose it is, and whose it may be besides.
fn identity(number: usize, seen: &Seen, others: &[Hit]) -> Vec<Check> {
    let (outcome, words) = seen.judge();
    let of_the_person = outcome == Outcome::Passed;
    let own = Check::new(Guard::Identity, outcome, format!("document {number}: {words}"));
    std::iter::once(own).chain(others.iter().map(|hit| somebody_else(number, hit, of_the_person))).collect()
}

/// Somebody else's identity. A name alone, in a document that is the person's own, may be a relative's or a namesake's.
fn somebody_else(number: usize, hit: &Hit, of_the_person: bool) -> Check {
    let outcome = if of_the_person && !hit.is_certain() { Outcome::Confirm } else { Outcome::Stops };
    Check::new(Guard::Identity, outcome, format!("document {number}: {}", hit.words()))
}

fn virus(number: usize, scanned: Scanned) -> Check {
    let (outcome, words) = match scanned {
        Scanned::Clean => (Outcome::Passed, "nothing found"),
        Scanned::Found => (Outcome::Stops, "the scanner found something"),
        Scanned::Unavailable => (Outcome::Stops, "the scanner gave no answer"),
    };
    Check::new(Guard::Virus, outcome, format!("document {number}: {words}"))
}
