//! Enters: what a message says in clear, and the case. Leaves: whether it says anything about the person.
//! Never: repeats what it found.

use super::dates::{dates, words_of_months};
use super::names::{name_words, place_of, places_of_name};
use super::text::{Word, plain_words, words_of};
use super::{Check, Guard, Outcome};
use despatch_process::Place;
use despatch_process::case::Case;
use std::collections::{HashMap, HashSet};

/// A shorter word of a name or a place is not telling.
const WORD_MIN: usize = 3;
/// The minimum length at which a nationality is also found by its stem: Eritrea, Eritrean.
const NATION_BEGINS: usize = 5;
/// A date of birth written without separators (chrono's format).
const IN_DIGITS: [&str; 6] = ["%d%m%y", "%y%m%d", "%d%m%Y", "%Y%m%d", "%m%d%Y", "%m%d%y"];
/// The most pieces into which signs and letters split such digits: 1991-0304, EMR1991X03.04.
const DIGIT_PIECES: usize = 3;
/// The days of a week, whole and as headers write them.
const DAYS: [&str; 17] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "tues",
    "wed",
    "thu",
    "thur",
    "thurs",
    "fri",
    "sat",
    "sun",
];
/// Generic words in the names of many places (`policy/places.toml`).
const OF_MANY_PLACES: [&str; 16] = [
    "irc",
    "hmp",
    "immigration",
    "removal",
    "centre",
    "prison",
    "house",
    "short",
    "term",
    "holding",
    "facility",
    "residential",
    "police",
    "station",
    "hospital",
    "the",
];

/// The texts in clear, piece by piece.
#[derive(Debug, Clone, Default)]
pub struct Clear {
    /// The location ("the subject") and the text.
    pub pieces: Vec<(&'static str, String)>,
    /// The same texts written for anybody: their words say nothing about this person.
    pub for_anybody: String,
    /// The names of the files and of the headers, which the program gives in every case: a word of them that is also a
    /// name says nothing about this person. A word about health would.
    pub own_names: String,
    /// The names and addresses of the recipient and the sender.
    pub own: Vec<String>,
    /// What the program itself counted, dated or drew at random for this message. Some of it will be the digits of
    /// somebody's date of birth, by chance alone.
    pub by_chance: Vec<String>,
}

impl Clear {
    /// A piece of the text without what is there by chance.
    fn meant(&self, text: &str) -> String {
        let by_chance = self.by_chance.iter().filter(|one| !one.is_empty());
        by_chance.fold(text.to_owned(), |text, one| text.replace(one, " "))
    }
}

/// Checks the texts in clear.
pub fn check(case: &Case, place: &Place, titles: &[&str], health: &[String], clear: &Clear) -> Check {
    // The recipient may share one name with the person; sharing all of them is not chance.
    let names: Vec<Vec<String>> = case.person.names().map(name_words).collect();
    let holds = |name: &Vec<String>, own: &str| !places_of_name(name, &words_of([own])).is_empty();
    if clear.own.iter().any(|own| names.iter().any(|name| name.len() > 1 && holds(name, own))) {
        let words = "the recipient's entry in the directory, or the team's, holds the name of the person";
        return Check::new(Guard::Clear, Outcome::Stops, words);
    }
    let mut said = plain_words(&clear.for_anybody);
    said.extend(clear.own.iter().flat_map(|own| plain_words(own)));
    let own_names = plain_words(&clear.own_names);
    let known: HashSet<&str> = said.iter().map(String::as_str).collect();
    // Somebody may be called Monday, April or May.
    let of_calendar: Vec<&str> = DAYS.into_iter().chain(words_of_months()).collect();
    let is_common = |word: &str| {
        known.contains(word) || of_calendar.contains(&word) || own_names.iter().any(|own| own == word)
    };
    let personal = Personal::of(case, place, titles, &known, is_common);
    for (at, text) in &clear.pieces {
        let words = words_of([clear.meant(text).as_str()]);
        if let Some(what) = personal.found(&words, health, &known) {
            return Check::new(Guard::Clear, Outcome::Stops, format!("{at} holds {what}"));
        }
    }
    let at: Vec<&str> = clear.pieces.iter().map(|(at, _)| *at).collect();
    Check::new(Guard::Clear, Outcome::Passed, format!("nothing about the person in {}", at.join(", ")))
}

/// The values of a case that must not appear in clear.
struct Personal {
    /// Each with its label.
    words: Vec<(&'static str, String)>,
    /// Several consecutive words.
    phrases: Vec<(&'static str, Vec<String>)>,
    nation: Vec<String>,
    reference: String,
    born: chrono::NaiveDate,
}

impl Personal {
    /// What is common is no word of a name that tells who it is; a title may tell with words that all have.
    fn of(
        case: &Case,
        place: &Place,
        titles: &[&str],
        known: &HashSet<&str>,
        is_common: impl Fn(&str) -> bool,
    ) -> Self {
        let telling = |word: &String| word.chars().count() >= WORD_MIN && !is_common(word);
        let name = case.person.names().flat_map(name_words).filter(telling);
        let mut words: Vec<(&str, String)> = name.map(|word| ("a name of the person", word)).collect();
        let of_place = |text: &str| -> Vec<String> {
            let all = plain_words(text).into_iter();
            all.filter(|word| !OF_MANY_PLACES.contains(&word.as_str())).collect()
        };
        for part in [of_place(&place.name), of_place(place.id.as_str())] {
            words.extend(part.into_iter().filter(telling).map(|word| ("the place of detention", word)));
        }
        let place_in_one_word = plain_words(place.id.as_str()).concat();
        words.extend(Some(place_in_one_word).filter(telling).map(|word| ("the place of detention", word)));
        let phrase = |title: &&str| {
            let words = plain_words(title);
            (words.len() > 1 && words.iter().any(|word| !known.contains(word.as_str()))).then_some(words)
        };
        let files = case.attachments.iter().map(|one| one.file.trim_end_matches(".pdf"));
        let titles: Vec<&str> = titles.iter().copied().chain(files).collect();
        Self {
            words,
            phrases: titles
                .iter()
                .filter_map(phrase)
                .map(|words| ("the title of a document", words))
                .collect(),
            nation: plain_words(&case.person.nationality).into_iter().filter(telling).collect(),
            reference: plain_words(case.home_office_reference.as_str()).concat(),
            born: case.person.date_of_birth,
        }
    }

    fn found(&self, words: &[Word], health: &[String], known: &HashSet<&str>) -> Option<&'static str> {
        let plain: Vec<&str> = words.iter().map(|word| word.plain.as_str()).collect();
        if let Some((what, _)) = self.words.iter().find(|(_, word)| plain.contains(&word.as_str())) {
            return Some(what);
        }
        let begins = |word: &&str, nation: &String| {
            *word == nation || (nation.len() >= NATION_BEGINS && word.starts_with(stem(nation)))
        };
        let of_nation = |word: &&&str| self.nation.iter().any(|nation| begins(word, nation));
        if plain.iter().filter(of_nation).any(|word| !known.contains(word)) {
            return Some("the nationality");
        }
        if dates(words).iter().any(|dated| dated.says(self.born)) {
            return Some("the date of birth");
        }
        let digits = IN_DIGITS.map(|format| self.born.format(format).to_string());
        let runs: Vec<&str> = plain
            .iter()
            .flat_map(|word| word.split(|c: char| !c.is_ascii_digit()))
            .filter(|run| !run.is_empty())
            .collect();
        let joined = (1..=DIGIT_PIECES).flat_map(|pieces| runs.windows(pieces).map(<[&str]>::concat));
        if joined.into_iter().any(|run| digits.contains(&run)) {
            return Some("the date of birth");
        }
        if place_of(&self.reference, words).is_some() {
            return Some("the Home Office reference");
        }
        let phrase = |phrase: &[String]| plain.windows(phrase.len()).any(|window| window == phrase);
        if let Some((what, _)) = self.phrases.iter().find(|(_, words)| phrase(words)) {
            return Some(what);
        }
        let health = by_letter(health);
        let of_health = |word: &str, next: &str| {
            let mut alike = word.chars().next().and_then(|first| health.get(&first)).into_iter().flatten();
            alike.any(|begins| begin(word, next, begins))
        };
        let is_new = |word: &&str, next: &str| !known.contains([*word, next].concat().as_str());
        let alone = plain.iter().any(|word| of_health(word, "") && is_new(word, ""));
        let mut pairs = plain.iter().zip(plain.iter().skip(1));
        let told = alone || pairs.any(|(word, next)| of_health(word, next) && is_new(word, next));
        told.then_some("a word about health")
    }
}

/// Words by their first letter: every word of a message is compared with every word about health.
fn by_letter(words: &[String]) -> HashMap<char, Vec<&str>> {
    let mut found: HashMap<char, Vec<&str>> = HashMap::new();
    for word in words {
        if let Some(first) = word.chars().next() {
            found.entry(first).or_default().push(word);
        }
    }
    found
}

/// Returns whether two words, written as one, begin so.
fn begin(word: &str, next: &str, begins: &str) -> bool {
    word.starts_with(begins) || begins.strip_prefix(word).is_some_and(|rest| next.starts_with(rest))
}

/// Returns what a nationality shares with its adjective.
fn stem(nation: &str) -> &str {
    nation
        .trim_end_matches(['a', 'e', 'i', 'o', 'u', 'y'])
        .get(..)
        .filter(|stem| stem.len() >= NATION_BEGINS - 1)
        .unwrap_or(nation)
}
