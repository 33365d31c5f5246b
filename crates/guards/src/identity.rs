//! Enters: the person of a case and the text of one document. Leaves: whether the document is about that person: what of
//! name, date of birth and reference agrees, what contradicts it, and what was not read.
//! Never: repeats a name, a date or a reference: only what was found, and on which page.

use super::Outcome;
use super::dates::{Dated, dates};
use super::labels;
use super::names::{looks, may_be_a_name, parts_of_name, place_of, places_of, short_forms};
pub use super::names::{name_words, places_of_name};
use super::relations::{Others, Place, is_introduced, is_of_somebody_else};
pub use super::rivals::Rival;
use super::rivals::{Document, rivals};
pub use super::subject::Subject;
use super::text::{Word, is_of_hard_script, words_of};
use despatch_documents::inspect::{PageText, Reading};
use std::collections::{BTreeMap, BTreeSet};

/// The share of letters from which a document counts as one in a script that is hard to read.
const HARD_SHARE_PERCENT: usize = 30;
/// The most words between a name of one word and a mark of the same person: alone it may be a word of the language.
const BOUND: usize = 12;
/// The most pages that evidence lists one by one.
const LISTED_MAX: usize = 5;

/// What one document says of the person, and on which pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Every word of the name together, in any order, whoever is meant.
    pub name: Option<usize>,
    /// Two or more words of a longer name together.
    pub part_of_name: Option<usize>,
    pub born: Option<usize>,
    pub reference: Option<usize>,
    /// Name, date of birth and reference, each where it is the person's own.
    own: [Option<usize>; 3],
    /// What contradicts the person.
    rivals: BTreeMap<Rival, usize>,
    /// Whether all that contradicts stands on pages that a scanner read.
    recognised: bool,
    /// Whether the document has any text.
    pub has_text: bool,
    /// Whether the document may say more than its text does.
    pub in_doubt: bool,
    /// Whether the inspection stopped before the end.
    pub cut_short: bool,
    pages: usize,
    not_read: Vec<usize>,
    partly_read: Vec<usize>,
}

/// Looks for the person in the pages of a document.
pub fn look(subject: &Subject, pages: &[PageText]) -> Seen {
    let words = words_of(pages.iter().map(|page| page.text.as_str()));
    look_at(subject, &words, pages)
}

/// Like [`look`], for a caller that has the words already.
pub fn look_at(subject: &Subject, words: &[Word], pages: &[PageText]) -> Seen {
    let numbered = || pages.iter().zip(1..);
    let recognised: BTreeSet<usize> =
        numbered().filter(|(page, _)| page.is_recognised()).map(|(_, number)| number).collect();
    let page = |at: usize| words.get(at).map(|word| word.page);
    let dates = dates_of(words, &recognised);
    let marks = Marks::of(subject, words, &dates, &recognised);
    let first = |places: &[usize]| places.iter().copied().min().and_then(page);
    let own = [first(&marks.names()), first(&marks.born), first(&marks.references)];
    let pages_of_the_person = marks.places().into_iter().filter_map(page).collect();
    let rivals = rivals(
        subject,
        &Document {
            words,
            dates: &dates,
            own: &marks.own,
            pages_of_the_person: &pages_of_the_person,
            recognised: &recognised,
            is_certain_but_for_the_name: own[1].is_some() && own[2].is_some(),
        },
    );
    let readings: Vec<Reading> = pages.iter().map(PageText::reading).collect();
    let read =
        |is: Reading| readings.iter().zip(1..).filter(|(one, _)| **one == is).map(|(_, at)| at).collect();
    let (not_read, partly_read): (Vec<usize>, Vec<usize>) = (read(Reading::NotRead), read(Reading::Partly));
    Seen {
        name: places_of_name(&subject.name, words).first().copied().and_then(page),
        part_of_name: parts_of_name(&subject.name, words).first().copied().and_then(page),
        born: dates.iter().find(|dated| dated.says(subject.born)).and_then(|dated| page(dated.at)),
        reference: place_of(&subject.reference, words).and_then(page),
        own,
        recognised: rivals.values().all(|page| recognised.contains(page)),
        rivals,
        has_text: !words.is_empty(),
        in_doubt: subject.hard || !not_read.is_empty() || !partly_read.is_empty() || is_hard(pages),
        cut_short: false,
        pages: pages.len(),
        not_read,
        partly_read,
    }
}

/// The dates of a document. A scanner takes figures for letters ("l7 May 199O"), which are put right on its pages.
fn dates_of(words: &[Word], recognised: &BTreeSet<usize>) -> Vec<Dated> {
    if recognised.is_empty() {
        return dates(words);
    }
    let figures = |plain: &str| -> String {
        let as_figure = |c: char| match c {
            'o' => '0',
            'l' | 'i' => '1',
            's' => '5',
            'b' => '8',
            'z' => '2',
            c => c,
        };
        let put: String = plain.chars().map(as_figure).collect();
        let is_number = put.bytes().all(|b| b.is_ascii_digit()) && plain.bytes().any(|b| b.is_ascii_digit());
        if is_number { put } else { plain.to_owned() }
    };
    let put_right = |word: &Word| match recognised.contains(&word.page) {
        true => Word { plain: figures(&word.plain), ..word.clone() },
        false => word.clone(),
    };
    dates(&words.iter().map(put_right).collect::<Vec<Word>>())
}

/// Where the person's own name, date of birth and reference stand.
#[derive(Default)]
struct Marks {
    /// Names: from, to.
    own: Vec<(usize, usize)>,
    born: Vec<usize>,
    references: Vec<usize>,
}

impl Marks {
    fn of(subject: &Subject, words: &[Word], dates: &[Dated], recognised: &BTreeSet<usize>) -> Self {
        let mut marks = Self { own: own_names(subject, words, recognised), ..Self::default() };
        let is_own = |at: usize, end: usize, own: &[(usize, usize)]| {
            !is_of_somebody_else(
                words,
                Place { at, end, is_a_line: false, is_explained: false },
                own,
                Others::Relatives,
            )
        };
        for dated in dates.iter().filter(|dated| dated.says(subject.born)) {
            let label = labels::birth(words, dated.at, 0).unwrap_or(dated.at);
            if is_own(label, dated.end, &marks.own) {
                marks.born.push(dated.at);
            }
        }
        for at in references_to(subject, words, recognised) {
            if is_own(at, at, &marks.own) {
                marks.references.push(at);
            }
        }
        if subject.name.len() < 2 {
            marks.bind(words);
        }
        marks
    }

    /// Keeps of a name of one word the places that are labelled, or near another mark of the person.
    fn bind(&mut self, words: &[Word]) {
        let labelled = labels::names(words);
        let marks: Vec<usize> = self.born.iter().chain(&self.references).copied().collect();
        self.own.retain(|(at, _)| {
            let page = |at: usize| words.get(at).map(|word| word.page);
            let is_near = |mark: &usize| mark.abs_diff(*at) <= BOUND && page(*mark) == page(*at);
            let capital = words.get(*at).is_some_and(may_be_a_name);
            labelled.contains(at) || capital && marks.iter().any(is_near)
        });
    }

    fn names(&self) -> Vec<usize> {
        self.own.iter().map(|(at, _)| *at).collect()
    }

    fn places(&self) -> Vec<usize> {
        [self.names(), self.born.clone(), self.references.clone()].concat()
    }
}

/// Returns where the person's name stands and is not introduced as that of somebody else's relative.
fn own_names(subject: &Subject, words: &[Word], recognised: &BTreeSet<usize>) -> Vec<(usize, usize)> {
    let mut places = places_of_name(&subject.name, words);
    places.extend(short_forms(&subject.name, words));
    if !recognised.is_empty() {
        let seen: Vec<String> = subject.name.iter().map(|word| looks(word)).collect();
        let of_pages = |word: &Word| match recognised.contains(&word.page) {
            true => Word { plain: looks(&word.plain), ..word.clone() },
            false => Word { plain: String::new(), ..word.clone() },
        };
        let words: Vec<Word> = words.iter().map(of_pages).collect();
        let found = places_of_name(&seen, &words).into_iter();
        places.extend(found.filter(|at| words.get(*at).is_some_and(|word| !word.plain.is_empty())));
    }
    places.sort_unstable();
    places.dedup();
    let end = |at: usize| {
        let of_name = |word: &&Word| subject.name.contains(&word.plain) || recognised.contains(&word.page);
        let run = words.get(at..).unwrap_or_default().iter().take(subject.name.len() + 1);
        let last = run.take_while(of_name).count().clamp(1, subject.name.len().max(1));
        at + last
    };
    places.into_iter().filter(|at| !is_introduced(words, *at)).map(|at| (at, end(at))).collect()
}

/// Returns where the person's reference stands; a short one only behind its label.
fn references_to(subject: &Subject, words: &[Word], recognised: &BTreeSet<usize>) -> Vec<usize> {
    let mut places: Vec<usize> = places_of(&subject.reference, words).collect();
    if subject.has_a_weak_reference() {
        let labelled = labels::references(words);
        places.retain(|at| labelled.iter().any(|one| one.is_home_office && one.value == *at));
    } else if places.is_empty() {
        let own = looks(&subject.reference);
        let is_seen = |word: &Word| recognised.contains(&word.page) && looks(&word.plain) == own;
        places.extend(words.iter().position(is_seen));
    }
    places
}

fn is_hard(pages: &[PageText]) -> bool {
    let letters = || pages.iter().flat_map(|page| page.text.chars()).filter(|c| c.is_alphabetic());
    let hard = letters().filter(|c| !c.is_ascii() && is_of_hard_script(*c)).count();
    hard > 0 && hard * 100 >= letters().count() * HARD_SHARE_PERCENT
}

/// What a document says of whom it is about, in the order of [`Seen::own`].
const MARKS: [&str; 3] = ["name", "date of birth", "Home Office reference"];

impl Seen {
    /// Returns whether the document clearly names the person, and nobody else in their place.
    pub fn is_of_the_person(&self) -> bool {
        self.judge().0 == Outcome::Passed
    }

    /// Returns the outcome, in words that follow "document 3: ": what was found and what was not, what contradicts it,
    /// and what was not read.
    pub fn judge(&self) -> (Outcome, String) {
        let agreeing = self.own.iter().flatten().count();
        let (mut outcome, mut words) = self.agreement(agreeing);
        let against: Vec<String> =
            self.rivals.iter().map(|(rival, page)| format!("{} on page {page}", rival.label())).collect();
        if !against.is_empty() {
            outcome =
                if self.is_refuted(agreeing) { Outcome::Stops } else { outcome.at_least(Outcome::Confirm) };
            words = format!("{}; {words}", against.join(", "));
        }
        if let Some(unread) = self.unread() {
            outcome = outcome.at_least(Outcome::Confirm);
            words = if agreeing < 2 {
                format!("cannot check: {unread}; {}", words.trim_start_matches("cannot check: "))
            } else {
                format!("{words}; {unread}")
            };
        }
        if !self.partly_read.is_empty() {
            words = format!("{words}; {} read in part", pages(&self.partly_read));
        }
        (outcome, words)
    }

    /// Whether what contradicts the person has nothing of the kind against it: another date of birth or reference, and
    /// not the person's; or anything else, and no agreement. A scanner's misreading is asked about.
    fn is_refuted(&self, agreeing: usize) -> bool {
        let [_, born, reference] = self.own;
        let refuted = self.rivals.contains_key(&Rival::Birth) && born.is_none()
            || self.rivals.contains_key(&Rival::Reference) && reference.is_none();
        refuted && !(self.recognised && agreeing >= 2) || agreeing == 0
    }

    /// The outcome if nothing contradicts, and what was found and not found.
    fn agreement(&self, agreeing: usize) -> (Outcome, String) {
        let found: Vec<(&str, usize)> =
            MARKS.iter().zip(self.own).filter_map(|(mark, page)| Some((*mark, page?))).collect();
        let missing: Vec<&str> =
            MARKS.iter().zip(self.own).filter(|(_, page)| page.is_none()).map(|(mark, _)| *mark).collect();
        let found_words = said(&found);
        match agreeing {
            3 => (Outcome::Passed, found_words),
            2 => (Outcome::Passed, format!("{found_words}; no {}", missing.join(" and no "))),
            1 => {
                let alone = found.first().map_or("", |(mark, _)| *mark);
                let page = found.first().map_or(0, |(_, page)| *page);
                let words =
                    format!("the {alone} alone is found, on page {page}, without {}", missing.join(" or "));
                (Outcome::Confirm, words)
            }
            _ if !self.has_text => (Outcome::Confirm, "cannot check: it has no text (a scan?)".to_owned()),
            _ if self.in_doubt => (
                Outcome::Confirm,
                "cannot check: it is a scan, or its text cannot be read with certainty".to_owned(),
            ),
            _ if self.name.is_some() => {
                let page = self.name.unwrap_or_default();
                let words = format!(
                    "the name is found on page {page}, as a word or as somebody else's, and nothing more"
                );
                (Outcome::Confirm, words)
            }
            _ => (Outcome::Stops, "neither name, date of birth nor reference is found".to_owned()),
        }
    }

    /// What was not read, if anything.
    fn unread(&self) -> Option<String> {
        if self.cut_short {
            return Some("it was not read to its end".to_owned());
        }
        if self.not_read.is_empty() {
            return None;
        }
        let count = self.not_read.len();
        let verb = if count == 1 { "was" } else { "were" };
        let of = if self.pages == 1 { "page" } else { "pages" };
        Some(format!("{count} of {} {of} {verb} not read ({})", self.pages, listed(&self.not_read)))
    }
}

/// "name and date of birth found on page 1", "name found on page 1 and date of birth on page 2".
fn said(found: &[(&str, usize)]) -> String {
    let first = found.first().map_or(0, |(_, page)| *page);
    if found.iter().all(|(_, page)| *page == first) {
        let marks: Vec<&str> = found.iter().map(|(mark, _)| *mark).collect();
        return format!("{} found on page {first}", and(&marks));
    }
    let each: Vec<String> = found.iter().map(|(mark, page)| format!("{mark} on page {page}")).collect();
    format!("found: {}", and(&each))
}

fn and<S: AsRef<str>>(some: &[S]) -> String {
    match some {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [before @ .., last] => {
            let before: Vec<&str> = before.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", before.join(", "), last.as_ref())
        }
    }
}

/// "page 2 was", "pages 2 and 3 were".
fn pages(some: &[usize]) -> String {
    match some {
        [one] => format!("page {one} was"),
        some => format!("{} pages ({}) were", some.len(), listed(some)),
    }
}

fn listed(some: &[usize]) -> String {
    let named: Vec<String> = some.iter().take(LISTED_MAX).map(usize::to_string).collect();
    match some.len().checked_sub(LISTED_MAX).filter(|more| *more > 0) {
        Some(more) => format!("pages {} and {more} more", named.join(", ")),
        None if some.len() == 1 => format!("page {}", named.concat()),
        None => format!("pages {}", and(&named)),
    }
}
