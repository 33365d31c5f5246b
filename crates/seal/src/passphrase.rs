//! Enters: the system's randomness, or what a person typed. Leaves: a passphrase of words, in its canonical spelling.
//! Never: shows it in `Debug` or an error, or accepts a passphrase that somebody made up.

use age::secrecy::zeroize::Zeroizing;
use age::secrecy::{ExposeSecret, SecretString};
use despatch_core::random;
use std::fmt;
use std::io;

/// The words, one a line. `passphrase/README.md` gives their source.
const LIST: &str = include_str!("passphrase/words.txt");
/// The number of words in the list: a power of two, so that ten random bits choose one without bias.
const LIST_WORDS: usize = 1 << BITS_PER_WORD;
const BITS_PER_WORD: u32 = 10;
/// Words in a passphrase: 90 bits. What it locks may be copied and then attacked for decades, on any number of
/// machines, and neither age's scrypt nor a PDF's hash makes up for few bits.
pub const WORDS: usize = 9;
/// The number of leading letters that identify a word; no word shorter than that is the beginning of another.
const TELLING_LETTERS: usize = 4;

/// Nine words, lower case, joined by hyphens: the same text for a PDF and for an age file. Wiped on drop.
#[derive(Clone)]
pub struct Passphrase(SecretString);

impl Passphrase {
    /// Generates a passphrase, choosing each word from the whole list by the system's randomness.
    ///
    /// # Errors
    /// The system provides no randomness.
    pub fn generate() -> io::Result<Self> {
        let mut dice = Zeroizing::new([0_u8; 2 * WORDS]);
        random::fill(dice.as_mut_slice())?;
        let chosen = dice.chunks_exact(2).map(|pair| match pair {
            [high, low] => (usize::from(*high) << 8 | usize::from(*low)) % LIST_WORDS,
            _ => 0,
        });
        let words: Vec<&str> = chosen.filter_map(|at| LIST.lines().nth(at)).collect();
        Ok(Self(SecretString::from(words.join("-"))))
    }

    /// Normalises what a person typed. Nine words of the list become the canonical spelling whatever their case and
    /// separators (spaces, hyphens, dashes, commas); anything else is left alone, since it may be the passphrase of
    /// another program's file.
    pub fn from_typed(text: &str) -> Self {
        let words: Option<Vec<&str>> = typed_words(text).iter().map(|word| of_list(word)).collect();
        match words {
            Some(words) if words.len() == WORDS => Self(SecretString::from(words.join("-"))),
            _ => Self(SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned())),
        }
    }

    /// Returns the bits that an attacker who knows the list has to guess; 0 for a passphrase not generated here.
    pub fn bits(&self) -> u32 {
        let known = |word: &str| LIST.lines().any(|of_list| of_list == word);
        let words = self.0.expose_secret().split('-');
        match u32::try_from(words.clone().count()) {
            Ok(count) if words.clone().all(known) => count * BITS_PER_WORD,
            _ => 0,
        }
    }

    /// Returns the passphrase, to seal with it or to show it to the person who reads it out.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub(super) fn secret(&self) -> SecretString {
        self.0.clone()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(hidden)")
    }
}

/// Says why `text` cannot be one of our passphrases, for somebody whose passphrase did not open a file: it names the
/// words that are not on the list by position, never by text. `None` if it could be one.
pub fn doubt(text: &str) -> Option<String> {
    let words = typed_words(text);
    let unknown: Vec<usize> =
        (1..).zip(words.iter()).filter(|(_, word)| of_list(word).is_none()).map(|(at, _)| at).collect();
    match unknown.as_slice() {
        [] if words.len() == WORDS => None,
        [] => Some(format!("the passphrase has {WORDS} words, and {} were given", words.len())),
        [at] => Some(format!("word {at} is not one of the words that passphrases are made of")),
        [rest @ .., last] => {
            let rest: Vec<String> = rest.iter().map(usize::to_string).collect();
            Some(format!(
                "words {} and {last} are not among the words that passphrases are made of",
                rest.join(", ")
            ))
        }
    }
}

fn typed_words(text: &str) -> Zeroizing<Vec<String>> {
    let between = |c: char| {
        c.is_whitespace() || matches!(c, '-' | '_' | ',' | '.' | ';' | '\u{2010}'..='\u{2015}' | '\u{2212}')
    };
    let words = text.split(between).filter(|word| !word.is_empty());
    Zeroizing::new(words.map(str::to_lowercase).collect())
}

/// Finds the listed word: its first letters decide, so `harbor` is `harbour`.
fn of_list(word: &str) -> Option<&'static str> {
    let telling = word.get(..TELLING_LETTERS);
    LIST.lines()
        .find(|listed| *listed == word || (telling.is_some() && listed.get(..TELLING_LETTERS) == telling))
}
