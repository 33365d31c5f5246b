//! Enters: text from documents. Leaves: its words, normalised for the comparison of names.
//! Never: distinguishes letters by a diacritic, which a clerk's keyboard may lack.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};

/// A word of a document, and its page, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub plain: String,
    pub page: usize,
}

/// Returns the words of pages, in order.
pub fn words_of<'a>(pages: impl IntoIterator<Item = &'a str>) -> Vec<Word> {
    let pages = pages.into_iter().zip(1..);
    pages
        .flat_map(|(text, page)| plain_words(text).into_iter().map(move |plain| Word { plain, page }))
        .collect()
}

/// Returns whether the words of a phrase occur consecutively.
pub fn holds(words: &[Word], phrase: &[String]) -> bool {
    let is_here = |window: &[Word]| window.iter().map(|word| &word.plain).eq(phrase);
    !phrase.is_empty() && words.windows(phrase.len()).any(is_here)
}

/// Splits a text into words: compatibility forms resolved (NFKC), case folded, Latin diacritics removed, split at
/// everything but letters and digits. A word hyphenated over a line end is joined; an apostrophe joins, and a
/// possessive "s" is dropped.
pub fn plain_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let folded: String = if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.nfkc().collect::<String>().to_lowercase()
    };
    let mut rest = folded.as_str();
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = after;
        match c {
            '\u{ad}' => {}
            '-' | '\u{2010}' if !word.is_empty() && joins_over_line(after) => {
                rest = after.trim_start();
            }
            '\'' | '’' | '‘' | 'ʼ' | '`' | '´' if !word.is_empty() => {
                let possessive = after.strip_prefix('s').filter(|after| !after.starts_with(is_of_word));
                rest = possessive.unwrap_or(after);
            }
            c if c.is_ascii_alphanumeric() => word.push(c),
            c if is_of_word(c) => push_plain(c, &mut word),
            _ => end(&mut word, &mut words),
        }
    }
    end(&mut word, &mut words);
    words
}

fn end(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// Returns whether a hyphen at a line end splits a word that continues on the next line.
fn joins_over_line(after: &str) -> bool {
    let line_end = after.trim_start_matches([' ', '\r']);
    line_end.strip_prefix('\n').is_some_and(|below| below.trim_start().starts_with(char::is_alphabetic))
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c.general_category_group() == GeneralCategoryGroup::Mark
}

/// Appends a letter; those without a decomposition that are also spelt without their stroke are replaced (Unicode,
/// chapter 7.1).
fn push_plain(c: char, word: &mut String) {
    let spelt = match c {
        'ß' => "ss",
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'æ' => "ae",
        'œ' => "oe",
        'ı' => "i",
        'þ' => "th",
        'ħ' => "h",
        _ => "",
    };
    if spelt.is_empty() {
        let base = std::iter::once(c).nfd().filter(|c| !is_latin_mark(*c));
        word.extend(base);
    } else {
        word.push_str(spelt);
    }
}

/// Combining marks of alphabets; the vowel signs of Indic and other scripts are marks too, and are kept.
fn is_latin_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}')
}

/// Returns whether a PDF's text in the script of `c` is unreliable: letters are joined, reordered or written without
/// spaces, and a file's glyph mapping often differs from what was typed.
pub fn is_of_hard_script(c: char) -> bool {
    use Script::*;
    matches!(
        c.script(),
        Arabic
            | Syriac
            | Thaana
            | Nko
            | Devanagari
            | Bengali
            | Gurmukhi
            | Gujarati
            | Oriya
            | Tamil
            | Telugu
            | Kannada
            | Malayalam
            | Sinhala
            | Thai
            | Lao
            | Tibetan
            | Myanmar
            | Khmer
            | Mongolian
            | Hebrew
    )
}
