//! Enters: the fonts, as they are built in. Leaves: proof by pictures that letters and marks of every script that the fonts
//! claim are drawn as a second shaper, harfbuzz, draws them. Never: trusts the text behind a page, or the program's own check.

mod pictures;

use despatch_letters::render::engine::Engine;
use despatch_letters::render::job::Job;
use despatch_letters::render::languages::of_script;
use pictures::{Ink, by_harfbuzz, cells};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use typst::foundations::Bytes;
use typst::text::Font;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};

/// A table of letters, each in a square of its own.
const TABLE: &str = "#let document(data) = {
  set page(width: 1400pt, height: calc.ceil(data.letters.len() / data.columns) * data.square * 1pt + 42mm, margin: 20mm)
  set text(size: 24pt / data.scale)
  let square(letters) = block(width: data.square * 1pt, height: data.square * 1pt, inset: 36pt, {
    v(6pt)
    letters
  })
  grid(columns: data.columns, ..data.letters.map(square))
}
";
const SQUARE: usize = 140;
const COLUMNS: usize = 9;
const ROWS: usize = 20;

/// Of a script so many letters, from all over it; and each mark on so many.
const LETTERS: usize = 10;
const UNDER_A_MARK: usize = 2;

/// The marks that take the vowel from a letter and bind it to the next one.
const BINDING: [char; 12] = [
    '\u{94d}', '\u{9cd}', '\u{a4d}', '\u{acd}', '\u{b4d}', '\u{bcd}', '\u{c4d}', '\u{ccd}', '\u{d4d}',
    '\u{1039}', '\u{17d2}', '\u{103a}',
];
/// Scripts whose letters have other shapes beside others.
const JOINED: [Script; 4] = [Script::Arabic, Script::Syriac, Script::Nko, Script::Adlam];

/// What harfbuzz 6.0 draws otherwise, looked at as pictures: the accent of the first a dot higher, and the second letter of
/// the second over the tail of the first one, where the program puts it below.
const OTHERWISE: [&str; 2] = ["Ѐ\u{a671}", "ဌ\u{1039}ဌ"];

/// One of the files of `fonts/`.
struct Face {
    path: PathBuf,
    font: Font,
}

impl Face {
    fn has(&self, c: char) -> bool {
        self.font.info().coverage.contains(u32::from(c))
    }
}

/// The faces of regular weight in the order in which the program prefers them.
fn faces() -> Vec<Face> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fonts");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .expect("the fonts")
        .map(|entry| entry.expect("a file").file_name().into_string().expect("a name"))
        .filter(|name| name.contains("Regular"))
        .collect();
    // The Chinese, Japanese and Korean letters come last.
    names.sort_by_key(|name| (name.ends_with("ttc"), name.clone()));
    let face = |name: String| {
        let path = folder.join(name);
        let bytes = Bytes::new(std::fs::read(&path).expect("a font"));
        let all = Font::iter(bytes)
            .find(|font| !font.info().family.contains("CJK") || font.info().family.ends_with("SC"));
        Face { path, font: all.expect("a face") }
    };
    names.into_iter().map(face).collect()
}

/// What a face is looked at for: letters, and letters with a mark beside the same without it.
struct Looked {
    script: Script,
    letters: String,
    bare: Option<String>,
}

fn is_mark(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Mark
}

/// The marks that draw nothing by themselves.
fn is_unseen(c: char) -> bool {
    matches!(u32::from(c), 0x34f | 0x17b4 | 0x17b5 | 0x180b..=0x180f | 0xfe00..=0xfe0f | 0xe0100..=0xe01ef)
}

fn is_plain(c: char) -> bool {
    let text = c.to_string();
    text.nfkc().eq(text.chars())
        && !matches!(c.script(), Script::Common | Script::Inherited | Script::Unknown)
}

fn spread<T: Clone>(all: &[T], most: usize) -> Vec<T> {
    all.iter().step_by(all.len().div_ceil(most).max(1)).cloned().collect()
}

/// What to look at in the face at `index`: what none before it draws.
fn looked_at(faces: &[Face], index: usize) -> Vec<Looked> {
    let (before, face) = (&faces[..index], &faces[index]);
    let own = |text: &str| {
        text.chars().all(|c| face.has(c)) && !before.iter().any(|one| text.chars().all(|c| one.has(c)))
    };
    let covered: Vec<char> = face.font.info().coverage.iter().filter_map(char::from_u32).collect();
    let mut scripts: BTreeMap<&str, (Script, Vec<char>)> = BTreeMap::new();
    let is_letter = |c: &char| c.general_category_group() == GeneralCategoryGroup::Letter && is_plain(*c);
    for c in covered.iter().copied().filter(is_letter) {
        scripts.entry(c.script().full_name()).or_insert_with(|| (c.script(), Vec::new())).1.push(c);
    }
    let mut looked = Vec::new();
    for (script, letters) in scripts.values() {
        let script = *script;
        let own_letters: Vec<char> = letters.iter().copied().filter(|c| own(&c.to_string())).collect();
        for letter in spread(&own_letters, LETTERS) {
            looked.push(Looked { script, letters: letter.to_string(), bare: None });
            if JOINED.contains(&script) {
                looked.push(Looked { script, letters: letter.to_string().repeat(3), bare: None });
            }
            for binding in BINDING.into_iter().filter(|c| c.script() == script) {
                let bound = format!("{letter}{binding}{letter}");
                looked.extend(own(&bound).then_some(Looked { script, letters: bound, bare: None }));
            }
        }
        let marks = covered.iter().copied().filter(|c| is_mark(*c) && !is_unseen(*c));
        for mark in marks.filter(|mark| matches!(mark.script(), Script::Inherited) || mark.script() == script)
        {
            // The marks of the Latin font are another one's, which has its letters too.
            let under =
                if own_letters.is_empty() && script == Script::Latin { letters } else { &own_letters };
            for letter in spread(under, UNDER_A_MARK) {
                let marked: String = format!("{letter}{mark}").nfc().collect();
                let is_marked = marked.chars().count() > 1 && own(&marked);
                let bare = Some(letter.to_string());
                looked.extend(is_marked.then_some(Looked { script, letters: marked, bare }));
            }
        }
    }
    looked
}

/// The letters as the program draws them.
fn by_the_program(engine: &Engine, looked: &[Looked]) -> Vec<Option<Ink>> {
    let mut drawn = Vec::new();
    let alike = |one: &Looked, other: &Looked| one.script == other.script;
    for page in looked.chunk_by(alike).flat_map(|all| all.chunks(COLUMNS * ROWS)) {
        let letters: Vec<&str> = page.iter().map(|one| one.letters.as_str()).collect();
        let scale = if page[0].script == Script::Arabic { 1.25 } else { 1.0 };
        let job = Job {
            main: "/table/letter.typ".to_owned(),
            title: "A table of letters".to_owned(),
            author: "The tests".to_owned(),
            keywords: Vec::new(),
            date: chrono::NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day"),
            ident: "table".to_owned(),
            language: None,
            data: json!({"letters": letters, "square": SQUARE, "columns": COLUMNS, "scale": scale}),
        };
        let pdf = engine.pdf(&job).unwrap_or_else(|fault| panic!("{:?}: {fault:?}", page[0].script));
        drawn.extend(cells(&pdf, page.len(), SQUARE, COLUMNS));
    }
    drawn
}

#[test]
fn letters_and_marks_of_every_script_are_drawn_as_a_second_shaper_draws_them() {
    let faces = faces();
    let engine = Engine::new(BTreeMap::from([("/table/letter.typ".to_owned(), TABLE.to_owned())]));
    let (mut wrong, mut blind) = (Vec::new(), Vec::new());
    let (mut compared, mut marks) = (0, 0);
    for (index, face) in faces.iter().enumerate() {
        let looked = looked_at(&faces, index);
        let printed = by_the_program(&engine, &looked);
        let harfbuzz = |letters: &dyn Fn(&Looked) -> String| -> Vec<Option<Ink>> {
            let alike = looked.chunk_by(|one, other| one.script == other.script);
            alike
                .flat_map(|all| {
                    let lines: Vec<String> = all.iter().map(letters).collect();
                    by_harfbuzz(&face.path, face.font.index(), of_script(all[0].script), &lines)
                })
                .collect()
        };
        let due = harfbuzz(&|one| one.letters.clone());
        let without = harfbuzz(&|one| one.bare.clone().unwrap_or_else(|| one.letters.clone()));
        for (one, ((printed, due), without)) in looked.iter().zip(printed.iter().zip(&due).zip(&without)) {
            let told = || {
                format!("{} {:?} ({})", face.font.info().family, one.letters, one.letters.escape_unicode())
            };
            compared += 1;
            match (printed, due) {
                (Some(printed), Some(due)) if printed.is_like(due) => {}
                (None, None) => {}
                _ if OTHERWISE.contains(&one.letters.as_str()) => {}
                _ => wrong.push(told()),
            }
            // The comparison sees a mark that is missing.
            if let (Some(printed), Some(without), true) = (printed, without, one.bare.is_some()) {
                marks += 1;
                if printed.is_like(without) && !due.as_ref().is_some_and(|due| due.is_like(without)) {
                    blind.push(told());
                }
            }
        }
    }
    assert!(compared > 2000 && marks > 800, "{compared} compared, {marks} of them with a mark");
    assert!(wrong.is_empty(), "{} of {compared} are drawn otherwise:\n{}", wrong.len(), wrong.join("\n"));
    // A few marks lie all but wholly in the strokes of their letter.
    let seen = blind.len() * 100 <= marks;
    assert!(seen, "{} of {marks} with a mark pass for what lacks it:\n{}", blind.len(), blind.join("\n"));
}
