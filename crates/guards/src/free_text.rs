//! Enters: the free text of a case file, and the words of the letters made from it. Leaves: whether a letter repeats
//! what its reader must not know. Never: repeats what it found.

use super::names::name_words;
use super::text::plain_words;
use super::{Check, Guard, Outcome};
use despatch_process::case::Case;
use std::collections::HashSet;

/// A shorter word of a name is not telling.
const WORD_MIN: usize = 3;

/// What the reader of a letter may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader {
    /// The letter must say nothing about the person: a booking.
    pub of_nobody: bool,
    /// The reader may know about the person's health.
    pub of_health: bool,
}

/// Checks one despatch, whose own letters consist of these words; returns nothing if there is no objection.
pub fn checks(case: &Case, reader: Reader, letters: &HashSet<&str>, health: &[String]) -> Vec<Check> {
    let words = case.person.names().flat_map(name_words);
    let name: Vec<String> = words.filter(|word| word.chars().count() >= WORD_MIN).collect();
    let mut checks = Vec::new();
    for (what, text) in case.free_texts() {
        let words = plain_words(&text);
        let repeated: Vec<&String> = words.iter().filter(|word| letters.contains(word.as_str())).collect();
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

/// Returns whether a repeated word, or two consecutive ones ("self harm"), begin with a word about health.
fn says_of_health(words: &[String], repeated: &[&String], health: &[String]) -> bool {
    let begins = |word: &str| health.iter().any(|of_health| word.starts_with(of_health.as_str()));
    let pair = |pair: &[String]| pair.iter().all(|word| repeated.contains(&word)) && begins(&pair.concat());
    repeated.iter().any(|word| begins(word)) || words.windows(2).any(pair)
}
