//! Enters: the pictures and shapes that a page draws beside its letters. Leaves: how much of the page pictures cover, and
//! how many shapes are like letters. Never: recognises a letter, or looks into a picture.

use hayro::vello_cpu::kurbo::{Affine, BezPath, PathEl, Point, Rect, Shape};
use std::collections::{BTreeMap, BTreeSet};

/// The page is looked at in a grid of so many cells in each direction.
const CELLS: usize = 40;
/// The side of a square in which shapes are counted, in points: two lines of four letters stand in it.
const SQUARE: f64 = 24.0;
/// The most shapes of one square that count: where more stand, they are a drawing (a coat of arms).
const OF_A_SQUARE: usize = 8;
/// The smallest and the largest side of a letter, in points.
const LETTER_MIN: f64 = 1.5;
const LETTER_MAX: f64 = 60.0;
/// From so many straight sides on, or with a curve, a shape may be a letter; a rule or the side of a table is none.
const SIDES_MIN: usize = 5;
/// The most shapes that are looked at on one page.
const SHAPES_MAX: usize = 200_000;

/// What is drawn on one page.
pub(super) struct Drawn {
    area: Rect,
    /// The cells that pictures cover.
    covered: BTreeSet<(usize, usize)>,
    /// The shapes in each square.
    squares: BTreeMap<(i64, i64), usize>,
    looked_at: usize,
}

impl Drawn {
    /// Begins with an empty page of this area.
    pub(super) fn on(area: Rect) -> Self {
        Self { area, covered: BTreeSet::new(), squares: BTreeMap::new(), looked_at: 0 }
    }

    /// Returns how much of the page pictures cover, in hundredths.
    pub(super) fn covered(&self) -> usize {
        (self.covered.len() * 100).div_ceil(CELLS * CELLS)
    }

    /// Returns the number of shapes that are like letters.
    pub(super) fn outlines(&self) -> usize {
        self.squares.values().sum()
    }

    /// Takes note of a picture.
    pub(super) fn picture(&mut self, at: Rect) {
        let (width, height) = (self.area.width(), self.area.height());
        if !(width > 0.0 && height > 0.0 && at.is_finite()) {
            return;
        }
        let cell = |position: f64, from: f64, size: f64| {
            let share = ((position - from) / size * CELLS as f64).clamp(0.0, CELLS as f64);
            share.round() as usize
        };
        let columns = cell(at.x0, self.area.x0, width)..cell(at.x1, self.area.x0, width);
        let rows = cell(at.y0, self.area.y0, height)..cell(at.y1, self.area.y0, height);
        for column in columns {
            self.covered.extend(rows.clone().map(|row| (column, row)));
        }
    }

    /// Takes note of the shapes of a path, which may be a letter, a word or a page of them.
    pub(super) fn shapes(&mut self, path: &BezPath, transform: Affine) {
        let mut shape = BezPath::new();
        let (mut sides, mut curves) = (0, false);
        for element in path.elements().iter().copied().chain([PathEl::MoveTo(Point::ZERO)]) {
            match element {
                PathEl::MoveTo(_) => {
                    if curves || sides >= SIDES_MIN {
                        self.shape((transform * std::mem::take(&mut shape)).bounding_box());
                    }
                    (shape, sides, curves) = (BezPath::new(), 0, false);
                }
                PathEl::LineTo(_) => sides += 1,
                PathEl::QuadTo(..) | PathEl::CurveTo(..) => curves = true,
                PathEl::ClosePath => {}
            }
            if self.looked_at >= SHAPES_MAX {
                return;
            }
            shape.push(element);
        }
    }

    fn shape(&mut self, at: Rect) {
        self.looked_at += 1;
        let is_of_a_letter = |side: f64| (LETTER_MIN..=LETTER_MAX).contains(&side);
        // An "l" is narrow, a handwritten word wide.
        if !is_of_a_letter(at.height()) || !at.is_finite() {
            return;
        }
        let centre = at.center();
        let square = |position: f64| (position / SQUARE).floor() as i64;
        let count = self.squares.entry((square(centre.x), square(centre.y))).or_default();
        *count = (*count + 1).min(OF_A_SQUARE);
    }
}
