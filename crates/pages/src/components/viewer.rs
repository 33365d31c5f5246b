//! Enters: the addresses of a document's pages as pictures. Leaves: the viewer, with zoom by links.
//! Never: holds a picture.

use serde::Serialize;

/// The sizes at which pages are shown, in per cent of the width; `despatch.css` and `despatch.js` know the same.
const STEPS: [u16; 5] = [50, 100, 150, 200, 300];

/// The pages of a document, below each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Viewer {
    /// The id of the whole.
    pub id: String,
    /// What it shows (“Invitation letter”).
    pub label: String,
    pub pages: Vec<PagePicture>,
    /// In per cent of the width.
    pub zoom: u16,
    /// Where the next larger and the next smaller size are shown, without JavaScript.
    pub zoom_in: String,
    pub zoom_out: String,
    /// The keys for the same; empty where a page has several viewers and this is not the first.
    pub zoom_in_key: &'static str,
    pub zoom_out_key: &'static str,
}

/// A page as a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PagePicture {
    pub src: String,
    /// What who does not see it hears (“Page 1 of 3; its text is below”).
    pub alt: String,
    pub width: Option<u32>,
    pub height: Option<u32>,
}

impl Viewer {
    /// The pages of a document at the size that was asked for (else 100 %). `address` gives the address of the page that
    /// shows it at another.
    pub fn new(
        id: impl Into<String>,
        label: impl Into<String>,
        pages: Vec<PagePicture>,
        asked: Option<u16>,
        address: impl Fn(u16) -> String,
    ) -> Self {
        let at = STEPS.iter().position(|step| Some(*step) == asked).unwrap_or(1);
        let step = |at: usize| STEPS.get(at).copied().unwrap_or(100);
        let (zoom, larger, smaller) =
            (step(at), step((at + 1).min(STEPS.len() - 1)), step(at.saturating_sub(1)));
        let (zoom_in, zoom_out) = (address(larger), address(smaller));
        let (id, label) = (id.into(), label.into());
        Self { id, label, pages, zoom, zoom_in, zoom_out, zoom_in_key: "+", zoom_out_key: "-" }
    }
}
