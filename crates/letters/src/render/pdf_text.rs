//! Enters: an opened PDF. Leaves: the text of its pages, in drawing order, and how much else is drawn on each.
//! Never: runs outside a worker, decodes a picture, or guesses a character for a glyph without one.

use super::pdf_drawn::Drawn;
use super::pdf_fields;
use super::pdf_line::{After, Line};
use super::pdf_type3::{Drawings, Measure};
use despatch_documents::inspect::PageText;
use hayro::hayro_interpret::font::{FontData, Glyph};
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::pattern::Pattern;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache, InterpreterSettings, Paint,
    PathDrawMode, SoftMask, interpret, interpret_page,
};
use hayro::vello_cpu::kurbo::{Affine, BezPath, Point, Rect, Shape, Vec2};
use hayro_syntax::Pdf;
use hayro_syntax::content::TypedIter;
use hayro_syntax::page::{Page, Resources};
use std::sync::Arc;

/// The most pages of one file whose text is read: a set of healthcare records has some hundred.
const PAGES_MAX: usize = 2_000;
/// The most characters that are read of one file: [`PAGES_MAX`] full pages.
const CHARACTERS_MAX: usize = 6_000_000;
/// Text further above or below is on another line, in ems (a raised "th" is about 0.35).
const LINE_EMS: f64 = 0.5;
/// Units per em (ISO 32000-1, 9.2.4).
const UNITS: f64 = 1000.0;
/// From this number on, glyphs without letters that follow one another are a word, and not a bullet or a tick.
const WORD_MIN: usize = 3;

/// A font for text whose own font is not embedded: the text that is read is the same, only the shapes differ.
#[derive(Clone)]
pub(super) struct StandIn(pub(super) FontData);

/// Returns the text of each page, and whether a limit cut it short.
pub(super) fn texts(pdf: &Pdf, font: &StandIn) -> (Vec<PageText>, bool) {
    let reading = Reading::of(pdf, font);
    let (mut texts, mut left) = (Vec::new(), CHARACTERS_MAX);
    for page in pdf.pages().iter() {
        if texts.len() == PAGES_MAX || left == 0 {
            return (texts, true);
        }
        let (text, still_left) = reading.page(page, left);
        left = still_left;
        texts.push(text);
    }
    (texts, left == 0)
}

/// Returns the text of one page, counted from 0; empty if there is none.
pub(super) fn text_of_page(pdf: &Pdf, at: usize, font: &StandIn) -> String {
    let page = pdf.pages().get(at);
    page.map_or_else(String::new, |page| Reading::of(pdf, font).page(page, CHARACTERS_MAX).0.text)
}

/// What is the same for each page of a file.
struct Reading<'p> {
    settings: InterpreterSettings,
    cache: InterpreterCache<'p>,
    /// Whether readers draw the values of its fields themselves.
    anew: bool,
}

impl<'p> Reading<'p> {
    fn of(pdf: &'p Pdf, font: &StandIn) -> Self {
        let anew = pdf_fields::are_drawn_anew(pdf);
        Self { settings: settings(font), cache: InterpreterCache::new(), anew }
    }

    /// Reads at most `left` characters of a page; returns them, and how many may still be read.
    fn page(&self, page: &'p Page<'p>, left: usize) -> (PageText, usize) {
        let area = page.intersected_crop_box();
        let area = Rect::new(area.x0, area.y0, area.x1, area.y1);
        let mut reader = Reader::new(left, area);
        let settings = self.settings.clone();
        let mut context = Context::new(Affine::IDENTITY, everywhere(), &self.cache, page.xref(), settings);
        interpret_page(page, &mut context, &mut reader);
        reader.fields(&pdf_fields::values(page, self.anew));
        let left = reader.left;
        (reader.done(), left)
    }
}

/// Returns the text that a content stream draws, with these resources, up to so many characters.
pub(super) fn text_of(
    pdf: &Pdf,
    font: &StandIn,
    content: &[u8],
    resources: &Resources<'_>,
    most: usize,
) -> String {
    let cache = InterpreterCache::new();
    let mut reader = Reader::new(most, everywhere());
    let mut context = Context::new(Affine::IDENTITY, everywhere(), &cache, pdf.xref(), settings(font));
    interpret(TypedIter::new(content), resources, &mut context, &mut reader);
    reader.done().text
}

fn settings(font: &StandIn) -> InterpreterSettings {
    let font = font.clone();
    InterpreterSettings {
        font_resolver: Arc::new(move |_| Some((Arc::clone(&font.0), 0))),
        ..InterpreterSettings::default()
    }
}

fn everywhere() -> Rect {
    Rect::new(-1e6, -1e6, 1e6, 1e6)
}

/// Collects the glyphs of one page as they are drawn.
struct Reader {
    page: PageText,
    /// The number of characters that may still be read.
    left: usize,
    end: Option<End>,
    /// The line that is being read.
    line: Line,
    /// The number of glyphs without letters since the last one with a letter.
    unread_run: usize,
    drawn: Drawn,
    /// The glyphs that are drawings, as far as they were drawn before.
    drawings: Drawings,
}

/// The last glyph: where it began, where it ended, and its text.
struct End {
    began: Point,
    at: Point,
    text: String,
}

impl Reader {
    fn new(left: usize, area: Rect) -> Self {
        Self {
            page: PageText::default(),
            left,
            end: None,
            line: Line::default(),
            unread_run: 0,
            drawn: Drawn::on(area),
            drawings: Drawings::default(),
        }
    }

    fn done(mut self) -> PageText {
        self.end_run();
        self.end_line();
        self.page.covered = self.drawn.covered();
        self.page.outlines = self.drawn.outlines();
        self.page
    }

    /// Takes what readers write into the fields of the page, on lines of its own.
    fn fields(&mut self, values: &str) {
        if !values.is_empty() {
            self.end_run();
            self.end_line();
            self.push("\n");
            self.push(values);
        }
    }

    fn end_run(&mut self) {
        if self.unread_run >= WORD_MIN {
            self.page.unread_in_words += self.unread_run;
        }
        self.unread_run = 0;
    }

    fn take(&mut self, text: &str, began: Point, em: Vec2, advance: f64) {
        let mut after = None;
        if let Some(end) = &self.end {
            if end.began.distance(began) < em.hypot() * 0.01 && end.text == text {
                // The same glyph drawn twice: filled and outlined, or to look bold.
                return;
            }
            after = self.after((end.began, end.at), began, em);
        }
        if self.line.is_full() {
            self.end_line();
        }
        self.line.push(after, text);
        self.end = Some(End { began, at: began + em * advance, text: text.to_owned() });
    }

    /// Returns where a glyph stands after the one before it, having ended the line if it stands on another.
    fn after(&mut self, (before, end): (Point, Point), began: Point, em: Vec2) -> Option<After> {
        let size = em.hypot();
        if size == 0.0 || !size.is_finite() {
            return Some(After { gap: f64::INFINITY, step: f64::INFINITY });
        }
        let (step, along) = (began - end, em / size);
        let (on, across) = (step.dot(along) / size, step.cross(along).abs() / size);
        if across > LINE_EMS || on < -LINE_EMS {
            self.end_line();
            self.push("\n");
            return None;
        }
        Some(After { gap: on, step: (began - before).dot(along) / size })
    }

    fn end_line(&mut self) {
        let after_blank = self.page.text.ends_with(char::is_whitespace);
        let text = std::mem::take(&mut self.line).text(after_blank);
        self.push(&text);
    }

    fn push(&mut self, text: &str) {
        let blank = |c: char| c.is_whitespace();
        if text.chars().all(blank) && self.page.text.ends_with(blank) {
            return;
        }
        let taken: String = text.chars().take(self.left).collect();
        self.left -= taken.chars().count();
        self.page.text.push_str(&taken);
    }
}

/// Whether a glyph's text carries no meaning: private use characters, control characters (a font's own numbers that are
/// given for letters), or the replacement character.
fn says_nothing(text: &str) -> bool {
    let nothing = |c: char| {
        c == '\u{fffd}' || c.is_control() && !c.is_whitespace() || ('\u{e000}'..='\u{f8ff}').contains(&c)
    };
    text.is_empty() || text.chars().all(nothing)
}

impl<'a> Device<'a> for Reader {
    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'a>,
        transform: Affine,
        glyph_transform: Affine,
        paint: &Paint<'a>,
        mode: &GlyphDrawMode,
    ) {
        if self.left == 0 {
            return;
        }
        let place = transform * glyph_transform;
        let began = place * Point::ZERO;
        let em = place * Point::new(UNITS, 0.0) - began;
        let text = match glyph.as_unicode() {
            Some(BfString::Char(c)) => c.to_string(),
            Some(BfString::String(text)) => text,
            None => String::new(),
        };
        let is_blank = text.trim().is_empty();
        let Measure { em, advance, has_ink } = match glyph {
            Glyph::Outline(outline) => {
                let advance = f64::from(outline.advance_width().unwrap_or(0.0)) / UNITS;
                Measure { em, advance, has_ink: !is_blank || !outline.outline().is_empty() }
            }
            Glyph::Type3(drawing) => self.drawings.measure(drawing, paint, place, em),
        };
        // Ink that is said to be a space is a letter that nobody is to find.
        let is_visible = has_ink && !matches!(mode, GlyphDrawMode::Invisible);
        if says_nothing(&text) || is_blank && is_visible {
            self.page.unread += 1;
            self.unread_run += 1;
            return;
        }
        if !is_blank {
            self.end_run();
        }
        self.page.hidden += usize::from(matches!(mode, GlyphDrawMode::Invisible));
        self.take(&text, began, em, advance);
    }

    fn draw_image(&mut self, image: Image<'a, '_>, transform: Affine) {
        self.page.pictures += 1;
        let size = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        self.drawn.picture((transform * size.to_path(0.1)).bounding_box());
    }

    fn draw_path(&mut self, path: &BezPath, transform: Affine, paint: &Paint<'a>, _: &PathDrawMode) {
        // A pattern may hold anything, a scan of the page too.
        if matches!(paint, Paint::Pattern(pattern) if matches!(**pattern, Pattern::Tiling(_))) {
            self.page.pictures += 1;
            self.drawn.picture((transform * path.clone()).bounding_box());
        } else {
            self.drawn.shapes(path, transform);
        }
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
