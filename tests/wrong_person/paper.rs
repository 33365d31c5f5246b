//! Small PDFs with real text, as doctors, clerks and careless people make them. Never: made by the program under test.

use crate::support::tools::{command, run};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Points between two lines, and the lines of a page of A4.
const LEADING: u32 = 15;
const LINES: usize = 50;

/// A PDF in the making: pages of lines, and whatever else a file can carry.
#[derive(Default, Clone)]
pub struct Paper {
    /// The lines of each page; `None` for a picture of a page.
    pages: Vec<Option<Vec<String>>>,
    /// The document's properties.
    title: Option<String>,
    /// More keys of the catalogue and of each page, as PDF source.
    catalogue: String,
    page: String,
    /// A stream that no page shows.
    ballast: Vec<u8>,
}

impl Paper {
    /// A paper that says these lines.
    pub fn of(lines: &[String]) -> Paper {
        Paper::default().and(lines)
    }

    /// With further pages.
    pub fn and(mut self, lines: &[String]) -> Paper {
        self.pages.extend(lines.chunks(LINES).map(|lines| Some(lines.to_vec())));
        self
    }

    /// A scan: a picture of a page, and no text.
    pub fn scan() -> Paper {
        Paper::default().and_a_scan()
    }

    /// With a picture of a page behind.
    pub fn and_a_scan(mut self) -> Paper {
        self.pages.push(None);
        self
    }

    pub fn titled(mut self, title: &str) -> Paper {
        self.title = Some(title.to_owned());
        self
    }

    pub fn with_script(mut self) -> Paper {
        self.catalogue.push_str(
            "/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (app.alert\\(1\\)) >>] >> >>",
        );
        self
    }

    pub fn that_opens_a_page_of_the_web(mut self) -> Paper {
        self.catalogue.push_str("/OpenAction << /S /URI /URI (https://collect.example.invalid/seen) >>");
        self
    }

    pub fn that_launches_a_program(mut self) -> Paper {
        self.page.push_str(
            "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 595 842] /A << /S /Launch /F (cmd.exe) >> >>]",
        );
        self
    }

    pub fn that_submits_a_form(mut self) -> Paper {
        self.page.push_str("/AA << /O << /S /SubmitForm /F (https://collect.example.invalid/form) >> >>");
        self
    }

    pub fn with_a_file_inside(mut self, bytes: &[u8]) -> Paper {
        self.ballast = bytes.to_vec();
        self.catalogue.push_str(
            "/Names << /EmbeddedFiles << /Names [(notes.pdf) << /Type /Filespec /F (notes.pdf) /EF << /F 3 0 R >> >>] >> >>",
        );
        self
    }

    /// With a stream of these bytes that no page shows.
    pub fn with_ballast(mut self, bytes: Vec<u8>) -> Paper {
        self.ballast = bytes;
        self
    }

    /// The file.
    pub fn pdf(&self) -> Vec<u8> {
        let glyphs = self.glyphs();
        let mut file = File::default();
        let kids: Vec<String> = (0..self.pages.len()).map(|page| format!("{} 0 R", 8 + 2 * page)).collect();
        file.object(1, &format!("<< /Type /Catalog /Pages 2 0 R {} >>", self.catalogue));
        file.object(2, &format!("<< /Type /Pages /Count {} /Kids [{}] >>", kids.len(), kids.join(" ")));
        let kind = if self.catalogue.contains("/EmbeddedFiles") { "/Type /EmbeddedFile" } else { "" };
        file.stream(3, kind, &self.ballast);
        file.object(4, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
        file.object(
            5,
            "<< /Type /Font /Subtype /Type0 /BaseFont /Wide /Encoding /Identity-H /ToUnicode 6 0 R /DescendantFonts \
             [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Wide /DW 600 /CIDSystemInfo << /Registry (Adobe) \
             /Ordering (Identity) /Supplement 0 >> /FontDescriptor << /Type /FontDescriptor /FontName /Wide /Flags 4 \
             /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >> >>] >>",
        );
        file.stream(6, "", to_unicode(&glyphs).as_bytes());
        file.stream(
            7,
            "/Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8",
            &[90; 64],
        );
        for (index, lines) in self.pages.iter().enumerate() {
            let number = 8 + 2 * index;
            file.object(
                number,
                &format!(
                    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R {} /Resources << /Font \
                     << /F1 4 0 R /F2 5 0 R >> /XObject << /Scan 7 0 R >> >> >>",
                    number + 1,
                    self.page
                ),
            );
            file.stream(number + 1, "", content(lines.as_deref(), &glyphs).as_bytes());
        }
        file.end(self.title.as_deref())
    }

    /// The characters that Helvetica's own encoding lacks, and those beside them, each with its code.
    fn glyphs(&self) -> BTreeMap<char, usize> {
        let wide = self.pages.iter().flatten().flatten().filter(|line| !is_plain(line));
        let mut glyphs = BTreeMap::new();
        for c in wide.flat_map(|line| line.chars()) {
            let next = glyphs.len() + 1;
            glyphs.entry(c).or_insert(next);
        }
        glyphs
    }
}

/// What draws a page: its lines, or the picture.
fn content(lines: Option<&[String]>, glyphs: &BTreeMap<char, usize>) -> String {
    let Some(lines) = lines else {
        return "q 500 0 0 700 48 70 cm /Scan Do Q".to_owned();
    };
    let mut content = format!("BT {LEADING} TL 56 790 Td\n");
    for line in lines {
        if is_plain(line) {
            let hex: String = line.chars().map(|c| format!("{:02X}", c as u32)).collect();
            let _ = writeln!(content, "/F1 11 Tf <{hex}> Tj T*");
        } else {
            let hex: String = as_set(line).iter().map(|c| format!("{:04X}", glyphs[c])).collect();
            let _ = writeln!(content, "/F2 11 Tf <{hex}> Tj T*");
        }
    }
    content + "ET"
}

/// Whether every character has the same code in Unicode and in Helvetica's encoding.
fn is_plain(line: &str) -> bool {
    line.chars().all(|c| matches!(c as u32, 0x20..=0x7e | 0xa1..=0xff))
}

fn is_right_to_left(c: char) -> bool {
    matches!(c as u32, 0x0590..=0x08ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff)
}

/// The characters in the order in which they stand on the page: what is written from the right is set so.
fn as_set(line: &str) -> Vec<char> {
    let chars: Vec<char> = line.chars().collect();
    let mut set = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !is_right_to_left(chars[at]) {
            set.push(chars[at]);
            at += 1;
            continue;
        }
        let rest = &chars[at..];
        let run = rest.iter().take_while(|c| is_right_to_left(**c) || **c == ' ').count();
        let run = rest[..run].iter().rposition(|c| *c != ' ').map_or(0, |last| last + 1);
        set.extend(rest[..run].iter().rev());
        at += run;
    }
    set
}

fn to_unicode(glyphs: &BTreeMap<char, usize>) -> String {
    let mut map = String::from(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Own def /CMapType 2 def\n\
         1 begincodespacerange <0000> <FFFF> endcodespacerange\n",
    );
    let all: Vec<_> = glyphs.iter().collect();
    for some in all.chunks(100) {
        let _ = writeln!(map, "{} beginbfchar", some.len());
        for (c, code) in some {
            let units: String =
                c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("{unit:04X}")).collect();
            let _ = writeln!(map, "<{code:04X}> <{units}>");
        }
        map.push_str("endbfchar\n");
    }
    map + "endcmap CMapName currentdict /CMap defineresource pop end end"
}

#[derive(Default)]
struct File {
    bytes: Vec<u8>,
    offsets: Vec<usize>,
}

impl File {
    fn object(&mut self, number: usize, source: &str) {
        self.begin(number);
        self.bytes.extend(format!("{source}\nendobj\n").bytes());
    }

    fn stream(&mut self, number: usize, keys: &str, data: &[u8]) {
        self.begin(number);
        self.bytes.extend(format!("<< {keys} /Length {} >>\nstream\n", data.len()).bytes());
        self.bytes.extend(data);
        self.bytes.extend(b"\nendstream\nendobj\n");
    }

    fn begin(&mut self, number: usize) {
        if self.bytes.is_empty() {
            self.bytes.extend(b"%PDF-1.7\n%\xc3\xa4\xc3\xb6\n");
        }
        self.offsets.push(self.bytes.len());
        assert_eq!(self.offsets.len(), number, "objects are written in their order");
        self.bytes.extend(format!("{number} 0 obj\n").bytes());
    }

    fn end(mut self, title: Option<&str>) -> Vec<u8> {
        let xref = self.bytes.len();
        let size = self.offsets.len() + 1;
        let mut end = format!("xref\n0 {size}\n0000000000 65535 f \n");
        self.offsets.iter().for_each(|offset| {
            let _ = writeln!(end, "{offset:010} 00000 n ");
        });
        let hex = |text: &str| text.encode_utf16().map(|unit| format!("{unit:04X}")).collect::<String>();
        let info = title.map_or_else(String::new, |title| format!("/Info << /Title <FEFF{}> >>", hex(title)));
        let _ = write!(end, "trailer\n<< /Size {size} /Root 1 0 R {info} >>\nstartxref\n{xref}\n%%EOF\n");
        self.bytes.extend(end.bytes());
        self.bytes
    }
}

/// The same file, locked with a password.
pub fn locked(pdf: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (open, locked) = (folder.path().join("open.pdf"), folder.path().join("locked.pdf"));
    std::fs::write(&open, pdf).expect("a new file");
    let mut qpdf = command("qpdf");
    qpdf.args(["--encrypt", "secret", "secret", "256", "--"]).arg(&open).arg(&locked);
    run(&mut qpdf).unwrap_or_else(|why| panic!("{why}"));
    std::fs::read(&locked).expect("what qpdf wrote")
}
