//! Enters: PDFs of ours and of others. Leaves: the proof that stock readers open the locked ones with the password
//! alone, that they show what they showed, and that what cannot be locked is refused and never given back in clear.

use super::pages::{catalogue, encrypted, hostile_pdfs, page, pdf, tree};
use super::{LETTER, LIMIT, PROGRAM, files, job};
use crate::support::broken;
use crate::support::office::{DemoOffice, REVIEWER, paper};
use crate::support::tools::{command, output, run, run_with};
use despatch_app::pipeline::examples;
use despatch_letters::catalogue::Catalogue;
use despatch_letters::render::pool::{Pool, TIME_LIMIT};
use despatch_testing::swap::Swap;
use flate2::read::ZlibDecoder;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Short, because the programs of poppler (not its library) cut a password off after 32 characters.
const PASSWORD: &str = "otter-music-castle-velvet";
/// As long as ours are.
const NINE: &str = "otter-music-castle-velvet-piano-amber-kettle-north-biscuit";

pub(super) fn pool() -> Pool {
    Pool::start(Path::new(PROGRAM), &files(LETTER), 1, TIME_LIMIT).unwrap()
}

/// A PDF in a file, and the words by which a poppler program or qpdf is given its password.
pub(super) struct OnDisk {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl OnDisk {
    pub(super) fn new(bytes: &[u8]) -> OnDisk {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("document.pdf");
        fs::write(&path, bytes).unwrap();
        OnDisk { _folder: folder, path }
    }

    pub(super) fn poppler(
        &self,
        program: &str,
        words: &[&str],
        password: Option<&str>,
    ) -> Result<Vec<u8>, String> {
        let mut program = command(program);
        program.args(words);
        if let Some(password) = password {
            program.args(["-upw", password]);
        }
        program.arg(&self.path);
        if words.contains(&"-layout") {
            program.arg("-");
        }
        run(&mut program)
    }

    fn qpdf(&self, words: &[&str], password: &str) -> Result<String, String> {
        let mut qpdf = command("qpdf");
        qpdf.arg(format!("--password={password}")).args(words).arg(&self.path);
        run(&mut qpdf).map(|said| String::from_utf8_lossy(&said).into_owned())
    }
}

/// What a reader sees of a PDF: its words, its pictures, its tags, and what it says of itself.
fn seen(pdf: &OnDisk, password: Option<&str>) -> Result<[Vec<u8>; 4], String> {
    Ok([
        pdf.poppler("pdftotext", &["-layout", "-enc", "UTF-8"], password)?,
        pdf.poppler("pdftoppm", &["-r", "40", "-gray"], password)?,
        unchanged(&pdf.poppler("pdfinfo", &["-struct-text"], password)?),
        unchanged(&pdf.poppler("pdfinfo", &["-isodates"], password)?),
    ])
}

/// Without the lines about what locking changes: the size, the lock, the version, and the numbers of objects. The
/// attributes of a tag, which have no order, stand in alphabetical order.
fn unchanged(said: &[u8]) -> Vec<u8> {
    const CHANGED: [&str; 6] =
        ["File size:", "Encrypted:", "PDF version:", "PDF subtype:", "Optimized:", "Object "];
    let said = String::from_utf8_lossy(said);
    let mut lines: Vec<&str> =
        said.lines().filter(|line| !CHANGED.iter().any(|name| line.trim_start().starts_with(name))).collect();
    let attribute = |line: &&str| line.trim_start().starts_with('/');
    lines.chunk_by_mut(|a, b| attribute(a) && attribute(b)).for_each(<[&str]>::sort_unstable);
    lines.join("\n").into_bytes()
}

/// Fails the test unless readers see the same of both, with the password alone, and qpdf finds the lock as it must be.
#[track_caller]
fn reads_as_before(what: &str, plain: &[u8], locked: &[u8]) {
    let (plain, locked) = (OnDisk::new(plain), OnDisk::new(locked));
    let [before, after] = [seen(&plain, None).unwrap(), seen(&locked, Some(PASSWORD)).unwrap()];
    for (at, aspect) in ["words", "pictures", "tags", "what it says of itself"].iter().enumerate() {
        assert!(before[at] == after[at], "{what}: {aspect} differ");
    }
    let said = locked.qpdf(&["--check", "--show-encryption"], PASSWORD).unwrap();
    for due in [
        "R = 6\n",
        "Supplied password is user password\n",
        "extract for accessibility: allowed\n",
        "extract for any purpose: allowed\n",
        "print high resolution: allowed\n",
        "modify anything: not allowed\n",
        "modify document assembly: not allowed\n",
        "stream encryption method: AESv3\n",
        "string encryption method: AESv3\n",
        "file encryption method: AESv3\n",
        "No syntax or stream encoding errors found",
    ] {
        assert!(said.contains(due), "{what}: {due:?} is not in {said}");
    }
    let is_encrypted = output(command("qpdf").arg("--is-encrypted").arg(&locked.path), &[]);
    assert_eq!(is_encrypted.code, Some(0), "{what}");
    for wrong in ["", "Otter-music-castle-velvet", "otter music castle velvet"] {
        assert!(locked.qpdf(&["--check"], wrong).is_err(), "{what}: {wrong:?} opens it");
        assert!(seen(&locked, Some(wrong)).is_err(), "{what}: {wrong:?} shows it");
    }
}

/// One document of each kind, recipient and name in the demo office, as its recipient gets it.
pub(super) fn documents_of_the_demo() -> BTreeMap<String, Vec<u8>> {
    let office = DemoOffice::new();
    let (mut kinds, mut documents) = (BTreeSet::new(), BTreeMap::new());
    for despatch in office.despatches() {
        let (id, planned) = (despatch["id"].as_str().unwrap(), &despatch["planned"]);
        if !kinds.insert(planned["kind"].to_string()) {
            continue;
        }
        let to = office.dir.join("opened").join(id);
        office.run_as(REVIEWER, &["outbox", "open", id, "--to", to.to_str().unwrap()]).expect(0);
        for file in fs::read_dir(to).unwrap().map(|file| file.unwrap().path()) {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            if name.ends_with(".pdf") {
                documents.insert(format!("{}/{name}", planned["kind"]), fs::read(file).unwrap());
            }
        }
    }
    documents
}

#[test]
fn every_document_of_the_demo_reads_as_before_once_locked() {
    let pool = pool();
    let documents = documents_of_the_demo();
    assert!(documents.len() > 15, "{:?}", documents.keys());
    for (name, plain) in documents {
        let locked = pool.lock_pdf(&plain, PASSWORD).unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        reads_as_before(&name, &plain, &locked);
        assert!(locked.len() < plain.len() * 11 / 10, "{name}: {} of {}", locked.len(), plain.len());
    }
}

/// The invitation to somebody of this name.
fn invitation(catalogue: &Catalogue, pool: &Pool, name: &str) -> Vec<u8> {
    let kind = catalogue.kind(&"invitation".parse().unwrap()).unwrap();
    let (path, mut data) = catalogue.examples(&kind.name).next().unwrap();
    data["person"]["name"] = serde_json::json!(name);
    let job =
        examples::job(kind, "letter.typ", path, &data, despatch_app::pipeline::examples::Print::AsGiven);
    pool.render(&job).unwrap()
}

#[test]
fn letters_with_names_from_right_to_left_read_as_before_once_locked() {
    let catalogue = Catalogue::load(None).unwrap();
    let pool = Pool::start(Path::new(PROGRAM), &catalogue.files(), 1, TIME_LIMIT).unwrap();
    for name in ["محمد عبد الرحمن النموذجي", "אברהם בן־דוד", "ئاسۆ عەبدوڵڵا", "陈小明"]
    {
        let plain = invitation(&catalogue, &pool, name);
        let locked = pool.lock_pdf(&plain, PASSWORD).unwrap();
        reads_as_before(name, &plain, &locked);
    }
}

/// The bytes of a PDF, and of each stream in it that inflates.
fn everything_readable(pdf: &[u8]) -> Vec<Vec<u8>> {
    const BEGIN: &[u8] = b"stream\n";
    let mut all = vec![pdf.to_vec()];
    for at in 0..pdf.len().saturating_sub(BEGIN.len()) {
        if pdf[at..].starts_with(BEGIN) {
            let mut inflated = Vec::new();
            // What is encrypted is no zlib stream, and gives nothing.
            let _ = ZlibDecoder::new(&pdf[at + BEGIN.len()..]).read_to_end(&mut inflated);
            all.push(inflated);
        }
    }
    all
}

/// A text as it may stand in a PDF: plain, in UTF-16, and both in hex.
fn guises(text: &str) -> Vec<Vec<u8>> {
    let plain = text.as_bytes().to_vec();
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes();
    let upper = |bytes: &[u8]| hex(bytes).to_ascii_uppercase();
    vec![hex(&plain), upper(&plain), hex(&wide), upper(&wide), plain, wide]
}

pub(super) fn finds(pdf: &[u8], text: &str) -> bool {
    let guises = guises(text);
    everything_readable(pdf)
        .iter()
        .any(|bytes| guises.iter().any(|guise| bytes.windows(guise.len()).any(|window| window == *guise)))
}

#[test]
fn nothing_of_a_letter_is_left_in_clear() {
    let pool = pool();
    let plain = pool.render(&job("Quartermaine")).unwrap();
    let locked = pool.lock_pdf(&plain, PASSWORD).unwrap();
    // Title, author, keywords and language of the document stand in clear in the letter itself.
    for text in
        ["A letter", "Detained Medical Reports Team", "EMR-2026-0142", "en-GB", "StructElem", "xmpmeta"]
    {
        assert!(finds(&plain, text), "the search does not find {text:?} where it is");
        assert!(!finds(&locked, text), "{text:?} is left in clear");
    }
    let foreign = everything_in_one();
    let locked = pool.lock_pdf(&foreign, PASSWORD).unwrap();
    for text in ["in clear", "a note", "stream's own", "annotation", "Spare part", PASSWORD] {
        assert_eq!(finds(&foreign, text), text != PASSWORD, "{text:?}");
        assert!(!finds(&locked, text), "{text:?} is left in clear");
    }
}

#[test]
fn a_pdf_that_only_speaks_of_locks_is_locked_like_any_other() {
    let about = paper!("the /Encrypt entry of a trailer");
    let locked = pool().lock_pdf(about, PASSWORD).unwrap();
    let said = OnDisk::new(&locked).poppler("pdftotext", &["-layout"], Some(PASSWORD)).unwrap();
    assert!(String::from_utf8_lossy(&said).contains("the /Encrypt entry of a trailer"), "{said:?}");
}

#[test]
fn two_lockings_of_one_letter_have_nothing_in_common() {
    let pool = pool();
    let plain = pool.render(&job("Quartermaine")).unwrap();
    let [one, other] = [(); 2].map(|()| pool.lock_pdf(&plain, PASSWORD).unwrap());
    // The head, and the table of objects at the end, are in clear and the same.
    let table = one.windows(9).rposition(|word| word == b"startxref").unwrap();
    let begin: usize = std::str::from_utf8(&one[table + 10..one.len() - 7]).unwrap().trim().parse().unwrap();
    let runs: BTreeSet<&[u8]> = one[16..begin].windows(16).collect();
    // What frames a stream is in clear: a run that is that and a byte or two of the secret may recur by chance.
    let is_secret = |window: &&[u8]| window.iter().filter(|byte| !byte.is_ascii()).count() >= 6;
    let shared =
        other[16..begin].windows(16).filter(is_secret).filter(|window| runs.contains(window)).count();
    assert_eq!(shared, 0, "blocks recur");
}

/// A PDF with what makers of PDFs do: values of each kind, an annotation, strings in a stream's dictionary, lengths
/// that stand elsewhere, signs that have to be escaped, and an object that nothing leads to.
pub(super) fn everything_in_one() -> Vec<u8> {
    let content = "BT /F1 24 Tf 72 700 Td (Words that stand in clear) Tj ET";
    pdf(&[
        "<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) /PageLabels << /Nums [0 << /P (a note \\(1\\)\\\\) >>] >> >>"
            .to_owned(),
        tree("3 0 R", 1),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595.276 841.89] /Contents 4 0 R /Annots [6 0 R]
         /Resources << /Font << /F1 7 0 R >> >> /Odd#20name [null true false -7 .5 -0.25 4. 12345678901] >>"
            .to_owned(),
        format!("<< /Length 5 0 R /Made (a stream's own words) >>\nstream\n{content}\nendstream"),
        content.len().to_string(),
        "<< /Type /Annot /Subtype /Text /Rect [10 10 30 30] /Contents <616E6E6F746174696F6E0D0A> >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        "(Spare part of an earlier version)".to_owned(),
    ])
}

#[test]
fn a_pdf_of_another_maker_keeps_every_value_and_loses_what_nothing_leads_to() {
    let plain = everything_in_one();
    let locked = pool().lock_pdf(&plain, PASSWORD).unwrap();
    reads_as_before("foreign", &plain, &locked);
    let unlocked = OnDisk::new(&locked).qpdf(&["--json=2"], PASSWORD).unwrap();
    let json: serde_json::Value = serde_json::from_str(&unlocked).unwrap();
    let objects: Vec<&serde_json::Value> = json["qpdf"][1].as_object().unwrap().values().collect();
    let with = |key: &str| {
        let dicts = objects.iter().map(|object| {
            if object["stream"].is_object() { &object["stream"]["dict"] } else { &object["value"] }
        });
        let found: Vec<_> = dicts.filter_map(|dict| dict.get(key)).collect();
        assert_eq!(found.len(), 1, "{key}");
        found[0].clone()
    };
    let odd = serde_json::json!([null, true, false, -7, 0.5, -0.25, 4, 12_345_678_901_i64]);
    assert_eq!(with("/Odd name"), odd);
    assert_eq!(with("/Made"), "u:a stream's own words");
    assert_eq!(with("/PageLabels")["/Nums"][1]["/P"], "u:a note (1)\\");
    assert_eq!(with("/Extensions")["/ADBE"]["/ExtensionLevel"], 8);
    let annotation = objects.iter().find(|object| object["value"]["/Type"] == "/Annot").unwrap();
    assert_eq!(annotation["value"]["/Contents"], "u:annotation\r\n");
    assert!(!unlocked.contains("Spare part"));
}

#[test]
fn a_locked_letter_says_that_it_is_accessible_and_no_longer_that_it_is_archival() {
    let pool = pool();
    let letter = pool.render(&job("Quartermaine")).unwrap();
    let says = |pdf: &[u8], mark: &str| String::from_utf8_lossy(pdf).contains(mark);
    assert!(says(&letter, "<pdfaid:part>2</pdfaid:part>") && says(&letter, "<pdfuaid:part>1</pdfuaid:part>"));
    let file = OnDisk::new(&pool.lock_pdf(&letter, PASSWORD).unwrap());
    let mut qpdf = command("qpdf");
    qpdf.arg(format!("--password={PASSWORD}")).args(["--decrypt", "--stream-data=uncompress"]);
    let unlocked = run(qpdf.arg(&file.path).arg("-")).unwrap();
    assert!(says(&unlocked, "<pdfuaid:part>1</pdfuaid:part>"));
    assert!(!says(&unlocked, "pdfaid:part") && !says(&unlocked, "pdfaid:conformance"));
    // Its metadata is still sound XML.
    let xmp = String::from_utf8_lossy(&unlocked).into_owned();
    let xmp = &xmp[xmp.find("<x:xmpmeta").unwrap()..xmp.find("</x:xmpmeta>").unwrap() + "</x:xmpmeta>".len()];
    let script = "import sys, xml.dom.minidom; xml.dom.minidom.parseString(sys.stdin.buffer.read())";
    run_with(command("python3").args(["-c", script]), xmp.as_bytes()).unwrap();
}

#[test]
fn the_readers_of_edge_and_of_mupdf_open_it_with_nine_words_and_find_it_tagged() {
    let pool = pool();
    let locked = pool.lock_pdf(&pool.render(&job("Quartermaine")).unwrap(), NINE).unwrap();
    let file = OnDisk::new(&locked);
    file.qpdf(&["--check"], NINE).unwrap();
    let script = "import pymupdf, pypdfium2, pypdfium2.raw as pdfium, sys
path, password = sys.argv[1:]
with pymupdf.open(path) as document:
    assert document.needs_pass and not document.authenticate('otter')
    assert document.authenticate(password) == 2, 'the user password'
    print(document[0].get_text(), document.metadata['encryption'], document.metadata['title'])
for wrong in [None, 'otter', password + '-x']:
    try:
        pypdfium2.PdfDocument(path, password=wrong)
    except pypdfium2.PdfiumError as error:
        assert 'password' in str(error).lower(), error
    else:
        sys.exit(f'{wrong} opens it')
document = pypdfium2.PdfDocument(path, password=password)
assert pdfium.FPDFCatalog_IsTagged(document)
may = pdfium.FPDF_GetDocPermissions(document)
print(document[0].get_textpage().get_text_bounded(), [bool(may >> bit - 1 & 1) for bit in (3, 4, 10)])";
    let said = run(command("python3").args(["-c", script]).arg(&file.path).arg(NINE)).unwrap();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert_eq!(said.matches("Quartermaine").count(), 2, "{said}");
    for due in ["R6 256-bit AES", "A letter", "[True, False, True]"] {
        assert!(said.contains(due), "{due}: {said}");
    }
}

#[test]
fn what_cannot_be_locked_is_refused_with_a_reason_and_the_next_letter_is_locked() {
    let pool = pool();
    let letter = pool.render(&job("Quartermaine")).unwrap();
    let locked = pool.lock_pdf(&letter, PASSWORD).unwrap();
    let missing = pdf(&[catalogue(), tree("3 0 R", 1), page(2).swapped(">>", "/Contents 9 0 R >>")]);
    let exempt = pdf(&[
        catalogue(),
        tree("3 0 R", 1),
        page(2).swapped(">>", "/Contents 4 0 R >>"),
        "<< /Length 3 /Filter [/Crypt] >>\nstream\nabc\nendstream".to_owned(),
    ]);
    for (what, bytes, reason) in [
        ("with a password", encrypted("secret").as_slice(), "encrypted"),
        ("restricted only", &encrypted(""), "encrypted"),
        ("locked before", &locked, "encrypted"),
        ("empty", b"", "damaged"),
        ("a web page", b"<html><body>Not a PDF</body></html>", "damaged"),
        ("cut in the middle", &letter[..letter.len() / 2], "damaged"),
        ("without its beginning", &letter[letter.len() / 2..], "damaged"),
        ("no page", &pdf(&[catalogue(), tree("", 0)]), "damaged"),
        ("a missing part", &missing, "damaged"),
        ("a part that must not be encrypted", &exempt, "must not"),
    ] {
        let fault = pool.lock_pdf(bytes, PASSWORD).expect_err(what);
        assert_eq!(fault.code(), "render.lock", "{what}");
        assert!(fault.problems[0].cause.contains(reason), "{what}: {}", fault.problems[0].cause);
    }
    let long = "a".repeat(128);
    for password in ["", "zoë", "a\tb", "a\nb", &long] {
        let fault = pool.lock_pdf(&letter, password).expect_err(password);
        assert!(fault.problems[0].cause.contains("password"), "{password}");
    }
    assert!(pool.lock_pdf(&letter, PASSWORD).is_ok());
}

#[test]
fn a_harmful_or_huge_pdf_harms_its_worker_alone() {
    let pool = Pool::start(Path::new(PROGRAM), &files(LETTER), 1, LIMIT).unwrap();
    let letter = pool.render(&job("Quartermaine")).unwrap();
    let deep = pdf(&[
        catalogue(),
        tree("3 0 R", 1),
        page(2).swapped(">>", &format!("/Deep {}{} >>", "[".repeat(100_000), "]".repeat(100_000))),
    ]);
    let mut huge = broken::notice();
    huge.resize(80 << 20, b' ');
    let harmful = hostile_pdfs().into_iter().chain([("deep values", deep), ("80 MiB", huge)]);
    for (what, bytes) in harmful {
        let fault = pool.lock_pdf(&bytes, PASSWORD).expect_err(what);
        let codes = ["render.lock", "render.crashed", "render.timeout"];
        assert!(codes.contains(&fault.code()), "{what}: {}", fault.code());
        assert!(pool.lock_pdf(&letter, PASSWORD).is_ok(), "{what}");
    }
}
