//! Enters: a name and the words of a text. Leaves: where the name stands, whole or in part, and whether two words are
//! one as a scanner reads them. Never: decides whose name it is.

use super::text::{Word, plain_words};

/// Letters and figures that a scanner takes for one another, and what each is read as. Single ones come first.
const LOOKS: [(&str, &str); 10] = [
    ("0", "o"),
    ("1", "l"),
    ("i", "l"),
    ("5", "s"),
    ("8", "b"),
    ("2", "z"),
    ("rn", "m"),
    ("vv", "w"),
    ("cl", "d"),
    ("nn", "m"),
];

/// Returns the words of a name by which it is found; an initial counts only if there is little else.
pub fn name_words(name: &str) -> Vec<String> {
    let all = plain_words(name);
    let long: Vec<String> = all.iter().filter(|word| word.chars().count() > 1).cloned().collect();
    if long.len() >= 2 { long } else { all }
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
pub(super) fn parts_of_name(name: &[String], words: &[Word]) -> Vec<usize> {
    let of_name = |word: &Word| word.plain.chars().count() > 2 && name.contains(&word.plain);
    let pairs = words.windows(2).enumerate();
    let pair =
        |pair: &[Word]| matches!(pair, [one, two] if one.plain != two.plain && of_name(one) && of_name(two));
    if name.len() < 3 { Vec::new() } else { pairs.filter(|(_, two)| pair(two)).map(|(at, _)| at).collect() }
}

/// Finds where the first and the last word of a longer name stand together and no word beside them, on their line, could
/// be another name: a twin shares all but one of the words, and the day (F5).
pub(super) fn short_forms(name: &[String], words: &[Word]) -> Vec<usize> {
    let (Some(first), Some(last)) = (name.first(), name.last()) else { return Vec::new() };
    let of_name = |word: &Word| name.contains(&word.plain);
    let here = |at: &usize| {
        let run: Vec<&Word> = words.iter().skip(*at).take_while(|word| of_name(word)).collect();
        let has = |asked: &String| run.iter().any(|word| word.plain == *asked);
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        let after = words.get(at + run.len());
        let strange = |other: Option<&Word>| {
            let line = words.get(*at).map(|word| word.line);
            other.is_some_and(|other| {
                let same = Some(other.line) == line && !other.colon && !other.ends;
                same && (of_name(other) || may_be_a_name(other))
            })
        };
        has(first) && has(last) && !strange(before) && !strange(after)
    };
    if name.len() < 3 { Vec::new() } else { (0..words.len()).filter(here).collect() }
}

/// Words with a capital that are beside a name and no part of it.
const BESIDE: [&str; 36] = [
    "mr",
    "mrs",
    "ms",
    "miss",
    "dr",
    "sir",
    "madam",
    "dear",
    "re",
    "name",
    "patient",
    "client",
    "date",
    "dob",
    "d",
    "born",
    "nhs",
    "ho",
    "home",
    "hospital",
    "gender",
    "sex",
    "nationality",
    "age",
    "i",
    "ref",
    "reference",
    "the",
    "for",
    "of",
    "female",
    "male",
    "single",
    "married",
    "tel",
    "page",
];

/// Returns whether a word could be a name: it has a capital, letters alone, and is none of those beside a name.
pub(super) fn may_be_a_name(word: &Word) -> bool {
    word.capital
        && word.plain.chars().count() > 1
        && word.plain.chars().all(char::is_alphabetic)
        && !BESIDE.contains(&word.plain.as_str())
}

/// Finds where consecutive words, joined, are `joined`.
pub(super) fn place_of(joined: &str, words: &[Word]) -> Option<usize> {
    places_of(joined, words).next()
}

/// Finds each place where consecutive words, joined, are `joined`.
pub(super) fn places_of(joined: &str, words: &[Word]) -> impl Iterator<Item = usize> {
    (0..words.len()).filter(move |at| begins_with(joined, words.get(*at..).unwrap_or_default()))
}

/// Returns whether the first of some words, joined, are `joined`.
pub(super) fn begins_with(joined: &str, words: &[Word]) -> bool {
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

/// Returns a word as a scanner might have read it: what it takes for one another is the same.
pub(super) fn looks(plain: &str) -> String {
    LOOKS.iter().fold(plain.to_owned(), |seen, (read, as_if)| seen.replace(read, as_if))
}

/// Returns whether two words differ in so few letters that one may be a slip for the other.
pub(super) fn is_a_slip(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let most = match one.len().min(other.len()) {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    };
    distance(&one, &other) <= most
}

/// Returns how many letters were added, left out or changed (Levenshtein).
fn distance(one: &[char], other: &[char]) -> usize {
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, a) in one.iter().enumerate() {
        let mut left = row + 1;
        let mut now = vec![left];
        for ((b, above), corner) in other.iter().zip(last.iter().skip(1)).zip(&last) {
            left = (corner + usize::from(a != b)).min(above + 1).min(left + 1);
            now.push(left);
        }
        last = now;
    }
    last.last().copied().unwrap_or_default()
}
