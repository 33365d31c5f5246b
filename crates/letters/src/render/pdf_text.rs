//! Enters: an opened PDF. Leaves: the text of its pages, in drawing order.
//! Never: runs outside a worker, decodes a picture, or guesses a character for a glyph without one.

use despatch_documents::inspect::PageText;
use hayro::hayro_interpret::font::{FontData, Glyph};
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache, InterpreterSettings, Paint,
    PathDrawMode, SoftMask, interpret_page,
};
use hayro::vello_cpu::kurbo::{Affine, BezPath, Point, Rect, Vec2};
use hayro_syntax::Pdf;
use std::sync::Arc;

/// The most pages of one file whose text is read: a set of healthcare records has some hundred.
const PAGES_MAX: usize = 2_000;
/// The most characters that are read of one file: [`PAGES_MAX`] full pages.
const CHARACTERS_MAX: usize = 6_000_000;
/// A wider gap between two glyphs is a space, in ems (a word space is about 0.25, the loosest letter spacing 0.1).
const GAP_EMS: f64 = 0.16;
/// Text further above or below is on another line, in ems (a raised "th" is about 0.35).
const LINE_EMS: f64 = 0.5;
/// Units per em (ISO 32000-1, 9.2.4).
const UNITS: f64 = 1000.0;

/// A font for text whose own font is not embedded: the text that is read is the same, only the shapes differ.
#[derive(Clone)]
pub(super) struct StandIn(pub(super) FontData);

/// Returns the text of each page, and whether a limit cut it short.
pub(super) fn texts(pdf: &Pdf, font: &StandIn) -> (Vec<PageText>, bool) {
    let font = font.clone();
    let settings = InterpreterSettings {
        font_resolver: Arc::new(move |_| Some((Arc::clone(&font.0), 0))),
        ..InterpreterSettings::default()
    };
    let cache = InterpreterCache::new();
    let (mut texts, mut left) = (Vec::new(), CHARACTERS_MAX);
    for page in pdf.pages().iter() {
        if texts.len() == PAGES_MAX || left == 0 {
            return (texts, true);
        }
        let mut reader = Reader { page: PageText::default(), left, end: None };
        let everywhere = Rect::new(-1e6, -1e6, 1e6, 1e6);
        let mut context = Context::new(Affine::IDENTITY, everywhere, &cache, page.xref(), settings.clone());
        interpret_page(page, &mut context, &mut reader);
        left = reader.left;
        texts.push(reader.page);
    }
    (texts, left == 0)
}

/// Collects the glyphs of one page as they are drawn.
struct Reader {
    page: PageText,
    /// The number of characters that may still be read.
    left: usize,
    end: Option<End>,
}

/// The last glyph: where it began, where it ended, and its text.
struct End {
    began: Point,
    at: Point,
    text: String,
}

impl Reader {
    fn take(&mut self, text: &str, began: Point, em: Vec2, advance: f64) {
        if let Some(end) = &self.end {
            if end.began.distance(began) < em.hypot() * 0.01 && end.text == text {
                // The same glyph drawn twice: filled and outlined, or to look bold.
                return;
            }
            self.gap(end.at, began, em);
        }
        self.push(text);
        self.end = Some(End { began, at: began + em * advance, text: text.to_owned() });
    }

    fn gap(&mut self, end: Point, began: Point, em: Vec2) {
        let size = em.hypot();
        if size == 0.0 || !size.is_finite() {
            return self.push(" ");
        }
        let (step, along) = (began - end, em / size);
        let (on, across) = (step.dot(along) / size, step.cross(along).abs() / size);
        if across > LINE_EMS || on < -LINE_EMS {
            self.push("\n");
        } else if on > GAP_EMS {
            self.push(" ");
        }
    }

    fn push(&mut self, text: &str) {
        let blank = |c: char| c.is_whitespace();
        if text.chars().all(blank) && self.page.text.ends_with(blank) {
            return;
        }
        let count = text.chars().count();
        if let Some(left) = self.left.checked_sub(count) {
            self.left = left;
            self.page.text.push_str(text);
        } else {
            self.left = 0;
        }
    }
}

/// Whether a glyph's text carries no meaning: private use characters, nulls, or the replacement character.
fn says_nothing(text: &str) -> bool {
    let nothing = |c: char| c == '\u{fffd}' || c == '\0' || ('\u{e000}'..='\u{f8ff}').contains(&c);
    text.is_empty() || text.chars().all(nothing)
}

impl<'a> Device<'a> for Reader {
    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'a>,
        transform: Affine,
        glyph_transform: Affine,
        _: &Paint<'a>,
        mode: &GlyphDrawMode,
    ) {
        let place = transform * glyph_transform;
        let began = place * Point::ZERO;
        let em = place * Point::new(UNITS, 0.0) - began;
        let advance = match glyph {
            Glyph::Outline(outline) => f64::from(outline.advance_width().unwrap_or(0.0)) / UNITS,
            Glyph::Type3(_) => 0.0,
        };
        let text = match glyph.as_unicode() {
            Some(BfString::Char(c)) => c.to_string(),
            Some(BfString::String(text)) => text,
            None => String::new(),
        };
        if says_nothing(&text) {
            self.page.unread += 1;
            return;
        }
        self.page.hidden += usize::from(matches!(mode, GlyphDrawMode::Invisible));
        self.take(&text, began, em, advance);
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: Affine) {
        self.page.pictures += 1;
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'a>, _: &PathDrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
