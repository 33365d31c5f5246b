//! Enters: what people wrote into a case file, and the words of the letters made from it. Leaves: whether a letter says
//! by it what its reader is not to know. Never: repeats what it found.

use super::identity::name_words;
use super::text::plain_words;
use super::{Check, Guard, Outcome};
use despatch_process::case::Case;
use std::collections::HashSet;

/// A word of a name that is shorter says nothing by itself.
const WORD_MIN: usize = 3;

/// What the reader of a letter may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader {
    /// It is told nothing about the person: a booking.
    pub of_nobody: bool,
    /// It may know of the person's health.
    pub of_health: bool,
}

/// The checks of one despatch, whose own letters hold these words; none where nothing speaks against it.
pub fn checks(case: &Case, reader: Reader, letters: &HashSet<String>, health: &[String]) -> Vec<Check> {
    let name: Vec<String> =
        name_words(&case.person.name).into_iter().filter(|word| word.chars().count() >= WORD_MIN).collect();
    let mut checks = Vec::new();
    for (what, text) in case.free_texts() {
        let words = plain_words(&text);
        let repeated: Vec<&String> = words.iter().filter(|word| letters.contains(*word)).collect();
        if reader.of_nobody && repeated.iter().any(|word| name.contains(word)) {
            let words = format!("{what}, which our documents repeat, holds a name of the person");
            checks.push(Check::new(Guard::Matrix, Outcome::Stops, words));
        }
        if !reader.of_health && says_of_health(&words, &repeated, health) {
            let words = format!(
                "{what}, which our documents repeat, holds a word about health that the recipient need not know"
            );
            checks.push(Check::new(Guard::Matrix, Outcome::Confirm, words));
        }
    }
    checks
}

/// Whether a word that is repeated, or two that follow each other ("self harm"), begin with a word about health.
fn says_of_health(words: &[String], repeated: &[&String], health: &[String]) -> bool {
    let begins = |word: &str| health.iter().any(|of_health| word.starts_with(of_health.as_str()));
    let pair = |pair: &[String]| pair.iter().all(|word| repeated.contains(&word)) && begins(&pair.concat());
    repeated.iter().any(|word| begins(word)) || words.windows(2).any(pair)
}
