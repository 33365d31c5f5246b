//! Enters: text from documents. Leaves: its words, normalised for the comparison of names.
//! Never: distinguishes letters by a diacritic, which a clerk's keyboard may lack.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};

/// A word of a document, its page, counted from 1, and how it stands there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word {
    pub plain: String,
    pub page: usize,
    /// The number of its line on the page.
    pub line: usize,
    /// Whether it begins with a letter that is no small one; scripts without capitals have no small ones.
    pub capital: bool,
    /// Whether a colon follows: it is a label.
    pub colon: bool,
    /// Whether a sentence or a clause ends behind it.
    pub ends: bool,
}

impl Word {
    /// Creates a word that no page shows.
    pub fn unseen(plain: String, page: usize) -> Self {
        Self { plain, page, ..Self::default() }
    }
}

/// Returns the words of pages, in order.
pub fn words_of<'a>(pages: impl IntoIterator<Item = &'a str>) -> Vec<Word> {
    let pages = pages.into_iter().zip(1..);
    pages.flat_map(|(text, page)| split(text).into_iter().map(move |word| Word { page, ..word })).collect()
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
    split(text).into_iter().map(|word| word.plain).collect()
}

fn split(text: &str) -> Vec<Word> {
    let mut splitter = Splitter::default();
    if text.is_ascii() {
        splitter.take(text);
    } else {
        splitter.take(&text.nfkc().collect::<String>());
    }
    splitter.words
}

/// Splits one text.
#[derive(Default)]
struct Splitter {
    words: Vec<Word>,
    word: Word,
    line: usize,
}

impl Splitter {
    fn take(&mut self, text: &str) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            // Most of a text: letters of which nothing has to be looked up.
            let plain = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
            if let Some((run, after)) = rest.split_at_checked(plain).filter(|_| plain > 0) {
                self.begin(c);
                self.word.plain.extend(run.chars().map(|c| c.to_ascii_lowercase()));
                rest = after;
                continue;
            }
            let after = rest.get(c.len_utf8()..).unwrap_or_default();
            rest = after;
            match c {
                '\u{ad}' => {}
                '-' | '\u{2010}' if self.is_in_word() && joins_over_line(after) => {
                    rest = after.trim_start();
                    self.line += 1;
                }
                '\'' | '’' | '‘' | 'ʼ' | '`' | '´' if self.is_in_word() => {
                    let possessive =
                        after.strip_prefix(['s', 'S']).filter(|after| !after.starts_with(is_of_word));
                    rest = possessive.unwrap_or(after);
                }
                c if is_of_word(c) => self.push(c, after),
                c => self.pass(c, after),
            }
        }
        self.end();
    }

    fn is_in_word(&self) -> bool {
        !self.word.plain.is_empty()
    }

    /// Begins a word with its first character, unless one has begun.
    fn begin(&mut self, c: char) {
        if !self.is_in_word() {
            self.word.capital = c.is_alphabetic() && !c.is_lowercase();
            self.word.line = self.line;
        }
    }

    fn push(&mut self, c: char, after: &str) {
        self.begin(c);
        let word = &mut self.word.plain;
        match c {
            // As a whole word is put into small letters: a sigma has another form at its end.
            'Σ' if !after.starts_with(is_of_word) && !word.is_empty() => word.push('ς'),
            c => c.to_lowercase().for_each(|c| push_plain(c, word)),
        }
    }

    /// Passes over a character that is of no word.
    fn pass(&mut self, c: char, after: &str) {
        self.end();
        self.line += usize::from(c == '\n');
        let Some(last) = self.words.last_mut() else { return };
        let at_end = after.chars().next().is_none_or(char::is_whitespace);
        match c {
            ':' => last.colon = true,
            '.' | '!' | '?' | ';' if at_end => last.ends |= c != '.' || last.plain.chars().count() > 2,
            _ => {}
        }
    }

    fn end(&mut self) {
        if self.is_in_word() {
            self.words.push(std::mem::take(&mut self.word));
        }
    }
}

/// Returns whether a hyphen at a line end splits a word that continues on the next line.
fn joins_over_line(after: &str) -> bool {
    let line_end = after.trim_start_matches([' ', '\r']);
    line_end.strip_prefix('\n').is_some_and(|below| below.trim_start().starts_with(char::is_alphabetic))
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || !c.is_ascii() && c.general_category_group() == GeneralCategoryGroup::Mark
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
