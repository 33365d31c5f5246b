//! Enters: the person of a case and the words of a document. Leaves: what in it contradicts that person: another labelled
//! name, date of birth or reference, another case of ours, a letter to somebody else.
//! Never: repeats what it found, or takes a relative's or an author's for the person's.

use super::dates::Dated;
use super::labels;
use super::labels::Reference;
use super::names::{begins_with, is_a_slip, looks, may_be_a_name};
use super::relations::{Others, Place, is_of_somebody_else};
use super::subject::Subject;
use super::text::Word;
use std::collections::{BTreeMap, BTreeSet};

/// The most words of a labelled name.
const NAME_MAX: usize = 6;
/// The least letters and digits of a reference (`HomeOfficeReference` allows 3; shorter ones are page numbers).
const REFERENCE_MIN: usize = 5;
/// The most pieces into which signs split a reference.
const PIECES: usize = 4;
/// From this number on, somebody who is called by name on pages that do not name the person is whom they are about.
const CALLED_MIN: usize = 3;
/// Words that make of what follows "Re:" or "Name:" something else than a person's name.
const NO_NAMES: [&str; 62] = [
    "above",
    "agency",
    "appeal",
    "application",
    "appointment",
    "assessment",
    "bail",
    "case",
    "centre",
    "charity",
    "claim",
    "clinic",
    "company",
    "consent",
    "council",
    "court",
    "department",
    "detention",
    "document",
    "file",
    "further",
    "gatwick",
    "group",
    "health",
    "healthcare",
    "hmp",
    "home",
    "hospital",
    "house",
    "immigration",
    "irc",
    "law",
    "legal",
    "letter",
    "limited",
    "llp",
    "ltd",
    "medical",
    "medication",
    "nhs",
    "not",
    "office",
    "our",
    "practice",
    "prison",
    "questionnaire",
    "records",
    "referral",
    "release",
    "removal",
    "report",
    "request",
    "review",
    "rule",
    "service",
    "solicitors",
    "surgery",
    "team",
    "tribunal",
    "trust",
    "ward",
    "your",
];
/// Titles in front of a name; whoever is a doctor or a professor there is the author.
const TITLES: [&str; 9] = ["mr", "mrs", "ms", "miss", "mx", "master", "madam", "sir", "dear"];
const AUTHORS_TITLES: [&str; 4] = ["dr", "prof", "professor", "doctor"];
/// Small words inside names.
const PARTICLES: [&str; 16] =
    ["al", "ap", "bin", "bint", "da", "de", "del", "der", "di", "do", "dos", "el", "ibn", "la", "van", "von"];

/// What contradicts the person of the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rival {
    /// A labelled date of birth.
    Birth,
    /// A labelled Home Office reference.
    Reference,
    /// A labelled name.
    Name,
    /// Another reference of ours.
    Case,
    /// A letter to somebody else, on a page that does not name the person.
    Addressee,
    /// Somebody else is whom pages are about that do not name the person.
    Called,
}

impl Rival {
    /// Returns it in words that are followed by "on page 3".
    pub(super) fn label(self) -> &'static str {
        match self {
            Rival::Birth => "another date of birth is given",
            Rival::Reference => "another Home Office reference is found",
            Rival::Name => "another name is given",
            Rival::Case => "another of our own references is found",
            Rival::Addressee => "a letter to somebody else is found",
            Rival::Called => "somebody else is spoken of",
        }
    }
}

/// What rivals are looked for in.
pub(super) struct Document<'a> {
    pub(super) words: &'a [Word],
    pub(super) dates: &'a [Dated],
    /// The person's own names: from, to.
    pub(super) own: &'a [(usize, usize)],
    /// The pages on which the person is found.
    pub(super) pages_of_the_person: &'a BTreeSet<usize>,
    /// The pages whose words are a scanner's.
    pub(super) recognised: &'a BTreeSet<usize>,
    /// Whether date of birth and reference are both the person's: a name may then be misspelt.
    pub(super) is_certain_but_for_the_name: bool,
}

/// Returns what contradicts the person, each kind with the first page on which it stands.
pub(super) fn rivals(subject: &Subject, of: &Document<'_>) -> BTreeMap<Rival, usize> {
    let mut found = BTreeMap::new();
    let kinds = [
        (Rival::Birth, of.birth(subject)),
        (Rival::Reference, of.reference(subject)),
        (Rival::Name, of.name(subject)),
        (Rival::Case, of.case(subject)),
        (Rival::Addressee, of.addressee(subject)),
        (Rival::Called, of.called(subject)),
    ];
    for (rival, at) in kinds {
        if let Some(word) = at.and_then(|at| of.words.get(at)) {
            found.insert(rival, word.page);
        }
    }
    found
}

impl Document<'_> {
    fn is_of_somebody_else(&self, at: usize, end: usize, is_a_line: bool, others: Others) -> bool {
        is_of_somebody_else(self.words, Place { at, end, is_a_line, is_explained: true }, self.own, others)
    }

    fn is_recognised(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| self.recognised.contains(&word.page))
    }

    fn birth(&self, subject: &Subject) -> Option<usize> {
        let ends = std::iter::once(0).chain(self.dates.iter().map(|dated| dated.end));
        let others = self.dates.iter().zip(ends).filter(|(dated, _)| !dated.may_say(subject.born));
        others
            .filter_map(|(dated, after)| Some((labels::birth(self.words, dated.at, after)?, dated.end)))
            .find(|(label, end)| !self.is_of_somebody_else(*label, *end, false, Others::RelativesAndAuthors))
            .map(|(label, _)| label)
    }

    fn reference(&self, subject: &Subject) -> Option<usize> {
        let is_other = |one: &Reference| {
            let Some(value) = self.words.get(one.value..) else { return false };
            let (first, joined) = joined(value);
            let is_own = |at: usize| {
                let from = self.words.get(at..).unwrap_or_default();
                begins_with(&subject.reference, from) || begins_with(&subject.our_reference, from)
            };
            let own = (one.from..=one.value).any(is_own)
                || joined.starts_with(&subject.reference)
                || self.is_recognised(one.value) && looks(&joined).starts_with(&looks(&subject.reference));
            let like_one = match one.is_home_office {
                true => joined.len() >= REFERENCE_MIN,
                false => [&first, &joined].iter().any(|text| same_shape(text, &subject.reference)),
            };
            !own && like_one
        };
        labels::references(self.words)
            .iter()
            .filter(|one| is_other(one))
            .find(|one| !self.is_of_somebody_else(one.at, one.value, false, Others::Relatives))
            .map(|one| one.value)
    }

    /// Another name behind a label. Names in other letters are not compared.
    fn name(&self, subject: &Subject) -> Option<usize> {
        labels::names(self.words).into_iter().find(|from| {
            let value = self.named(*from);
            let end = from + value.len();
            let strange = value.iter().filter(|word| !self.is_own_word(subject, word)).count();
            let told = value.iter().filter(|word| self.is_own_word(subject, word)).count();
            let missing = told < subject.name.len();
            let telling = value.len() > 1 || self.label_is_of_one_name(*from);
            strange > 0
                && missing
                && telling
                && value.iter().all(|word| comparable(&word.plain, &subject.name))
                && !self.is_of_somebody_else(from - 1, end, true, Others::RelativesAndAuthors)
        })
    }

    /// Whether the label is "Surname", "Name" or the like, behind which one word is enough.
    fn label_is_of_one_name(&self, from: usize) -> bool {
        let label = from.checked_sub(1).and_then(|at| self.words.get(at));
        label.is_some_and(|label| {
            label.colon && matches!(label.plain.as_str(), "surname" | "name" | "forename" | "forenames")
        })
    }

    fn is_own_word(&self, subject: &Subject, word: &Word) -> bool {
        let plain = word.plain.as_str();
        let joined = subject.name.concat();
        subject.name.iter().any(|own| {
            own == plain
                || plain.chars().count() == 1 && own.starts_with(plain)
                || self.recognised.contains(&word.page) && is_a_slip(&looks(own), &looks(plain))
                || self.is_certain_but_for_the_name && is_a_slip(own, plain)
        }) || joined.contains(plain) && plain.len() > 3
            || TITLES.contains(&plain)
    }

    /// The words of the name behind a label; none if something else than a person's name stands there.
    fn named(&self, from: usize) -> Vec<&Word> {
        let Some(first) = self.words.get(from) else { return Vec::new() };
        let mut value = Vec::new();
        for word in self.words.get(from..).unwrap_or_default().iter().take(NAME_MAX) {
            let plain = word.plain.as_str();
            if word.line != first.line || word.page != first.page || labels::is_name_label(plain) {
                break;
            }
            if NO_NAMES.contains(&plain) || AUTHORS_TITLES.contains(&plain) && value.is_empty() {
                return Vec::new();
            }
            let particle = !value.is_empty() && PARTICLES.contains(&plain);
            if word.colon || !(may_be_a_name(word) || particle || TITLES.contains(&plain)) {
                break;
            }
            value.push(word);
            if word.ends {
                break;
            }
        }
        value.retain(|word| {
            !TITLES.contains(&word.plain.as_str()) && !PARTICLES.contains(&word.plain.as_str())
        });
        value
    }

    /// Another reference that is made as ours of this case is: it may be that of a closed case, which nobody else knows.
    fn case(&self, subject: &Subject) -> Option<usize> {
        let letters = subject.our_reference.bytes().take_while(u8::is_ascii_alphabetic).count();
        if letters < 2 {
            return None;
        }
        let head = subject.our_reference.get(..letters)?;
        (0..self.words.len()).find(|at| {
            let begins = self.words.get(*at).is_some_and(|word| word.plain.starts_with(head));
            let pieces = self.words.get(*at..).unwrap_or_default();
            let joined = |count: usize| -> String {
                pieces.iter().take(count).map(|word| word.plain.as_str()).collect()
            };
            let like = |text: &String| same_shape(text, &subject.our_reference);
            begins && (1..=PIECES).map(joined).filter(like).any(|text| text != subject.our_reference)
        })
    }

    fn addressee(&self, subject: &Subject) -> Option<usize> {
        let titled = |at: usize| {
            matches!(self.words.get(at)?.plain.as_str(), "mr" | "mrs" | "ms" | "miss" | "mx")
                .then_some(at + 1)
        };
        (0..self.words.len())
            .filter(|at| self.words.get(*at).is_some_and(|word| word.plain == "dear" && word.capital))
            .filter(|at| !self.names_the_person(*at))
            .filter_map(|at| titled(at + 1))
            .find(|at| !self.names_own(subject, *at))
    }

    fn called(&self, subject: &Subject) -> Option<usize> {
        let mut called: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for at in 0..self.words.len() {
            let titled = self
                .words
                .get(at)
                .is_some_and(|word| matches!(word.plain.as_str(), "mr" | "mrs" | "ms" | "miss"));
            let Some(name) = self.words.get(at + 1).filter(|name| titled && may_be_a_name(name)) else {
                continue;
            };
            let somebody = self.is_of_somebody_else(at, at + 2, false, Others::RelativesAndAuthors);
            if !self.names_the_person(at) && !self.names_own(subject, at + 1) && !somebody {
                called.entry(name.plain.as_str()).or_default().push(at);
            }
        }
        called
            .into_values()
            .find(|places| places.len() >= CALLED_MIN)
            .and_then(|places| places.first().copied())
    }

    fn names_the_person(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| self.pages_of_the_person.contains(&word.page))
    }

    /// Whether one of the words of a name at this place is the person's, or cannot be compared.
    fn names_own(&self, subject: &Subject, at: usize) -> bool {
        let line = self.words.get(at).map(|word| word.line);
        let name = self.words.get(at..).unwrap_or_default().iter().take(4);
        let mut name = name.take_while(|word| Some(word.line) == line && may_be_a_name(word)).peekable();
        name.peek().is_none()
            || name.any(|word| self.is_own_word(subject, word) || !comparable(&word.plain, &subject.name))
    }
}

/// Returns the first word, and the first words that may be one reference, joined.
fn joined(value: &[Word]) -> (String, String) {
    let first = value.first().map(|word| word.plain.clone()).unwrap_or_default();
    let page_line = value.first().map(|word| (word.page, word.line));
    let pieces = value.iter().take(3).take_while(|word| Some((word.page, word.line)) == page_line);
    let mut joined = String::new();
    for word in pieces {
        if !joined.is_empty() && !word.plain.bytes().any(|b| b.is_ascii_digit()) {
            break;
        }
        joined.push_str(&word.plain);
        if word.ends {
            break;
        }
    }
    (first, joined)
}

/// Returns whether two references have letters and digits at the same places.
fn same_shape(one: &str, other: &str) -> bool {
    let shape = |text: &str| -> Vec<bool> { text.bytes().map(|b| b.is_ascii_digit()).collect() };
    one.len() >= REFERENCE_MIN && shape(one) == shape(other)
}

/// Returns whether a word is written in the letters of a name: another script's is not compared.
fn comparable(plain: &str, name: &[String]) -> bool {
    let latin = |text: &str| text.is_ascii();
    name.iter().any(|own| latin(own)) && latin(plain)
}
