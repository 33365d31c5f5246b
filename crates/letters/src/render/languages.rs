//! Enters: the words for a language in a case, a tag in a companion, characters. Leaves: languages by their BCP 47 tags, the
//! scripts in which they are written, and the direction of letters. Never: guesses a language that a script does not settle.

use serde::{Deserialize, Serialize};
use unicode_script::Script::{
    self, Adlam, Arabic, Armenian, Bengali, Cyrillic, Devanagari, Ethiopic, Georgian, Greek, Gujarati,
    Gurmukhi, Han, Hangul, Hebrew, Hiragana, Kannada, Katakana, Khmer, Lao, Latin, Malayalam, Myanmar, Nko,
    Oriya, Sinhala, Syriac, Tamil, Telugu, Thai, Tibetan,
};
use unicode_script::UnicodeScript;

/// The language of a document's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Language {
    /// The primary language of the BCP 47 tag: two or three letters.
    pub language: String,
    /// Its region, if it names one.
    pub region: Option<String>,
    /// Whether its lines run from right to left.
    pub right_to_left: bool,
}

impl Language {
    /// The language of every letter.
    pub fn english() -> Self {
        Self { language: "en".to_owned(), region: Some("gb".to_owned()), right_to_left: false }
    }

    /// Reads a tag of a language, or a language and a region: all that the PDF of a letter can say. `None` for any other.
    pub fn parse(tag: &str, right_to_left: bool) -> Option<Self> {
        let mut parts = tag.split('-');
        let letters = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
            lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic())
        };
        let language = parts.next().filter(|part| letters(part, 2..=3))?.to_ascii_lowercase();
        let region = parts.next();
        let is_whole = parts.next().is_none() && region.is_none_or(|part| letters(part, 2..=2));
        is_whole.then(|| Self { language, region: region.map(str::to_ascii_lowercase), right_to_left })
    }
}

/// What stands for a language that nothing says (BCP 47, 4.1).
const UNDETERMINED: &str = "und";

/// The scripts whose letters run from right to left, of those that the fonts have.
pub(super) const TURNED: [Script; 5] = [Arabic, Hebrew, Syriac, Nko, Adlam];

/// Whether a character is a letter of a script that runs from right to left. Digits of such a script do not.
pub(super) fn is_turned(c: char) -> bool {
    c > '\u{58f}' && TURNED.contains(&c.script()) && !c.is_numeric()
}

/// Whether a language is written in a script.
pub(super) fn is_written_in(tag: &str, script: Script) -> bool {
    LANGUAGES.iter().any(|(_, known, scripts)| *known == tag && scripts.contains(&script))
}

/// Returns the language that is written in a script, where it is one language, or in practice one.
pub fn of_script(script: Script) -> &'static str {
    match script {
        Adlam => "ff",
        Armenian => "hy",
        Georgian => "ka",
        Greek => "el",
        Gujarati => "gu",
        Gurmukhi => "pa",
        Hangul => "ko",
        Hebrew => "he",
        Hiragana | Katakana => "ja",
        Kannada => "kn",
        Khmer => "km",
        Lao => "lo",
        Malayalam => "ml",
        Nko => "nqo",
        Oriya => "or",
        Sinhala => "si",
        Syriac => "syr",
        Tamil => "ta",
        Telugu => "te",
        Thai => "th",
        _ => UNDETERMINED,
    }
}

/// Returns the tag of the language that a case names ("Kurdish (Sorani)"), if it is written in every script of `text`.
pub(super) fn of_words(words: &str, text: &str) -> Option<&'static str> {
    let said = words.to_lowercase();
    let said: Vec<&str> = said.split(|c: char| !c.is_alphabetic()).collect();
    // A dialect says more than the language that it is one of, and stands before it in the list.
    let (_, tag, scripts) = LANGUAGES.iter().find(|(name, _, _)| said.contains(name))?;
    let has_its_script = |c: char| {
        let script = c.script();
        matches!(script, Script::Common | Script::Inherited) || scripts.contains(&script)
    };
    text.chars().all(has_its_script).then_some(tag)
}

/// Words by which people name a language, its tag, and the scripts of its names. What is part of something wider stands first.
const LANGUAGES: [(&str, &str, &[Script]); 136] = [
    ("sorani", "ckb", &[Arabic]),
    ("kurmanji", "kmr", &[Latin]),
    ("badini", "kmr", &[Arabic, Latin]),
    ("kurdish", "ku", &[Arabic, Latin]),
    ("dari", "prs", &[Arabic]),
    ("hazaragi", "haz", &[Arabic]),
    ("farsi", "fa", &[Arabic]),
    ("persian", "fa", &[Arabic]),
    ("urdu", "ur", &[Arabic]),
    ("pashto", "ps", &[Arabic]),
    ("pushto", "ps", &[Arabic]),
    ("arabic", "ar", &[Arabic]),
    ("balochi", "bal", &[Arabic]),
    ("baluchi", "bal", &[Arabic]),
    ("sindhi", "sd", &[Arabic, Devanagari]),
    ("saraiki", "skr", &[Arabic]),
    ("uyghur", "ug", &[Arabic]),
    ("uighur", "ug", &[Arabic]),
    ("hebrew", "he", &[Hebrew]),
    ("yiddish", "yi", &[Hebrew]),
    ("assyrian", "aii", &[Syriac]),
    ("syriac", "syr", &[Syriac]),
    ("aramaic", "arc", &[Hebrew, Syriac]),
    ("punjabi", "pa", &[Arabic, Gurmukhi]),
    ("panjabi", "pa", &[Arabic, Gurmukhi]),
    ("hindi", "hi", &[Devanagari]),
    ("nepali", "ne", &[Devanagari]),
    ("marathi", "mr", &[Devanagari]),
    ("konkani", "kok", &[Devanagari]),
    ("sylheti", "syl", &[Bengali]),
    ("bengali", "bn", &[Bengali]),
    ("bangla", "bn", &[Bengali]),
    ("assamese", "as", &[Bengali]),
    ("gujarati", "gu", &[Gujarati]),
    ("tamil", "ta", &[Tamil]),
    ("telugu", "te", &[Telugu]),
    ("kannada", "kn", &[Kannada]),
    ("malayalam", "ml", &[Malayalam]),
    ("odia", "or", &[Oriya]),
    ("oriya", "or", &[Oriya]),
    ("sinhala", "si", &[Sinhala]),
    ("sinhalese", "si", &[Sinhala]),
    ("dzongkha", "dz", &[Tibetan]),
    ("tibetan", "bo", &[Tibetan]),
    ("burmese", "my", &[Myanmar]),
    ("rohingya", "rhg", &[Arabic, Latin]),
    ("shan", "shn", &[Myanmar]),
    ("karen", "kar", &[Myanmar]),
    ("thai", "th", &[Thai]),
    ("lao", "lo", &[Lao]),
    ("laotian", "lo", &[Lao]),
    ("khmer", "km", &[Khmer]),
    ("cambodian", "km", &[Khmer]),
    ("vietnamese", "vi", &[Latin]),
    ("cantonese", "yue", &[Han]),
    ("mandarin", "zh", &[Han]),
    ("chinese", "zh", &[Han]),
    ("japanese", "ja", &[Han, Hiragana, Katakana]),
    ("korean", "ko", &[Han, Hangul]),
    ("mongolian", "mn", &[Cyrillic]),
    ("amharic", "am", &[Ethiopic]),
    ("tigrinya", "ti", &[Ethiopic]),
    ("tigrigna", "ti", &[Ethiopic]),
    ("tigre", "tig", &[Ethiopic]),
    ("oromo", "om", &[Ethiopic, Latin]),
    ("somali", "so", &[Latin]),
    ("swahili", "sw", &[Latin]),
    ("kinyarwanda", "rw", &[Latin]),
    ("kirundi", "rn", &[Latin]),
    ("luganda", "lg", &[Latin]),
    ("lingala", "ln", &[Latin]),
    ("shona", "sn", &[Latin]),
    ("ndebele", "nd", &[Latin]),
    ("zulu", "zu", &[Latin]),
    ("xhosa", "xh", &[Latin]),
    ("yoruba", "yo", &[Latin]),
    ("igbo", "ig", &[Latin]),
    ("edo", "bin", &[Latin]),
    ("hausa", "ha", &[Arabic, Latin]),
    ("twi", "tw", &[Latin]),
    ("akan", "ak", &[Latin]),
    ("fante", "fat", &[Latin]),
    ("ga", "gaa", &[Latin]),
    ("ewe", "ee", &[Latin]),
    ("krio", "kri", &[Latin]),
    ("wolof", "wo", &[Arabic, Latin]),
    ("fula", "ff", &[Adlam, Latin]),
    ("fulani", "ff", &[Adlam, Latin]),
    ("fulfulde", "ff", &[Adlam, Latin]),
    ("pular", "ff", &[Adlam, Latin]),
    ("pulaar", "ff", &[Adlam, Latin]),
    ("mandinka", "mnk", &[Latin, Nko]),
    ("maninka", "mnk", &[Latin, Nko]),
    ("bambara", "bm", &[Latin, Nko]),
    ("dyula", "dyu", &[Latin, Nko]),
    ("albanian", "sq", &[Latin]),
    ("armenian", "hy", &[Armenian]),
    ("azerbaijani", "az", &[Cyrillic, Latin]),
    ("azeri", "az", &[Cyrillic, Latin]),
    ("belarusian", "be", &[Cyrillic]),
    ("bosnian", "bs", &[Latin]),
    ("bulgarian", "bg", &[Cyrillic]),
    ("chechen", "ce", &[Cyrillic]),
    ("croatian", "hr", &[Latin]),
    ("czech", "cs", &[Latin]),
    ("dutch", "nl", &[Latin]),
    ("estonian", "et", &[Latin]),
    ("french", "fr", &[Latin]),
    ("georgian", "ka", &[Georgian]),
    ("german", "de", &[Latin]),
    ("greek", "el", &[Greek]),
    ("hungarian", "hu", &[Latin]),
    ("indonesian", "id", &[Latin]),
    ("italian", "it", &[Latin]),
    ("kazakh", "kk", &[Cyrillic]),
    ("kyrgyz", "ky", &[Cyrillic]),
    ("latvian", "lv", &[Latin]),
    ("lithuanian", "lt", &[Latin]),
    ("macedonian", "mk", &[Cyrillic]),
    ("malay", "ms", &[Latin]),
    ("polish", "pl", &[Latin]),
    ("portuguese", "pt", &[Latin]),
    ("romanian", "ro", &[Latin]),
    ("romani", "rom", &[Latin]),
    ("russian", "ru", &[Cyrillic]),
    ("serbian", "sr", &[Cyrillic, Latin]),
    ("slovak", "sk", &[Latin]),
    ("slovenian", "sl", &[Latin]),
    ("spanish", "es", &[Latin]),
    ("tagalog", "tl", &[Latin]),
    ("filipino", "fil", &[Latin]),
    ("tajik", "tg", &[Cyrillic]),
    ("turkish", "tr", &[Latin]),
    ("turkmen", "tk", &[Latin]),
    ("ukrainian", "uk", &[Cyrillic]),
    ("uzbek", "uz", &[Cyrillic, Latin]),
];
