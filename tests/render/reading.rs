//! Enters: names in scripts that run from right to left, and others whose marks have glyphs of their own. Leaves: proof from
//! the structure tree, as pdfium reads it, that words and letters come in the order in which they are read, each once, in
//! their language. Never: looks at a picture.

use super::{files, job};
use crate::support::pdf::{in_order_of_tags, languages};
use despatch_letters::render::engine::Engine;
use despatch_letters::render::job::Job;
use despatch_letters::render::languages::Language;
use despatch_letters::render::look::differs;
use serde_json::json;
use std::collections::BTreeSet;

/// A name by itself, in a sentence, in bold in brackets, beside numbers, and so often that it fills lines.
const LETTER: &str = "#let document(data) = [
  #set page(paper: \"a4\", margin: 22mm)
  = Letter
  #data.person.name

  Dear #data.person.name, born 12 May 1990: (*#data.person.name*) 17 rooms.

  #((data.person.name + \" \") * 9)
]
";
const TIMES: usize = 12;

fn named(name: &str, language: Option<&str>) -> Job {
    Job { data: json!({"person": {"name": name, "language": language}}), ..job("") }
}

fn pdf(job: &Job) -> Vec<u8> {
    Engine::new(files(LETTER)).pdf(job).unwrap_or_else(|fault| panic!("{}: {fault:?}", job.data))
}

fn is_of(name: &str, piece: &str) -> bool {
    piece.chars().any(|c| !c.is_ascii() && name.contains(c))
}

/// The words of the name in the order of the tags.
fn read(name: &str, job: &Job) -> Vec<String> {
    let pieces = in_order_of_tags(&pdf(job)).into_iter().filter(|piece| is_of(name, piece));
    pieces.flat_map(|piece| piece.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn words_that_run_from_right_to_left_stand_in_the_tags_in_the_order_in_which_they_are_read() {
    for name in [
        "سلام الأحمد بن علي",
        "علاء الدين عبد الإله",
        "لارا آل لؤي",
        "پریسا می‌خواهم زاده",
        "محمد شہباز چوہدری",
        "ښاپېرۍ ګلالۍ",
        "שלום בן דוד",
        "ܐܫܘܪ ܒܪ ܝܘܣܦ",
        "ߡߊߡߊߘߎ ߖߊߟߏ",
        "𞤀𞤥𞤢𞤣𞤵 𞤔𞤢𞤤𞤮",
    ] {
        // pdfium does not know of Adlam how it runs, and gives the letters of a word as they stand on the paper.
        let is_adlam = name.contains('𞤀');
        let shown = |word: &str| if is_adlam { word.chars().rev().collect() } else { word.to_owned() };
        let due = vec![name.split(' ').map(shown).collect::<Vec<String>>(); TIMES].concat();
        assert_eq!(read(name, &named(name, None)), due, "{name}");
        // The order of the words is looked at, not that they are there.
        let turned: Vec<&str> = name.split(' ').rev().collect();
        assert_ne!(read(name, &named(&turned.join(" "), None)), due, "{name}");
    }
}

#[test]
fn no_letter_is_repeated_where_its_mark_has_a_glyph_of_its_own() {
    for name in ["Ọ̀ṣun Adébáyọ̀", "Ṣọ̀kọ̀tọ́", "Mɔ́kɔ́ Lɛ́mbɛ́", "Ива́н Петро́в", "សុខ ចាន់", "سَلَامٌ", "שָׁלוֹם"]
    {
        let bare = "#let document(data) = [\n  = Letter\n  #data.person.name\n]\n";
        let pdf = Engine::new(files(bare)).pdf(&named(name, None)).expect(name);
        let read = in_order_of_tags(&pdf).split_off(1).concat();
        // Readers put a mark before or after its letter.
        let letters = |text: &str| {
            let mut letters: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
            letters.sort_unstable();
            letters
        };
        assert_eq!(letters(&read), letters(name), "{name}: {read}");
    }
}

fn spoken(name: &str, language: Option<&str>) -> BTreeSet<String> {
    let mut found = languages(&pdf(&named(name, language)));
    assert!(found.remove("en-GB"), "{name}: {found:?}");
    found
}

#[test]
fn a_name_is_in_the_language_that_the_case_knows_or_else_in_that_of_its_script() {
    for (name, language, due) in [
        ("سلام الأحمد", Some("Arabic"), "ar"),
        ("پریسا", Some("Farsi"), "fa"),
        ("هێمن", Some("Kurdish (Sorani)"), "ckb"),
        ("سلام الأحمد", None, "und"),
        ("سلام الأحمد", Some("Tigrinya"), "und"),
        ("שלום", None, "he"),
        ("ሰላም ገብረ", Some("Tigrinya"), "ti"),
        ("ሰላም ገብረ", None, "und"),
        ("გიორგი", Some("Russian"), "ka"),
        ("Ольга Коваль", Some("Ukrainian"), "uk"),
        ("Nguyễn Văn An", Some("Vietnamese"), "vi"),
        ("山田太郎", Some("Japanese"), "ja"),
        ("தமிழ்", None, "ta"),
    ] {
        assert_eq!(spoken(name, language), BTreeSet::from([due.to_owned()]), "{name} {language:?}");
    }
    // A name in Latin letters is in no language that is not written in them.
    assert_eq!(spoken("Salam Al-Ahmad", Some("Arabic")), BTreeSet::new());
    assert_eq!(spoken("Wilhelmina Sample", None), BTreeSet::new());
}

/// A name by itself, in bold in brackets, and so often among other words that lines end within it.
const AMONG_WORDS: &str = "#let document(data) = [
  #set page(paper: \"a4\", margin: 22mm)
  = Letter
  #data.person.name

  #data.person.name

  Dear #data.person.name, born 12 May 1990: (*#data.person.name*) 17 rooms.

  #((data.person.name + \" knows \") * 8)
]
";

#[test]
fn a_name_in_latin_letters_is_told_apart_wherever_it_stands_and_nothing_moves() {
    for (name, language, tag) in [
        ("Nguyễn Văn An", "Vietnamese", "vi"),
        ("Erjon Hoxha", "Albanian", "sq"),
        ("Ana", "Portuguese", "pt"),
        ("Mariam Mariam", "Somali", "so"),
        ("Ọ̀ṣun Adébáyọ̀", "Yoruba", "yo"),
        ("Jean-Baptiste d’Aubigné de la Fontaine", "French", "fr"),
    ] {
        assert_eq!(spoken(name, Some(language)), BTreeSet::from([tag.to_owned()]));
        let engine = Engine::new(files(AMONG_WORDS));
        let (told, other) = (named(name, Some(language)), named(name, None));
        let is_part =
            |piece: &String| name.contains(piece.as_str()) && piece.chars().any(char::is_alphabetic);
        let pieces = in_order_of_tags(&engine.pdf(&told).expect("a letter")).into_iter();
        // pdfium has a sign of its own for a hyphen at the end of a line.
        let pieces = pieces.map(|piece| piece.replace('\u{2}', "-"));
        let of_name: Vec<String> = pieces.filter(is_part).collect();
        // A letter with a mark may be a piece by itself.
        let letters = |text: String| text.replace(' ', "");
        assert_eq!(
            letters(of_name.concat()),
            letters(name.repeat(TIMES)),
            "by itself, whole or over two lines"
        );
        let look = |job: &Job| engine.look(job, 60).expect("a letter");
        for (told, other) in look(&told).iter().zip(&look(&other)) {
            assert_eq!(told.text, other.text);
            assert!(!differs(&told.picture, &other.picture), "{name}: the same glyphs in the same places");
        }
    }
    // Words that only begin like the name, or hold it, are not of it.
    let letter = "#let document(data) = [\n  = Letter\n  Anabel, Susana and Ana2 know #data.person.name, the best of anas.\n]\n";
    let pdf = Engine::new(files(letter)).pdf(&named("Ana", Some("Portuguese"))).expect("a letter");
    let pieces = in_order_of_tags(&pdf);
    assert_eq!(pieces, ["Letter", "Anabel, Susana and Ana2 know", "Ana", ", the best of anas."]);
}

/// A sheet in another language, with an English value in it.
const SHEET: &str = "#let document(data) = [
  #set page(paper: \"a4\", margin: 22mm)
  = ورقة مترجمة
  هذه ترجمة الرسالة إلى #data.person.name (مهم) بتاريخ 12 مايو 2026.
]
";

#[test]
fn a_document_in_another_language_says_so_and_is_read_in_its_order() {
    let language = Language::parse("ar", true);
    assert!(language.is_some());
    let job = Job { language, ..named("سلام الأحمد", None) };
    let pdf = Engine::new(files(SHEET)).pdf(&job).expect("a sheet");
    assert_eq!(languages(&pdf), BTreeSet::from(["ar".to_owned()]));
    let read = in_order_of_tags(&pdf).join(" ");
    let words = |text: &str| -> Vec<String> {
        let letters = |c: char| c.is_alphanumeric();
        text.split(|c| !letters(c)).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    assert_eq!(words(&read), words("ورقة مترجمة هذه ترجمة الرسالة إلى سلام الأحمد (مهم) بتاريخ 12 مايو 2026"));
    for tag in ["Arabic", "a", "ar-Arab-EG", "ar_EG", ""] {
        assert!(Language::parse(tag, true).is_none(), "{tag}");
    }
}
