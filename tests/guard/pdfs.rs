//! What one look at a PDF finds: PDFs made here by hand, sound, broken in one way each, and hostile.

use crate::support::broken;
use crate::support::office::PROGRAM;
use crate::support::tools::{command, run};
use despatch_documents::inspect::{Active, Inspection, Reading};
use despatch_guards::Outcome;
use despatch_guards::attachment;
use despatch_letters::render::pool::{Pool, TIME_LIMIT};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

pub(super) fn inspect(pdf: &[u8]) -> Inspection {
    let pool = Pool::start(Path::new(PROGRAM), &BTreeMap::new(), 1, TIME_LIMIT).expect("a pool");
    pool.inspect(pdf).expect("an inspection")
}

/// A PDF whose catalogue, page and font say this besides, whose content is `content`, and with these objects from 6 on.
fn pdf(catalogue: &str, page: &str, content: &str, more: &[&str]) -> Vec<u8> {
    let stream = format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len());
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {catalogue} >>"),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
             /Resources << /Font << /F 5 0 R >> /XObject << /I 6 0 R >> >> {page} >>"
        ),
        stream,
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    objects.extend(more.iter().map(|object| (*object).to_owned()));
    file(&objects)
}

/// A PDF of these objects, numbered from 1 on; the first is its catalogue.
pub(super) fn file(objects: &[String]) -> Vec<u8> {
    let mut text = "%PDF-1.7\n".to_owned();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(text.len());
        writeln!(text, "{} 0 obj\n{object}\nendobj", index + 1).unwrap();
    }
    let table = text.len();
    writeln!(text, "xref\n0 {}\n0000000000 65535 f ", objects.len() + 1).unwrap();
    for offset in offsets {
        writeln!(text, "{offset:010} 00000 n ").unwrap();
    }
    write!(text, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1)
        .unwrap();
    text.into_bytes()
}

fn shown(content: &str) -> String {
    let found = inspect(&pdf("", "", content, &[]));
    found.texts.into_iter().map(|page| page.text).collect()
}

/// What the catalogue says, what the page says, an object of its own, and what is found.
type Acting = (&'static str, &'static str, &'static str, &'static [&'static str], &'static [Active]);

#[rustfmt::skip]
const ACTING: [Acting; 23] = [
    ("at rest", "", "", &[], &[]),
    ("shows a page on opening", "/OpenAction [3 0 R /Fit]", "", &[], &[]),
    ("goes to a page on opening", "/OpenAction << /S /GoTo /D [3 0 R /Fit] >>", "", &[], &[]),
    ("a link to a web page", "", "/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://x.invalid) >> >>]", &[], &[]),
    ("a font that is called so", "", "/Fonts << /AA 5 0 R /JS 5 0 R /EF 5 0 R /JavaScript 5 0 R >>", &[], &[]),
    ("a file with its bytes", "", "", &["<< /Type /Filespec /F (a.txt) /EF << /UF 4 0 R >> >>"], &[Active::EmbeddedFile]),
    ("a script on opening", "/OpenAction << /S /JavaScript /JS (x) >>", "", &[], &[Active::Script, Active::OpenAction]),
    ("a script in an object of its own", "/OpenAction 6 0 R", "", &["<< /S /JavaScript /JS 7 0 R >>", "<< /Length 1 >>\nstream\nx\nendstream"], &[Active::Script, Active::OpenAction]),
    ("scripts by name", "/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (x) >>] >> >>", "", &[], &[Active::Script]),
    ("a page that acts", "", "/AA << /O << /S /Named /N /Print >> >>", &[], &[Active::AdditionalActions]),
    ("opens by printing", "/OpenAction << /S /Named /N /Print >>", "", &[], &[Active::OpenAction]),
    ("starts a program", "", "/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S /Launch /F (a.exe) >> >>]", &[], &[Active::Launch]),
    ("sends a form", "", "/Annots [<< /Subtype /Widget /A << /S /SubmitForm /F (x) >> >>]", &[], &[Active::SubmitForm]),
    ("a file inside", "/Names << /EmbeddedFiles << /Names [(a) 6 0 R] >> >>", "", &["<< /Type /Filespec /F (a.txt) >>"], &[Active::EmbeddedFile]),
    ("a file on a page", "", "/Annots [<< /Subtype /FileAttachment /Rect [0 0 9 9] /FS << /F (a) >> >>]", &[], &[Active::EmbeddedFile]),
    ("a film", "", "/Annots [<< /Subtype /RichMedia /Rect [0 0 9 9] >>]", &[], &[Active::RichMedia]),
    ("an XFA form", "/AcroForm << /Fields [] /XFA (x) >>", "", &[], &[Active::Xfa]),
    ("F31: a stream on the web", "", "", &["<< /Length 1 /F << /FS /URL /F (https://x.invalid/p) >> >>\nstream\nx\nendstream"], &[Active::Elsewhere]),
    ("F31: a stream in a file", "", "", &["<< /Length 1 /F (other.bin) >>\nstream\nx\nendstream"], &[Active::Elsewhere]),
    ("F31: a page of another file", "", "", &["<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Ref << /F (other.pdf) /Page 0 >> /Length 1 >>\nstream\nx\nendstream"], &[Active::Elsewhere]),
    ("F31: a PostScript object", "", "", &["<< /Type /XObject /Subtype /PS /Length 1 >>\nstream\nx\nendstream"], &[Active::PostScript]),
    ("F31: a form that is PostScript", "", "", &["<< /Type /XObject /Subtype /Form /Subtype2 /PS /BBox [0 0 9 9] /Length 1 >>\nstream\nx\nendstream"], &[Active::PostScript]),
    ("names written in another way", "/Open#41ction << /S /Java#53cript /J#53 (x) >>", "", &[], &[Active::Script, Active::OpenAction]),
];

#[test]
fn what_is_in_a_pdf_that_acts_by_itself_is_named() {
    for (what, catalogue, page, more, expected) in ACTING {
        let found = inspect(&pdf(catalogue, page, "", more));
        assert!(found.sound && !found.encrypted, "{what}: {found:?}");
        assert_eq!(found.active, expected.iter().copied().collect::<BTreeSet<_>>(), "{what}");
        assert_eq!(found.pages, Some(1), "{what}");
    }
}

#[test]
fn what_acts_is_found_in_compressed_objects_too() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain.pdf");
    std::fs::write(&plain, pdf("/OpenAction 6 0 R", "", "", &["<< /S /JavaScript /JS (x) >>"])).unwrap();
    let mut qpdf = command("qpdf");
    qpdf.args(["--object-streams=generate", "--compress-streams=y"]);
    let packed = run(qpdf.arg(&plain).arg("-")).unwrap();
    assert!(!packed.windows(10).any(|window| window == b"JavaScript"));
    assert_eq!(inspect(&packed).active, BTreeSet::from([Active::Script, Active::OpenAction]));
}

#[test]
fn a_locked_pdf_is_seen_to_be_locked_with_and_without_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain.pdf");
    std::fs::write(&plain, broken::notice()).unwrap();
    for password in ["", "secret"] {
        for packed in ["--object-streams=disable", "--object-streams=generate"] {
            let mut qpdf = command("qpdf");
            qpdf.args([packed, "--encrypt", password, "owner", "256", "--"]);
            let found = inspect(&run(qpdf.arg(&plain).arg("-")).unwrap());
            assert!(found.encrypted, "{password:?} {packed}");
        }
    }
    assert!(!inspect(&broken::notice()).encrypted);
    let about = pdf("", "", "BT /F 12 Tf 60 700 Td (the /Encrypt entry of a trailer) Tj ET", &[]);
    assert!(!inspect(&about).encrypted);
}

#[test]
fn the_words_of_a_page_are_read_in_their_order() {
    for (what, content, expected) in [
        ("one piece", "BT /F 12 Tf 60 700 Td (Selamawit Quartermaine) Tj ET", "Selamawit Quartermaine"),
        (
            "kerned",
            "BT /F 12 Tf 60 700 Td [(Sela) 20 (mawit) -300 (Quarter) -30 (maine)] TJ ET",
            "Selamawit Quartermaine",
        ),
        (
            "two lines",
            "BT /F 12 Tf 60 700 Td 14 TL (Selamawit) Tj T* (Quartermaine) Tj ET",
            "Selamawit\nQuartermaine",
        ),
        ("two columns", "BT /F 12 Tf 60 700 Td (Name) Tj 200 0 Td (Selamawit) Tj ET", "Name Selamawit"),
        ("drawn twice", "BT /F 12 Tf 2 Tr 60 700 Td (Bold) Tj ET", "Bold"),
        ("letter by letter", "BT /F 12 Tf 60 700 Td (a) Tj 6.7 0 Td (b) Tj ET", "ab"),
        ("outside the page", "BT /F 12 Tf 60 700 Td (in) Tj 0 9000 Td (out) Tj ET", "in\nout"),
    ] {
        assert_eq!(shown(content).trim(), expected, "{what}");
    }
}

#[test]
fn a_picture_of_a_page_is_told_from_its_text() {
    let picture = "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 \
                   /Length 1 >>\nstream\nx\nendstream";
    let scan = inspect(&pdf("", "", "q 500 0 0 800 0 0 cm /I Do Q", &[picture]));
    assert!(scan.texts[0].reading() == Reading::NotRead && scan.texts[0].text.is_empty(), "{scan:?}");
    let layer = "q 500 0 0 800 0 0 cm /I Do Q BT /F 12 Tf 3 Tr 60 700 Td (Selamawit) Tj ET";
    let layer = inspect(&pdf("", "", layer, &[picture]));
    assert!(layer.texts[0].reading() == Reading::NotRead && layer.texts[0].text == "Selamawit", "{layer:?}");
    let words = "The person slept badly and ate little. ".repeat(5);
    let logo = format!("q 50 0 0 50 0 0 cm /I Do Q BT /F 12 Tf 60 700 Td ({words}) Tj ET");
    let letter = inspect(&pdf("", "", &logo, &[picture]));
    assert_eq!(letter.texts[0].reading(), Reading::Read, "{letter:?}");
}

#[test]
fn what_is_no_pdf_or_costs_too_much_is_not_sound() {
    for (what, bytes) in [
        ("nothing", Vec::new()),
        ("a web page", b"<html>%PDF".to_vec()),
        ("a Word file", b"PK\x03\x04word/document.xml".to_vec()),
        ("a first line", b"%PDF-1.7\n%%EOF\n".to_vec()),
    ] {
        let found = inspect(&bytes);
        assert!(!found.sound, "{what}: {found:?}");
    }
    let mut hidden = vec![b' '; 2_000];
    hidden.extend(pdf("", "", "", &[]));
    assert!(!inspect(&hidden).sound, "a PDF behind something else");
    // A stream that unpacks to gigabytes ends the worker, or gives no more than the limit of text.
    let bomb = run(command("python3").args(["-c", BOMB])).unwrap();
    let found = inspect(&bomb);
    let characters: usize = found.texts.iter().map(|page| page.text.len()).sum();
    assert!(characters < 10_000_000, "{characters} characters came back");
}

/// A page whose content is 3 GB of text operators, packed twice.
const BOMB: &str = r#"
import sys, zlib
once = zlib.compress(b"BT /F 12 Tf (x) Tj ET\n" * 5000000, 9)
data = zlib.compress(once * 30, 9)
out = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
out += b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>\nendobj\n"
out += b"4 0 obj\n<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n" % len(data) + data + b"\nendstream\nendobj\n"
out += b"5 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
sys.stdout.buffer.write(out)
"#;

#[test]
fn what_no_page_shows_is_read_too() {
    let note = "/Annots [<< /Subtype /Text /Rect [0 0 9 9] /Contents (a note on Okello) >>]";
    let xmp = "<x:xmpmeta><dc:title>Report on Brandreth</dc:title><d author='Zelie'/></x:xmpmeta>";
    let xmp = format!("<< /Type /Metadata /Subtype /XML /Length {} >>\nstream\n{xmp}\nendstream", xmp.len());
    let field = "<< /FT /Tx /T (name) /V <FEFF00C9006D0069006C> >>";
    let found = inspect(&pdf("", note, "BT /F 12 Tf 60 700 Td (A page) Tj ET", &[&xmp, field]));
    for said in ["a note on Okello", "Report on Brandreth", "Zelie", "Émil"] {
        assert!(found.unseen.contains(said), "{said} is not in {:?}", found.unseen);
    }
    assert!(!found.unseen.contains("A page"), "{:?}", found.unseen);
    assert!(found.texts[0].text.contains("A page"));
}

#[test]
fn what_every_reader_writes_into_a_form_is_text_of_its_page() {
    let page = |notes: &str| format!("/Annots [{notes}]");
    let field = |value: &str| format!("<< /Subtype /Widget /FT /Tx /Rect [60 600 300 620] {value} >>");
    let content = "BT /F 12 Tf 60 700 Td (A form) Tj ET";
    let drawn = "/AP << /N 6 0 R >>";
    let drawing = "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 0 >>\nstream\n\nendstream";
    let parent = "<< /FT /Tx /V (of its parent) >>";
    for (what, catalogue, value, shown) in [
        ("plain", "", "/V (Selamawit)".to_owned(), "Selamawit"),
        ("in UTF-16", "", "/V <FEFF00C9006D0069006C>".to_owned(), "Émil"),
        ("chosen", "", "/FT /Ch /V [(one) (two)]".to_owned(), "one\ntwo"),
        ("of the field that it is a part of", "", "/Parent 7 0 R".to_owned(), "of its parent"),
        ("drawn anew", "/AcroForm << /NeedAppearances true >>", format!("/V (anew) {drawn}"), "anew"),
    ] {
        let found = inspect(&pdf(catalogue, &page(&field(&value)), content, &[drawing, parent]));
        assert!(found.texts[0].text.starts_with("A form\n"), "{what}: {found:?}");
        assert!(found.texts[0].text.contains(shown), "{what}: {found:?}");
    }
    for (what, value) in [
        ("drawn by the file itself", format!("/V (elsewhere) {drawn}")),
        ("hidden", "/F 2 /V (elsewhere)".to_owned()),
        ("on no screen", "/F 32 /V (elsewhere)".to_owned()),
        ("a tick", "/FT /Btn /V /elsewhere".to_owned()),
    ] {
        let found = inspect(&pdf("", &page(&field(&value)), content, &[drawing, parent]));
        assert_eq!(found.texts[0].text.trim(), "A form", "{what}");
    }
    // One that is its own parent ends.
    inspect(&pdf("", &page("6 0 R"), content, &["<< /Subtype /Widget /Parent 6 0 R >>"]));
}

#[test]
fn a_file_that_was_cut_off_is_not_whole_wherever_it_was_cut() {
    let whole = pdf("", "", "BT /F 12 Tf 60 700 Td (A page of words) Tj ET", &[]);
    assert!(!inspect(&whole).is_cut_off);
    assert_eq!(attachment::check(2, &inspect(&whole)).outcome, Outcome::Passed);
    for at in (10..whole.len() - 6).step_by(31) {
        let check = attachment::check(2, &inspect(&whole[..at]));
        assert_eq!(check.outcome, Outcome::Stops, "cut at {at}: {}", check.evidence);
    }
}

#[test]
fn a_file_with_something_before_or_behind_the_pdf_is_two_files() {
    let one = pdf("", "", "", &[]);
    let with = |front: &[u8], back: &[u8]| [front, &one, back].concat();
    for (what, bytes, expected) in [
        ("alone", with(b"", b""), false),
        ("with blank lines", with(b"\xef\xbb\xbf\r\n", b"\r\n\0\0"), false),
        ("behind a web page", with(b"<html></html>\n", b""), true),
        ("before an archive", with(b"", b"PK\x05\x06"), true),
    ] {
        assert_eq!(inspect(&bytes).is_two_files, expected, "{what}");
    }
}
