//! Enters: the files of `fonts/`, built in. Leaves: the fonts, their order of preference, and the characters of a
//! document that none of them has. Never: loads a font from anywhere else.

use super::texts::each_text;
use despatch_core::fault::Fault;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use unicode_script::{Script, UnicodeScript};

/// Every font (`fonts/README.md`).
static FILES: [&[u8]; 28] = [
    include_bytes!("../../../../fonts/DespatchSans-Regular.ttf"),
    include_bytes!("../../../../fonts/DespatchSans-Bold.ttf"),
    include_bytes!("../../../../fonts/NotoSans-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSans-Bold.ttf"),
    include_bytes!("../../../../fonts/NotoSansAdlam-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansArabic-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansArmenian-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansBengali-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansDevanagari-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansEthiopic-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansGeorgian-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansGujarati-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansGurmukhi-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansHebrew-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansKannada-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansKhmer-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansLao-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansMalayalam-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansMyanmar-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansNKo-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansOriya-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansSinhala-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansSyriac-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansTamil-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansTelugu-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansThai-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSerifTibetan-Regular.ttf"),
    include_bytes!("../../../../fonts/NotoSansCJK-Regular.ttc"),
];

/// The font families in order of preference, without the Chinese, Japanese and Korean ones.
const FAMILIES: [&str; 25] = [
    "Despatch Sans",
    "Noto Sans",
    "Noto Sans Adlam",
    "Noto Sans Arabic",
    "Noto Sans Armenian",
    "Noto Sans Bengali",
    "Noto Sans Devanagari",
    "Noto Sans Ethiopic",
    "Noto Sans Georgian",
    "Noto Sans Gujarati",
    "Noto Sans Gurmukhi",
    "Noto Sans Hebrew",
    "Noto Sans Kannada",
    "Noto Sans Khmer",
    "Noto Sans Lao",
    "Noto Sans Malayalam",
    "Noto Sans Myanmar",
    "Noto Sans NKo",
    "Noto Sans Oriya",
    "Noto Sans Sinhala",
    "Noto Sans Syriac",
    "Noto Sans Tamil",
    "Noto Sans Telugu",
    "Noto Sans Thai",
    "Noto Serif Tibetan",
];

/// Nationalities and languages whose readers expect other shapes of Chinese characters than those of the People's
/// Republic; each of these families has all the characters.
const SHAPES: [(&str, &str); 6] = [
    ("Japan", "Noto Sans CJK JP"),
    ("Korea", "Noto Sans CJK KR"),
    ("Taiwan", "Noto Sans CJK TC"),
    ("Hong Kong", "Noto Sans CJK HK"),
    ("Cantonese", "Noto Sans CJK HK"),
    ("Maca", "Noto Sans CJK HK"),
];
const SHAPES_OTHERWISE: &str = "Noto Sans CJK SC";

/// The fonts, and the characters that they cover between them.
pub(super) struct Fonts {
    faces: Vec<Font>,
    covered: Covered,
}

/// A bit set of the code points that some font has.
struct Covered(Vec<u64>);

/// The coverage of the fonts, for a process that typesets nothing itself.
static COVERED: OnceLock<Covered> = OnceLock::new();

/// The most missing characters that are listed for one text.
const TOLD: usize = 5;

/// The cure for missing characters.
pub(super) const CURE: &str = "write it in a script that the fonts have (`fonts/README.md` lists them), such as the Latin \
                               spelling of a name; leave out signs such as emoji";

/// Returns a fault for each text of a case file with characters that no font has, because it could not be printed.
pub fn without_glyph(file: &[u8]) -> Vec<Fault> {
    let Ok(file) = serde_json::from_slice::<Value>(file) else { return Vec::new() };
    let fault = |(at, missing): (String, Vec<char>)| Fault::new(at, "render.glyph", told(&missing), CURE);
    let covered = || COVERED.get_or_init(|| Covered::by(&faces()));
    // Most cases hold Latin letters only, which the fonts have: those need not load the coverage.
    let plain = |c: char| c <= '\u{24f}';
    Covered::missing(&file, &|c| plain(c) || covered().has(c)).into_iter().map(fault).collect()
}

/// Formats the cause, with each character by its code point, name and script.
pub(super) fn told(missing: &[char]) -> String {
    let mut told: Vec<String> = missing.iter().take(TOLD).map(|c| described(*c)).collect();
    if missing.len() > TOLD {
        told.push(format!("{} more", missing.len() - TOLD));
    }
    format!("no font has {}", told.join(", "))
}

/// Formats the cause for letters that no one font draws whole, each with its characters.
pub(super) fn told_apart(clusters: &BTreeSet<String>) -> String {
    let described = |cluster: &String| {
        let parts: Vec<String> = cluster.chars().map(described).collect();
        format!("no font has the whole of {}", parts.join(" with "))
    };
    let mut told: Vec<String> = clusters.iter().take(TOLD).map(described).collect();
    if clusters.len() > TOLD {
        told.push(format!("{} more", clusters.len() - TOLD));
    }
    told.join("; ")
}

fn faces() -> Vec<Font> {
    FILES.iter().flat_map(|bytes| Font::iter(Bytes::new(*bytes))).collect()
}

impl Covered {
    fn by(faces: &[Font]) -> Self {
        let mut covered = vec![0; (char::MAX as usize + 1) / 64];
        for point in faces.iter().flat_map(|face| face.info().coverage.iter()) {
            if let Some(bits) = covered.get_mut(point as usize / 64) {
                *bits |= 1 << (point % 64);
            }
        }
        Self(covered)
    }

    fn has(&self, c: char) -> bool {
        let point = u32::from(c);
        c.is_ascii() || self.0.get(point as usize / 64).is_some_and(|bits| bits >> (point % 64) & 1 == 1)
    }

    /// Returns the characters of `data` that `has` rejects, with the JSON pointers to the texts that hold them.
    fn missing(data: &Value, has: &dyn Fn(char) -> bool) -> Vec<(String, Vec<char>)> {
        let mut found = Vec::new();
        each_text(data, &mut |at, text| {
            // Line breaks and the like need no glyph.
            let missing: BTreeSet<char> = text.chars().filter(|c| !c.is_control() && !has(*c)).collect();
            if !missing.is_empty() {
                found.push((at.to_owned(), missing.into_iter().collect()));
            }
        });
        found
    }
}

impl Fonts {
    /// Loads the built-in fonts, and the book by which the compiler finds them.
    pub(super) fn built_in() -> (Self, FontBook) {
        let faces = faces();
        let (covered, book) = (Covered::by(&faces), FontBook::from_fonts(&faces));
        (Self { faces, covered }, book)
    }

    /// Returns one face, by its index in the book.
    pub(super) fn face(&self, index: usize) -> Option<Font> {
        self.faces.get(index).cloned()
    }

    /// Returns the characters of `data` that no font has, with the JSON pointers to the texts that hold them.
    pub(super) fn without_glyph(&self, data: &Value) -> Vec<(String, Vec<char>)> {
        Covered::missing(data, &|c| self.covered.has(c))
    }
}

/// Returns the family that is made for a script, if there is one.
pub(super) fn of_script(script: Script) -> Option<&'static str> {
    let named = match script {
        Script::Greek | Script::Cyrillic => "Sans",
        Script::Nko => "NKo",
        other => other.full_name(),
    };
    FAMILIES.into_iter().find(|family| family.starts_with("Noto") && family.ends_with(named))
}

/// Returns the font families for the text of `data`. The person's nationality and language decide
/// the shapes of Chinese characters.
pub(super) fn families(data: &Value) -> Vec<String> {
    let words =
        ["/person/nationality", "/person/language"].map(|at| data.pointer(at).and_then(Value::as_str));
    let spoken = |(word, _): &&(&str, &str)| words.iter().flatten().any(|said| said.contains(*word));
    let shapes = SHAPES.iter().find(spoken).map_or(SHAPES_OTHERWISE, |(_, family)| family);
    FAMILIES.iter().chain([&shapes]).map(|family| (*family).to_owned()).collect()
}

/// Describes a character so that a person can look it up: "U+0780 (THAANA LETTER HAA, script Thaana)".
pub(super) fn described(c: char) -> String {
    let name = unicode_names2::name(c).map_or_else(|| "without a name".to_owned(), |name| name.to_string());
    let script = match c.script() {
        Script::Common | Script::Inherited | Script::Unknown => "a sign of no one script".to_owned(),
        script => format!("script {}", script.full_name().replace('_', " ")),
    };
    format!("U+{:04X} ({name}, {script})", u32::from(c))
}
