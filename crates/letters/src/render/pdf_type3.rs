//! Enters: glyphs that are drawings (Type 3 fonts), as a page draws them. Leaves: how wide each is and how large its letters
//! are, by their ink. Never: believes a font's own units, which may be pixels; recognises a letter.

use hayro::hayro_interpret::font::{Glyph, Type3Glyph};
use hayro::hayro_interpret::{
    BlendMode, CacheKey, ClipPath, Device, GlyphDrawMode, Image, Paint, PathDrawMode, SoftMask,
};
use hayro::vello_cpu::kurbo::{Affine, BezPath, Point, Rect, Shape, Vec2};
use std::collections::{BTreeMap, VecDeque};

/// Units per em (ISO 32000-1, 9.2.4).
const UNITS: f64 = 1000.0;
/// The size of a font against its tallest letters.
const SIZE_OF_TALLEST: f64 = 1.25;
/// Among how many letters the tallest is looked for: one of a few words.
const LETTERS: usize = 32;
/// The most glyphs of one page whose ink is kept.
const KNOWN_MAX: usize = 10_000;

/// How a glyph stands on its page.
pub(super) struct Measure {
    /// The direction of writing, as long as the letters are large.
    pub(super) em: Vec2,
    /// Where its ink ends, in ems.
    pub(super) advance: f64,
    pub(super) has_ink: bool,
}

/// The glyphs of one page that are drawings.
#[derive(Default)]
pub(super) struct Drawings {
    /// The ink of each glyph that was drawn before.
    known: BTreeMap<u128, Option<Rect>>,
    /// How tall the last letters were.
    heights: VecDeque<f64>,
}

impl Drawings {
    /// Measures a glyph that is drawn at `place`, in a font whose em is `em` there.
    pub(super) fn measure<'a>(
        &mut self,
        glyph: &Type3Glyph<'a>,
        paint: &Paint<'a>,
        place: Affine,
        em: Vec2,
    ) -> Measure {
        let ink = self.ink(glyph, paint);
        let up = place * Point::new(0.0, UNITS) - place * Point::ZERO;
        if let Some(ink) = ink {
            self.heights.push_back(ink.height() * up.hypot() / UNITS);
            if self.heights.len() > LETTERS {
                self.heights.pop_front();
            }
        }
        let tallest = self.heights.iter().copied().fold(0.0, f64::max);
        let said = em.hypot();
        let size = if tallest > 0.0 { tallest * SIZE_OF_TALLEST } else { said };
        if !(said > 0.0 && said.is_finite() && size.is_finite()) {
            return Measure { em, advance: 0.0, has_ink: ink.is_some() };
        }
        let end = ink.map_or(0.0, |ink| ink.x1) * said / UNITS;
        Measure { em: em * (size / said), advance: end / size, has_ink: ink.is_some() }
    }

    fn ink<'a>(&mut self, glyph: &Type3Glyph<'a>, paint: &Paint<'a>) -> Option<Rect> {
        let key = glyph.cache_key();
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let mut ink = Ink(None);
        glyph.interpret(&mut ink, Affine::IDENTITY, Affine::IDENTITY, paint);
        if self.known.len() < KNOWN_MAX {
            self.known.insert(key, ink.0);
        }
        ink.0
    }
}

/// Collects where a glyph draws.
struct Ink(Option<Rect>);

impl Ink {
    fn add(&mut self, at: Rect) {
        if at.is_finite() {
            self.0 = Some(self.0.map_or(at, |before| before.union(at)));
        }
    }
}

impl<'a> Device<'a> for Ink {
    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'a>,
        transform: Affine,
        glyph_transform: Affine,
        _: &Paint<'a>,
        _: &GlyphDrawMode,
    ) {
        if let Glyph::Outline(outline) = glyph {
            let outline = outline.outline();
            if !outline.is_empty() {
                self.add((transform * glyph_transform * outline).bounding_box());
            }
        }
    }

    fn draw_path(&mut self, path: &BezPath, transform: Affine, _: &Paint<'a>, _: &PathDrawMode) {
        if !path.is_empty() {
            self.add((transform * path.clone()).bounding_box());
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, transform: Affine) {
        let size = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        self.add((transform * size.to_path(0.1)).bounding_box());
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
