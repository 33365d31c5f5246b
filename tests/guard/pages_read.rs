//! How much of a page is read: fonts that are drawings, letters that stand apart, fonts that say nothing or the same of
//! every glyph, words drawn as shapes, a scan under some printed letters. PDFs made here by hand.

use super::pdfs::{file, inspect};
use despatch_documents::inspect::{PageText, Reading};
use std::fmt::Write as _;

const NAME: &str = "selamawit quartermaine";
/// Words enough for a page, in small letters.
const WORDS: &str = "the person slept badly and ate little and was seen in person";

/// What a font that is drawn says of its glyphs.
enum Says {
    /// Each is its own letter.
    Letters,
    Nothing,
    /// Each is this one.
    Always(char),
}

/// A page with this content in two fonts: `/F`, Helvetica, and `/D`, whose small letters are boxes that are drawn, 500 wide
/// and 700 high in a thousand, or in `units` of a font that counts in pixels.
fn page(content: &str, says: &Says, unit: f64) -> PageText {
    let letters = ('a'..='z').map(|letter| format!("/{letter} 7 0 R")).collect::<Vec<_>>().join(" ");
    let matrix = 0.001 / unit;
    let (wide, high, step) = (500.0 * unit, 700.0 * unit, 600.0 * unit);
    let names = ('a'..='z').map(|letter| format!("/{letter}")).collect::<Vec<_>>().join(" ");
    let widths = format!("{} {}", 300.0 * unit, format!("{step} ").repeat(90));
    let to_unicode = match says {
        Says::Nothing => "",
        _ => "/ToUnicode 9 0 R",
    };
    let map = match says {
        Says::Always(letter) => (0x20..=0x7a).fold(String::new(), |mut map, code| {
            let _ = writeln!(map, "<{code:02x}> <{code:02x}> <{:04x}>", u32::from(*letter));
            map
        }),
        _ => "<20> <7a> <0020>\n".to_owned(),
    };
    let cmap = format!(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /M def /CMapType 2 def\n\
         1 begincodespacerange <00> <ff> endcodespacerange\n{} beginbfrange\n{map}endbfrange\n\
         endcmap end end",
        map.lines().count()
    );
    let stream = |content: &str| format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len());
    let drawn = format!(
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 {wide} {high}] /FontMatrix [{matrix} 0 0 {matrix} 0 0] \
         /FirstChar 32 /LastChar 122 /Widths [{widths}] /Encoding << /Type /Encoding /Differences [32 /space 97 {names}] >> \
         /CharProcs << /space 8 0 R {letters} >> /Resources << >> {to_unicode} >>"
    );
    let found = inspect(&file(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F 5 0 R /D 6 0 R >> /XObject << /I 10 0 R >> >> >>"
            .to_owned(),
        stream(content),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        drawn,
        stream(&format!("{step} 0 0 0 {wide} {high} d1 0 0 {wide} {high} re f")),
        stream(&format!("{} 0 0 0 0 0 d1", 300.0 * unit)),
        stream(&cmap),
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\n\
         stream\nx\nendstream"
            .to_owned(),
    ]));
    found.texts.into_iter().next().expect("a page")
}

/// The words with a gap in place of each space.
fn with_gaps(words: &str, gap: f64) -> String {
    format!("[({})] TJ", words.replace(' ', &format!(") -{gap} (")))
}

#[test]
fn words_in_a_font_that_is_drawn_are_words() {
    for (what, content, unit) in [
        ("spaces are glyphs", format!("BT /D 12 Tf 60 700 Td ({NAME}) Tj ET"), 1.0),
        ("spaces are gaps", format!("BT /D 12 Tf 60 700 Td {} ET", with_gaps(NAME, 300.0)), 1.0),
        // As a program that sets TeX writes it: the font counts in pixels, and its size is that of one.
        ("pixels", format!("BT /D 0.12 Tf 60 700 Td {} ET", with_gaps(NAME, 30_000.0)), 0.01),
        ("one letter a piece", letter_by_letter("D", NAME, 7.2), 1.0),
    ] {
        let read = page(&content, &Says::Letters, unit);
        assert_eq!(read.text.trim(), NAME, "{what}");
        assert_eq!(read.reading(), Reading::Read, "{what}: {read:?}");
    }
}

/// Each letter at a place of its own, `step` points after the one before; a space is a gap.
fn letter_by_letter(font: &str, words: &str, step: f64) -> String {
    let mut content = format!("BT /{font} 12 Tf 60 700 Td");
    let mut skipped = 0.0;
    for letter in words.chars() {
        if letter != ' ' {
            let _ = write!(content, " {skipped} 0 Td ({letter}) Tj");
            skipped = 0.0;
        }
        skipped += step;
    }
    content + " ET"
}

#[test]
fn letters_that_are_spaced_out_are_words() {
    for (what, content) in [
        ("by the state of the text", format!("BT /F 12 Tf 3 Tc 60 700 Td ({NAME}) Tj ET")),
        ("by a hair more than a space", format!("BT /F 12 Tf 2 Tc 60 700 Td ({NAME}) Tj ET")),
        ("widely", format!("BT /F 12 Tf 9 Tc 60 700 Td ({NAME}) Tj ET")),
        ("each at its place", letter_by_letter("F", NAME, 12.0)),
        ("a drawn font", format!("BT /D 12 Tf 3 Tc 60 700 Td ({NAME}) Tj ET")),
    ] {
        let read = page(&content, &Says::Letters, 1.0);
        assert_eq!(read.text.trim(), NAME, "{what}");
    }
    // What is no spaced word stays apart: columns, and words with spaces as wide as any.
    let table = "BT /F 12 Tf 60 700 Td (a) Tj 60 0 Td (b) Tj 60 0 Td (c) Tj 60 0 Td (d) Tj 60 0 Td (e) Tj 60 0 Td (f) Tj \
                 60 0 Td (g) Tj 60 0 Td (h) Tj ET";
    assert_eq!(page(table, &Says::Letters, 1.0).text.trim(), "a b c d e f g h");
}

#[test]
fn a_page_whose_letters_say_nothing_or_all_the_same_is_not_read() {
    let content = format!("BT /D 12 Tf 60 700 Td ({WORDS}) Tj ET");
    assert_eq!(page(&content, &Says::Letters, 1.0).reading(), Reading::Read);
    for (what, says) in [
        ("nothing", Says::Nothing),
        ("a space", Says::Always(' ')),
        ("a private sign", Says::Always('\u{e001}')),
        ("a control", Says::Always('\u{3}')),
        ("the same letter", Says::Always('a')),
    ] {
        let read = page(&content, &says, 1.0);
        assert_eq!(read.reading(), Reading::NotRead, "{what}: {read:?}");
    }
}

#[test]
fn a_page_of_letters_that_stand_alone_is_not_read() {
    let apart: String = WORDS.chars().filter(|c| *c != ' ').flat_map(|c| [c, ' ']).collect();
    let read = page(&format!("BT /F 12 Tf 60 700 Td ({apart}) Tj ET"), &Says::Letters, 1.0);
    assert_eq!(read.reading(), Reading::NotRead, "{read:?}");
    // Beside words it is part of the page.
    let beside =
        format!("BT /F 12 Tf 60 700 Td 14 TL ({apart}) Tj T* ({}) Tj ET", format!("{WORDS} ").repeat(2));
    assert_eq!(page(&beside, &Says::Letters, 1.0).reading(), Reading::Partly);
    // A form with options and ticks, and a table of numbers, are read.
    for words in ["A Yes B No C Not known ", "1 2 3 4 5 6 7 8 9 10 11 12 "] {
        let read = page(&format!("BT /F 12 Tf 60 700 Td ({}) Tj ET", words.repeat(8)), &Says::Letters, 1.0);
        assert_eq!(read.reading(), Reading::Read, "{words}");
    }
}

#[test]
fn words_that_are_shapes_or_a_scan_under_some_letters_are_not_read() {
    let few = format!("BT /F 12 Tf 60 700 Td ({NAME} page 2 of 3) Tj ET");
    let mut shapes = String::new();
    for number in 0..400 {
        let (x, y) = (60 + number % 40 * 12, 600 - number / 40 * 16);
        let _ = write!(shapes, " {x} {y} m {x} {} {} {} {} {y} c h f", y + 8, x + 6, y + 8, x + 6);
    }
    let scan = "q 595 0 0 842 0 0 cm /I Do Q";
    let strips: String = (0..60).map(|strip| format!(" q 595 0 0 14 0 {} cm /I Do Q", strip * 14)).collect();
    for (what, content) in [
        ("shapes", format!("{few}{shapes}")),
        ("a scan", format!("{scan} {few}")),
        ("a scan in strips", format!("{strips} {few}")),
    ] {
        let read = page(&content, &Says::Letters, 1.0);
        assert_eq!(read.reading(), Reading::NotRead, "{what}: {read:?}");
    }
    assert_eq!(page(&few, &Says::Letters, 1.0).reading(), Reading::Read);
}
