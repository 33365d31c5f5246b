//! Enters: letters in typst's own markup. Leaves: their PDFs, with nothing of ours but the font and the standards.
//! Never: uses our templates, or our engine.

use std::fs;
use std::path::Path;
use typst::diag::{FileError, FileResult, Warned};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// As the line's own engine keeps results.
const JOBS_BETWEEN_LOOKS: usize = 4;
const KEEP_FOR_LOOKS: usize = 6;
/// The faces of the program's own Latin font.
const FACES: [&str; 2] = ["DespatchSans-Regular.ttf", "DespatchSans-Bold.ttf"];

/// Sets the first letters of a folder (`0.typ` and so on), each into `0.stock.pdf` beside it.
pub fn set(number: usize, folder: &Path) {
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
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
        // PDF/A wants a date, which typst's own command takes from the clock.
        timestamp: Datetime::from_ymd_hms(2026, 11, 23, 0, 0, 0).map(Timestamp::new_utc),
        ..PdfOptions::default()
    };
    for at in 0..number {
        let text = fs::read_to_string(folder.join(format!("{at}.typ"))).expect("a letter");
        stock.main = Source::new(main, text);
        let Warned { output, .. } = typst::compile::<PagedDocument>(&stock);
        let document = output.unwrap_or_else(|errors| panic!("{at}: {errors:?}"));
        let pdf = typst_pdf::pdf(&document, &options).unwrap_or_else(|errors| panic!("{at}: {errors:?}"));
        fs::write(folder.join(format!("{at}.stock.pdf")), pdf).expect("a folder to write to");
        if at.is_multiple_of(JOBS_BETWEEN_LOOKS) {
            comemo::evict(KEEP_FOR_LOOKS);
        }
    }
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
