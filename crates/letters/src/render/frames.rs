//! Enters: a finished document. Leaves: each page's pieces of text with their places, in the order in which they are painted:
//! one walk, for all that looks at a page. Never: copies a text, or looks at a picture.

use typst::layout::{Frame, FrameItem, Point, Size};
use typst::text::TextItem;
use typst_layout::PagedDocument;

/// A piece of text, and where its baseline begins.
pub(super) struct Run<'a> {
    pub(super) at: Point,
    pub(super) item: &'a TextItem,
}

/// The text of one page.
pub(super) struct Page<'a> {
    pub(super) size: Size,
    pub(super) runs: Vec<Run<'a>>,
}

/// Returns the text of each page.
pub(super) fn pages(document: &PagedDocument) -> Vec<Page<'_>> {
    document
        .pages()
        .iter()
        .map(|page| {
            let mut runs = Vec::new();
            collect(&page.frame, Point::zero(), &mut runs);
            Page { size: page.frame.size(), runs }
        })
        .collect()
}

fn collect<'a>(frame: &'a Frame, origin: Point, runs: &mut Vec<Run<'a>>) {
    for (at, item) in frame.items() {
        let at = origin + *at;
        match item {
            // Nothing in a letter is rotated or scaled, so only the translation of a group counts.
            FrameItem::Group(group) => {
                let shift = Point::new(group.transform.tx, group.transform.ty);
                collect(&group.frame, at + shift, runs);
            }
            FrameItem::Text(item) => runs.push(Run { at, item }),
            _ => {}
        }
    }
}
