//! Enters: the text of a finished document. Leaves: where text lies over text, in the margins or off the paper, page by page.
//! Never: measures a picture or a line, or says what the text is, but to whoever looks for the field that it came from.

use super::frames::{Page, Run};
use typst::layout::Size;

/// How far a line of text reaches above and below its baseline, in ems: its capitals and half of its descenders.
const ABOVE: f64 = 0.7;
const BELOW: f64 = 0.15;
/// By more than this two boxes overlap, in points: marks and slanted letters reach over a little.
const TOLERANCE: f64 = 2.0;
/// The margin at each side, in points (20 mm, as the window of an envelope needs it), where a document has no narrower one.
const MARGIN: f64 = 20.0 * POINTS_PER_MM;
/// What no printer reaches at the top and the bottom, and at the sides whatever the margin (5 mm).
const EDGE: f64 = 5.0 * POINTS_PER_MM;
const POINTS_PER_MM: f64 = 72.0 / 25.4;

/// What is wrong with a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    Over,
    Margin,
    Off,
}

impl Wrong {
    pub(super) fn label(self) -> &'static str {
        match self {
            Wrong::Over => "one line of text lies over another",
            Wrong::Margin => "text stands in the margin",
            Wrong::Off => "text runs off the paper",
        }
    }
}

/// One place where text cannot be read as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The page, from 1 on.
    pub(super) page: usize,
    pub(super) wrong: Wrong,
    /// The pieces of text, which are values of a case or a template's own words.
    pub(super) texts: Vec<String>,
}

/// A piece of text: its box in points, from the upper left.
struct Piece<'a> {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    text: &'a str,
}

/// Returns each place where text lies over text, in a margin or off the paper; one for each piece.
pub(super) fn places(pages: &[Page<'_>]) -> Vec<Place> {
    let pages: Vec<(Size, Vec<Piece<'_>>)> = pages
        .iter()
        .map(|page| {
            let mut pieces: Vec<Piece<'_>> = page.runs.iter().filter_map(Piece::of).collect();
            pieces.sort_by(|a, b| a.top.total_cmp(&b.top));
            (page.size, pieces)
        })
        .collect();
    let margin = margin(pages.iter().flat_map(|(_, pieces)| pieces));
    let mut found = Vec::new();
    for (index, (size, pieces)) in pages.iter().enumerate() {
        let mut add = |wrong: Wrong, texts: &[&Piece<'_>]| {
            let texts = texts.iter().map(|piece| piece.text.to_owned()).collect();
            found.push(Place { page: index + 1, wrong, texts });
        };
        for (at, piece) in pieces.iter().enumerate() {
            if let Some(wrong) = piece.beside(*size, margin) {
                add(wrong, &[piece]);
            }
            // Sorted by their tops, what lies below this piece cannot touch it.
            let below = pieces.iter().skip(at + 1).take_while(|other| other.top < piece.bottom - TOLERANCE);
            if let Some(other) = below.into_iter().find(|other| piece.is_over(other)) {
                add(Wrong::Over, &[piece, other]);
            }
        }
    }
    found
}

/// The margin of a document: where most of its lines begin, if that is narrower than usual.
fn margin<'a>(pieces: impl Iterator<Item = &'a Piece<'a>>) -> f64 {
    let mut begins: Vec<i64> = pieces.map(|piece| piece.left.round() as i64).collect();
    begins.sort_unstable();
    let most = begins.chunk_by(|a, b| a == b).max_by_key(|same| same.len());
    let usual = most.and_then(|same| same.first()).map_or(MARGIN, |left| *left as f64);
    usual.clamp(EDGE, MARGIN)
}

impl<'a> Piece<'a> {
    /// The box of a piece of text; nothing for spaces.
    fn of(run: &Run<'a>) -> Option<Self> {
        let text = run.item.text.trim();
        let (left, baseline, size) = (run.at.x.to_pt(), run.at.y.to_pt(), run.item.size.to_pt());
        (!text.is_empty()).then(|| Piece {
            left,
            right: left + run.item.width().to_pt(),
            top: baseline - ABOVE * size,
            bottom: baseline + BELOW * size,
            text,
        })
    }

    /// Returns whether it stands where no text may stand on a page of this size.
    fn beside(&self, size: Size, margin: f64) -> Option<Wrong> {
        let (width, height) = (size.x.to_pt(), size.y.to_pt());
        let outside = |edge: f64| self.left < edge - TOLERANCE || self.right > width - edge + TOLERANCE;
        if self.top < EDGE || self.bottom > height - EDGE || outside(EDGE) {
            return Some(Wrong::Off);
        }
        outside(margin).then_some(Wrong::Margin)
    }

    fn is_over(&self, other: &Self) -> bool {
        let across = self.right.min(other.right) - self.left.max(other.left);
        let down = self.bottom.min(other.bottom) - self.top.max(other.top);
        across > TOLERANCE && down > TOLERANCE
    }
}
