//! Enters: a finished document, and the person's name with its language. Leaves: the same, drawn by the same glyphs in the
//! same places, in which the name says in which language it is read. Never: moves ink, or changes a word.
//!
//! A rule of the template would do the same, and cost more than setting the letter: whatever stands below a rule is set
//! anew for each name, so that no two letters would have a paragraph in common.

use super::frames::{self, Run};
use std::ops::Range;
use std::slice::Iter;
use std::str::FromStr;
use typst::diag::EcoVec;
use typst::layout::{Abs, Em, Frame, FrameItem, GroupItem, Point};
use typst::model::Document as _;
use typst::text::{Glyph, Lang, TextItem};
use typst_layout::PagedDocument;

/// By how much the end of a piece of text may differ from the beginning of the next one, in points.
const TOUCHING: f64 = 0.01;

/// A name in Latin letters, and the language that it is read in.
pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    pub(super) language: &'static str,
}

/// Where a piece of text has words of the name, in bytes, rising.
type Places = Vec<Range<usize>>;

/// Returns the document in which `named` is read in its language; `None` if it is not in it.
pub(super) fn in_its_language(document: &PagedDocument, named: &Named<'_>) -> Option<PagedDocument> {
    let language = Lang::from_str(named.language).ok()?;
    let words: Vec<&str> = named.name.split_whitespace().collect();
    let runs: Vec<Run<'_>> = frames::pages(document).into_iter().flat_map(|page| page.runs).collect();
    let places = places(&runs, &words);
    if places.iter().all(Vec::is_empty) {
        return None;
    }
    let mut places = places.iter();
    let mut pages: EcoVec<typst_layout::Page> = document.pages().iter().cloned().collect();
    for page in pages.make_mut() {
        page.frame = told(&page.frame, language, &mut places);
    }
    Some(PagedDocument::new(pages, document.info().clone()))
}

/// Returns where each run has words of the name, which may run over several: over two lines, or where a letter has a mark.
fn places(runs: &[Run<'_>], words: &[&str]) -> Vec<Places> {
    let mut text = String::new();
    let mut begins = Vec::new();
    let mut end = None;
    for run in runs {
        let touches = end.is_some_and(|end: Abs| (run.at.x - end).to_pt().abs() <= TOUCHING);
        // A line may end within a word, after a hyphen.
        let goes_on = touches || text.ends_with('-');
        text.push_str(if goes_on { "" } else { "\n" });
        begins.push(text.len());
        text.push_str(&run.item.text);
        end = Some(run.at.x + run.item.width());
    }
    let found = occurrences(&text, words);
    let of_run = |(begin, run): (&usize, &Run<'_>)| {
        let end = begin + run.item.text.len();
        let within = found.iter().filter(|place| place.start < end && *begin < place.end);
        within.map(|place| place.start.max(*begin) - begin..place.end.min(end) - begin).collect()
    };
    begins.iter().zip(runs).map(of_run).collect()
}

/// Where these words follow each other in a text, with no letter or digit right before or after them; none lies over another,
/// as those of "Ana Ana" would in "Ana Ana Ana".
fn occurrences(text: &str, words: &[&str]) -> Places {
    let Some((first, others)) = words.split_first() else { return Places::new() };
    let from = |(at, _): (usize, &str)| {
        let begins = !text.get(..at)?.chars().next_back().is_some_and(char::is_alphanumeric);
        let mut rest = text.get(at + first.len()..)?;
        for word in others {
            let apart = rest.trim_start();
            rest = apart.strip_prefix(word).filter(|_| apart.len() < rest.len())?;
        }
        let ends = !rest.starts_with(char::is_alphanumeric);
        (begins && ends).then_some(at..text.len() - rest.len())
    };
    let mut end = 0;
    let after_the_last = |place: &Range<usize>| {
        let is_apart = end <= place.start;
        end = if is_apart { place.end } else { end };
        is_apart
    };
    text.match_indices(first).filter_map(from).filter(after_the_last).collect()
}

/// Returns a frame whose pieces of text are told apart where `places` says so; it has one item for each piece.
fn told(frame: &Frame, language: Lang, places: &mut Iter<'_, Places>) -> Frame {
    let mut items: Vec<(Point, FrameItem)> = Vec::new();
    for (at, item) in frame.items() {
        match item {
            FrameItem::Group(group) => {
                let frame = told(&group.frame, language, places);
                items.push((*at, FrameItem::Group(GroupItem { frame, ..group.clone() })));
            }
            FrameItem::Text(text) => {
                let places = places.next().map_or(&[][..], Vec::as_slice);
                let pieces = split(text, places, language);
                let pieces = pieces.unwrap_or_else(|| vec![(Abs::zero(), text.clone())]);
                let placed = |(x, piece)| (*at + Point::with_x(x), FrameItem::Text(piece));
                items.extend(pieces.into_iter().map(placed));
            }
            other => items.push((*at, other.clone())),
        }
    }
    let mut told = Frame::new(frame.size(), frame.kind());
    if frame.has_baseline() {
        told.set_baseline(frame.baseline());
    }
    told.push_multiple(items);
    told
}

/// Returns the pieces of a text, those of the name in its language, each with its distance from where the text begins; `None`
/// where none is of the name, or a glyph stands for letters on both sides of a cut.
fn split(text: &TextItem, places: &[Range<usize>], language: Lang) -> Option<Vec<(Abs, TextItem)>> {
    let rises = text.glyphs.is_sorted_by_key(|glyph| glyph.range.start);
    if places.is_empty() || !rises {
        return None;
    }
    let mut cuts: Vec<usize> = places.iter().flat_map(|place| [place.start, place.end]).collect();
    cuts.insert(0, 0);
    cuts.push(text.text.len());
    let mut pieces = Vec::new();
    let mut x = Em::zero();
    for (at, part) in cuts.array_windows::<2>().map(|[start, end]| *start..*end).enumerate() {
        let glyphs: Vec<Glyph> =
            text.glyphs.iter().filter_map(|glyph| within(glyph, &part)).collect::<Option<_>>()?;
        let width: Em = glyphs.iter().map(|glyph| glyph.x_advance).sum();
        if !glyphs.is_empty() {
            let of_name = at % 2 == 1;
            let own = TextItem { text: text.text.get(part)?.into(), glyphs, ..text.clone() };
            let own = if of_name { TextItem { lang: language, region: None, ..own } } else { own };
            pieces.push((x.at(text.size), own));
        }
        x += width;
    }
    Some(pieces)
}

/// A glyph as one of a part of its text; nothing where it begins in another part, and inside, nothing where it ends in one.
fn within(glyph: &Glyph, part: &Range<usize>) -> Option<Option<Glyph>> {
    let range = glyph.range();
    if !part.contains(&range.start) {
        return None;
    }
    let moved = |at: usize| u16::try_from(at.checked_sub(part.start)?).ok();
    let range = Some(range.end).filter(|end| *end <= part.end).and(moved(range.start).zip(moved(range.end)));
    Some(range.map(|(start, end)| Glyph { range: start..end, ..glyph.clone() }))
}
