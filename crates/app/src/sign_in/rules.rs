//! Enters: a passphrase that somebody chose. Leaves: nothing, or why it is refused: the rules of the National Cyber
//! Security Centre, which are length and what is not guessed first. Never: a rule about kinds of characters.

use crate::failure::Failure;
use age::secrecy::{ExposeSecret, SecretString};
use despatch_core::fault::Fault;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The commonest passphrases, in order. `README.md` gives their source.
const COMMONEST: &str = include_str!("commonest.txt");

/// Three random words have as many.
const SHORTEST: usize = 12;
const LONGEST: usize = 1_000;
/// Whoever repeats fewer different characters makes it longer and not harder to guess.
const DIFFERENT_MIN: usize = 5;
/// What is left of a passphrase without the names in it, the digits and its word for this program.
const BESIDE_NAMES_MIN: usize = 6;
/// A shorter part of a name stands in many other words.
const NAME_PART_MIN: usize = 3;
/// The name of the program is the first guess after those of people.
const PROGRAM: &str = "despatch";

/// Whose passphrase it is to be.
#[derive(Debug)]
pub(crate) struct About<'a> {
    /// The names of the person and of the office.
    pub names: Vec<&'a str>,
}

/// Checks a passphrase that its owner chose.
///
/// # Errors
/// It is too short or too long, among the commonest, or little more than a name.
pub(crate) fn check(chosen: &SecretString, about: &About<'_>) -> Result<(), Failure> {
    let text: Zeroizing<String> = Zeroizing::new(chosen.expose_secret().nfkc().collect());
    let refused =
        |code, cause: String, cure| Err(Failure::Request(Fault::new("passphrase", code, cause, cure)));
    let three_words = "choose three random words or more, with anything between them";
    let length = text.chars().count();
    if length < SHORTEST {
        let cause = format!("it has fewer than {SHORTEST} characters");
        return refused("passphrase.short", cause, three_words);
    }
    if length > LONGEST {
        let cause = format!("it has more than {LONGEST} characters");
        return refused("passphrase.long", cause, "choose a shorter one");
    }
    let plain = plain(&text);
    if is_common(&plain) {
        let cause = "it is among those that are guessed first".to_owned();
        return refused("passphrase.common", cause, three_words);
    }
    if is_a_name(&plain, about) {
        let cause = "it is little more than a name of yours or of the office".to_owned();
        return refused("passphrase.name", cause, three_words);
    }
    Ok(())
}

/// Its letters and digits, in lower case.
fn plain(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect())
}

/// Whether a text is among the commonest, with digits around it or repeated; or a row of characters.
fn is_common(plain: &str) -> bool {
    let core = plain.trim_matches(|c: char| c.is_ascii_digit());
    let (whole, core) = (once(plain), once(core));
    is_listed(whole) || is_listed(core) || different(plain) < DIFFERENT_MIN || is_row(whole)
}

fn is_listed(text: &str) -> bool {
    !text.is_empty() && COMMONEST.lines().any(|listed| listed == text)
}

fn different(text: &str) -> usize {
    text.chars().collect::<std::collections::BTreeSet<char>>().len()
}

/// What a text repeats, or the text.
fn once(text: &str) -> &str {
    let parts = (1..=text.len() / 2).filter_map(|length| text.get(..length));
    let mut repeated =
        parts.filter(|part| text.len().is_multiple_of(part.len()) && text.split(part).all(str::is_empty));
    repeated.next().unwrap_or(text)
}

/// Whether each character follows the one before it, up or down: `abcdefghijkl`, `0987654321098`.
fn is_row(text: &str) -> bool {
    let steps = |up: bool| {
        text.chars().zip(text.chars().skip(1)).all(|(one, next)| {
            let (one, next) = if up { (one, next) } else { (next, one) };
            (one == '9' && next == '0') || u32::from(next) == u32::from(one) + 1
        })
    };
    steps(true) || steps(false)
}

/// Whether little is left of a text without the names in it.
fn is_a_name(text: &str, about: &About<'_>) -> bool {
    let mut left: Zeroizing<String> = Zeroizing::new(text.to_owned());
    let words = about.names.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
    let mut parts: Vec<String> = words.map(str::to_lowercase).chain([PROGRAM.to_owned()]).collect();
    // The longest first: `achebe-anna` has both parts of a name, and `ann` is in one of them.
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    for part in parts.iter().filter(|part| part.chars().count() >= NAME_PART_MIN) {
        left = Zeroizing::new(left.replace(part.as_str(), ""));
    }
    left.chars().filter(|c| !c.is_ascii_digit()).count() < BESIDE_NAMES_MIN && *left != text
}
