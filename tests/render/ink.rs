//! Enters: names of which a font has the marks and not the letters. Leaves: proof by their pictures that each letter is in
//! print, and that what no font has whole makes no document. Never: trusts the text behind a page.

use super::{files, job};
use despatch_letters::render::engine::Engine;

const NAME: &str = "#let document(data) = [
  #set page(paper: \"a4\")
  #set text(size: 40pt)
  = #data.text
]
";
const WORDS: &str = "#let document(data) = [
  #set page(paper: \"a4\")
  = Words
  #data.text
]
";

/// A picture's pixels, true where there is ink, and its width.
type Ink = (Vec<bool>, usize);

fn ink(name: &str) -> Ink {
    let pages = Engine::new(files(NAME)).look(&job(name), 72).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(&pages[0].picture)).read_info().unwrap();
    let mut packed = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut packed).unwrap();
    let dots = packed.iter().flat_map(|pair| [pair >> 4, pair & 15]).map(|grey| grey < 8).collect();
    (dots, info.width as usize)
}

/// Whether everything that is drawn in `part` is drawn in `whole`, but for a few dots at the edges of letters.
fn holds(whole: &Ink, part: &Ink) -> bool {
    let all = part.0.iter().filter(|dot| **dot).count();
    let lost = part.0.iter().zip(&whole.0).filter(|(part, whole)| **part && !**whole).count();
    assert!(whole.1 == part.1 && all > 500, "no picture of a name: {all} dots");
    lost * 100 <= all
}

#[test]
fn no_letter_of_a_name_is_lost_in_print_under_its_marks() {
    // Each with the same name without its marks, which take no room, and with what was printed when letters were lost.
    for (name, bare, lost) in [
        ("Ива́н Петро́в", "Иван Петров", "Ивн Петрв"),
        ("Mɔ́kɔ́ Lɛ́mbɛ́", "Mɔkɔ Lɛmbɛ", "Mk Lmb"),
        ("Kɔ̀dzó Afɔ̃", "Kɔdzo Afɔ", "Kdzo Af"),
        ("Ма́рия Ко́валь", "Мария Коваль", "Мрия Квль"),
        ("Ŋɔ́ŋɛ̃ Əlá", "Ŋɔŋɛ Əla", "ŊŊ Əla"),
        ("Ἀλέξ̓ανδρ̀ος", "Ἀλέξανδρος", "Ἀλέανδος"),
    ] {
        let (printed, bare) = (ink(name), ink(bare));
        assert!(holds(&printed, &bare), "a letter of {name} is not drawn");
        assert!(
            printed.0.iter().filter(|dot| **dot).count() > bare.0.iter().filter(|dot| **dot).count(),
            "{name}"
        );
        // What was printed before does not pass: the check can fail.
        assert!(!holds(&ink(lost), &bare), "{lost} passes for {name}");
    }
}

#[test]
fn a_letter_that_no_font_has_whole_makes_no_document_and_its_field_is_named() {
    let engine = Engine::new(files(WORDS));
    // The Latin fonts have the mark, another one the letter.
    for (name, what) in
        [("Ա́րամ", "U+0531"), ("ሰላ́ም", "U+120B"), ("दे́वी", "U+0926"), ("สม́ชาย", "U+0E21"), ("ש́מואל", "U+05E9")]
    {
        let fault = engine.pdf(&job(name)).expect_err(name);
        assert_eq!(
            (fault.code(), fault.problems[0].at.as_str()),
            ("render.glyph", "/text"),
            "{name}: {fault:?}"
        );
        assert!(fault.problems[0].cause.contains(what), "{name}: {fault:?}");
        let bare: String = name.chars().filter(|c| *c != '\u{301}').collect();
        engine.pdf(&job(&bare)).unwrap_or_else(|fault| panic!("{bare}: {fault:?}"));
    }
}

/// Letters of these blocks, under each of these marks.
const BLOCKS: [(u32, u32); 5] = [(0x41, 0x5a), (0x61, 0x7a), (0xc0, 0x2af), (0x391, 0x3c9), (0x410, 0x4ff)];
const MARKS: [u32; 16] = [
    0x300, 0x301, 0x302, 0x303, 0x304, 0x306, 0x307, 0x308, 0x30b, 0x30c, 0x323, 0x327, 0x328, 0x331, 0x35f,
    0x361,
];

#[test]
fn every_letter_of_the_latin_greek_and_cyrillic_fonts_is_whole_under_every_mark() {
    let engine = Engine::new(files(WORDS));
    let letters = BLOCKS.iter().flat_map(|(first, last)| *first..=*last).filter_map(char::from_u32);
    let letters: Vec<char> =
        letters.filter(|c| c.is_alphabetic() && engine.pdf(&job(&c.to_string())).is_ok()).collect();
    assert!(letters.len() > 800, "{}", letters.len());
    for mark in MARKS.into_iter().filter_map(char::from_u32) {
        let words: Vec<String> = letters.iter().map(|letter| format!("{letter}{mark}")).collect();
        engine
            .pdf(&job(&words.join(" ")))
            .unwrap_or_else(|fault| panic!("U+{:04X}: {fault:?}", u32::from(mark)));
    }
}
