//! Enters: the bytes of a PDF. Leaves: what outloud, page-validation, qpdf, poppler and pdfium say about it, and our own
//! structural tests for PDF/A.
//! Never: keeps a file; what these programs read is in a temporary folder that is removed.

use super::tools::{command, output, run, run_with};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// One finding of outloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its rule, as named by `outloud --list-rules`; `unreadable` if the file could not be opened.
    pub rule: String,
    pub message: String,
}

/// The findings of outloud in one PDF: PDF/UA-1, and other obstacles for readers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    pub errors: Vec<Finding>,
    pub warnings: Vec<Finding>,
}

impl Findings {
    /// Whether there is neither an error nor a warning.
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty() && self.warnings.is_empty()
    }
}

/// Runs outloud on one PDF.
pub fn outloud(pdf: &[u8]) -> Findings {
    outloud_each(&[pdf]).remove(0)
}

/// Runs outloud on several PDFs, in their order, with a single start of Python.
///
/// # Panics
/// If outloud does not answer as its version 0.2 does.
pub fn outloud_each<B: AsRef<[u8]>>(pdfs: &[B]) -> Vec<Findings> {
    let folder = TempDir::new().expect("a temporary folder");
    let mut outloud = command("outloud");
    outloud.args(["--quiet", "--json", "-"]);
    outloud.args(written(&folder, pdfs));
    // Its exit code only repeats the findings.
    let done = output(&mut outloud, &[]);
    let report: Value = serde_json::from_slice(&done.stdout)
        .unwrap_or_else(|error| panic!("outloud gave no report: {error}\n{}", done.stderr));
    let results = report["results"].as_array().expect("a list of results");
    assert_eq!(results.len(), pdfs.len(), "outloud left a file out");
    results.iter().map(findings).collect()
}

fn findings(result: &Value) -> Findings {
    let mut found = Findings::default();
    if let Some(reason) = result["error"].as_str() {
        found.errors.push(Finding { rule: "unreadable".into(), message: reason.into() });
    }
    for finding in result["findings"].as_array().into_iter().flatten() {
        let list = match finding["severity"].as_str() {
            Some("error") => &mut found.errors,
            Some("warning") => &mut found.warnings,
            _ => continue,
        };
        list.push(Finding {
            rule: finding["rule"].as_str().unwrap_or_default().into(),
            message: finding["message"].as_str().unwrap_or_default().into(),
        });
    }
    found
}

/// Asks page-validation of each file whether it is PDF/A-2a and PDF/UA-1, and prints what it found in each.
const VALIDATE: &str = r#"
import json, page, sys

def faults(path):
    with open(path, "rb") as file:
        pdf = file.read()
    found = []
    for profile in ("2a", "ua1"):
        try:
            found += [f"{one.rule_id}: {one.message}" for one in page.validate_pdf_bytes(pdf, profile=profile).failures]
        except page.PageError as error:
            found.append(f"unreadable: {error}")
    # It takes a carriage return at the end of a stream's data for a part of the line end that follows.
    if b"\r\nendstream" in pdf:
        found = [one for one in found if "-STREAM-LENGTH-" not in one]
    return found

print(json.dumps([faults(path) for path in sys.argv[1:]]))
"#;

/// Checks several PDFs against PDF/A-2a and PDF/UA-1 with page-validation, a second program that shares nothing with
/// outloud, in their order and with a single start of Python. Returns the faults of each.
///
/// # Panics
/// If it does not answer as its version 0.11 does.
pub fn validated_each<B: AsRef<[u8]>>(pdfs: &[B]) -> Vec<Vec<String>> {
    let folder = TempDir::new().expect("a temporary folder");
    let mut python = command("python3");
    python.args(["-c", VALIDATE]).args(written(&folder, pdfs));
    let report = run(&mut python).unwrap_or_else(|reason| panic!("page-validation gave no report: {reason}"));
    let faults: Vec<Vec<String>> = serde_json::from_slice(&report).expect("a list of lists of faults");
    assert_eq!(faults.len(), pdfs.len(), "page-validation left a file out");
    faults
}

/// Fails the test with everything that any checker finds in any of these, by their names.
///
/// # Panics
/// If one of them is not sound, or not accessible.
pub fn all_sound(pdfs: &BTreeMap<String, Vec<u8>>) {
    let mut faults = Vec::new();
    let bytes: Vec<&Vec<u8>> = pdfs.values().collect();
    for (name, found) in pdfs.keys().zip(validated_each(&bytes)) {
        faults.extend(found.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    for ((name, pdf), found) in pdfs.iter().zip(outloud_each(&bytes)) {
        if !found.is_clean() {
            faults.push(format!("{name}: {found:?}"));
        }
        faults.extend(structure(pdf).into_iter().map(|fault| format!("{name}: {fault}")));
        faults.extend(qpdf_check(pdf).err().map(|why| format!("{name}: {why}")));
    }
    assert!(faults.is_empty(), "{} of {} PDFs:\n{}", faults.len(), pdfs.len(), faults.join("\n"));
}

/// Writes each of the PDFs into a folder, and returns their paths.
fn written<B: AsRef<[u8]>>(folder: &TempDir, pdfs: &[B]) -> Vec<PathBuf> {
    let write = |(number, pdf): (usize, &B)| {
        let path = folder.path().join(format!("{number:04}.pdf"));
        std::fs::write(&path, pdf).expect("a new file");
        path
    };
    pdfs.iter().enumerate().map(write).collect()
}

/// The text of a document as its structure tree orders it: the pieces of each page, as pdfium reads them.
const IN_ORDER: &str = r#"
import ctypes, json, sys
import pypdfium2, pypdfium2.raw as raw

def text(call, *before):
    size = call(*before, None, 0)
    buffer = (ctypes.c_ushort * max(size // 2, 1))()
    call(*before, buffer, size)
    return bytes(buffer).decode("utf-16-le").split("\0")[0]

def pieces(page):
    words, found = page.get_textpage(), {}
    for index in range(raw.FPDFPage_CountObjects(page)):
        one = raw.FPDFPage_GetObject(page, index)
        if raw.FPDFPageObj_GetType(one) == raw.FPDF_PAGEOBJ_TEXT:
            content = raw.FPDFPageObj_GetMarkedContentID(one)
            found[content] = found.get(content, "") + text(lambda *to: raw.FPDFTextObj_GetText(one, words, *to))
    return found

def walk(element, found, out):
    for index in range(raw.FPDF_StructElement_CountChildren(element)):
        child = raw.FPDF_StructElement_GetChildAtIndex(element, index)
        if child:
            walk(child, found, out)
        else:
            out.append(found.get(raw.FPDF_StructElement_GetChildMarkedContentID(element, index), ""))

out = []
for page in pypdfium2.PdfDocument(sys.stdin.buffer.read()):
    tree, found = raw.FPDF_StructTree_GetForPage(page), pieces(page)
    for index in range(raw.FPDF_StructTree_CountChildren(tree)):
        walk(raw.FPDF_StructTree_GetChildAtIndex(tree, index), found, out)
print(json.dumps(out))
"#;

/// Returns the pieces of text of a document in the order of its structure tree, which is that of a screen reader, as
/// pdfium reads them.
///
/// # Panics
/// If pdfium cannot read it.
pub fn in_order_of_tags(pdf: &[u8]) -> Vec<String> {
    let mut python = command("python3");
    let said = run_with(python.args(["-c", IN_ORDER]), pdf).unwrap_or_else(|reason| panic!("{reason}"));
    let pieces: Vec<String> = serde_json::from_slice(&said).expect("a list of texts");
    pieces.iter().map(|piece| piece.trim().to_owned()).filter(|piece| !piece.is_empty()).collect()
}

/// Returns the languages that a document names for itself, for elements and for pieces of text.
///
/// # Panics
/// If qpdf cannot read it.
pub fn languages(pdf: &[u8]) -> BTreeSet<String> {
    let (_folder, path) = on_disk(pdf);
    let mut qpdf = command("qpdf");
    qpdf.args(["--qdf", "--object-streams=disable"]).arg(path).arg("-");
    let plain = run(&mut qpdf).unwrap_or_else(|reason| panic!("{reason}"));
    let plain = String::from_utf8_lossy(&plain).replace("/Lang (", "/Lang(");
    let named = plain.split("/Lang(").skip(1);
    named.filter_map(|rest| rest.split_once(')')).map(|(tag, _)| tag.to_owned()).collect()
}

/// Checks a file with `qpdf --check`; a warning counts as a fault.
///
/// # Errors
/// The output of qpdf.
pub fn qpdf_check(pdf: &[u8]) -> Result<(), String> {
    let (_folder, path) = on_disk(pdf);
    run(command("qpdf").arg("--check").arg(path)).map(drop)
}

/// Returns the text of the pages as laid out by `pdftotext -layout`.
pub fn text(pdf: &[u8]) -> String {
    pdftotext(pdf, "-layout")
}

/// Returns the text of the pages in the order of the file, with white space collapsed, to search for sentences that
/// span lines.
pub fn flowing_text(pdf: &[u8]) -> String {
    let raw = pdftotext(pdf, "-raw");
    raw.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the keywords of the document according to pdfinfo; empty if it has none.
pub fn keywords(pdf: &[u8]) -> String {
    let said = run_with(command("pdfinfo").arg("-"), pdf).unwrap_or_else(|reason| panic!("{reason}"));
    let info = String::from_utf8(said).expect("pdfinfo writes UTF-8");
    let line = info.lines().find_map(|line| line.strip_prefix("Keywords:"));
    line.unwrap_or_default().trim().to_owned()
}

fn pdftotext(pdf: &[u8], mode: &str) -> String {
    let mut pdftotext = command("pdftotext");
    pdftotext.args([mode, "-enc", "UTF-8", "-", "-"]);
    let text = run_with(&mut pdftotext, pdf).unwrap_or_else(|reason| panic!("{reason}"));
    String::from_utf8(text).expect("UTF-8 was asked for")
}

/// Checks what can be seen of PDF/A-2a and PDF/UA-1 in the file's structure: the identification in its metadata, an
/// output intent, tags, a language, embedded fonts; no encryption, nothing executable, no embedded file. Returns the
/// faults.
pub fn structure(pdf: &[u8]) -> Vec<String> {
    let (_folder, path) = on_disk(pdf);
    let mut qpdf = command("qpdf");
    qpdf.args(["--json=2", "--json-key=qpdf", "--json-stream-data=none"]);
    let json = match run(qpdf.arg(&path)) {
        Ok(json) => json,
        Err(reason) => return vec![format!("qpdf cannot read it: {reason}")],
    };
    let json: Value = serde_json::from_slice(&json).expect("JSON was asked for");
    let Some(objects) = json["qpdf"][1].as_object() else {
        return vec!["it holds no objects".into()];
    };
    let file = Objects(objects);
    let mut faults = Vec::new();
    file.identity(&path, &mut faults);
    for object in objects.values() {
        file.walk(object, &mut faults);
    }
    faults
}

/// One element of a document's tags: its type, that of the element around it, and its alternative text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub kind: String,
    pub within: String,
    pub alternative: Option<String>,
}

/// Returns the tags of a document in the order in which they are read.
///
/// # Panics
/// If qpdf cannot read it.
pub fn tags(pdf: &[u8]) -> Vec<Tag> {
    let (_folder, path) = on_disk(pdf);
    let mut qpdf = command("qpdf");
    qpdf.args(["--json=2", "--json-key=qpdf", "--json-stream-data=none"]);
    let json = run(qpdf.arg(&path)).unwrap_or_else(|reason| panic!("{reason}"));
    let json: Value = serde_json::from_slice(&json).expect("JSON was asked for");
    let file = Objects(json["qpdf"][1].as_object().expect("objects"));
    let catalogue = file.resolve(&file.0["trailer"]["value"]["/Root"]);
    let root = file.resolve(&catalogue["/StructTreeRoot"]);
    let mut tags = Vec::new();
    file.tags(&root["/K"], "", &mut tags);
    tags
}

/// The objects of one file by `obj:N G R`, as in qpdf's JSON version 2.
struct Objects<'a>(&'a Map<String, Value>);

impl<'a> Objects<'a> {
    /// The value itself, or the one that it refers to; for a stream, its dictionary.
    fn resolve(&'a self, value: &'a Value) -> &'a Value {
        let target = value.as_str().and_then(|reference| self.0.get(&format!("obj:{reference}")));
        match target {
            Some(object) if object.get("stream").is_some() => &object["stream"]["dict"],
            Some(object) => &object["value"],
            None => value,
        }
    }

    fn identity(&self, path: &Path, faults: &mut Vec<String>) {
        let mut expect = |holds: bool, fault: &str| {
            if !holds {
                faults.push(fault.into());
            }
        };
        let trailer = &self.0["trailer"]["value"];
        expect(trailer.get("/Encrypt").is_none(), "it is encrypted");
        let catalogue = self.resolve(&trailer["/Root"]);
        let language = catalogue["/Lang"].as_str().unwrap_or_default();
        expect(language.len() > "u:".len(), "it names no language");
        let marked = &self.resolve(&catalogue["/MarkInfo"])["/Marked"];
        expect(marked == &Value::Bool(true), "it is not tagged");
        let intents = self.resolve(&catalogue["/OutputIntents"]).as_array();
        let intent = intents.into_iter().flatten().any(|intent| {
            let intent = self.resolve(intent);
            intent["/S"] == "/GTS_PDFA1" && self.resolve(&intent["/DestOutputProfile"]).is_object()
        });
        expect(intent, "it has no PDF/A output intent with a colour profile");

        let metadata = catalogue["/Metadata"].as_str().unwrap_or_default();
        let object = metadata.split(' ').next().unwrap_or_default();
        let mut qpdf = command("qpdf");
        qpdf.arg(format!("--show-object={object}"));
        let xmp = run(qpdf.arg("--filtered-stream-data").arg(path)).unwrap_or_default();
        let xmp = String::from_utf8_lossy(&xmp);
        for (mark, fault) in [
            ("<pdfaid:part>2</pdfaid:part>", "it does not say PDF/A-2"),
            ("<pdfaid:conformance>A</pdfaid:conformance>", "it does not say conformance level A"),
            ("<pdfuaid:part>1</pdfuaid:part>", "it does not say PDF/UA-1"),
        ] {
            expect(xmp.contains(mark), fault);
        }
    }

    fn tags(&self, value: &Value, within: &str, tags: &mut Vec<Tag>) {
        match self.resolve(value) {
            Value::Array(values) => values.iter().for_each(|value| self.tags(value, within, tags)),
            Value::Object(element) => {
                let kind = element.get("/S").and_then(Value::as_str);
                let text = |key: &str| element.get(key).and_then(Value::as_str).map(str::to_owned);
                if let Some(kind) = kind {
                    let (kind, within) = (kind.to_owned(), within.to_owned());
                    tags.push(Tag { kind, within, alternative: text("/Alt") });
                }
                if let Some(inside) = element.get("/K") {
                    self.tags(inside, kind.unwrap_or(within), tags);
                }
            }
            _ => {}
        }
    }

    /// Looks at every level for what must not be in the file.
    fn walk(&self, value: &Value, faults: &mut Vec<String>) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.walk(value, faults)),
            Value::Object(entries) => {
                self.look(entries, faults);
                entries.values().for_each(|value| self.walk(value, faults));
            }
            _ => {}
        }
    }

    fn look(&self, entries: &Map<String, Value>, faults: &mut Vec<String>) {
        const ACTIONS: [&str; 8] = [
            "/JavaScript",
            "/Launch",
            "/SubmitForm",
            "/ImportData",
            "/ResetForm",
            "/Rendition",
            "/Movie",
            "/Sound",
        ];
        const KEYS: [&str; 5] = ["/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/AA"];
        let name = |key: &str| entries.get(key).and_then(Value::as_str).unwrap_or_default();
        if ACTIONS.contains(&name("/S")) {
            faults.push(format!("it holds an action {}", name("/S")));
        }
        for key in KEYS.iter().filter(|key| entries.contains_key(**key)) {
            faults.push(format!("it holds {key}"));
        }
        let simple = ["/Type1", "/MMType1", "/TrueType", "/CIDFontType0", "/CIDFontType2"];
        if name("/Type") == "/Font" && simple.contains(&name("/Subtype")) {
            let descriptor = entries.get("/FontDescriptor").map(|value| self.resolve(value));
            let embedded = ["/FontFile", "/FontFile2", "/FontFile3"]
                .iter()
                .any(|key| descriptor.is_some_and(|fonts| fonts.get(key).is_some()));
            if !embedded {
                faults.push(format!("the font {} is not embedded", name("/BaseFont")));
            }
        }
    }
}

/// Writes the PDF to a temporary file, because qpdf and outloud read only files.
fn on_disk(pdf: &[u8]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("document.pdf");
    std::fs::write(&path, pdf).expect("a new file");
    (folder, path)
}

/// Renders part of the first page as a grey PNG at one pixel per point; `at` is left, top, width and height in points.
pub fn region(pdf: &[u8], at: [u32; 4]) -> Vec<u8> {
    let mut pdftoppm = command("pdftoppm");
    pdftoppm.args(["-r", "72", "-gray", "-png", "-f", "1", "-l", "1"]);
    for (name, value) in ["-x", "-y", "-W", "-H"].iter().zip(at) {
        pdftoppm.args([name.to_string(), value.to_string()]);
    }
    run_with(pdftoppm.arg("-"), pdf).unwrap_or_else(|reason| panic!("{reason}"))
}

/// The share of pixels by which two grey pictures differ visibly; 1 if their sizes differ.
pub fn difference(one: &[u8], other: &[u8]) -> f64 {
    let (one, other) = (dots(one), dots(other));
    if one.0 != other.0 {
        return 1.0;
    }
    let differ = one.1.iter().zip(&other.1).filter(|(a, b)| a.abs_diff(**b) > 64).count();
    differ as f64 / one.1.len() as f64
}

fn dots(picture: &[u8]) -> ((u32, u32), Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().expect("a PNG");
    let mut dots = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut dots).expect("one picture");
    ((info.width, info.height), dots)
}

/// The position of each word on the pages: the word, and its box (left, top, right, bottom) in points.
pub fn words_of(pdf: &[u8]) -> Vec<(String, [f64; 4])> {
    boxes(pdf, "-bbox").lines().filter_map(word_of).collect()
}

/// Returns the lines of each page, as pdftotext finds them: what stands beside each other in columns is several.
pub fn lines_of(pdf: &[u8]) -> Vec<Vec<String>> {
    let said = boxes(pdf, "-bbox-layout");
    let line = |line: &str| {
        let words = line.split("</line>").next().unwrap_or_default().lines().filter_map(word_of);
        words.map(|(word, _)| word).collect::<Vec<_>>().join(" ")
    };
    let page = |page: &str| page.split("<line ").skip(1).map(line).collect();
    said.split("<page ").skip(1).map(page).collect()
}

fn boxes(pdf: &[u8], mode: &str) -> String {
    let mut pdftotext = command("pdftotext");
    let said = run_with(pdftotext.args([mode, "-", "-"]), pdf).unwrap_or_else(|reason| panic!("{reason}"));
    String::from_utf8(said).expect("UTF-8")
}

fn word_of(line: &str) -> Option<(String, [f64; 4])> {
    let (about, word) = line.trim().strip_prefix("<word ")?.split_once('>')?;
    let side = |name: &str| about.split_once(&format!("{name}=\""))?.1.split('"').next()?.parse().ok();
    let corners = [side("xMin")?, side("yMin")?, side("xMax")?, side("yMax")?];
    let word = word.split('<').next()?;
    Some((
        word.replace("&quot;", "\"")
            .replace("&apos;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
        corners,
    ))
}
