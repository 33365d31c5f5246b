//! Enters: a finished document and its PDF. Leaves: each page as a small picture, and its text as it is read.
//! Never: runs outside a worker.

use super::frames::{self, Run};
use super::languages::is_turned;
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{RenderCache, RenderSettings, render};
use serde::{Deserialize, Serialize};
use typst_layout::PagedDocument;

/// The picture and the text of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The text, line by line.
    pub text: String,
    /// A PNG in sixteen greys.
    pub picture: Vec<u8>,
}

/// The greys by which two pictures may differ: processors round differently.
const TOLERANCE: u8 = 2;

/// Whether a person would see that two pictures differ. A file that is not such a picture differs from everything.
pub fn differs(one: &[u8], other: &[u8]) -> bool {
    one != other
        && match (greys(one), greys(other)) {
            (Some(one), Some(other)) => {
                one.0 != other.0 || one.1.iter().zip(&other.1).any(|(a, b)| a.abs_diff(*b) > TOLERANCE)
            }
            _ => true,
        }
}

/// Returns the size of a picture, and its pixels in sixteen greys.
fn greys(picture: &[u8]) -> Option<((u32, u32), Vec<u8>)> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().ok()?;
    let mut packed = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut packed).ok()?;
    let ours = (info.color_type, info.bit_depth) == (png::ColorType::Grayscale, png::BitDepth::Four);
    let dots = packed.iter().flat_map(|pair| [pair >> 4, pair & 15]).collect();
    ours.then_some(((info.width, info.height), dots))
}

/// PDF units in an inch.
const POINTS_PER_INCH: f32 = 72.0;
/// The greatest distance of the baselines of text on one line, in points.
const SAME_LINE: f64 = 2.0;
/// A wider gap between two pieces of text is a space, in points.
const GAP: f64 = 1.0;

/// Draws the pages of `document`, whose PDF is `pdf`, with `ppi` pixels to the inch. `None` if the PDF cannot be drawn.
pub(super) fn pages(document: &PagedDocument, pdf: Vec<u8>, ppi: u16) -> Option<Vec<Page>> {
    let pictures = pictures(pdf, ppi)?;
    Some(texts(document).into_iter().zip(pictures).map(|(text, picture)| Page { text, picture }).collect())
}

/// Returns the text of each page, line by line.
pub(super) fn texts(document: &PagedDocument) -> Vec<String> {
    frames::pages(document).iter().map(|page| words(&page.runs)).collect()
}

fn pictures(pdf: Vec<u8>, ppi: u16) -> Option<Vec<Vec<u8>>> {
    let pdf = Pdf::new(pdf).ok()?;
    let cache = RenderCache::new();
    let scale = f32::from(ppi) / POINTS_PER_INCH;
    let settings =
        RenderSettings { x_scale: scale, y_scale: scale, bg_color: WHITE, ..RenderSettings::default() };
    let interpreter = InterpreterSettings::default();
    pdf.pages().iter().map(|page| in_greys(&render(page, &cache, &interpreter, &settings))).collect()
}

/// Encodes a picture in sixteen greys: enough to tell letters apart, in small files.
fn in_greys(picture: &Pixmap) -> Option<Vec<u8>> {
    let (width, height) = (u32::from(picture.width()), u32::from(picture.height()));
    let mut rows = Vec::new();
    for row in picture.data().chunks(width as usize) {
        for pair in row.chunks(2) {
            let grey = |at: usize| {
                pair.get(at)
                    .map_or(15, |dot| (u16::from(dot.r) + 2 * u16::from(dot.g) + u16::from(dot.b)) >> 6)
            };
            rows.push((grey(0) << 4 | grey(1)) as u8);
        }
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Four);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&rows).ok()?;
    writer.finish().ok()?;
    Some(file)
}

/// A piece of text: its baseline, start and end in points, and its words.
struct Piece<'a> {
    line: f64,
    from: f64,
    to: f64,
    words: &'a str,
}

impl<'a> Piece<'a> {
    fn of(run: &Run<'a>) -> Self {
        let from = run.at.x.to_pt();
        let to = from + run.item.width().to_pt();
        Self { line: run.at.y.to_pt(), from, to, words: &run.item.text }
    }
}

/// Returns the text of a page, from top to bottom and each line as it is read.
fn words(runs: &[Run<'_>]) -> String {
    let mut pieces: Vec<Piece<'_>> = runs.iter().map(Piece::of).collect();
    // A stable sort: pieces of one line are in reading order.
    pieces.sort_by(|a, b| a.line.total_cmp(&b.line));
    let mut lines: Vec<Vec<Piece<'_>>> = Vec::new();
    for piece in pieces {
        match lines.last_mut() {
            Some(line) if line.first().is_some_and(|first| piece.line - first.line <= SAME_LINE) => {
                line.push(piece)
            }
            _ => lines.push(vec![piece]),
        }
    }
    lines.into_iter().map(joined).collect()
}

fn joined(mut line: Vec<Piece<'_>>) -> String {
    line.sort_by(|a, b| a.from.total_cmp(&b.from));
    let mut shown: Vec<&str> = Vec::new();
    let mut end = f64::INFINITY;
    for piece in line {
        if piece.from - end > GAP && !shown.last().is_some_and(|words| words.ends_with(' ')) {
            shown.push(" ");
        }
        shown.push(piece.words);
        end = piece.to;
    }
    as_read(&mut shown);
    shown.concat().trim_end().to_owned() + "\n"
}

/// Puts words that run from right to left, which stand here as they do on the paper, in the order in which they are read.
fn as_read(shown: &mut [&str]) {
    let turned = |words: &str| words.chars().any(is_turned);
    let mut from = 0;
    while let Some(begin) = shown.iter().skip(from).position(|words| turned(words)).map(|at| from + at) {
        let rest = shown.get(begin..).unwrap_or_default();
        let run = rest.iter().take_while(|words| turned(words) || words.trim().is_empty());
        let run: Vec<&str> = run.copied().collect();
        let length = run.iter().rposition(|words| turned(words)).map_or(1, |last| last + 1);
        if let Some(run) = shown.get_mut(begin..begin + length) {
            run.reverse();
        }
        from = begin + length;
    }
}
