//! Enters: a PDF with letters in squares, or lines of letters and a font. Leaves: the ink of each: as poppler draws the PDF,
//! and the outlines of the glyphs that harfbuzz chooses, where it puts them. Never: looks at the text of a PDF.

use despatch_testing::tools::{command, run_with};
use serde_json::Value;
use std::path::Path;
use ttf_parser::{Face, GlyphId, OutlineBuilder};

/// Pixels to the inch, and pixels to a point.
const PPI: &str = "144";
const SCALE: usize = 2;
/// A letter has 24 points.
const DOTS_PER_EM: f32 = 48.0;
/// A curve is drawn as so many straight lines.
const STEPS: u8 = 8;
/// Darker than this is ink; darker than the second may be the edge of ink.
const INK: u8 = 110;
const EDGE: u8 = 235;
/// So many dots of ink of one picture may have no ink of the other beside them.
const LOST: usize = 3;

/// The dots of a letter, cut to what is drawn.
pub struct Ink {
    width: usize,
    dots: Vec<u8>,
}

impl Ink {
    /// Cuts a picture to its ink; nothing if there is none.
    fn cut(width: usize, dots: &[u8]) -> Option<Self> {
        let rows: Vec<&[u8]> = dots.chunks(width).collect();
        let has_ink = |row: &&[u8]| row.iter().any(|dot| *dot < INK);
        let (top, bottom) = (rows.iter().position(has_ink)?, rows.iter().rposition(has_ink)?);
        let rows = &rows[top..=bottom];
        let first = |row: &&[u8]| row.iter().position(|dot| *dot < INK);
        let last = |row: &&[u8]| row.iter().rposition(|dot| *dot < INK);
        let (left, right) = (rows.iter().filter_map(first).min()?, rows.iter().filter_map(last).max()?);
        let dots = rows.iter().flat_map(|row| row[left..=right].iter().copied()).collect();
        Some(Self { width: right + 1 - left, dots })
    }

    fn height(&self) -> usize {
        self.dots.len() / self.width
    }

    fn dot(&self, x: isize, y: isize) -> u8 {
        let inside = (0..self.width as isize).contains(&x) && (0..self.height() as isize).contains(&y);
        if inside { self.dots[y as usize * self.width + x as usize] } else { u8::MAX }
    }

    /// How many dots of ink have none of `other` within a dot of theirs, moved by so much.
    fn lost_in(&self, other: &Self, (right, down): (isize, isize)) -> usize {
        let is_lost = |x: isize, y: isize| {
            let beside = (-1..=1).flat_map(|a| (-1..=1).map(move |b| (a, b)));
            self.dot(x, y) < INK
                && !beside.into_iter().any(|(a, b)| other.dot(x + right + a, y + down + b) < EDGE)
        };
        let rows = 0..self.height() as isize;
        rows.flat_map(|y| (0..self.width as isize).map(move |x| (x, y)))
            .filter(|(x, y)| is_lost(*x, *y))
            .take(LOST + 1)
            .count()
    }

    /// Whether both pictures show the same, but for the edges of strokes.
    pub fn is_like(&self, other: &Self) -> bool {
        let moves = [0, 1, -1].into_iter().flat_map(|right| [0, 1, -1].map(|down| (right, down)));
        let close = self.width.abs_diff(other.width) <= 2 && self.height().abs_diff(other.height()) <= 2;
        close
            && moves.into_iter().any(|(right, down)| {
                let lost = self.lost_in(other, (right, down));
                lost <= LOST && lost + other.lost_in(self, (-right, -down)) <= LOST
            })
    }
}

/// A picture in greys: its width, and its dots.
type Picture = (usize, Vec<u8>);

/// Reads a portable grey map: `P5`, the width, the height and the greatest grey, each in a word, and the dots.
fn of_pgm(picture: &[u8]) -> Picture {
    let mut words = picture.splitn(5, |byte| byte.is_ascii_whitespace());
    assert_eq!(words.next(), Some(&b"P5"[..]));
    let width =
        words.next().and_then(|word| std::str::from_utf8(word).ok()).and_then(|word| word.parse().ok());
    (width.expect("a width"), words.nth(2).expect("dots").to_vec())
}

/// Part of a picture: `across` dots from `left` on, `down` rows from `top` on.
fn part((width, dots): &Picture, [left, top, across, down]: [usize; 4]) -> Option<Ink> {
    let rows = dots.chunks(*width).skip(top).take(down);
    let part: Vec<u8> = rows.flat_map(|row| &row[left..(left + across).min(*width)]).copied().collect();
    Ink::cut(across.min(width - left), &part)
}

/// The letters of a PDF that stand in squares, so many in a row, from 20 mm of the corner on.
pub fn cells(pdf: &[u8], count: usize, square: usize, columns: usize) -> Vec<Option<Ink>> {
    let mut pdftoppm = command("pdftoppm");
    pdftoppm.args(["-r", PPI, "-gray", "-f", "1", "-l", "1", "-"]);
    let page = of_pgm(&run_with(&mut pdftoppm, pdf).unwrap_or_else(|why| panic!("{why}")));
    let corner = (20.0 * SCALE as f64 * 72.0 / 25.4) as usize;
    let side = square * SCALE;
    let cell = |index: usize| {
        let (column, row) = (index % columns, index / columns);
        part(&page, [corner + column * side, corner + row * side, side, side])
    };
    (0..count).map(cell).collect()
}

/// Each line as harfbuzz sets it in a font alone.
pub fn by_harfbuzz(font: &Path, index: u32, language: &str, lines: &[String]) -> Vec<Option<Ink>> {
    let mut shape = command("hb-shape");
    shape.arg(format!("--font-file={}", font.display())).arg(format!("--face-index={index}"));
    shape.arg(format!("--language={language}")).args(["--output-format=json", "--no-glyph-names"]);
    let text = lines.join("\n") + "\n";
    let shaped = run_with(&mut shape, text.as_bytes()).unwrap_or_else(|why| panic!("{why}"));
    let shaped = String::from_utf8(shaped).expect("JSON");
    let bytes = std::fs::read(font).expect("a font");
    let face = Face::parse(&bytes, index).expect("a font");
    let ink: Vec<Option<Ink>> = shaped.lines().map(|line| drawn(&face, line)).collect();
    assert_eq!(ink.len(), lines.len(), "harfbuzz left a line out");
    ink
}

fn drawn(face: &Face<'_>, glyphs: &str) -> Option<Ink> {
    let glyphs: Value = serde_json::from_str(glyphs).expect("glyphs");
    let mut outline = Outline { scale: DOTS_PER_EM / f32::from(face.units_per_em()), ..Outline::default() };
    let (mut x, mut y) = (0.0, 0.0);
    for glyph in glyphs.as_array().expect("a list") {
        let number = |key: &str| glyph[key].as_f64().unwrap_or_default() as f32;
        outline.origin = (x + number("dx"), y + number("dy"));
        face.outline_glyph(GlyphId(number("g") as u16), &mut outline);
        (x, y) = (x + number("ax"), y + number("ay"));
    }
    outline.filled()
}

/// The lines around what is drawn, in dots.
#[derive(Default)]
struct Outline {
    scale: f32,
    origin: (f32, f32),
    begin: (f32, f32),
    pen: (f32, f32),
    lines: Vec<[(f32, f32); 2]>,
}

impl Outline {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        ((x + self.origin.0) * self.scale, -(y + self.origin.1) * self.scale)
    }

    fn line(&mut self, to: (f32, f32)) {
        self.lines.push([self.pen, to]);
        self.pen = to;
    }

    /// The dots whose middle is inside: where the lines go around it, all in all, more than not at all.
    fn filled(&self) -> Option<Ink> {
        let ends = || self.lines.iter().flatten();
        let least = |of: fn(&(f32, f32)) -> f32| ends().map(of).fold(f32::INFINITY, f32::min).floor();
        let most = |of: fn(&(f32, f32)) -> f32| ends().map(of).fold(f32::NEG_INFINITY, f32::max).ceil();
        let (left, top) = (least(|end| end.0), least(|end| end.1));
        let (width, height) = ((most(|end| end.0) - left) as usize, (most(|end| end.1) - top) as usize);
        let mut dots = vec![u8::MAX; width * height];
        for (row, dots) in dots.chunks_mut(width.max(1)).enumerate() {
            let middle = top + row as f32 + 0.5;
            let mut crossings: Vec<(f32, i32)> =
                self.lines.iter().filter_map(|line| crossing(*line, middle)).collect();
            crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut around = 0;
            for pair in crossings.windows(2) {
                around += pair[0].1;
                let dot = |x: f32| ((x - left - 0.5).ceil().max(0.0) as usize).min(width);
                if around != 0 {
                    dots[dot(pair[0].0)..dot(pair[1].0)].fill(0);
                }
            }
        }
        if dots.is_empty() { None } else { Ink::cut(width, &dots) }
    }
}

/// Where a line crosses a row, and whether downwards.
fn crossing([from, to]: [(f32, f32); 2], row: f32) -> Option<(f32, i32)> {
    let down = from.1 <= row && row < to.1;
    let up = to.1 <= row && row < from.1;
    let at = from.0 + (row - from.1) / (to.1 - from.1) * (to.0 - from.0);
    (down || up).then_some((at, if down { 1 } else { -1 }))
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.pen = self.at(x, y);
        self.begin = self.pen;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.line(self.at(x, y));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (from, by, to) = (self.pen, self.at(x1, y1), self.at(x, y));
        for step in 1..=STEPS {
            let t = f32::from(step) / f32::from(STEPS);
            let of = |a: f32, b: f32, c: f32| (1.0 - t).powi(2) * a + 2.0 * t * (1.0 - t) * b + t * t * c;
            self.line((of(from.0, by.0, to.0), of(from.1, by.1, to.1)));
        }
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (from, one, two, to) = (self.pen, self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        for step in 1..=STEPS {
            let t = f32::from(step) / f32::from(STEPS);
            let of = |a: f32, b: f32, c: f32, d: f32| {
                let s = 1.0 - t;
                s.powi(3) * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t.powi(3) * d
            };
            self.line((of(from.0, one.0, two.0, to.0), of(from.1, one.1, two.1, to.1)));
        }
    }

    fn close(&mut self) {
        self.line(self.begin);
    }
}
