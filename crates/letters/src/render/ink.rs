//! Enters: a finished document. Leaves: the characters in it that are not drawn whole: letters without a glyph, and letters
//! of which one font drew the mark and none the base. Never: looks at a picture, or asks whether a template shows a value.
//!
//! A font that has a mark and lacks the letter under it may be given both, and then the mark alone is printed, while the
//! text behind the page is whole. So each cluster, which is what people call a letter, must be in the one font that drew it.

use super::frames::Page;
use std::collections::{BTreeSet, HashMap};
use typst::text::{FontInstance, TextItem};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;

/// Whether a font, by the address of its bytes and its place in them, has all of a cluster. A letter repeats few of them.
type Had<'a> = HashMap<(*const u8, u32, &'a str), bool>;

/// Returns the clusters that are not drawn whole, each once.
pub(super) fn not_whole(pages: &[Page<'_>]) -> BTreeSet<String> {
    let (mut found, mut had) = (BTreeSet::new(), Had::new());
    pages.iter().flat_map(|page| &page.runs).for_each(|run| look_at(run.item, &mut had, &mut found));
    found
}

fn look_at<'a>(item: &'a TextItem, had: &mut Had<'a>, found: &mut BTreeSet<String>) {
    // Glyph 0 stands for what the font lacks.
    for glyph in item.glyphs.iter().filter(|glyph| glyph.id == 0) {
        found.extend(item.text.get(glyph.range()).map(str::to_owned));
    }
    // Plain letters have no marks, and a font that lacks one has glyph 0 in its place.
    if item.text.is_ascii() {
        return;
    }
    let font = (item.font.data().as_ptr(), item.font.index());
    for (at, cluster) in item.text.grapheme_indices(true).filter(|(_, cluster)| !cluster.is_ascii()) {
        let end = at + cluster.len();
        let is_drawn = || item.glyphs.iter().any(|glyph| glyph.range().start < end && at < glyph.range().end);
        let whole = *had.entry((font.0, font.1, cluster)).or_insert_with(|| {
            !is_shown(cluster) || is_in(&item.font, cluster) && !begins_with_mark(cluster)
        });
        if !whole || is_shown(cluster) && !is_drawn() {
            found.insert(cluster.to_owned());
        }
    }
}

/// Whether a reader is to see anything of it.
fn is_shown(cluster: &str) -> bool {
    cluster.chars().any(|c| !is_ignorable(c))
}

/// Spaces, joiners, marks of direction and selectors of a shape need no glyph.
fn is_ignorable(c: char) -> bool {
    let selector = ('\u{fe00}'..='\u{fe0f}').contains(&c) || ('\u{e0100}'..='\u{e01ef}').contains(&c);
    let category = c.general_category();
    let unseen = matches!(category, GeneralCategory::Format | GeneralCategory::Control);
    selector || unseen || c == '\u{34f}' || c.is_whitespace()
}

fn begins_with_mark(cluster: &str) -> bool {
    let marks = [GeneralCategory::NonspacingMark, GeneralCategory::EnclosingMark];
    cluster.chars().next().is_some_and(|c| marks.contains(&c.general_category()) && !is_ignorable(c))
}

/// Whether a font has every character of a cluster, in whichever of its equal spellings.
fn is_in(font: &FontInstance, cluster: &str) -> bool {
    let has = |c: char| is_ignorable(c) || font.ttf().glyph_index(c).is_some_and(|glyph| glyph.0 != 0);
    cluster.chars().all(has) || cluster.nfc().all(has) || cluster.nfd().all(has)
}
