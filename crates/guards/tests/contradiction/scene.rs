//! One trial of the set, and what the guards say to it. This file follows the guards; the set does not.

use super::paper::{Carries, Page};
use super::people::Who;
use despatch_documents::inspect::{Behind, Inspection, PageText};
use despatch_guards::attachment;
use despatch_guards::attachment::{History, check};
use despatch_guards::identity::{Subject, look};
use despatch_guards::listed::SaysOfItself;
use despatch_guards::matrix::Tables;
use despatch_guards::others::{IdentityKey, OpenCases, UNSEEN, search};
use despatch_guards::text::{Word, plain_words, words_of};
use despatch_guards::{Check, Guard, Outcome};

/// A case with one document.
#[derive(Debug, Clone)]
pub struct Trial {
    pub name: String,
    pub who: Who,
    /// The people of other open cases.
    pub open: Vec<Who>,
    /// The person of the case's earlier event, or of the file that this one corrects.
    pub before: Option<Who>,
    pub pages: Vec<Page>,
    unseen: String,
    carries: Carries,
}

impl Trial {
    pub fn of(name: &str, who: &Who, pages: Vec<Page>) -> Trial {
        let (name, who) = (name.to_owned(), who.clone());
        let (open, unseen, carries) = (Vec::new(), String::new(), Carries::Nothing);
        Trial { name, who, open, before: None, pages, unseen, carries }
    }

    pub fn open(mut self, other: &Who) -> Trial {
        self.open.push(other.clone());
        self
    }

    pub fn unseen(mut self, words: &str) -> Trial {
        self.unseen = words.to_owned();
        self
    }

    pub fn carries(self, carries: Carries) -> Trial {
        Trial { carries, ..self }
    }

    /// What the guards say: the worst of it, and all of it.
    pub fn judged(&self) -> (Outcome, Vec<String>) {
        let checks = self.checks();
        let worst = |outcome: Outcome| checks.iter().any(|check| check.outcome == outcome);
        let outcome = [Outcome::Stops, Outcome::Confirm].into_iter().find(|outcome| worst(*outcome));
        let told = checks.iter().filter(|check| check.outcome != Outcome::Passed);
        (outcome.unwrap_or(Outcome::Passed), told.map(|check| check.evidence.clone()).collect())
    }

    fn checks(&self) -> Vec<Check> {
        let case = self.who.file();
        let key = IdentityKey::new(&[7; 32]).expect("a key");
        let mut known = OpenCases::default();
        for one in self.open.iter().chain(&self.before).map(Who::file) {
            key.pseudonyms(&one).into_iter().for_each(|(kind, mark)| known.add(&one.case_id, kind, mark));
        }
        let pages: Vec<PageText> = self.pages.iter().map(page_text).collect();
        let mut words = words_of(pages.iter().map(|page| page.text.as_str()));
        let seen = look(&Subject::of(&case), &pages);
        let (outcome, evidence) = seen.judge();
        let mut checks = vec![Check::new(Guard::Identity, outcome, evidence)];
        words.extend(plain_words(&self.unseen).into_iter().map(|plain| Word::unseen(plain, UNSEEN)));
        for hit in search(&key, &known, &case, &words) {
            let asks = seen.is_of_the_person() && !hit.is_certain();
            let outcome = if asks { Outcome::Confirm } else { Outcome::Stops };
            checks.push(Check::new(Guard::Identity, outcome, hit.label()));
        }
        checks.extend(despatch_guards::persons::checks(&key, &known, &case));
        let behind = match self.carries {
            Carries::Nothing => None,
            Carries::Revision => Some(Behind::Revision),
            Carries::Layer => Some(Behind::Layer),
            Carries::Page => Some(Behind::Page),
        };
        let behind = behind.into_iter().collect();
        let found = Inspection { sound: true, pages: Some(pages.len()), behind, ..Inspection::default() };
        checks.push(check(1, &found));
        checks.extend(SaysOfItself::of(&pages, &Tables::built_in()).privilege(1));
        checks.extend(attachment::behind(1, &found, History::Ask));
        checks
    }
}

/// What a worker reads of a page.
fn page_text(page: &Page) -> PageText {
    let of = |text: &String| PageText { text: text.clone(), ..PageText::default() };
    match page {
        Page::Text(text) | Page::Ruled(text, _) => of(text),
        // A worker counts no more shapes of one place than letters would stand there.
        Page::Crest(text, shapes) => PageText { outlines: (*shapes).min(CREST_MAX), ..of(text) },
        Page::Outlined(text, shapes) => PageText { outlines: *shapes, ..of(text) },
        Page::Scan(text) => PageText { pictures: 1, covered: 95, ..of(text) },
        Page::Pictured(text, covered) => PageText { pictures: 1, covered: *covered, ..of(text) },
        Page::Ocr(text) => {
            let hidden = text.chars().filter(|c| !c.is_whitespace()).count();
            PageText { pictures: 1, covered: 100, hidden, ..of(text) }
        }
        Page::Codes(text, glyphs) => PageText { unread: *glyphs, unread_in_words: *glyphs, ..of(text) },
        Page::Bullets(text, glyphs) => PageText { unread: *glyphs, ..of(text) },
    }
}

/// The shapes of a coat of arms that count.
const CREST_MAX: usize = 128;
