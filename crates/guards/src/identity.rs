//! Enters: the person of a case and the text of one document. Leaves: whether the document is about that person.
//! Never: repeats a name, a date or a reference: only what was found, and on which page.

use super::Outcome;
use super::dates::{Dated, dates};
use super::text::{Word, is_of_hard_script, plain_words, words_of};
use chrono::NaiveDate;
use despatch_documents::inspect::PageText;
use despatch_process::case::Case;

/// The most words between a label ("date of birth") and its value.
const LABEL_REACH: usize = 4;
/// The most words between a name and a labelled date of birth that counts as that person's: a line or two of a form.
const NEAR: usize = 30;
/// The most words before a label in which it may say that somebody else is meant.
const RELATION_REACH: usize = 10;
/// The least letters and digits of a reference (`HomeOfficeReference` allows 3; shorter ones are page numbers).
const REFERENCE_MIN: usize = 5;
/// The share of letters from which a document counts as one in a script that is hard to read.
const HARD_SHARE_PERCENT: usize = 30;
/// People whose date of birth or reference may appear in a report beside the person's own.
const RELATIVES: [&str; 29] = [
    "brother",
    "sister",
    "mother",
    "father",
    "son",
    "daughter",
    "wife",
    "husband",
    "partner",
    "spouse",
    "child",
    "children",
    "cousin",
    "uncle",
    "aunt",
    "nephew",
    "niece",
    "grandmother",
    "grandfather",
    "friend",
    "siblings",
    "sibling",
    "parents",
    "baby",
    "twin",
    "twins",
    "stepfather",
    "stepmother",
    "dependant",
];
/// People whose date of birth may appear too, and who have no reference.
const AUTHORS: [&str; 7] = ["gp", "doctor", "dr", "author", "interpreter", "nurse", "carer"];

/// The person of a case, in the form in which text is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The words of the name.
    pub name: Vec<String>,
    pub born: NaiveDate,
    /// The Home Office reference without separators.
    pub reference: String,
    /// Our own reference of the case, which others may call the Home Office's.
    our_reference: String,
    hard: bool,
}

impl Subject {
    /// Returns the person of `case`.
    pub fn of(case: &Case) -> Self {
        let person = &case.person;
        Self {
            name: name_words(&person.name),
            born: person.date_of_birth,
            reference: plain_words(case.home_office_reference.as_str()).concat(),
            our_reference: plain_words(case.case_id.as_str()).concat(),
            hard: person.name.chars().any(is_of_hard_script),
        }
    }
}

/// Returns the words of a name by which it is found; an initial counts only if there is little else.
pub fn name_words(name: &str) -> Vec<String> {
    let all = plain_words(name);
    let long: Vec<String> = all.iter().filter(|word| word.chars().count() > 1).cloned().collect();
    if long.len() >= 2 { long } else { all }
}

/// The pages on which one document identifies the person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Every word of the name together, in any order.
    pub name: Option<usize>,
    /// Two or more words of a longer name together.
    pub part_of_name: Option<usize>,
    pub born: Option<usize>,
    pub reference: Option<usize>,
    /// A different, labelled date of birth beside the name.
    pub other_birth: Option<usize>,
    /// A different, labelled Home Office reference.
    pub other_reference: Option<usize>,
    /// Whether the document has any text.
    pub has_text: bool,
    /// Whether the document may say more than its text does.
    pub in_doubt: bool,
    /// The first page that is a picture without words.
    pub picture: Option<usize>,
}

/// Looks for the person in the pages of a document.
pub fn look(subject: &Subject, pages: &[PageText]) -> Seen {
    let words = words_of(pages.iter().map(|page| page.text.as_str()));
    look_at(subject, &words, pages)
}

/// Like [`look`], for a caller that has the words already.
pub fn look_at(subject: &Subject, words: &[Word], pages: &[PageText]) -> Seen {
    let dates = dates(words);
    let names = places_of_name(&subject.name, words);
    let parts = parts_of_name(&subject.name, words);
    let page = |at: &usize| words.get(*at).map(|word| word.page);
    let born = dates.iter().find(|dated| dated.says(subject.born)).map(|dated| dated.at);
    let reference = place_of(&subject.reference, words);
    let near: Vec<usize> = names.iter().chain(&parts).copied().collect();
    let other_birth = if born.is_some() { None } else { contrary_birth(subject, words, &dates, &near) };
    let other_reference = if reference.is_some() { None } else { contrary_reference(subject, words, &near) };
    Seen {
        name: names.first().and_then(page),
        part_of_name: parts.first().and_then(page),
        born: born.as_ref().and_then(page),
        reference: reference.as_ref().and_then(page),
        other_birth: other_birth.as_ref().and_then(page),
        other_reference: other_reference.as_ref().and_then(page),
        has_text: !words.is_empty(),
        in_doubt: subject.hard || pages.iter().any(PageText::is_in_doubt) || is_hard(pages),
        picture: pages.iter().position(PageText::is_a_picture).map(|index| index + 1),
    }
}

impl Seen {
    /// Returns whether the document clearly names the person, and nobody else in their place.
    pub fn is_of_the_person(&self) -> bool {
        self.judge().0 == Outcome::Passed
    }

    /// Returns the outcome, in words that follow "document 3: ".
    pub fn judge(&self) -> (Outcome, String) {
        let other = |what: &str, page: usize| (Outcome::Stops, format!("{what} on page {page}"));
        if let Some(page) = self.other_birth {
            return other("another date of birth stands beside the name", page);
        }
        if let Some(page) = self.other_reference {
            return other("another Home Office reference is found", page);
        }
        let passed = |words: String| match self.picture {
            None => (Outcome::Passed, words),
            Some(page) => (
                Outcome::Confirm,
                format!("{words}, and cannot check page {page}: it is a picture without words"),
            ),
        };
        let confirm = |words: &str| (Outcome::Confirm, words.to_owned());
        match (self.reference, self.name.or(self.part_of_name), self.born) {
            (_, Some(name), Some(born)) if name == born => {
                passed(format!("name and date of birth found on page {name}"))
            }
            (_, Some(name), Some(born)) => {
                passed(format!("name found on page {name} and date of birth on page {born}"))
            }
            (Some(page), ..) => passed(format!("Home Office reference found on page {page}")),
            (None, Some(page), None) => (
                Outcome::Confirm,
                format!("the name alone is found, on page {page}, without date of birth or reference"),
            ),
            (None, None, Some(page)) => {
                (Outcome::Confirm, format!("the date of birth is found on page {page}, and the name is not"))
            }
            (None, None, None) if !self.has_text => confirm("cannot check: it has no text (a scan?)"),
            (None, None, None) if self.in_doubt => {
                confirm("cannot check: it is a scan, or its text cannot be read with certainty")
            }
            (None, None, None) => {
                (Outcome::Stops, "neither name, date of birth nor reference is found".to_owned())
            }
        }
    }
}

fn is_hard(pages: &[PageText]) -> bool {
    let letters = || pages.iter().flat_map(|page| page.text.chars()).filter(|c| c.is_alphabetic());
    let hard = letters().filter(|c| !c.is_ascii() && is_of_hard_script(*c)).count();
    hard > 0 && hard * 100 >= letters().count() * HARD_SHARE_PERCENT
}

/// Finds where every word of a name occurs together: in any order ("FAMILY, Given"), with one other word among them (a
/// title), or joined differently from the case ("Al Hassan", "Alhassan").
pub fn places_of_name(name: &[String], words: &[Word]) -> Vec<usize> {
    let joined = name.concat();
    let here = |at: usize| {
        let window = words.get(at..).unwrap_or_default();
        let is_of_name = window.first().is_some_and(|word| name.contains(&word.plain));
        (is_of_name && holds_all(name, window)) || begins_with(&joined, window)
    };
    if name.is_empty() { Vec::new() } else { (0..words.len()).filter(|at| here(*at)).collect() }
}

fn holds_all(name: &[String], window: &[Word]) -> bool {
    let window = window.get(..(name.len() + 1).min(window.len())).unwrap_or_default();
    let count = |word: &String| {
        (
            name.iter().filter(|one| *one == word).count(),
            window.iter().filter(|one| one.plain == *word).count(),
        )
    };
    name.iter().map(count).all(|(asked, there)| there >= asked)
}

/// Finds two or more consecutive words, each of three letters or more, that belong to a name of three or more.
fn parts_of_name(name: &[String], words: &[Word]) -> Vec<usize> {
    let of_name = |word: &Word| word.plain.chars().count() > 2 && name.contains(&word.plain);
    let pairs = words.windows(2).enumerate();
    let pair =
        |pair: &[Word]| matches!(pair, [one, two] if one.plain != two.plain && of_name(one) && of_name(two));
    if name.len() < 3 { Vec::new() } else { pairs.filter(|(_, two)| pair(two)).map(|(at, _)| at).collect() }
}

/// Finds where consecutive words, joined, are `joined`.
pub(super) fn place_of(joined: &str, words: &[Word]) -> Option<usize> {
    let here = |at: &usize| begins_with(joined, words.get(*at..).unwrap_or_default());
    (0..words.len()).find(here)
}

fn begins_with(joined: &str, words: &[Word]) -> bool {
    let mut rest = joined;
    for word in words {
        match rest.strip_prefix(word.plain.as_str()) {
            Some("") => return true,
            Some(left) => rest = left,
            None => return false,
        }
    }
    false
}

/// Finds a labelled date of birth near the name that cannot be the person's and is not attributed to somebody else.
fn contrary_birth(subject: &Subject, words: &[Word], dates: &[Dated], names: &[usize]) -> Option<usize> {
    let label_before = |dated: &Dated| {
        let from = dated.at.saturating_sub(LABEL_REACH);
        (from..dated.at).rev().find(|at| is_birth_label(words, *at))
    };
    let near = |at: usize| names.iter().any(|name| name.abs_diff(at) <= NEAR && same_page(words, *name, at));
    dates
        .iter()
        .filter(|dated| !dated.may_say(subject.born))
        .filter_map(label_before)
        .find(|label| near(*label) && !is_of_somebody_else(words, *label, names, &[&RELATIVES, &AUTHORS]))
}

fn same_page(words: &[Word], one: usize, other: usize) -> bool {
    words.get(one).map(|word| word.page) == words.get(other).map(|word| word.page)
}

/// Recognises "date of birth", "DOB", "D.O.B." and "born".
fn is_birth_label(words: &[Word], at: usize) -> bool {
    let word = |at: usize| words.get(at).map(|word| word.plain.as_str());
    match word(at) {
        Some("dob" | "born" | "birthdate" | "birth") => true,
        Some("b") => at >= 2 && (word(at - 2), word(at - 1)) == (Some("d"), Some("o")),
        _ => false,
    }
}

/// Returns whether somebody else is named before a label, and the person is not named after that.
fn is_of_somebody_else(words: &[Word], label: usize, names: &[usize], others: &[&[&str]]) -> bool {
    let named = names.iter().filter(|name| **name < label).max().map_or(0, |name| name + 1);
    let from = named.max(label.saturating_sub(RELATION_REACH));
    let before = words.get(from..label).unwrap_or_default();
    before.iter().any(|word| others.iter().any(|others| others.contains(&word.plain.as_str())))
}

/// Finds a labelled Home Office reference that is not the person's and is not attributed to somebody else.
fn contrary_reference(subject: &Subject, words: &[Word], names: &[usize]) -> Option<usize> {
    let word = |at: usize| words.get(at).map_or("", |word| word.plain.as_str());
    let label = |at: usize| {
        let noun = |word: &str| matches!(word, "reference" | "ref" | "number" | "no");
        match (word(at), word(at + 1), word(at + 2)) {
            ("home", "office", third) if noun(third) => Some(at + 3),
            ("ho", second, _) if noun(second) => Some(at + 2),
            _ => None,
        }
    };
    let ours = |from: usize| begins_with(&subject.our_reference, words.get(from..).unwrap_or_default());
    let other = |from: usize| {
        let value = (from..from + 2).find(|at| word(*at).bytes().any(|b| b.is_ascii_digit()))?;
        let text = words.get(value..(value + 2).min(words.len()))?.iter().map(|word| word.plain.as_str());
        let joined: String = text.collect();
        (joined.len() >= REFERENCE_MIN && !subject.reference.starts_with(word(value))).then_some(value)
    };
    (0..words.len())
        .filter(|at| !is_of_somebody_else(words, *at, names, &[&RELATIVES]))
        .find_map(|at| label(at).filter(|from| !ours(*from)).and_then(other))
}
