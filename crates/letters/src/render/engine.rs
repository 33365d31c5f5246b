//! Enters: the catalogue's typst files, once, and jobs. Leaves: PDF/A-2a and PDF/UA-1 bytes.
//! Never: reads a disk, a clock, the network, a package, or a font other than those of `fonts/`.

use super::about::{about, spoken_name};
use super::fonts::{self, Fonts};
use super::frames;
use super::ink;
use super::job::{Job, Letter, Problem, RenderFault, Why};
use super::look::{self, Page};
use super::named;
use super::overprint;
use super::pdf_text::StandIn;
use super::reading;
use super::texts::each_text;
use crate::catalogue::place;
use chrono::Datelike;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use typst::diag::{EcoVec, FileError, FileResult, SourceDiagnostic, Warned};
use typst::foundations::{Bytes, Datetime, Duration, Label, Smart};
use typst::introspection::Introspector;
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::{LazyHash, PicoStr};
use typst::{Library, LibraryExt, World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// Cached results are looked through after so many jobs, which takes as long as an eighth of a letter, and those that were
/// not used since the fourth look before are evicted: memory stays flat and the template warm (measured: evicting everything
/// halves the speed). Long enough for each kind of a case to come again where several workers share them: of ten kinds, up
/// to 26 jobs.
const JOBS_BETWEEN_LOOKS: usize = 8;
const KEEP_FOR_LOOKS: usize = 4;

/// The most places of one document that are told, and the least characters of a piece whose field is looked for.
const PLACES_TOLD: usize = 5;
const TELLING: usize = 4;
/// The cure for text that lies over text or leaves its place.
const LAYOUT_CURE: &str = "let the template break what is long (a block over pages, a word over lines); in the case, shorten \
                           what stands there";

/// The label up to which a template wants everything on the first page.
const FIRST_PAGE_ENDS: &str = "ends-on-first-page";

/// The main file of every job, and what it needs for other letters than Latin. Values reach it as data, so that nothing in a
/// case can be markup.
const MAIN: (&str, &str) = ("/main.typ", include_str!("main.typ"));
const SCRIPTS: (&str, &str) = ("/scripts.typ", include_str!("scripts.typ"));

/// Makes PDFs from one set of templates.
pub struct Engine {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Fonts,
    sources: HashMap<FileId, Source>,
    own: Option<Own>,
    about: Option<FileId>,
    data: Option<FileId>,
    /// How many jobs were made.
    jobs: AtomicUsize,
}

impl Engine {
    /// Creates an engine over `files`: text by path from the catalogue's root (`/invitation/letter.typ`).
    pub fn new(files: BTreeMap<String, String>) -> Self {
        let (fonts, book) = Fonts::built_in();
        Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(book),
            fonts,
            sources: sources(files),
            own: Own::read(),
            about: file_id("/about.json"),
            data: file_id("/data.json"),
            jobs: AtomicUsize::new(0),
        }
    }

    /// Replaces the templates; the fonts, and cached results of unchanged files, are kept.
    pub fn replace(&mut self, files: BTreeMap<String, String>) {
        self.sources = sources(files);
    }

    /// Renders the PDF of `job`: the same bytes for the same job and templates.
    ///
    /// # Errors
    /// The data has characters that no font has, which is checked before anything is compiled; else the compiler or the
    /// PDF standards object. A warning is an error.
    pub fn pdf(&self, job: &Job) -> Result<Vec<u8>, RenderFault> {
        self.made(job).map(|(_, pdf)| pdf)
    }

    /// Renders the PDF of `job`, with the text of its pages.
    ///
    /// # Errors
    /// As for [`Engine::pdf`].
    pub(super) fn letter(&self, job: &Job) -> Result<Letter, RenderFault> {
        let (document, pdf) = self.made(job)?;
        Ok(Letter { texts: look::texts(&document), pdf: pdf.into() })
    }

    /// Returns one of the built-in fonts, for text whose own font a PDF does not embed.
    pub(super) fn stand_in(&self) -> StandIn {
        let bytes = self.fonts.face(0).map(|font| font.data().clone());
        StandIn(Arc::new(bytes.unwrap_or_else(|| Bytes::new(Vec::new()))))
    }

    /// Renders each page of `job` as a picture with `ppi` pixels to the inch.
    ///
    /// # Errors
    /// As for [`Engine::pdf`]; the PDF cannot be drawn.
    pub fn look(&self, job: &Job, ppi: u16) -> Result<Vec<Page>, RenderFault> {
        let (document, pdf) = self.made(job)?;
        look::pages(&document, pdf, ppi).ok_or_else(|| {
            let cause = "its PDF cannot be drawn";
            RenderFault::new(
                Why::Template,
                format!("templates{}", job.main),
                cause,
                "look at what is new in it",
            )
        })
    }

    fn made(&self, job: &Job) -> Result<(PagedDocument, Vec<u8>), RenderFault> {
        self.refuse_without_glyph(&job.data)?;
        let result = self.set(job).and_then(|(world, document)| world.made(job, document));
        if self.jobs.fetch_add(1, Ordering::Relaxed).is_multiple_of(JOBS_BETWEEN_LOOKS) {
            comemo::evict(KEEP_FOR_LOOKS);
        }
        result
    }

    /// Sets the words of `job`; once more, closer together, if they run over the page that they are to have.
    fn set(&self, job: &Job) -> Result<(JobWorld<'_>, PagedDocument), RenderFault> {
        let world = self.world(job, false)?;
        let document = world.document(job)?;
        if !runs_over(&document) {
            return Ok((world, document));
        }
        let world = self.world(job, true)?;
        let document = world.document(job)?;
        Ok((world, document))
    }

    fn refuse_without_glyph(&self, data: &Value) -> Result<(), RenderFault> {
        let found = self.fonts.without_glyph(data);
        if found.is_empty() {
            return Ok(());
        }
        let problem = |(at, missing): (String, Vec<char>)| Problem {
            at,
            line: None,
            cause: fonts::told(&missing),
            hints: vec![fonts::CURE.to_owned()],
        };
        Err(RenderFault { why: Why::Glyph, problems: found.into_iter().map(problem).collect() })
    }

    fn world(&self, job: &Job, crowded: bool) -> Result<JobWorld<'_>, RenderFault> {
        let known = file_id(&job.main).is_some_and(|id| self.sources.contains_key(&id));
        let (Some(own), Some(about_file), Some(data), true) = (&self.own, self.about, self.data, known)
        else {
            return Err(RenderFault::new(
                Why::Job,
                format!("templates{}", job.main),
                "there is no such template",
                "add the file to the kind's folder",
            ));
        };
        Ok(JobWorld {
            engine: self,
            own,
            about: (about_file, Bytes::from_string(about(job, crowded).to_string())),
            data: (data, Bytes::from_string(job.data.to_string())),
        })
    }
}

/// Whether what a template wants on the first page, up to its label, runs on to another one.
fn runs_over(document: &PagedDocument) -> bool {
    let introspector = document.introspector();
    let end = Label::new(PicoStr::intern(FIRST_PAGE_ENDS)).map(|label| introspector.query_label(label));
    let Some(Ok(end)) = end else { return false };
    let place = end.location().and_then(|location| introspector.page(location));
    place.is_some_and(|page| page.get() > 1)
}

fn sources(files: BTreeMap<String, String>) -> HashMap<FileId, Source> {
    let source = |(path, text): (String, String)| file_id(&path).map(|id| (id, Source::new(id, text)));
    files.into_iter().filter_map(source).collect()
}

/// The program's own files, which are no templates.
struct Own {
    main: Source,
    scripts: Source,
}

impl Own {
    fn read() -> Option<Self> {
        let source = |(path, text): (&str, &str)| Some(Source::new(file_id(path)?, text.to_owned()));
        Some(Self { main: source(MAIN)?, scripts: source(SCRIPTS)? })
    }

    fn get(&self, id: FileId) -> Option<&Source> {
        [&self.main, &self.scripts].into_iter().find(|source| source.id() == id)
    }
}

/// What the compiler may see during one job.
struct JobWorld<'a> {
    engine: &'a Engine,
    own: &'a Own,
    about: (FileId, Bytes),
    data: (FileId, Bytes),
}

impl JobWorld<'_> {
    fn document(&self, job: &Job) -> Result<PagedDocument, RenderFault> {
        let fault = |diagnostics: EcoVec<SourceDiagnostic>| self.fault(&diagnostics, &job.data);
        let Warned { output, warnings } = typst::compile::<PagedDocument>(self);
        let document = output.map_err(fault)?;
        if warnings.is_empty() { Ok(document) } else { Err(fault(warnings)) }
    }

    fn made(&self, job: &Job, document: PagedDocument) -> Result<(PagedDocument, Vec<u8>), RenderFault> {
        let fault = |diagnostics: EcoVec<SourceDiagnostic>| self.fault(&diagnostics, &job.data);
        let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]);
        let midnight = midnight(job);
        let (Ok(standards), Some(midnight)) = (standards, midnight) else {
            return Err(RenderFault::new(
                Why::Job,
                "the job",
                "its date cannot stand in a PDF",
                "give a date between the years 1 and 9999",
            ));
        };
        let options = PdfOptions {
            ident: Smart::Custom(job.ident.clone()),
            creator: Smart::Custom(Some("despatch".to_owned())),
            timestamp: Some(Timestamp::new_utc(midnight)),
            standards,
            ..PdfOptions::default()
        };
        let read = reading::in_order(&document);
        let read = read.as_ref().unwrap_or(&document);
        // After that, which joins the parts of a name that has marks.
        let told = spoken_name(job).and_then(|named| named::in_its_language(read, &named));
        let read = told.as_ref().unwrap_or(read);
        let pdf = typst_pdf::pdf(read, &options).map_err(fault)?;
        self.check(&document, job)?;
        Ok((read.clone(), pdf))
    }

    /// Refuses a document in which a letter is not drawn whole, or text cannot be read where it stands.
    fn check(&self, document: &PagedDocument, job: &Job) -> Result<(), RenderFault> {
        let template = format!("templates{}", job.main);
        let pages = frames::pages(document);
        let unwhole = ink::not_whole(&pages);
        if !unwhole.is_empty() {
            let at =
                pointers(&job.data, |text| unwhole.iter().any(|cluster| text.contains(cluster.as_str())));
            let at = if at.is_empty() { template } else { at.join(", ") };
            return Err(RenderFault::new(Why::Glyph, at, fonts::told_apart(&unwhole), fonts::CURE));
        }
        let places = overprint::places(&pages);
        if places.is_empty() {
            return Ok(());
        }
        let problem = |place: &overprint::Place| {
            let of_case = pointers(&job.data, |text| {
                place.texts.iter().any(|piece| is_telling(piece) && text.contains(piece.as_str()))
            });
            let fields =
                if of_case.is_empty() { String::new() } else { format!(", with {}", of_case.join(", ")) };
            Problem {
                at: format!("{template}, page {}{fields}", place.page),
                line: None,
                cause: place.wrong.label().to_owned(),
                hints: vec![LAYOUT_CURE.to_owned()],
            }
        };
        let problems = places.iter().take(PLACES_TOLD).map(problem).collect();
        Err(RenderFault { why: Why::Layout, problems })
    }

    fn fault(&self, diagnostics: &[SourceDiagnostic], data: &Value) -> RenderFault {
        let mut missing: Vec<char> = diagnostics.iter().flat_map(unshown).collect();
        if missing.is_empty() {
            let problems = diagnostics.iter().map(|found| self.problem(found, data)).collect();
            return RenderFault { why: Why::Template, problems };
        }
        let mut at = pointers(data, |text| text.contains(missing.as_slice()));
        if at.is_empty() {
            at.extend(diagnostics.iter().map(|found| self.problem(found, data).at));
        }
        at.dedup();
        missing.sort_unstable();
        missing.dedup();
        let cause = format!("{} in this place", fonts::told(&missing));
        RenderFault::new(Why::Glyph, at.join(", "), cause, fonts::CURE)
    }

    fn problem(&self, found: &SourceDiagnostic, data: &Value) -> Problem {
        let spot = found.span.id().zip(self.range(found.span));
        let source = spot.as_ref().and_then(|(id, _)| self.source(*id).ok());
        let (at, line) = match (spot, source) {
            (Some((id, range)), Some(source)) if self.own.get(id).is_none() => {
                let path = id.vpath().get_with_slash();
                let (numbers, line) = place(source.text(), range.start);
                (format!("templates{path}:{numbers}"), Some(line.to_owned()))
            }
            _ => ("the document as a whole".to_owned(), None),
        };
        Problem {
            at,
            line,
            cause: self.without_values(&found.message, data),
            hints: found.hints.iter().map(|hint| self.without_values(&hint.v, data)).collect(),
        }
    }

    /// Removes from a message what came from the case: a value of the data, a quoted text or a template's own panic is
    /// kept only if a template contains it verbatim.
    fn without_values(&self, message: &str, data: &Value) -> String {
        let known = |text: &str| self.engine.sources.values().any(|source| source.text().contains(text));
        for own in ["panicked with: ", "assertion failed: "] {
            if message.strip_prefix(own).is_some_and(|complaint| !known(complaint)) {
                return format!("{own}…");
            }
        }
        let mut message = message.to_owned();
        each_text(data, &mut |_, value| {
            if !value.is_empty() && !known(value) {
                message = message.replace(value, "…");
            }
        });
        let mut told = String::with_capacity(message.len());
        let mut rest = message.as_str();
        while let Some((before, after)) = rest.split_once('"') {
            let (quoted, left) = after.split_at(closing_quote(after));
            told.push_str(before);
            told.push('"');
            told.push_str(if known(quoted) { quoted } else { "…" });
            told.push('"');
            rest = left.strip_prefix('"').unwrap_or(left);
        }
        told + rest
    }
}

/// Returns the pointers to the texts of the data that are such.
fn pointers(data: &Value, is: impl Fn(&str) -> bool) -> Vec<String> {
    let mut at = Vec::new();
    each_text(data, &mut |pointer, text| {
        if is(text) {
            at.push(pointer.to_owned());
        }
    });
    at
}

/// Whether a piece of text is long enough to be found in the field that it came from.
fn is_telling(piece: &str) -> bool {
    piece.chars().count() >= TELLING
}

impl World for JobWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.engine.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.engine.book
    }

    fn main(&self) -> FileId {
        self.own.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let source = self.own.get(id).or_else(|| self.engine.sources.get(&id));
        source.cloned().ok_or_else(|| not_found(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        for (own, bytes) in [&self.about, &self.data] {
            if id == *own {
                return Ok(bytes.clone());
            }
        }
        self.source(id).map(Bytes::from_string)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.engine.fonts.face(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn file_id(path: &str) -> Option<FileId> {
    let path = VirtualPath::new(path).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_with_slash().into())
}

fn midnight(job: &Job) -> Option<Datetime> {
    let part = |number: u32| u8::try_from(number).ok();
    Datetime::from_ymd_hms(job.date.year(), part(job.date.month())?, part(job.date.day())?, 0, 0, 0)
}

/// Returns the byte offset of the quote that closes a string, or the end.
fn closing_quote(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at,
            _ => {}
        }
    }
    text.len()
}

/// Returns the characters of a "could not be displayed" message. The compiler gives them only in its sentence: `the
/// text "…" could not be displayed with …`.
fn unshown(found: &SourceDiagnostic) -> Vec<char> {
    match found.message.split_once("could not be displayed") {
        Some((before, _)) => {
            let text = before.split_once('"').map_or("", |(_, quoted)| quoted);
            text.chars().filter(|c| !c.is_ascii()).collect()
        }
        None => Vec::new(),
    }
}
