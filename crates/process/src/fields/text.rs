//! Enters: text of a case. Leaves: what is wrong with its characters, or the date or time it represents.
//! Never: repeats the text; a character is named by its code point.

use super::codes::{self, Code};
use chrono::{Datelike, NaiveDate, NaiveTime};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};
use unicode_security::MixedScript;

/// Maximum run of combining marks.
pub const MAX_MARKS: usize = 8;
/// The first and the last valid year of a date.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// Returns whether a character is invisible to a reader, or changes how the text around it reads.
///
/// Format characters are the bidirectional controls, zero-width joiners and tags. The rest of the list is what
/// Unicode calls default ignorable outside that category, the blank Braille pattern, and the marks that stand for
/// text already lost.
fn is_hidden(c: char) -> bool {
    use GeneralCategory::{
        Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, Surrogate, Unassigned,
    };
    matches!(
        c.general_category(),
        Control | Format | LineSeparator | ParagraphSeparator | PrivateUse | Surrogate | Unassigned
    ) || matches!(c,
        '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fffc}'..='\u{fffd}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Normalises text to NFC, so that two ways of typing a name give one name.
pub(crate) fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// Returns the hidden characters of a text, each with its index in characters. A joiner within a word of a script
/// that joins its letters is not hidden: names are spelt with it.
pub(crate) fn hidden(text: &str) -> Vec<(usize, char)> {
    let mut found = Vec::new();
    let mut before = None;
    let mut characters = text.chars().enumerate().peekable();
    while let Some((index, c)) = characters.next() {
        let after = characters.peek().map(|(_, after)| *after);
        if is_hidden(c) && !(is_joiner(c) && joins(before, after)) {
            found.push((index, c));
        }
        before = Some(c);
    }
    found
}

/// Returns whether this is the zero-width non-joiner or joiner.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Returns whether both neighbours are of one script in which a joiner changes how letters are written (after IDNA's
/// CONTEXTJ, RFC 5892, A.1 and A.2).
fn joins(before: Option<char>, after: Option<char>) -> bool {
    const JOINED: [Script; 11] = [
        Script::Arabic,
        Script::Bengali,
        Script::Devanagari,
        Script::Gujarati,
        Script::Gurmukhi,
        Script::Khmer,
        Script::Malayalam,
        Script::Myanmar,
        Script::Sinhala,
        Script::Tamil,
        Script::Telugu,
    ];
    let script = |c: Option<char>| c.map(|c| c.script()).filter(|script| JOINED.contains(script));
    script(before).is_some() && script(before) == script(after)
}

/// Returns the first word that mixes scripts, by its number from 1, and these scripts: a Cyrillic letter in a Latin
/// name looks like the Latin one but is another. Chinese with Japanese or Korean letters is one writing system, and
/// the letters of units (micro, ohm) belong to none.
fn mixed_word(text: &str) -> Option<(usize, String)> {
    let parts = |c: char| {
        matches!(c, '\u{3bc}' | '\u{3a9}')
            || !is_joiner(c) && (is_hidden(c) || !c.is_alphabetic() && !is_mark(c))
    };
    let words = text.split(parts).filter(|word| !word.is_empty());
    let (number, word) = words.enumerate().find(|(_, word)| !word.is_single_script())?;
    let mut scripts: Vec<&str> = Vec::new();
    for script in word.chars().map(|c| c.script()) {
        let name = script.full_name();
        if !matches!(script, Script::Common | Script::Inherited) && !scripts.contains(&name) {
            scripts.push(name);
        }
    }
    Some((number + 1, scripts.join(" and ")))
}

/// A fault of a text: the code, the cause, the cure.
pub(crate) type Wrong = (Code, String, String);

/// Returns the fault of hidden characters: `says` gives the place of the first by its index, with a verb.
pub(crate) fn hidden_fault(hidden: &[(usize, char)], says: impl FnOnce(usize) -> String) -> Option<Wrong> {
    let [(index, c), others @ ..] = hidden else {
        return None;
    };
    let more = if others.is_empty() { String::new() } else { format!(", and {} more such", others.len()) };
    let (says, code) = (says(*index), u32::from(*c));
    let cause =
        format!("{says} U+{code:04X}{more}: a reader cannot see it, or it changes how the text reads");
    let cure = "delete it, or type the text instead of pasting it";
    Some((codes::TEXT_CHARACTER, cause, cure.to_owned()))
}

/// Returns the fault of too many combining marks in a row; `place` says where, if not in the whole text.
pub(crate) fn marks_fault(text: &str, place: &str) -> Option<Wrong> {
    let marks = longest_marks(text);
    let cause = format!("{marks} combining marks follow each other{place}, and {MAX_MARKS} is the most");
    let cure = "keep the marks that belong to the letter";
    (marks > MAX_MARKS).then(|| (codes::TEXT_MARKS, cause, cure.to_owned()))
}

/// Returns the fault of a word in letters of several scripts.
pub(crate) fn scripts_fault(text: &str) -> Option<Wrong> {
    let (number, scripts) = mixed_word(text)?;
    let cause = format!("word {number} mixes letters of {scripts}, and some of them look like others");
    let cure = "retype the word in one script; if both are meant, put a hyphen or a space between them";
    Some((codes::TEXT_SCRIPTS, cause, cure.to_owned()))
}

/// Returns the length of the longest run of combining marks.
fn longest_marks(text: &str) -> usize {
    let run = |(longest, run): (usize, usize), c: char| {
        let run = if is_mark(c) { run + 1 } else { 0 };
        (longest.max(run), run)
    };
    text.chars().fold((0, 0), run).0
}

/// Says in what way a text breaks a pattern: its length, or the first character that its classes lack.
pub(crate) fn against_pattern(text: &str, (least, most): (usize, usize), regex: &str) -> String {
    let length = text.chars().count();
    if length == 0 {
        return "nothing is written here".to_owned();
    }
    if let Some((index, c)) = text.chars().enumerate().find(|(_, c)| !in_classes(*c, regex)) {
        return format!("character {} is {}, which has no place here", index + 1, named(c));
    }
    if length > most {
        return format!("this has {length} characters, and {most} is the most");
    }
    if length < least {
        return format!("this has {length} characters, and {least} is the least");
    }
    if regex.contains("*[0-9]") && !text.contains(|c: char| c.is_ascii_digit()) {
        return "this has no digit".to_owned();
    }
    "a mark stands at the beginning or the end, or two follow each other".to_owned()
}

/// Names a character that does not belong.
fn named(c: char) -> String {
    match c {
        ' ' => "a space".to_owned(),
        _ if c.is_ascii_uppercase() => "a capital letter".to_owned(),
        _ if c.is_ascii_lowercase() => "a small letter".to_owned(),
        _ if c.is_ascii_graphic() => format!("the sign {c}"),
        _ => format!("U+{:04X}", u32::from(c)),
    }
}

/// Returns whether a class of a regular expression has a character, or it stands there by itself.
fn in_classes(c: char, regex: &str) -> bool {
    let mut rest = regex;
    while let Some((before, class)) = rest.split_once('[') {
        let Some((class, after)) = class.split_once(']') else { return false };
        if before.contains(c) && !"^$(*+)?".contains(c) || in_class(c, class) {
            return true;
        }
        rest = after;
    }
    false
}

fn in_class(c: char, class: &str) -> bool {
    let class: Vec<char> = class.chars().collect();
    let mut at = 0;
    while let Some(first) = class.get(at) {
        match (class.get(at + 1), class.get(at + 2)) {
            (Some('-'), Some(last)) => {
                if (*first..=*last).contains(&c) {
                    return true;
                }
                at += 3;
            }
            _ if *first == c => return true,
            _ => at += 1,
        }
    }
    false
}

/// Returns whether a text has letters other than Latin ones.
pub fn is_foreign(text: &str) -> bool {
    !text.chars().all(|c| matches!(c.script(), Script::Latin | Script::Common | Script::Inherited))
}

/// Parses a date written 2026-03-03 that exists and is in [`YEARS`].
pub(crate) fn date(text: &str) -> Option<NaiveDate> {
    let date = text.parse::<NaiveDate>().ok()?;
    let exact = date.format("%Y-%m-%d").to_string() == text;
    (exact && YEARS.contains(&date.year())).then_some(date)
}

/// Parses a time of day written 14:30.
pub(crate) fn time(text: &str) -> Option<NaiveTime> {
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok()?;
    (time.format("%H:%M").to_string() == text).then_some(time)
}

/// Returns whether `public` contains part of a name: a three-letter word standing alone, or a longer one anywhere. A
/// letter with a diacritic matches any one letter, because references drop diacritics; at least two letters must be
/// ASCII.
pub(crate) fn holds_name(public: &str, name: &str) -> bool {
    let public: Vec<char> = public.to_lowercase().chars().collect();
    let name: String = name.to_lowercase().chars().filter(|c| !is_mark(*c)).collect();
    name.split(|c: char| !c.is_alphabetic()).any(|word| {
        let word: Vec<char> = word.chars().collect();
        word.len() >= 3
            && word.iter().filter(|c| c.is_ascii()).count() >= 2
            && (0..public.len()).any(|start| stands_at(&word, &public, start))
    })
}

/// Returns whether a word is at `start`; a three-letter word must not adjoin other letters.
fn stands_at(word: &[char], public: &[char], start: usize) -> bool {
    let is_letter = |c: Option<&char>| c.is_some_and(|c| c.is_alphabetic());
    let same = |(shown, due): (&char, &char)| shown == due || !due.is_ascii() && shown.is_alphabetic();
    let end = start.saturating_add(word.len());
    let before = start.checked_sub(1).and_then(|before| public.get(before));
    public.get(start..end).is_some_and(|part| part.iter().zip(word).all(same))
        && (word.len() > 3 || !is_letter(before) && !is_letter(public.get(end)))
}

/// Returns the name among `known` that was most likely meant: at most two letters off, ignoring case, hyphens and
/// underscores.
pub(crate) fn meant(name: &str, known: &[&'static str]) -> Option<&'static str> {
    let plain = |text: &str| text.to_ascii_lowercase().replace(['_', '-'], "");
    let close = known.iter().map(|word| (distance(&plain(name), &plain(word)), *word)).min()?;
    (close.0 <= 2 && close.0 * 3 <= name.len()).then_some(close.1)
}

/// Returns the edit distance: how many letters to insert, remove or change to turn `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut last = i + 1;
        let mut next = vec![last];
        for (pair, y) in row.windows(2).zip(b.bytes()) {
            if let [corner, above] = pair {
                last = (corner + usize::from(x != y)).min(above + 1).min(last + 1);
                next.push(last);
            }
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// Returns whether the character combines with the one before it.
fn is_mark(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Mark
}
