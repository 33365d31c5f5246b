//! Enters: recorded jobs of the line, or letters of stock typst; and how many of them to make. Leaves: that many PDFs made in
//! one thread, for a tool that counts instructions. Never: measures by itself; `benches/instructions.rs` of the program runs
//! it twice and takes the difference, so that starting does not count.
//!
//!     instructions raw N FILE.jobs...      typst alone, as the raw loop has it
//!     instructions stock N FOLDER          each `N.typ` of a folder, as typst's own command would set it
//!     instructions pdf N FOLDER FILE.jobs  the PDFs of the first jobs, into a folder, with the template of each

#[path = "../../../benches/raw/mod.rs"]
#[allow(dead_code, reason = "here one process makes them")]
mod raw;

use despatch_letters::render::engine::Engine;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use typst::diag::{FileError, FileResult, Warned};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// As the line's own engine keeps results.
const KEEP_FOR_JOBS: usize = 3;
/// typst overflows the default stack of 2 MiB.
const STACK_BYTES: usize = 64 << 20;
/// The faces of the program's own Latin font.
const FACES: [&str; 2] = ["DespatchSans-Regular.ttf", "DespatchSans-Bold.ttf"];

fn main() {
    let made = thread::Builder::new().stack_size(STACK_BYTES).spawn(make).expect("a thread");
    made.join().expect("everything can be made");
}

fn make() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let [mode, number, rest @ ..] = words.as_slice() else { return };
    let number: usize = number.parse().expect("a number");
    let paths: Vec<PathBuf> = rest.iter().map(PathBuf::from).collect();
    match mode.as_str() {
        "raw" => {
            let made: usize = pdfs(number, &paths).map(|(_, pdf)| pdf.len()).sum();
            println!("{made} bytes");
        }
        "pdf" => {
            for (at, (main, pdf)) in pdfs(number, &paths[1..]).enumerate() {
                fs::write(paths[0].join(format!("{at}.pdf")), pdf).expect("a folder to write to");
                println!("{at} {main}");
            }
        }
        "stock" => stock(number, &paths[0]),
        _ => panic!("{mode} is none of raw, stock and pdf"),
    }
}

/// The first jobs in one of these files, made.
fn pdfs(number: usize, recorded: &[PathBuf]) -> impl Iterator<Item = (String, Vec<u8>)> {
    let (files, jobs) = raw::read(&recorded[0]);
    assert!(jobs.len() >= number, "only {} jobs were recorded", jobs.len());
    let engine = Engine::new(files);
    jobs.into_iter().take(number).map(move |job| {
        let pdf = engine.pdf(&job).expect("the line made it, so it can be made");
        (job.main, pdf)
    })
}

/// Sets the first letters of a folder with nothing of ours but the font and the standards.
fn stock(number: usize, folder: &Path) {
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fonts");
    let faces: Vec<Font> = FACES
        .iter()
        .map(|name| Bytes::new(fs::read(fonts.join(name)).expect("a font")))
        .map(|bytes| Font::new(bytes, 0).expect("a face"))
        .collect();
    let book = LazyHash::new(FontBook::from_fonts(&faces));
    let main = VirtualPath::new("/main.typ").expect("a path");
    let main = RootedPath::new(VirtualRoot::Project, main).intern();
    let mut stock = Stock {
        library: LazyHash::new(Library::default()),
        book,
        faces,
        main: Source::new(main, String::new()),
    };
    let options = PdfOptions {
        standards: PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]).expect("standards"),
        timestamp: None,
        ..PdfOptions::default()
    };
    let mut pages = 0;
    for at in 0..number {
        let text = fs::read_to_string(folder.join(format!("{at}.typ"))).expect("a letter");
        stock.main = Source::new(main, text);
        let Warned { output, .. } = typst::compile::<PagedDocument>(&stock);
        let document = output.unwrap_or_else(|errors| panic!("{at}: {errors:?}"));
        let pdf = typst_pdf::pdf(&document, &options).unwrap_or_else(|errors| panic!("{at}: {errors:?}"));
        fs::write(folder.join(format!("{at}.stock.pdf")), pdf).expect("a folder to write to");
        pages += document.pages().len();
        comemo::evict(KEEP_FOR_JOBS);
    }
    println!("{pages} pages");
}

/// What stock typst may see.
struct Stock {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    faces: Vec<Font>,
    main: Source,
}

impl World for Stock {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() {
            return Ok(self.main.clone());
        }
        Err(FileError::NotFound(id.vpath().get_with_slash().into()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.source(id).map(Bytes::from_string)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.faces.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        Datetime::from_ymd(2026, 11, 23)
    }
}
