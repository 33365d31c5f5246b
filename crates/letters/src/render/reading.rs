//! Enters: a finished document. Leaves: the same, drawn by the same glyphs in the same places, with its pieces of text so
//! arranged that a reader of the PDF meets each letter once and in its order. Never: moves ink, or changes a word.
//!
//! typst splits a word where a mark is raised, and gives each part all of the letter that it belongs to: readers repeat it.
//! The parts of a word that runs from right to left come in the order in which they stand on the paper. And a glyph for
//! several letters, such as lam-alef, is turned around by readers that turn such words letter by letter: so the first of
//! them is given a glyph of its own, which draws nothing.

use super::frames;
use super::languages::is_turned;
use std::ops::Range;
use typst::diag::EcoVec;
use typst::layout::{Em, Frame, FrameItem, GroupItem, Point};
use typst::model::Document as _;
use typst::text::{Glyph, TextItem};
use typst_layout::PagedDocument;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// By how much the end of a piece of text may differ from the beginning of the next one, in points.
const TOUCHING: f64 = 0.01;

/// Returns the document rearranged; `None` if it is in order.
pub(super) fn in_order(document: &PagedDocument) -> Option<PagedDocument> {
    let may_be_split = |c: char| is_turned(c) || is_mark(c);
    let mut texts = frames::pages(document).into_iter().flat_map(|page| page.runs).map(|run| &run.item.text);
    if !texts.any(|text| !text.is_ascii() && text.chars().any(may_be_split)) {
        return None;
    }
    let frames: Vec<Option<Frame>> = document.pages().iter().map(|page| rearranged(&page.frame)).collect();
    if frames.iter().all(Option::is_none) {
        return None;
    }
    let mut pages: EcoVec<typst_layout::Page> = document.pages().iter().cloned().collect();
    for (page, frame) in pages.make_mut().iter_mut().zip(frames) {
        if let Some(frame) = frame {
            page.frame = frame;
        }
    }
    Some(PagedDocument::new(pages, document.info().clone()))
}

fn rearranged(frame: &Frame) -> Option<Frame> {
    let mut items: Vec<(Point, FrameItem)> = Vec::new();
    let mut is_other = false;
    let mut rest = frame.items().as_slice();
    while let [(at, item), after @ ..] = rest {
        rest = after;
        match item {
            FrameItem::Group(group) => {
                let inner = rearranged(&group.frame);
                is_other |= inner.is_some();
                let frame = inner.unwrap_or_else(|| group.frame.clone());
                items.push((*at, FrameItem::Group(GroupItem { frame, ..group.clone() })));
            }
            FrameItem::Text(text) => {
                let mut parts = vec![Part { at: *at, text }];
                while let [(at, FrameItem::Text(text)), after @ ..] = rest {
                    let part = Part { at: *at, text };
                    if !parts.last().is_some_and(|last| last.goes_on_in(&part)) {
                        break;
                    }
                    parts.push(part);
                    rest = after;
                }
                let as_read = arranged(&parts);
                is_other |= as_read.is_some();
                let as_read = as_read.unwrap_or_else(|| parts.iter().map(Part::unchanged).collect());
                items.extend(as_read.into_iter().map(|(at, text)| (at, FrameItem::Text(text))));
            }
            other => items.push((*at, other.clone())),
        }
    }
    is_other.then(|| {
        let mut as_read = Frame::new(frame.size(), frame.kind());
        if frame.has_baseline() {
            as_read.set_baseline(frame.baseline());
        }
        as_read.push_multiple(items);
        as_read
    })
}

/// A part of a word, or a word.
struct Part<'a> {
    at: Point,
    text: &'a TextItem,
}

impl Part<'_> {
    fn is_turned(&self) -> bool {
        let Some(first) = self.text.glyphs.first() else { return false };
        let rises = self
            .text
            .glyphs
            .windows(2)
            .any(|pair| matches!(pair, [one, next] if one.range.start < next.range.start));
        !rises && self.text.text.get(first.range()).is_some_and(|letters| letters.chars().any(is_turned))
    }

    /// Whether `next` is part of the same word: it follows on the paper, and the word runs from right to left, or a letter
    /// stands in both.
    fn goes_on_in(&self, next: &Self) -> bool {
        let end = self.at.x + self.text.width();
        let touches = (next.at.x - end).to_pt().abs() <= TOUCHING;
        touches
            && (self.is_turned() && next.is_turned() || self.is_alike(next) && self.shares_letter_with(next))
    }

    fn is_alike(&self, other: &Self) -> bool {
        let (one, other) = (self.text, other.text);
        one.font == other.font
            && one.size == other.size
            && (one.lang, one.region) == (other.lang, other.region)
            && one.fill == other.fill
            && one.stroke == other.stroke
    }

    fn shares_letter_with(&self, next: &Self) -> bool {
        let key = |part: &Self, glyph: Option<&Glyph>| {
            glyph.map(|glyph| (glyph.span, part.text.text.get(glyph.range()).map(str::to_owned)))
        };
        let (last, first) = (key(self, self.text.glyphs.last()), key(next, next.text.glyphs.first()));
        last.is_some() && last == first
    }

    fn unchanged(&self) -> (Point, TextItem) {
        (self.at, self.text.clone())
    }
}

/// Returns the parts of one word as they are read; `None` if they are already.
fn arranged(parts: &[Part<'_>]) -> Option<Vec<(Point, TextItem)>> {
    if !parts.first()?.is_turned() {
        return if parts.len() > 1 { Some(vec![joined(parts, false)?]) } else { None };
    }
    let of_one_letter = |glyph: &Glyph, text: &TextItem| letters(text, glyph).chars().count() == 1;
    if let [Part { text, .. }] = parts
        && text.glyphs.iter().all(|glyph| of_one_letter(glyph, text))
    {
        return None;
    }
    // Parts in one font are one piece; those in another stand on the paper in the order opposite to that of reading.
    let alike = parts.chunk_by(|one, next| one.is_alike(next));
    Some(alike.rev().filter_map(|alike| joined(alike, true)).collect())
}

fn letters<'a>(text: &'a TextItem, glyph: &Glyph) -> &'a str {
    text.text.get(glyph.range()).unwrap_or_default()
}

/// A glyph, and where it is drawn: from the beginning of the word on, and up from its baseline.
#[derive(Clone)]
struct Placed {
    glyph: Glyph,
    x: Em,
    y: Em,
}

/// What people call a letter, with its glyphs from left to right.
struct Cluster<'a> {
    letters: &'a str,
    glyphs: Vec<Placed>,
}

/// Joins parts, which are alike and follow each other on the paper, to one piece of text.
fn joined(parts: &[Part<'_>], turned: bool) -> Option<(Point, TextItem)> {
    let (first, widest) = (parts.first()?, parts.iter().max_by_key(|part| part.text.width())?);
    let at = Point::new(first.at.x, widest.at.y);
    let mut clusters = clusters(parts, at);
    if turned {
        clusters.reverse();
    }
    let (mut text, mut glyphs) = (String::new(), Vec::new());
    for cluster in &clusters {
        let own =
            if turned { cluster.one_for_each(blank(first.text)) } else { cluster.marks_by_themselves() };
        let own = own.unwrap_or_else(|| cluster.undivided());
        let begin = text.len();
        text.push_str(cluster.letters);
        let own = own.into_iter().map(|(placed, range)| (placed, begin + range.start..begin + range.end));
        // As they stand on the paper.
        let at = if turned { 0 } else { glyphs.len() };
        glyphs.splice(at..at, own);
    }
    Some((at, TextItem { text: text.into(), glyphs: set(glyphs)?, ..first.text.clone() }))
}

/// Returns the clusters of parts as they stand on the paper.
fn clusters<'a>(parts: &[Part<'a>], at: Point) -> Vec<Cluster<'a>> {
    let mut clusters: Vec<Cluster<'a>> = Vec::new();
    let (mut pen, mut before) = (Em::zero(), None);
    for part in parts {
        let text = part.text;
        let raised = Em::from_abs(at.y - part.at.y, text.size);
        for glyph in &text.glyphs {
            let letters = letters(text, glyph);
            let placed = Placed { glyph: glyph.clone(), x: pen + glyph.x_offset, y: raised + glyph.y_offset };
            match clusters.last_mut() {
                Some(last) if before == Some((glyph.span, letters)) => last.glyphs.push(placed),
                _ => clusters.push(Cluster { letters, glyphs: vec![placed] }),
            }
            (pen, before) = (pen + glyph.x_advance, Some((glyph.span, letters)));
        }
    }
    clusters
}

/// A glyph that draws nothing: a joiner, or a space where the font has none.
fn blank(text: &TextItem) -> u16 {
    let known = ['\u{200c}', ' '].iter().find_map(|c| text.font.ttf().glyph_index(*c));
    known.map_or(0, |glyph| glyph.0)
}

/// A glyph, with the letters of its cluster that it stands for.
type Own = (Placed, Range<usize>);

impl Cluster<'_> {
    /// Each glyph stands for the whole.
    fn undivided(&self) -> Vec<Own> {
        self.glyphs.iter().map(|placed| (placed.clone(), 0..self.letters.len())).collect()
    }

    /// Where its letters are, its marks, and the joiners, which nobody sees.
    fn characters(&self) -> [Vec<Range<usize>>; 3] {
        let mut found = [Vec::new(), Vec::new(), Vec::new()];
        let [bases, marks, joiners] = &mut found;
        for (at, c) in self.letters.char_indices() {
            let of = match c.general_category() {
                GeneralCategory::Format => &mut *joiners,
                _ if is_mark(c) => &mut *marks,
                _ => &mut *bases,
            };
            of.push(at..at + c.len_utf8());
        }
        found
    }

    /// Of a letter that is followed by its marks, from left to right: each mark stands for itself.
    fn marks_by_themselves(&self) -> Option<Vec<Own>> {
        let [bases, marks, joiners] = self.characters();
        let is_mark = |placed: &Placed| placed.glyph.x_advance == Em::zero();
        let whole = self.glyphs.iter().skip(bases.len()).all(is_mark)
            && !self.glyphs.iter().take(bases.len()).any(is_mark)
            && bases.iter().zip(&marks).all(|(base, mark)| base.start < mark.start)
            && self.glyphs.len() == bases.len() + marks.len()
            && joiners.is_empty();
        whole.then(|| self.glyphs.iter().cloned().zip(bases.into_iter().chain(marks)).collect())
    }

    /// Of a letter that runs from right to left: each glyph stands for one character, and a blank one for each that has none.
    fn one_for_each(&self, blank: u16) -> Option<Vec<Own>> {
        let [bases, marks, joiners] = self.characters();
        let (over, own): (Vec<&Placed>, Vec<&Placed>) =
            self.glyphs.iter().rev().partition(|placed| placed.glyph.x_advance == Em::zero());
        let (leftmost, rightmost) = (self.glyphs.first()?, own.first().or(over.first())?);
        let begin = bases.first().map_or(0, |base| base.start);
        let mut all = shared_out(&own, bases, leftmost, blank)?;
        all.extend(shared_out(&over, marks, leftmost, blank)?);
        all.extend(joiners.into_iter().map(|range| {
            let is_before = range.start < begin;
            let place = if is_before { rightmost.blank_after(blank) } else { leftmost.blank(blank) };
            (place, range)
        }));
        all.sort_by_key(|(_, range)| std::cmp::Reverse(range.start));
        Some(all)
    }
}

impl Placed {
    /// A blank glyph where this one begins.
    fn blank(&self, id: u16) -> Self {
        let none = Em::zero();
        let glyph = Glyph { id, x_advance: none, x_offset: none, ..self.glyph.clone() };
        Self { glyph, ..self.clone() }
    }

    /// A blank glyph where this one ends: in any other place readers would see a gap, and take it for a space.
    fn blank_after(&self, id: u16) -> Self {
        Self { x: self.x - self.glyph.x_offset + self.glyph.x_advance, ..self.blank(id) }
    }
}

/// Gives each of the characters, which stand from right to left as the glyphs do, one glyph. One glyph for several is that
/// of the last of them; where there is none, blank ones stand beside another. `None` if there is no telling which is whose.
fn shared_out(
    glyphs: &[&Placed],
    characters: Vec<Range<usize>>,
    beside: &Placed,
    blank: u16,
) -> Option<Vec<Own>> {
    let count = characters.len();
    let of = |(index, range): (usize, Range<usize>)| {
        let placed = match glyphs {
            [] => beside.blank(blank),
            [one] if index + 1 == count => (*one).clone(),
            [one] => one.blank_after(blank),
            all => all.get(index).map_or_else(|| beside.clone(), |placed| (*placed).clone()),
        };
        (placed, range)
    };
    let is_clear = glyphs.len() == count || glyphs.len() < 2 && count >= glyphs.len();
    is_clear.then(|| characters.into_iter().enumerate().map(of).collect())
}

/// Returns the glyphs as typst keeps them: each from where the one before it ends. `None` if the text is too long for it.
fn set(all: Vec<Own>) -> Option<Vec<Glyph>> {
    let mut pen = Em::zero();
    let mut glyphs = Vec::new();
    for (placed, range) in all {
        let range = u16::try_from(range.start).ok()?..u16::try_from(range.end).ok()?;
        let x_offset = placed.x - pen;
        pen += placed.glyph.x_advance;
        glyphs.push(Glyph { x_offset, y_offset: placed.y, range, ..placed.glyph });
    }
    Some(glyphs)
}

fn is_mark(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Mark
}
